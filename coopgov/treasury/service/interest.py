"""Interest on shares: declared for a year by day and by lot, paid less what the law has withheld."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Unpack
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.bulk import bulk_insert
from coopgov.core.errors import refuse_if
from coopgov.core.money import Cents
from coopgov.law.yearend import ScicYear, ScopYear
from coopgov.members import queries as members
from coopgov.shares import queries as share_queries
from coopgov.shares.chain import chunks, least_from
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import Entry
from coopgov.treasury.interest_lines import digest_of
from coopgov.treasury.models import InterestLine
from coopgov.treasury.rules import (
    Bucket,
    CapitalKind,
    Declared,
    FinancialYear,
    Leg,
    LotValue,
    Rate,
    RunKind,
    SharedOut,
    Stretch,
    Withheld,
)
from coopgov.treasury.service.losses import year_of_account
from coopgov.treasury.service.runs import OpenRun, open_run, write_run
from coopgov.treasury.service.telling import Details, Told

Earned = dict[UUID, list[Stretch]]


@dataclass(frozen=True, slots=True)
class GivenAccounts:
    """What a person reads in the accounts of a year; capital and its highest level are in the share book."""

    surplus: Cents
    reserves: Cents
    grants: Cents
    development: Fraction


def accounts_of_year(act: Act, *, year: int, given: GivenAccounts | None) -> ScopYear | ScicYear | None:
    """The accounts the law measures interest against, for the form of this cooperative."""
    form, on = act.rulebook.form, year_of_account(act, year).ends_on
    if given is None or not (form.is_scop or form.is_scic):
        return None
    if form.is_scop:
        peak = share_queries.peak_capital(act.session, on)
        return ScopYear(given.surplus, peak, given.reserves, given.development, Cents(0))
    capital = share_queries.capital_on(act.session, on)
    return ScicYear(given.surplus, given.reserves, capital, Cents(0), given.grants)


def declare_interest(
    act: Act,
    *,
    year: int,
    rates: Sequence[Rate],
    assembly_on: date,
    effective_on: date,
    accounts: ScopYear | ScicYear | None = None,
    cap_checked: str = "",
    **more: Unpack[Details],
) -> UUID:
    """Write the interest that an assembly voted for a year (*intérêt aux parts*), once; gives the run.

    `accounts` are what the law measures it against; `cap_checked` says how a person checked the highest rate while
    the texts do not have the published ones.
    """
    book.take_the_pen(act.session)
    told = Told(effective_on, **more)
    span = year_of_account(act, year)
    procedure = told.check(act, CapitalKind.INTEREST_DECLARED) + rules.check_decided(told.resolution)
    refuse_if(procedure + rules.check_rates(rates, span))
    run = open_run(act, RunKind.INTEREST, year, told)
    earned = earned_in(act, span, rates)
    exact = rules.by_member(earned)
    shared = rules.share_out(list(exact.values()))
    known = accounts if accounts is None else replace(accounts, interest=shared.total)
    declared = Declared(span, rates, shared.total, known, assembly_on, act.today, cap_checked)
    refuse_if(rules.check_interest(declared, act.rulebook) + rules.check_anything(shared.total, year))
    _write(act, run, declared, earned, shared)
    return run.id


def earned_in(act: Act, span: FinancialYear, rates: Sequence[Rate]) -> Earned:
    """What each member's paid shares earn in a year at these rates, by day and lot; in order of member."""
    earned: Earned = {}
    for some in chunks(queries.payers_in(act.session, span.begins_on, span.ends_on)):
        lots = share_queries.lot_values(act.session, some, span.ends_on)
        money = queries.moments_of(act.session, some)
        for member_id in some:
            held = [LotValue(lot_id, since, moments) for lot_id, (since, moments) in lots[member_id].items()]
            found = rules.stretches(held, money[member_id].get(Bucket.PAID_UP, ()), rates, span)
            if found:
                earned[member_id] = found
    return earned


def pay_interest(
    act: Act, *, year: int, effective_on: date, exempt: Collection[UUID] = (), **more: Unpack[Details]
) -> UUID:
    """Pay the interest declared for a year, less what the law has withheld from persons; gives the run.

    `exempt` are those who asked in time to be spared the income tax in advance (*dispense*).
    """
    book.take_the_pen(act.session)
    told = Told(effective_on, **more)
    interest = queries.find_run(act.session, RunKind.INTEREST, year)
    payable = rules.check_payable(interest.known if interest else None, year=year, effective_on=effective_on)
    refuse_if([*told.check(act, CapitalKind.INTEREST_PAID), *payable])
    assert interest is not None  # noqa: S101 - refused above
    run = open_run(act, RunKind.INTEREST_PAYMENT, year, told)
    due = queries.amounts_of_run(act.session, interest.id, Bucket.INTEREST_DUE)
    withheld = _withheld(act, due, told, frozenset(exempt))
    facts = {
        "interest_run": interest.id, "members": len(withheld), "gross": sum(due[one] for one in withheld),
        "tax": sum(one.tax for one in withheld.values()), "levies": sum(one.levies for one in withheld.values()),
        "exempt": sorted(str(one) for one in exempt),
    }  # fmt: skip
    entries = [entry for one in withheld for entry in _paid(one, due[one], withheld[one], told, run.id)]
    write_run(act, run, facts, entries)
    return run.id


