"""Votes on other papers than a resolution's: sealed with their form, cast, counted twice, archived; on both engines."""

import json
import subprocess
import sys
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from coopgov.ballots import queries, service, sheets
from coopgov.ballots.counting.papers import (
    Approval,
    Choices,
    Grades,
    Lists,
    Option,
    Ranking,
    Rivals,
)
from coopgov.ballots.counting.ties import TieRule, Ties
from coopgov.ballots.deciding import Form
from coopgov.ballots.rules import Channel, Choice, Level, Outcome, RollVoter
from coopgov.ballots.verify import verify
from coopgov.core.db import db
from coopgov.core.errors import Citation, RuleBroken
from coopgov.law.arithmetic import Base, DecisionRule

RULE = DecisionRule(Fraction(1, 2), strict=True, base=Base.EXPRESSED, citations=(Citation("art. 1"),))
VOTERS = [RollVoter(UUID(int=n), n, f"Member {n}", "makers") for n in range(1, 7)]
TELLER, NOBODY = UUID(int=101), UUID(int=0)
PEOPLE = tuple(Option(one, name) for one, name in (("a", "Awa"), ("b", "Benoît"), ("c", "Chloé")))
TEAMS = tuple(Option(one, one.title(), tuple(f"{one} {n}" for n in (1, 2))) for one in ("red", "blue"))
GRADES = tuple(Option(f"g{n}", word) for n, word in enumerate(("Poor", "Fair", "Good")))
SEED, CHAIR, AGAIN = Ties(TieRule.SEED, "2026"), Ties(TieRule.CHAIR), Ties(TieRule.REVOTE)
CHOICES = Choices(scrutin=NOBODY, options=PEOPLE, seats=2, least=1, most=2, shuffled=True)
FORMS = {
    "choices": (CHOICES, SEED, {"chosen": ["a", "b"]}, ["a", "b"]),
    "approval": (Approval(scrutin=NOBODY, options=PEOPLE), CHAIR, {"chosen": ["c"]}, ["c"]),
    "grades": (
        Grades(scrutin=NOBODY, options=PEOPLE, grades=GRADES), AGAIN, {"grades": {"a": "g0", "b": "g2", "c": "g1"}}, ["b"],
    ),
    "ranking": (Ranking(scrutin=NOBODY, options=PEOPLE, seats=2), SEED, {"ranks": {"c": 1, "a": 2}}, ["c", "a"]),
    "rivals": (
        Rivals(scrutin=NOBODY, options=PEOPLE, status_quo="a"), Ties(TieRule.STATUS_QUO), {"ranks": {"a": 1, "b": 2}}, ["a"],
    ),
    "lists": (Lists(scrutin=NOBODY, options=TEAMS, seats=2), AGAIN, {"chosen": ["red"]}, ["red#1", "red#2"]),
}  # fmt: skip


class Vote:
    """A vote of six members on one paper; a secret one is opened by one teller."""

    def __init__(self, act, paper, ties, *, secret=True, remote=False) -> None:
        self.act = act
        with act() as a:
            teller = uuid4()
            self.code = service.make_teller_key(a, account_id=teller, name="Zoé") if secret else None
            roll = service.freeze_roll(a, reference_on=date(2026, 11, 1), voters=VOTERS)
            self.id = service.seal_scrutin(
                a, roll_id=roll, subject_hash="b" * 64, title="The board", rule=RULE, form=Form(paper, ties),
                level=Level.SECRET if secret else Level.NAMED, tellers=[teller] if secret else (),
                remote_opens_at=a.now if remote else None, remote_closes_at=a.now + timedelta(hours=1) if remote else None,
            )  # fmt: skip

    def told(self, **marks):
        return {"v": 1, "scrutin": str(self.id), **marks}

    def cast(self, voter, told, *, token=b"", by=None):
        with self.act() as a:
            return service.cast(
                a, scrutin_id=self.id, voter_id=UUID(int=voter), choice=told, channel=Channel.ROOM,
                cast_by=UUID(int=by or voter), token=token,
            )  # fmt: skip

    def do(self, name, **more):
        with self.act() as a:
            return getattr(service, name)(a, scrutin_id=self.id, **more)

    def close_with(self, *ballots):
        self.do("open_room")
        for voter, marks in enumerate(ballots, start=1):
            self.cast(voter, self.told(**marks))
        self.do("close_room")

    def count(self):
        present = queries.turnout(db.session(), self.id)
        self.do("count", present_or_represented=present, codes=[self.code] if self.code else ())

    def proclaim(self, *chair):
        return self.do("proclaim", by=UUID(int=1), chair=chair)


