"""Commands of a vote: freeze the roll, seal, open, close, count, proclaim. Casting has its own file."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from coopgov.ballots import answered, marked, secret
from coopgov.ballots.cast import cast, note_paper
from coopgov.ballots.changing import annul, resume, strike, suspend, wait_for_ballots
from coopgov.ballots.changing_rules import check_not_suspended
from coopgov.ballots.deciding import Form
from coopgov.ballots.events import ScrutinProclaimed
from coopgov.ballots.models import (
    BallotMarked,
    BallotNamed,
    Envelope,
    Roll,
    RollEntry,
    Scrutin,
    ScrutinResult,
    ScrutinStep,
    ScrutinTally,
    Urn,
)
from coopgov.ballots.proof import Seal, roll_hash, rule_facts, urn_hash
from coopgov.ballots.queries import (
    Count,
    Result,
    ScrutinRow,
    count_from_facts,
    counted_colleges,
    find_count,
    get_roll,
    get_scrutin,
    result_from_facts,
    tally_by_college,
    teller_keys,
)
from coopgov.ballots.rules import (
    MOVES,
    Heads,
    Level,
    Move,
    RollVoter,
    State,
    Tally,
    Window,
    check_close,
    check_count,
    check_presence_known,
    check_roll,
    check_seal,
    together,
)
from coopgov.ballots.typed import refuse_waiting, throw_typed_away, type_named_paper, type_paper, withdraw_named_paper
from coopgov.core.act import Act
from coopgov.core.bulk import look_again
from coopgov.core.canonical import canonical_json
from coopgov.core.errors import refuse_if
from coopgov.core.ids import new_id
from coopgov.core.states import step
from coopgov.law.arithmetic import DecisionRule

__all__ = [
    "annul", "cancel", "cast", "close_room", "count", "freeze_roll", "make_teller_key", "note_paper", "open_room",
    "proclaim",
    "read_paper", "resume", "seal_scrutin", "strike", "suspend", "type_named_paper", "type_paper",
    "withdraw_named_paper",
]  # fmt: skip

BATCH = 5000
make_teller_key, read_paper = secret.make_teller_key, secret.read_paper


def freeze_roll(act: Act, *, reference_on: date, voters: Sequence[RollVoter]) -> UUID:
    """Fix who may vote, as the members were on the reference day."""
    refuse_if(check_roll(voters))
    roll_id, hashed = new_id(), roll_hash(reference_on, voters)
    colleges = dict(sorted(Counter(voter.college for voter in voters).items()))
    act.keep(
        Roll(
            id=roll_id, reference_on=reference_on, size=len(voters), colleges=canonical_json(colleges).decode(),
            hash=hashed, frozen_at=act.now,
        )
    )  # fmt: skip
    _write_entries(act, roll_id, voters)
    look_again(act.session, RollEntry, rows=len(voters))
    act.record("roll.frozen", f"roll:{roll_id}", {"on": reference_on, "size": len(voters), "hash": hashed})
    return roll_id


def _write_entries(act: Act, roll_id: UUID, voters: Sequence[RollVoter]) -> None:
    for start in range(0, len(voters), BATCH):
        batch = voters[start : start + BATCH]
        rows = [
            {"roll_id": roll_id, "voter_id": v.id, "number": v.number, "name": v.name, "college": v.college}
            for v in batch
        ]
        act.session.execute(insert(RollEntry.__table__), rows)  # type: ignore[arg-type]  # declarative's FromClause is a Table


def seal_scrutin(  # noqa: PLR0913 - all that is fixed before the first ballot
    act: Act,
    *,
    roll_id: UUID,
    subject_hash: str,
    title: str,
    rule: DecisionRule,
    remote_opens_at: datetime | None = None,
    remote_closes_at: datetime | None = None,
    college_weights: Mapping[str, Fraction] | None = None,
    level: Level = Level.NAMED,
    tellers: Sequence[UUID] = (),
    form: Form | None = None,
) -> UUID:
    """Fix everything about a vote before its first ballot; nothing of it ever changes afterwards.

    A secret vote is sealed for these accounts, those among them who have a teller's code. A vote that answers no
    resolution has a `form`, of whatever vote: it becomes the form of this one.
    """
    roll = get_roll(act.session, roll_id)
    window = _window(remote_opens_at, remote_closes_at)
    refuse_if(check_seal(window=window, now=act.now, colleges=roll.colleges, weights=college_weights))
    scrutin_id = new_id()
    own = None if form is None else form.of(scrutin_id)
    seal = Seal(scrutin_id, level, subject_hash, title, roll.hash, rule, window, college_weights, own)
    act.keep(_sealed(seal, roll_id))
    if own is not None:
        marked.keep_form(act, scrutin_id, own, weights=college_weights)
    if level is Level.SECRET:
        secret.share_key(act, seal.scrutin_id, teller_keys(act.session, tellers))
    _write_step(act, seal.scrutin_id, State.SEALED)
    act.record("scrutin.sealed", f"scrutin:{seal.scrutin_id}", {"seal": seal.hash, "subject": subject_hash})
    return seal.scrutin_id


def _window(opens_at: datetime | None, closes_at: datetime | None) -> Window | None:
    if opens_at is None and closes_at is None:
        return None
    if opens_at is None or closes_at is None:
        raise ValueError("a remote window has two ends")
    return Window(opens_at, closes_at)


def _sealed(seal: Seal, roll_id: UUID) -> Scrutin:
    weights = None if seal.weights is None else canonical_json(seal.weights).decode()
    return Scrutin(
        id=seal.scrutin_id, roll_id=roll_id, level=seal.level, subject_hash=seal.subject_hash, title=seal.title,
        rule=canonical_json(rule_facts(seal.rule)).decode(), college_weights=weights, seal=seal.hash,
        remote_opens_at=seal.window and seal.window.opens_at, remote_closes_at=seal.window and seal.window.closes_at,
    )  # fmt: skip


def open_room(act: Act, *, scrutin_id: UUID) -> None:
    """Let those in the room vote."""
    scrutin = get_scrutin(act.session, scrutin_id)
    refuse_if(check_not_suspended(scrutin))
    _move(act, scrutin, Move.OPEN_ROOM)
    act.record("scrutin.room_opened", f"scrutin:{scrutin_id}")


def close_room(act: Act, *, scrutin_id: UUID) -> None:
    """Take no more ballots, and write the urn's hash in the journal."""
    wait_for_ballots(act, scrutin_id)
    scrutin = get_scrutin(act.session, scrutin_id)
    refuse_if([*check_not_suspended(scrutin), *check_close(window=scrutin.window_now, now=act.now)])
    refuse_waiting(act.session, scrutin)
    _move(act, scrutin, Move.CLOSE_ROOM)
    named = BallotNamed if scrutin.form is None else BallotMarked
    paper: Any = Envelope if scrutin.level is Level.SECRET else named
    receipts = list(act.session.scalars(select(paper.receipt).where(paper.scrutin_id == scrutin_id)))
    hashed = urn_hash(receipts)
    act.keep(Urn(scrutin_id=scrutin_id, ballots=len(receipts), hash=hashed))
    act.record("scrutin.room_closed", f"scrutin:{scrutin_id}", {"ballots": len(receipts), "urn": hashed})


