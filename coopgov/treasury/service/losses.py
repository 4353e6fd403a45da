"""The losses of a year, borne by those who left in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor
from typing import Any, Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import refuse_if
from coopgov.core.money import Cents
from coopgov.law.refunds import Losses
from coopgov.shares import queries as share_queries
from coopgov.shares.chain import chunks, least_from
from coopgov.statutes import queries as statutes
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import Entry
from coopgov.treasury.queries import Released
from coopgov.treasury.rules import Bucket, CapitalKind, FinancialYear, RunKind
from coopgov.treasury.service.runs import open_run, write_run
from coopgov.treasury.service.telling import Details, Told


@dataclass(frozen=True, slots=True)
class KnownLosses:
    """The losses of a year as they were decided, and the run that wrote them."""

    run_id: UUID
    losses: Losses
    note: str


def bear_loss(
    act: Act, *, year: int, loss: Cents, reserves: Cents, effective_on: date, **more: Unpack[Details]
) -> UUID:
    """Let those who left in a year bear their part of its losses (*part des pertes*); gives the run.

    `reserves` are those that bear losses first; the legal reserve is never used for that.
    """
    book.take_the_pen(act.session)
    told = Told(effective_on, **more)
    span = year_of_account(act, year)
    capital = share_queries.capital_on(act.session, span.ends_on)
    procedure = told.check(act, CapitalKind.LOSS) + rules.check_decided(told.resolution)
    refuse_if(procedure + rules.check_losses((loss, reserves, capital), span, act.today))
    losses = Losses(loss, reserves, capital)
    run = open_run(act, RunKind.LOSSES, year, told)
    note = _note(year, losses, _unit(act, span))
    entries, uncovered = _entries(act, span, losses, replace(told, note=note), run.id)
    facts = {
        "loss": loss, "reserves": reserves, "capital": capital, "part_of_capital": str(losses.part_of_capital),
        "leavers": len(entries), "not_covered": uncovered, "note": note,
    }  # fmt: skip
    write_run(act, run, facts, entries)
    return run.id


def known_losses(act: Act, day: date) -> KnownLosses | None:
    """The losses of the year that day belongs to, when they were decided already."""
    year = rules.year_of(day, _year_end(act, day))
    run = queries.find_run(act.session, RunKind.LOSSES, year)
    if run is None:
        return None
    facts: Mapping[str, Any] = run.facts
    losses = Losses(Cents(facts["loss"]), Cents(facts["reserves"]), Cents(facts["capital"]))
    return KnownLosses(run.id, losses, facts["note"])


def year_of_account(act: Act, number: int) -> FinancialYear:
    """The financial year that ends in that calendar year, by the statutes then in force."""
    return rules.financial_year(number, _year_end(act, date(number, 12, 31)))


def _entries(
    act: Act, span: FinancialYear, losses: Losses, told: Told, run_id: UUID
) -> tuple[list[Entry], dict[str, int]]:
    """The part of each leaver, and what is paid back already and cannot be taken any more."""
    entries: list[Entry] = []
    uncovered: dict[str, int] = {}
    for some in chunks(queries.released_between(act.session, span.begins_on, span.ends_on)):
        left = _left(act, some, told.effective_on)
        for one in some:
            due = rules.loss_on(one.value, one.paid, losses)
            taken = min(due, left[one.member_id])
            left[one.member_id] -= taken
            if taken:
                entry = told.entry(CapitalKind.LOSS, rules.loss_legs(one.member_id, taken))
                entries.append(replace(entry, share_tx_seq=one.share_tx_seq, run_id=run_id))
            if due > taken:
                name = str(one.member_id)
                uncovered[name] = uncovered.get(name, 0) + due - taken
    return entries, uncovered


def _left(act: Act, some: Sequence[Released], on: date) -> dict[UUID, int]:
    known = queries.moments_of(act.session, sorted({one.member_id for one in some}))
    return {member_id: least_from(buckets.get(Bucket.REPAYABLE, ()), on) for member_id, buckets in known.items()}


def _note(year: int, losses: Losses, unit: int) -> str:
    value = rules.value_per_share(unit, losses)
    return f"exercice {year}\u202f; valeur d’une part de {_euros(unit)}\u202f: {_euros(floor(value))}"


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}\u202f€"


def _unit(act: Act, span: FinancialYear) -> int:
    version = statutes.find_statutes_on(act.session, span.ends_on) or statutes.history(act.session)[-1]
    return version.share_nominal_cents


def _year_end(act: Act, on: date) -> str:
    version = statutes.find_statutes_on(act.session, on) or statutes.history(act.session)[-1]
    return version.year_end