def refused(do, *args, **more) -> list[str]:
    with pytest.raises(RuleBroken) as refusal:
        do(*args, **more)
    return [breach.code for breach in refusal.value.breaches]


@pytest.mark.parametrize("secret", [True, False])
def test_each_form_is_cast_counted_twice_archived_and_proved(act, session, secret, tmp_path):
    for kind, (paper, ties, marks, elected) in FORMS.items():
        vote = Vote(act, paper, ties, secret=secret)
        vote.close_with(marks, marks, {"blank": True})
        if secret:
            sizes = set(session.scalars(text("SELECT length(sealed) FROM envelope")))
            assert len(sizes) == 1, kind
            session.rollback()
        vote.count()
        found = vote.proclaim()
        assert (sorted(found.form["elected"]), found.form["turnout"]) == (
            sorted(elected), {"": {"valid": 2, "blank": 1, "null": 0}},
        )  # fmt: skip
        assert found.outcome is (Outcome.REJECTED if kind == "rivals" else Outcome.ADOPTED)
        told = sheets.get_archive(session, vote.id)
        assert told["hashes"]["whole"] == found.archive
        file = tmp_path / f"{kind}.json"
        file.write_text(json.dumps(told, ensure_ascii=False))
        if secret:  # the program alone, as whoever downloaded it runs it
            asked = [sys.executable, "tools/recount.py", str(file), "--sceau", found.archive]
            subprocess.run(asked, check=True, capture_output=True)
    assert list(verify(session)) == []


def test_every_wrong_ballot_is_refused_with_a_sentence_and_leaves_no_trace(act, session, clock):
    vote, other = Vote(act, CHOICES, SEED, secret=False), Vote(act, FORMS["ranking"][0], SEED)
    rivals = Vote(act, FORMS["rivals"][0], FORMS["rivals"][1])
    good = vote.told(chosen=["a"])
    assert refused(vote.cast, 1, good) == ["room_not_open"]
    for one in (vote, other, rivals):
        one.do("open_room")
    wrong = {
        "option_not_offered": vote.told(chosen=["z"]),
        "option_twice": vote.told(chosen=["a", "a"]),
        "too_many": vote.told(chosen=["a", "b", "c"]),
        "too_few": vote.told(chosen=[]),
        "blank_with_choice": vote.told(blank=True, chosen=["a"]),
        "ballot_too_big": json.dumps(vote.told(chosen=["a"] * 300_000)),
        "other_vote": other.told(chosen=["a"]),
        "version_unknown": {**good, "v": 2},
        "ballot_unreadable": Choice.FOR,
    }
    for code, told in wrong.items():
        assert code in refused(vote.cast, 1, told)
    ranked = {
        "rank_out_of_range": {"a": -1},
        "rank_tied": {"a": 1, "b": 1},
        "rank_not_a_number": {"a": "1"},
        "rank_missing": {"a": 2},
    }
    for code, ranks in ranked.items():
        assert code in refused(other.cast, 1, other.told(ranks=ranks))
    assert rivals.cast(1, rivals.told(ranks={"a": 1, "b": 1})).choice is None
    assert refused(vote.cast, 9, good) == ["not_on_roll"]
    assert [queries.turnout(session, one.id) for one in (vote, other)] == [0, 0]
    first = vote.cast(1, good)
    assert vote.cast(1, good) == first
    assert refused(vote.cast, 1, vote.told(chosen=["b"])) == ["already_voted"]
    vote.do("close_room")
    assert refused(vote.cast, 2, vote.told(chosen=["b"])) == ["vote_closed"]
    assert queries.turnout(session, vote.id) == 1