def cancel(act: Act, *, scrutin_id: UUID, reason: str) -> None:
    """Give up a vote that is not closed (no quorum, item withdrawn); its ballots are never counted."""
    wait_for_ballots(act, scrutin_id)
    scrutin = get_scrutin(act.session, scrutin_id)
    _move(act, scrutin, Move.CANCEL)
    if scrutin.level is Level.SECRET:
        secret.destroy(act, scrutin_id)
    throw_typed_away(act, scrutin_id)
    act.record("scrutin.cancelled", f"scrutin:{scrutin_id}", {"reason": reason})


def count(
    act: Act,
    *,
    scrutin_id: UUID,
    present_or_represented: int,
    present_by_college: Mapping[str, int] | None = None,
    codes: Sequence[str] = (),
) -> Tally:
    """Count a closed urn with two programs; refuses when they differ or the attendance does not fit.

    Gives the answers to a resolution, none for another ballot paper.

    The urn of a secret vote is opened first, with the tellers' `codes`; then nothing ties a voter to a ballot.
    """
    scrutin = get_scrutin(act.session, scrutin_id)
    _move(act, scrutin, Move.COUNT)
    opened = _open(act, scrutin, codes)
    if scrutin.form is not None:
        _write_count(act, scrutin, marked.count_facts(act, scrutin, present_or_represented) | opened)
        return Tally()
    tallies = tally_by_college(act.session, scrutin_id)
    refuse_if(check_presence_known(scrutin.rule, scrutin.college_weights, known=present_by_college is not None))
    enrolled = counted_colleges(act.session, scrutin)
    refuse_if(check_count(_heads(tallies, enrolled, present_or_represented, present_by_college)))
    facts = _count_facts(tallies, enrolled, present_or_represented, present_by_college)
    answered.counted_by_both(act.session, scrutin, count_from_facts(facts))
    _write_count(act, scrutin, facts | opened)
    return together(tallies.values())


