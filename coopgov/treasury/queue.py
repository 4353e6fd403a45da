"""Reads of the queue of refunds: who waits for what, since when, under which rules of the day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.core.dates import add_years
from coopgov.core.errors import Citation
from coopgov.core.figures import Figures
from coopgov.core.money import Cents, split
from coopgov.law.refunds import capital_floor
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.members.rules import Status
from coopgov.shares import former
from coopgov.shares import queries as shares
from coopgov.shares.former import FormerHolding
from coopgov.shares.queries import LotHeld
from coopgov.shares.rules import OPEN, Cause, RequestKind
from coopgov.treasury import queries
from coopgov.treasury.reimbursing import Claim, Policy, Start, due_day

DELAY, ORDER, FLOOR = "share.refund_delay_years", "share.refunds_in_order", "capital.floor_ratio"
MINIMUM, AT_NOMINAL, LIABILITY = "capital.statutory_minimum_cents", "share.refund_at_nominal", "share.liability_years"


@dataclass(frozen=True, slots=True)
class Waiter:
    """A former member who holds shares: what they are worth, what was paid on them, and the days that matter."""

    member: MemberRow
    left_on: date
    quantity: int
    cents: Cents
    paid: Cents
    due_on: date
    liable_until: date


@dataclass(frozen=True, slots=True)
class WaiterPage:
    """One page of them, and the key of the next."""

    rows: tuple[Waiter, ...]
    next_key: str | None


def waiters(session: Session, on: date, figures: Figures, *, after: str | None = None) -> WaiterPage:
    """One page of the former members who still hold shares, whoever left first coming first."""
    rows, next_key = former.former_page(session, on, after=after)
    ids = [row.member_id for row in rows]
    people, accounts = members.get_members(session, ids), queries.accounts_of(session, ids, on)
    return WaiterPage(
        tuple(
            Waiter(
                people[row.member_id], row.left_on, row.quantity, row.cents, Cents(accounts[row.member_id].paid_up),
                due_day(row.left_on, _years(figures, DELAY, row.left_on)), liable_until(row.left_on, figures),
            )
            for row in rows
        ),
        next_key,
    )  # fmt: skip


def liable_until(left_on: date, figures: Figures) -> date:
    """Until which day a former member answers for what existed when she left (C. com., art. L231-6)."""
    return add_years(left_on, _years(figures, LIABILITY, left_on))


def claims(session: Session, on: date, figures: Figures) -> list[Claim]:
    """What everybody waits for on that day: shares still held, and sums owed already, in the order of the queue."""
    owed = [
        Claim(one.member_id, one.name, one.released_on, one.due_on, one.cents)
        for one in queries.owed_on(session, on, figures)
    ]
    left = _claims(session, former.former_holdings(session, on), on, figures)
    frozen = members.frozen_members(session, {one.member_id for one in (*owed, *left)})
    return [
        *(replace(one, is_frozen=one.member_id in frozen) for one in (*owed, *left)),
        *_reductions(session, on, figures),
    ]


def claims_of_leavers(
    session: Session, leavers: Iterable[MemberRow], left_on: date, on: date, figures: Figures
) -> list[Claim]:
    """What these members would wait for if they left on that day, with what they hold today."""
    found = [
        FormerHolding(member.id, left_on, lot.quantity, lot.unit_cents)
        for member in leavers
        for lot in _by_price(session, member.id, on)
    ]
    return _claims(session, found, on, figures)


def start(session: Session, on: date) -> Start:
    """The capital and its peak at the end of that day."""
    return Start(on, shares.capital_on(session, on), shares.peak_capital(session, on))


def floor_of(figures: Figures) -> Callable[[Cents, date], Cents]:
    """The level below which no refund may take the capital, by its highest level and the day."""
    return lambda peak, day: capital_floor(peak, statutory_minimum(figures, day), figures, day).cents


def statutory_minimum(figures: Figures, on: date) -> Cents:
    """The least capital that the statutes set, or nothing."""
    found = figures.find_figure(MINIMUM, on=on)
    return Cents(0 if found is None else found.as_int())


def policy(figures: Figures, on: date, *, early: bool = False) -> Policy:
    """How the statutes say to pay: in the order of the queue where they are silent too, the careful way."""
    order = figures.find_figure(ORDER, on=on)
    return Policy(in_order=order is None or order.as_bool(), early=early)


def articles(figures: Figures, on: date) -> list[Citation]:
    """The articles that refunds rest on, each once."""
    found = [figure for name in (FLOOR, AT_NOMINAL, DELAY, ORDER) if (figure := figures.find_figure(name, on=on))]
    return list(dict.fromkeys(citation for figure in found for citation in figure.citations))


def members_named(session: Session, numbers: Sequence[int]) -> tuple[list[MemberRow], list[int]]:
    """The members of these numbers, and the numbers that are no member's today."""
    found = {number: members.find_by_number(session, number) for number in dict.fromkeys(numbers)}
    present = [row for row in found.values() if row is not None and row.status is Status.MEMBER]
    return present, [number for number, row in found.items() if row is None or row not in present]


def _claims(session: Session, holdings: Sequence[FormerHolding], on: date, figures: Figures) -> list[Claim]:
    ids = list({holding.member_id for holding in holdings})
    people, accounts = members.get_members(session, ids), queries.accounts_of(session, ids, on)
    found = []
    for member_id, group in groupby(holdings, key=lambda holding: holding.member_id):
        held = list(group)
        parts = split(Cents(accounts[member_id].paid_up), [holding.cents for holding in held])
        found += [
            Claim(
                member_id, people[member_id].name, holding.left_on,
                due_day(holding.left_on, _years(figures, DELAY, holding.left_on)), paid, holding.quantity,
                holding.unit_cents,
            )
            for holding, paid in zip(held, parts, strict=True)
        ]  # fmt: skip
    return found


def _reductions(session: Session, on: date, figures: Figures) -> list[Claim]:
    """What members who stay have asked back of their shares: they come after those who left."""
    asked = [
        one for one in shares.requests_in(session, OPEN)
        if one.kind is RequestKind.REFUND and one.cause == Cause.REDUCTION and one.earliest_on <= on
    ]  # fmt: skip
    people = members.get_members(session, {one.member_id for one in asked})
    found = []
    for one in asked:
        account = queries.account_of(session, member_id=one.member_id, on=on)
        for quantity, unit in _oldest(shares.lots_held(session, one.member_id, on), one.quantity):
            cents = min(quantity * unit, account.paid_up)
            found.append(
                Claim(
                    one.member_id, people[one.member_id].name, one.earliest_on,
                    due_day(one.earliest_on, _years(figures, DELAY, one.earliest_on)), Cents(cents), quantity, unit,
                    is_member=True,
                )
            )  # fmt: skip
    return found


def _oldest(lots: Sequence[LotHeld], quantity: int) -> Iterable[tuple[int, int]]:
    """So many shares of the oldest lots, with the price of each lot."""
    for lot in lots:
        taken = min(quantity, lot.quantity)
        quantity -= taken
        if taken:
            yield taken, lot.unit_cents


def _by_price(session: Session, member_id: UUID, on: date) -> list[FormerHolding]:
    lots = sorted(shares.lots_held(session, member_id, on), key=lambda lot: lot.unit_cents)
    return [
        FormerHolding(member_id, on, sum(lot.quantity for lot in group), unit)
        for unit, group in groupby(lots, key=lambda lot: lot.unit_cents)
    ]


def _years(figures: Figures, name: str, on: date) -> int:
    return figures.figure(name, on=on).as_int()