def test_equal_votes_wait_for_the_chair_where_the_seal_says_so(act, session):
    vote = Vote(act, FORMS["approval"][0], CHAIR, secret=False)
    vote.close_with({"chosen": ["a"]}, {"chosen": ["b"]})
    vote.count()
    assert refused(vote.proclaim) == ["chair_decides"]
    assert refused(vote.proclaim, "a", "z") == ["chair_order_unsound"]
    found = vote.proclaim("b", "a")
    assert (found.form["elected"], found.form["ties"][0]["rule"]) == (["b"], "chair")
    again = Vote(act, FORMS["grades"][0], AGAIN)
    again.close_with()
    again.count()
    assert again.proclaim().outcome is Outcome.NO_DECISION
    assert list(verify(session)) == []


def test_a_ballot_changed_behind_the_program_is_null_and_found(act, session):
    vote = Vote(act, CHOICES, SEED, secret=False)
    vote.do("open_room")
    vote.cast(1, vote.told(chosen=["a"]))
    with act() as a:
        a.session.execute(
            text(
                "INSERT INTO ballot_marked (scrutin_id, voter_id, content, channel, cast_by, receipt) "
                "SELECT scrutin_id, :voter, :content, channel, cast_by, receipt FROM ballot_marked"
            ),
            {"voter": UUID(int=2).hex, "content": b"\1" * 13},
        )
    vote.do("close_room")
    vote.count()
    assert vote.proclaim().form["turnout"] == {"": {"valid": 1, "blank": 0, "null": 1}}
    assert any("is not what was cast" in fault.what for fault in verify(session))


def test_no_column_of_what_is_sealed_can_be_rewritten(act, session):
    vote = Vote(act, CHOICES, SEED, remote=True)
    tables = ("scrutin", "scrutin_form", "scrutin_key", "scrutin_key_part", "scrutin_step")
    for table in tables:
        for column in inspect(db.engine).get_columns(table):
            with pytest.raises(DatabaseError), act() as a:
                a.session.execute(text(f"UPDATE {table} SET {column['name']} = {column['name']}"))  # noqa: S608 - ours
    for table in ("scrutin", "scrutin_form"):
        with pytest.raises(DatabaseError), act() as a:
            a.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - ours
    scrutin = queries.get_scrutin(session, vote.id)
    assert queries.seal_of(scrutin, queries.get_roll(session, scrutin.roll_id)).hash == scrutin.seal


def test_a_form_that_makes_no_sense_is_not_sealed(act):
    for paper, ties, codes in (
        (Choices(scrutin=NOBODY, options=PEOPLE, seats=4), SEED, ["seats_count"]),
        (Rivals(scrutin=NOBODY, options=PEOPLE[:1]), SEED, ["options_count"]),
        (CHOICES, Ties(TieRule.SEED), ["seed_missing"]),
        (CHOICES, Ties(TieRule.STATUS_QUO), ["tie_rule_unfit"]),
    ):
        assert refused(Vote, act, paper, ties) == codes


def test_the_archive_tells_a_suspension_and_a_strike_and_still_counts(act, session, clock, tmp_path):
    paper, ties, marks, _elected = FORMS["approval"]
    vote = Vote(act, paper, ties)
    roll_id = queries.get_scrutin(session, vote.id).roll_id
    with act() as a:
        service.strike(
            a, roll_id=roll_id, voter_id=UUID(int=6), name="Member 6", reason="Left.", document="Letter of 3 October"
        )
    vote.do("open_room")
    vote.cast(1, vote.told(**marks))
    vote.do("suspend", since=clock.now, incident="A fire.")
    clock.forward(minutes=20)
    vote.do("resume")
    vote.cast(2, vote.told(**marks))
    vote.do("close_room")
    vote.count()
    found = vote.proclaim()
    told = sheets.get_archive(db.session(), vote.id)
    roll = queries.get_roll(db.session(), roll_id)
    assert (told["roll"]["size"], told["roll"]["hash"], told["roll"]["frozen_hash"]) == (5, roll.hash_now, roll.hash)
    assert [halt["incident"] for halt in told["roll"]["suspensions"]] == ["A fire."]
    assert found.counts.enrolled == 5
    file = tmp_path / "archive.json"
    file.write_text(json.dumps(told))
    asked = [sys.executable, "tools/recount.py", str(file), "--sceau", found.archive]
    assert subprocess.run(asked, check=False, capture_output=True).returncode == 0
    assert list(verify(db.session())) == []
