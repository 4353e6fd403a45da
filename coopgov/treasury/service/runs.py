"""What is done for all members of a year at once: written once, undone as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.canonical import canonical_json, digest
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.ids import new_id
from coopgov.core.preflight import check_acknowledged
from coopgov.shares.chain import chunks
from coopgov.shares.rules import check_reason
from coopgov.shares.service import Seeing
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import Entry
from coopgov.treasury.models import CapitalRun, CapitalRunReversal
from coopgov.treasury.queries import Header
from coopgov.treasury.rules import CapitalKind, RunKind
from coopgov.treasury.service.telling import Details, Told
from coopgov.treasury.service.undoing import timelines_after
from coopgov.treasury.service.weighing import weigh_run
from coopgov.web.preflight import acknowledge

MOST_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run about to be written."""

    id: UUID
    kind: RunKind
    year: int
    attempt: int
    told: Told


def open_run(act: Act, kind: RunKind, year: int, told: Told) -> OpenRun:
    """Begin what is done once for a year; refused when it was done and stands."""
    standing = queries.find_run(act.session, kind, year)
    refuse_if(rules.check_run(kind, year, standing.known if standing else None))
    return OpenRun(new_id(), kind, year, queries.count_runs(act.session, kind, year) + 1, told)


def write_run(act: Act, run: OpenRun, facts: Mapping[str, Any], entries: Sequence[Entry]) -> None:
    """Write the run, what it was given and gave, and its transactions."""
    body = canonical_json(facts)
    act.keep(
        CapitalRun(
            id=run.id, kind=run.kind, year=run.year, attempt=run.attempt, effective_on=run.told.effective_on,
            resolution=run.told.resolution[:200], facts=body.decode(), digest=digest(facts), recorded_at=act.now,
            recorded_by=act.actor.pseudonym,
        )
    )  # fmt: skip
    seqs = book.write(act, entries)
    about = {"kind": run.kind, "year": run.year, "number": len(seqs), "last": seqs[-1] if seqs else 0}
    act.record("treasury.run", f"run:{run.id}", about)


def undo_run(
    act: Act, *, run_id: UUID, effective_on: date, reason: str, acknowledged: str = "", **more: Unpack[Details]
) -> int:
    """Undo all that a run wrote and still stands, each by its exact reversal; gives the last number, or nought.

    It corrects entries, and may break what a movement may not: `acknowledged` says why it is done all the same.
    """
    book.take_the_pen(act.session)
    run, told = queries.get_run(act.session, run_id), Told(effective_on, reason, **more)
    checks = weigh_run(act, run=run, effective_on=effective_on)
    refuse_if(
        told.check(act, CapitalKind.REVERSAL)
        + check_reason(reason)
        + rules.check_undoing_of_run(run.known, is_undone=run.undone_on is not None, effective_on=effective_on)
        + _check_paid(act, run)
        + check_acknowledged(checks, acknowledged)
    )
    last = 0
    for some in chunks(queries.standing_of_run(act.session, run_id)):
        last = _undo(act, some, told, run_id)
    act.keep(
        CapitalRunReversal(
            run_id=run_id, effective_on=effective_on, reason=reason.strip()[:1000], recorded_at=act.now,
            recorded_by=act.actor.pseudonym,
        )
    )  # fmt: skip
    about = {
        "kind": run.kind, "year": run.year, "reason": reason.strip(), "last": last,
        "acknowledged": acknowledge(act, f"run:{run_id}", checks, acknowledged),
    }  # fmt: skip
    act.record("treasury.run_undone", f"run:{run_id}", about)
    return last


def standing_run(look: Seeing, *, kind: RunKind, year: int) -> UUID:
    """The run of that kind and year that stands; refused when there is none."""
    run = queries.find_run(look.session, kind, year)
    refuse_if(rules.check_stands(run.known if run else None, year))
    assert run is not None  # noqa: S101 - refused above
    return run.id


def _check_paid(act: Act, run: queries.Run) -> list[Breach]:
    if run.kind is not RunKind.INTEREST:
        return []
    payment = queries.find_run(act.session, RunKind.INTEREST_PAYMENT, run.year)
    return rules.check_not_paid(payment.known if payment else None, year=run.year)


def _undo(act: Act, some: Sequence[Header], told: Told, run_id: UUID) -> int:
    legs = queries.legs_of_many(act.session, [header.seq for header in some])
    undone = {header.seq: rules.negated(legs[header.seq]) for header in some}
    every = [leg for seq in undone for leg in undone[seq]]
    refuse_if(rules.check_timelines(timelines_after(act, every, told.effective_on))[:MOST_REFUSALS])
    entries = [
        replace(
            told.entry(CapitalKind.REVERSAL, undone[header.seq]), reverses_seq=header.seq, run_id=run_id,
            share_tx_seq=header.share_tx_seq,
        )
        for header in some
    ]  # fmt: skip
    return book.write(act, entries)[-1]