def _open(act: Act, scrutin: ScrutinRow, codes: Sequence[str]) -> dict[str, Any]:
    if scrutin.level is Level.NAMED:
        return {}
    opened = secret.open_urn(act, scrutin, secret.Codes.read(codes))
    secret.destroy(act, scrutin.id)
    return opened


def _heads(
    tallies: Mapping[str, Tally], enrolled: Mapping[str, int], present: int, by_college: Mapping[str, int] | None
) -> list[Heads]:
    whole = Heads(together(tallies.values()).cast, present, sum(enrolled.values()))
    return [whole, *(Heads(tallies[c].cast, n, enrolled[c]) for c, n in sorted((by_college or {}).items()))]


def _count_facts(
    tallies: Mapping[str, Tally], enrolled: Mapping[str, int], present: int, by_college: Mapping[str, int] | None
) -> dict[str, Any]:
    lines = [
        {
            "college": college, "tally": asdict(tally), "enrolled": enrolled[college],
            "present_or_represented": (by_college or {}).get(college),
        }
        for college, tally in sorted(tallies.items())
    ]  # fmt: skip
    return {"present_or_represented": present, "colleges": lines}


def _write_count(act: Act, scrutin: ScrutinRow, facts: Mapping[str, Any]) -> None:
    stored, hashed = _frozen(facts)
    act.keep(ScrutinTally(scrutin_id=scrutin.id, facts=stored, hash=hashed))
    act.record("scrutin.counted", f"scrutin:{scrutin.id}", {"tally": hashed, **facts})


def proclaim(act: Act, *, scrutin_id: UUID, by: UUID, chair: Sequence[str] = ()) -> Result:
    """Say what a counted vote decided; the features above hear it in the same act.

    `chair` is the order that the chair gives to options with equal votes, where the seal leaves it to her.
    """
    scrutin = get_scrutin(act.session, scrutin_id)
    _move(act, scrutin, Move.PROCLAIM, by=str(by))
    counted = find_count(act.session, scrutin_id)
    urn = act.session.get(Urn, scrutin_id)
    assert counted is not None  # noqa: S101 - a counted vote has its count
    assert urn is not None  # noqa: S101 - and its closed urn
    if scrutin.form is None:
        facts = _result_facts(act, scrutin, counted, urn.hash, by)
    else:
        facts = marked.result_facts(act, scrutin, counted, urn=urn.hash, by=by, chair=tuple(chair))
    stored, hashed = _frozen(facts)
    act.keep(ScrutinResult(scrutin_id=scrutin_id, facts=stored, hash=hashed))
    act.record("scrutin.proclaimed", f"scrutin:{scrutin_id}", {"result": hashed, **facts})
    found = result_from_facts(json.loads(stored), hashed)
    act.publish(ScrutinProclaimed(scrutin_id, scrutin.subject_hash, found.outcome))
    return found


def _result_facts(act: Act, scrutin: ScrutinRow, counted: Count, urn: str, by: UUID) -> dict[str, Any]:
    verdict = answered.verdict_of(scrutin, counted)
    archive = marked.keep_archive(act, scrutin.id, answered.counted_by_both(act.session, scrutin, counted))
    return {
        "scrutin": scrutin.id, "seal": scrutin.seal, "subject": scrutin.subject_hash, "urn": urn,
        "outcome": verdict.outcome, "numerator": str(verdict.numerator), "denominator": str(verdict.denominator),
        "tie": verdict.tie, "counts": asdict(answered.whole_of(counted)), "rule": rule_facts(scrutin.rule),
        "weights": scrutin.college_weights,
        "colleges": [asdict(line) for line in counted.colleges], "archive": archive,
        "proclaimed_at": act.now, "proclaimed_by": by,
        **scrutin.happened(get_roll(act.session, scrutin.roll_id)),
    }  # fmt: skip


def _move(act: Act, scrutin: ScrutinRow, move: Move, *, by: str = "") -> None:
    _write_step(act, scrutin.id, step(MOVES, scrutin.state, move), by=by)


def _write_step(act: Act, scrutin_id: UUID, state: State, *, by: str = "") -> None:
    act.keep(ScrutinStep(scrutin_id=scrutin_id, step=state, at=act.now, by=by or act.actor.pseudonym))


def _frozen(facts: Mapping[str, Any]) -> tuple[str, str]:
    data = canonical_json(facts)
    return data.decode(), hashlib.sha256(data).hexdigest()