def _withheld(act: Act, due: dict[UUID, int], told: Told, exempt: frozenset[UUID]) -> dict[UUID, Withheld]:
    found: dict[UUID, Withheld] = {}
    for some in chunks(sorted(due)):
        money = queries.moments_of(act.session, some)
        companies = members.organisations_among(act.session, some)
        for member_id in some:
            # What she gave up since is hers no more.
            left = least_from(money[member_id].get(Bucket.INTEREST_DUE, ()), told.effective_on)
            due[member_id] = min(due[member_id], left)
            if due[member_id] > 0:
                found[member_id] = rules.withhold(
                    due[member_id], act.rulebook, told.day,
                    is_person=member_id not in companies, is_exempt=member_id in exempt,
                )  # fmt: skip
    return found


def _paid(member_id: UUID, gross: int, withheld: Withheld, told: Told, run_id: UUID) -> list[Entry]:
    found = []
    if withheld.total:
        parts = [Leg(Bucket.TAX_DUE, member_id, cents) for cents in (withheld.tax, withheld.levies) if cents]
        legs = [Leg(Bucket.INTEREST_DUE, member_id, -withheld.total), *parts]
        found.append(told.entry(CapitalKind.INTEREST_WITHHELD, legs))
    net = gross - withheld.total
    found.append(
        told.entry(CapitalKind.INTEREST_PAID, [Leg(Bucket.INTEREST_DUE, member_id, -net), Leg(Bucket.BANK, None, net)])
    )
    return [replace(entry, run_id=run_id) for entry in found]


def _write(act: Act, run: OpenRun, declared: Declared, earned: Earned, shared: SharedOut) -> None:
    parts = dict(zip(earned, shared.parts, strict=True))
    rows = list(_lines(run.id, earned, parts))
    entries = [
        replace(run.told.entry(CapitalKind.INTEREST_DECLARED, _declared_legs(member_id, cents)), run_id=run.id)
        for member_id, cents in parts.items()
        if cents
    ]
    write_run(act, run, _facts(declared, shared, rows, len(entries)), entries)
    for some in chunks(rows):
        bulk_insert(act.session, InterestLine, some)


def _declared_legs(member_id: UUID, cents: int) -> list[Leg]:
    return [Leg(Bucket.INTEREST_DUE, member_id, cents), Leg(Bucket.RESERVE, None, -cents)]


def _facts(declared: Declared, shared: SharedOut, rows: Sequence[Mapping[str, Any]], number: int) -> dict[str, Any]:
    accounts = asdict(declared.accounts) if declared.accounts is not None else {}
    return {
        "begins_on": declared.year.begins_on, "ends_on": declared.year.ends_on, "assembly_on": declared.assembly_on,
        "rates": [{"from": one.from_on, "until": one.until, "rate": str(one.rate)} for one in declared.rates],
        "members": number, "total": shared.total, "odd_cents": shared.odd_cents,
        "cap_checked": declared.cap_checked.strip(), "lines": digest_of(rows),
        "accounts": {name: value if isinstance(value, int) else str(value) for name, value in accounts.items()},
    }  # fmt: skip


def _lines(run_id: UUID, earned: Earned, parts: Mapping[UUID, int]) -> Iterable[dict[str, Any]]:
    line = 0
    for member_id, some in earned.items():
        for one, cents in zip(some, _each(some, parts[member_id]), strict=True):
            line += 1
            yield {
                "run_id": run_id, "line": line, "membership_id": member_id, "lot_id": one.lot_id,
                "from_on": one.from_on, "until_on": one.until, "days": one.days, "days_of_year": one.days_of_year,
                "base_cents": one.cents, "rate": str(one.rate), "cents": cents,
            }  # fmt: skip


def _each(some: Sequence[Stretch], cents: int) -> list[Cents]:
    """A member's interest on each of its lines, to the cent."""
    exact = [one.interest for one in some]
    return list(rules.share_out(exact, Cents(cents)).parts)
