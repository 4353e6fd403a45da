"""A secret vote: sealed, replaced, mixed with paper, opened by its tellers together, tied to nobody; on both engines."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopgov.ballots import queries, service, sheets
from coopgov.ballots.rules import Channel, Choice, Level, Outcome, RollVoter, Tally
from coopgov.ballots.verify import verify
from coopgov.core.db import db
from coopgov.core.errors import Citation, RuleBroken
from coopgov.law.arithmetic import Base, DecisionRule

RULE = DecisionRule(Fraction(1, 2), strict=True, base=Base.EXPRESSED, citations=(Citation("art. 1"),))
VOTERS = [RollVoter(UUID(int=n), n, f"Member {n}", "makers" if n < 5 else "staff") for n in range(1, 9)]
TELLERS = [UUID(int=n) for n in (101, 102, 103)]


class Vote:
    """A secret vote of eight members, opened by two of three tellers."""

    def __init__(self, act, *, tellers=TELLERS, weights=None, remote=False, voters=None) -> None:
        self.act = act
        with act() as a:
            self.codes = [service.make_teller_key(a, account_id=who, name=f"Teller {who.int}") for who in tellers]
            people = VOTERS if voters is None else [RollVoter(UUID(int=n), n, "", "") for n in range(1, voters + 1)]
            roll = service.freeze_roll(a, reference_on=date(2026, 11, 1), voters=people)
            self.id = service.seal_scrutin(
                a, roll_id=roll, subject_hash="a" * 64, title="The chair", rule=RULE, level=Level.SECRET,
                tellers=tellers, college_weights=weights, remote_opens_at=a.now if remote else None,
                remote_closes_at=a.now + timedelta(hours=2) if remote else None,
            )  # fmt: skip

    def cast(self, voter, choice=Choice.FOR, *, by=None, channel=Channel.ROOM, token=b""):
        with self.act() as a:
            return service.cast(
                a, scrutin_id=self.id, voter_id=UUID(int=voter), choice=choice, channel=channel,
                cast_by=UUID(int=by or voter), token=token,
            )  # fmt: skip

    def do(self, name, **more):
        with self.act() as a:
            return getattr(service, name)(a, scrutin_id=self.id, **more)

    def count(self, *codes):
        present = queries.turnout(db.session(), self.id)
        return self.do("count", present_or_represented=present, codes=codes)

    def note_paper(self, voter):
        self.do("note_paper", voter_id=UUID(int=voter), cast_by=TELLERS[0])

    def close_with(self, *choices):
        """The members from 1 on answer this in the room, and the vote closes."""
        self.do("open_room")
        for voter, choice in enumerate(choices, start=1):
            self.cast(voter, choice)
        self.do("close_room")


def refused(do, *args, **more) -> list[str]:
    with pytest.raises(RuleBroken) as refusal:
        do(*args, **more)
    return [breach.code for breach in refusal.value.breaches]


def test_two_of_three_tellers_open_it_and_what_is_left_ties_nobody_to_a_ballot(act, session, clock, caplog):
    vote = Vote(act, remote=True)
    vote.cast(1, Choice.AGAINST, channel=Channel.REMOTE)
    clock.now += timedelta(hours=3)
    vote.do("open_room")
    for voter in (2, 3):
        vote.cast(voter)
    vote.do("close_room")
    assert vote.count(vote.codes[2], vote.codes[0]) == Tally(2, 1, 0, 0)
    assert vote.do("proclaim", by=UUID(int=1)).outcome is Outcome.ADOPTED
    assert queries.turnout(session, vote.id) == 3
    assert queries.remote_voters(session, [vote.id]) == {UUID(int=1)}
    for table in ("envelope", "sealed_part"):
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608 - names of ours
    columns = set(session.execute(text("SELECT * FROM urn_ballot")).keys())
    assert columns == {"id", "scrutin_id", "college", "choice"}
    assert list(verify(session)) == []
    # What was destroyed is overwritten at once: that is done after the commit, where a failure is only told to the log.
    assert caplog.messages == []


def test_a_ballot_is_replaced_until_the_vote_closes_and_the_last_one_counts(act):
    vote = Vote(act)
    vote.do("open_room")
    first = vote.cast(1, Choice.FOR)
    assert vote.cast(1, Choice.AGAINST) != first
    vote.do("close_room")
    assert refused(vote.cast, 1, Choice.FOR) == ["vote_closed"]
    assert vote.count(*vote.codes[:2]) == Tally(0, 1, 0, 0)


def test_the_same_ballot_sent_again_gives_the_same_receipt(act, session):
    vote = Vote(act)
    vote.do("open_room")
    first = vote.cast(1, token=b"k" * 24)
    assert vote.cast(1, token=b"k" * 24) == first
    assert vote.cast(2, token=b"k" * 24).digest != first.digest
    assert (first.choice, queries.turnout(session, vote.id)) == (None, 2)


def test_fewer_tellers_wrong_codes_and_codes_of_others_open_nothing(act, session):
    vote, other = Vote(act), Vote(act, tellers=[UUID(int=201)])
    vote.close_with(Choice.FOR)
    one, two, _three = vote.codes
    assert refused(vote.count) == ["codes_missing"]
    assert refused(vote.count, one, one) == ["codes_missing"]
    assert refused(vote.count, one, two[:-1]) == ["code_unreadable"]
    assert refused(vote.count, one, other.codes[0]) == ["code_of_another_vote", "codes_missing"]
    # Nothing was half done: the envelopes are there still, and the right codes open them.
    assert session.scalar(text("SELECT count(*) FROM envelope")) == 1
    assert vote.count(one, two) == Tally(1, 0, 0, 0)


def test_nobody_seals_a_secret_vote_that_nobody_could_open(act):
    assert refused(Vote, act, tellers=[]) == ["no_teller_code"]


def test_one_teller_alone_may_be_enough_when_there_is_one_only(act, session):
    vote = Vote(act, tellers=TELLERS[:1])
    told = queries.tellers_of(session, vote.id)
    assert (told.needed, told.names) == (1, ("Teller 101",))
    vote.close_with(Choice.BLANK)
    assert vote.count(*vote.codes) == Tally(0, 0, 0, 1)


def test_no_page_tells_what_is_in_an_envelope_nor_how_many_at_first(act, session):
    vote = Vote(act)
    vote.do("open_room")
    vote.cast(1, Choice.FOR)
    mine = queries.own_ballots(session, queries.get_scrutin(session, vote.id), UUID(int=1))
    assert [ballot.choice for ballot in mine] == [None]
    assert queries.told_turnouts(session, [vote.id]) == {vote.id: None}
    for voter in (2, 3, 4):
        vote.cast(voter)
    session.rollback()
    assert queries.told_turnouts(session, [vote.id]) == {vote.id: 4}
    with pytest.raises(RuleBroken):
        queries.tally(session, vote.id)


def test_paper_in_the_room_replaces_an_envelope_and_two_tellers_read_it(act, session):
    vote = Vote(act)
    vote.do("open_room")
    vote.cast(1, Choice.AGAINST)
    vote.cast(2, Choice.AGAINST)
    vote.note_paper(1)
    vote.note_paper(3)
    assert refused(vote.cast, 1) == ["already_voted"]
    assert refused(vote.do, "read_paper", by=TELLERS[0], tallies={"": Tally(2)}) == ["not_the_moment_to_read"]
    vote.do("close_room")
    pair = vote.codes[:2]
    assert refused(vote.count, *pair) == ["paper_read_once"]
    vote.do("read_paper", by=TELLERS[0], tallies={"": Tally(2)})
    vote.do("read_paper", by=TELLERS[1], tallies={"": Tally(1, 1)})
    assert refused(vote.count, *pair) == ["paper_readings_differ"]
    again = {"by": TELLERS[1], "tallies": {"": Tally(2)}}
    assert refused(vote.do, "read_paper", **again) == ["correction_without_reason"]
    vote.do("read_paper", **again, reason="Un bulletin replié")
    assert vote.count(*pair) == Tally(2, 1, 0, 0)
    assert queries.turnout(session, vote.id) == 3
    assert list(verify(session)) == []


def test_colleges_are_told_apart_only_where_they_are_weighed(act, session):
    weights = {"makers": Fraction(1, 2), "staff": Fraction(1, 2)}
    plain, weighed = Vote(act), Vote(act, weights=weights, tellers=[UUID(int=n) for n in (201, 202, 203)])
    for vote in (plain, weighed):
        vote.close_with(*[Choice.FOR] * 5, Choice.AGAINST)
    plain.count(*plain.codes[:2])
    weighed.do("count", present_or_represented=6, present_by_college={"makers": 4, "staff": 2}, codes=weighed.codes[:2])
    assert queries.tally_by_college(session, plain.id) == {"": Tally(5, 1)}
    assert queries.tally_by_college(session, weighed.id) == {"makers": Tally(4), "staff": Tally(1, 1)}
    for vote, colleges in ((plain, [""]), (weighed, ["makers", "staff"])):
        assert vote.do("proclaim", by=UUID(int=1)).outcome is Outcome.ADOPTED
        assert sorted({one[0] for one in sheets.get_archive(session, vote.id)["ballots"]}) == colleges
    assert list(verify(session)) == []


def test_the_database_refuses_to_lose_or_change_what_is_sealed(act, session):
    vote = Vote(act)
    vote.close_with(Choice.FOR)

    def tamper(statement: str) -> None:
        with act() as a:
            a.session.execute(text(statement))

    for statement in ("DELETE FROM envelope", "DELETE FROM sealed_part", "UPDATE scrutin_key SET needed = 1"):
        with pytest.raises(DatabaseError):
            tamper(statement)
    tamper("UPDATE envelope SET channel = 'remote'")  # silently left: the urn is closed
    assert session.scalar(text("SELECT channel FROM envelope")) == "room"


def test_a_ballot_added_to_an_open_urn_is_found(act, session):
    vote = Vote(act)
    vote.close_with(Choice.FOR)
    vote.count(*vote.codes[:2])
    with act() as a:
        a.session.execute(
            text("INSERT INTO urn_ballot (id, scrutin_id, college, choice) SELECT :id, scrutin_id, '', 'for' FROM urn"),
            {"id": "f" * 32},
        )
    told = [fault.what for fault in verify(session)]
    assert "its ballots are not those of the urn that was opened" in told
    assert "it has more or fewer ballots than people who voted" in told


VOTERS_OF_THE_LINK = 100


def test_whoever_has_the_whole_database_guesses_no_better_than_chance(act, session, clock):
    """By order of rows, of identifiers, of transactions: what each voter answered is not found again."""
    vote = Vote(act, voters=VOTERS_OF_THE_LINK)
    vote.do("open_room")
    answers = [Choice.FOR if n % 2 else Choice.AGAINST for n in range(VOTERS_OF_THE_LINK)]
    receipts = [vote.cast(n + 1, answer).digest for n, answer in enumerate(answers)]
    sealed = [bytes(row.sealed) for row in session.execute(text("SELECT sealed FROM envelope"))]
    session.rollback()
    vote.do("close_room")
    vote.count(*vote.codes[:2])
    for voters, ballots in product(_orders(session, "participation"), _orders(session, "urn_ballot")):
        told = {row.voter_id: row.receipt for row in voters}
        assert set(told.values()) == set(receipts)
        order = [receipts.index(row.receipt) for row in voters]
        found = sum(answers[voter] == ballot.choice for voter, ballot in zip(order, ballots, strict=True))
        # Half of them by chance, give or take five; six times that is not chance.
        assert 20 <= found <= 80
    assert [envelope for envelope in sealed if _is_on_disk(session, envelope)] == []


def _orders(session, table):
    """The rows of a table in every order in which the database can be made to give them."""
    physical = {"sqlite": "rowid", "postgresql": "ctid"}[session.get_bind().dialect.name]
    by = ["scrutin_id"] if table == "urn_ballot" and physical == "rowid" else [physical]
    by += ["xmin::text::bigint"] if physical == "ctid" else []
    by += ["id"] if table == "urn_ballot" else ["voter_id", "receipt"]
    return [session.execute(text(f"SELECT * FROM {table} ORDER BY {order}")).all() for order in by]  # noqa: S608 - ours


def _is_on_disk(session, content: bytes) -> bool:
    """Whether these bytes are still in a file of the database; what PostgreSQL keeps in its log is told in the docs."""
    engine = session.get_bind()
    if engine.dialect.name == "postgresql":
        return bool(session.scalar(text("SELECT count(*) FROM envelope")))
    file = Path(engine.url.database)
    return any(content in one.read_bytes() for one in file.parent.glob(f"{file.name}*"))


def test_a_cancelled_secret_vote_leaves_nothing_to_open(act, session):
    vote = Vote(act)
    vote.do("open_room")
    vote.cast(1)
    vote.do("cancel", reason="no quorum")
    assert session.scalar(text("SELECT count(*) FROM envelope")) == 0
    assert list(verify(session)) == []
