"""Paper ballots: two tellers type each of them apart, and nothing is counted until both read the same; on both engines."""

from uuid import UUID

from sqlalchemy import text

from coopgov.ballots import queries, sheets
from coopgov.ballots.bundle import differing, whole_entries
from coopgov.ballots.rules import Channel
from coopgov.ballots.verify import verify
from tests.service.test_other_papers import FORMS, VOTERS, Vote, refused

ONE, TWO = UUID(int=201), UUID(int=202)


class PaperVote(Vote):
    """The same vote, with papers."""

    def puts_paper(self, *voters):
        for voter in voters:
            self.do("note_paper", voter_id=UUID(int=voter), cast_by=ONE)

    def types(self, by, number, ballot, **more):
        told = self.told(**ballot) if isinstance(ballot, dict) else ballot
        self.do("type_paper", by=by, number=number, ballot=told, **more)

    def types_named(self, by, voter, ballot, **more):
        told = self.told(**ballot) if isinstance(ballot, dict) else ballot
        return self.do("type_named_paper", by=by, voter=VOTERS[voter - 1], ballot=told, **more)


def test_only_a_whole_bundle_typed_twice_is_compared():
    typed = {ONE: {1: b"a", 2: b"b"}, TWO: {1: b"a"}}
    assert whole_entries(typed, 2) == [ONE]
    assert differing({ONE: {1: b"a", 2: b"b"}, TWO: {1: b"a", 2: b"c"}}, (1, 2)) == [2]


def test_papers_of_every_form_are_counted_with_the_envelopes(act, session):
    # The second engine has the same rules to ask, and one form is enough for its tables.
    for kind in FORMS if session.get_bind().dialect.name == "sqlite" else ("ranking",):
        mix_papers(act, session, kind)
    assert list(verify(session)) == []


def mix_papers(act, session, kind):
    paper, ties, marks, _elected = FORMS[kind]
    vote = PaperVote(act, paper, ties)
    vote.do("open_room")
    for voter in (1, 2):
        vote.cast(voter, vote.told(blank=True))
    vote.puts_paper(2, 3, 4)  # 2 had sent an envelope: it is thrown away
    assert refused(vote.cast, 2, vote.told(blank=True)) == ["already_voted"]
    assert refused(vote.types, ONE, 1, marks) == ["not_the_moment_to_type"]
    vote.do("close_room")
    assert refused(vote.count) == ["papers_typed_once"]
    assert refused(vote.types, ONE, 4, marks) == ["no_such_paper"]
    assert refused(vote.types, ONE, 1, {"blank": True} | marks) != []
    for by in (ONE, TWO):
        vote.types(by, 1, marks)
        vote.types(by, 2, None)
    vote.types(ONE, 3, marks)
    vote.types(ONE, 3, {"blank": True})  # nothing is compared yet: she may change her mind
    vote.types(ONE, 3, marks)
    assert refused(vote.count) == ["papers_typed_once"]
    vote.types(TWO, 3, {"blank": True})
    assert refused(vote.count) == ["papers_differ"]
    assert refused(vote.types, TWO, 3, marks) == ["correction_without_reason"]
    vote.types(TWO, 3, marks, reason="Coche mal lue")
    content = queries.typed_papers(session, vote.id)[ONE][3]
    told = " ".join(session.scalars(text("SELECT payload FROM journal_payload")))
    session.rollback()
    assert ("Coche mal lue" in told, content.hex() in told) == (True, False)
    vote.count()
    assert vote.proclaim().form["turnout"] == {"": {"valid": 2, "blank": 1, "null": 1}}
    assert sum(papers for _college, _content, papers in sheets.get_archive(session, vote.id)["ballots"]) == 4
    assert queries.typed_papers(session, vote.id) == {}
    session.rollback()


def test_a_named_paper_is_in_the_urn_once_two_tellers_read_the_same(act, session):
    paper, ties, marks, _elected = FORMS["choices"]
    vote = PaperVote(act, paper, ties, secret=False)
    assert refused(vote.types_named, ONE, 1, marks) == ["not_the_moment_to_type"]
    vote.do("open_room")
    vote.cast(2, vote.told(**marks))
    assert refused(vote.types_named, ONE, 2, marks) == ["already_voted"]
    assert vote.types_named(ONE, 1, marks) is None
    assert vote.types_named(ONE, 1, marks) is None  # the same teller twice is one reading
    assert refused(vote.do, "close_room") == ["papers_wait"]
    assert vote.types_named(TWO, 1, {"blank": True}) is None
    assert refused(vote.types_named, TWO, 1, marks) == ["correction_without_reason"]
    assert vote.types_named(TWO, 1, marks, reason="Relu") is not None
    [row] = queries.ballots_of(session, [vote.id], [UUID(int=1)])
    assert (row.channel, row.cast_by) == (Channel.PAPER, TWO)
    session.rollback()
    assert "already_voted" in refused(vote.cast, 1, vote.told(blank=True))
    vote.types_named(ONE, 3, None)
    assert vote.types_named(TWO, 3, None) is not None  # a paper that cannot be counted is null, and is a ballot
    vote.types_named(ONE, 4, marks)
    vote.cast(4, vote.told(**marks))
    assert refused(vote.do, "close_room") == ["papers_wait"]
    assert refused(vote.do, "withdraw_named_paper", number=4, reason=" ") == ["correction_without_reason"]
    vote.do("withdraw_named_paper", number=4, reason="A voté sur son téléphone")
    vote.do("close_room")
    vote.count()
    assert vote.proclaim().form["turnout"] == {"": {"valid": 3, "blank": 0, "null": 1}}
    assert list(verify(session)) == []
