"""Refunds of shares over time (*remboursement des parts*): the queue replayed without going under the floor."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from coopgov.core.dates import add_years
from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents
from coopgov.law.arithmetic import add_months

MOST_MONTHS = 240
FloorOf = Callable[[Cents, date], Cents]


class Wait(StrEnum):
    """Why somebody is not paid back yet."""

    DUE = "due"
    FLOOR = "floor"
    TURN = "turn"
    ESTATE = "estate"


WAIT_LABELS = {
    Wait.DUE: N_("not due yet"),
    Wait.FLOOR: N_("floor of the capital"),
    Wait.TURN: N_("others come first"),
    Wait.ESTATE: N_("estate not settled"),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What one person waits for: shares still in the capital, or, without any, a sum owed already.

    `since` gives the rank (the day of leaving, or of asking); until `due_on` payment cannot be demanded.
    """

    member_id: UUID
    name: str
    since: date
    due_on: date
    cents: Cents
    quantity: int = 0
    unit_cents: int = 0
    # A member who only reduces her holding comes after those who left; an open estate keeps its place, unpaid.
    is_member: bool = False
    is_frozen: bool = False

    @property
    def rank(self) -> tuple[bool, date]:
        """What the order of the queue goes by."""
        return self.is_member, self.since

    @property
    def capital(self) -> Cents:
        """What of the capital goes when all of it is paid back."""
        return Cents(self.quantity * self.unit_cents)

    def worth(self, shares: int) -> Cents:
        """What is paid for the first so many of the shares; all of them are worth all of it, to the cent."""
        return Cents(self.cents * shares // self.quantity) if self.quantity else self.cents


@dataclass(frozen=True, slots=True)
class Inflow:
    """New capital expected: on which day, how much."""

    day: date
    cents: Cents


@dataclass(frozen=True, slots=True)
class Start:
    """The capital and its highest level at the end of the first day, before anybody is paid back."""

    day: date
    capital: Cents
    peak: Cents


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment: to whom (the place of the claim in the queue), for how many shares, how much."""

    claim: int
    day: date
    shares: int
    cents: Cents


@dataclass(frozen=True, slots=True)
class Step:
    """One day of payment, after it: the capital and its limits, what came in, what was paid, who still waits."""

    day: date
    capital: Cents
    peak: Cents
    floor: Cents
    joined: Cents
    paid: Cents
    waiting: Cents
    people: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one claim ends: every payment, what is left, and why it waits."""

    claim: Claim
    payments: tuple[Paid, ...]
    left: Cents
    left_shares: int
    wait: Wait | None

    @property
    def paid(self) -> Cents:
        """What was paid in all."""
        return Cents(sum(payment.cents for payment in self.payments))

    @property
    def last_day(self) -> date | None:
        """The day on which it was wholly paid; None while something is left."""
        return self.payments[-1].day if self.payments and self.wait is None else None


@dataclass(frozen=True, slots=True)
class Plan:
    """The queue replayed: each day of payment, and how each claim ends."""

    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def last(self) -> Step:
        """How it stands on the last day."""
        return self.steps[-1]

    @property
    def paid_first_day(self) -> tuple[Paid, ...]:
        """What is paid on the first day, in the order of the queue."""
        first = self.steps[0].day
        return tuple(paid for one in self.outcomes for paid in one.payments if paid.day == first)


@dataclass(frozen=True, slots=True)
class Policy:
    """How the cooperative pays: in the order of the queue or not; before the time it is due, or not."""

    in_order: bool = True
    early: bool = False


def due_day(left_on: date, delay_years: int) -> date:
    """The day from which a refund can be demanded."""
    return add_years(left_on, delay_years)


def payment_days(today: date, until: date) -> list[date]:
    """The days of payment: today, the end of each month, and the last day asked for."""
    days, month = {today, until}, 0
    while (end := _month_end(today, month)) < until:
        days.add(end)
        month += 1
    return sorted(day for day in days if today <= day <= until)


def monthly(cents: Cents, today: date, until: date) -> list[Inflow]:
    """The same sum at the end of each month to come."""
    return [Inflow(day, cents) for day in payment_days(today, until) if day > today and _is_month_end(day)]


def replay(
    start: Start,
    claims: Sequence[Claim],
    inflows: Iterable[Inflow],
    days: Sequence[date],
    floor_of: FloorOf,
    policy: Policy,
) -> Plan:
    """Replay the queue over these days, the first of them that of the start.

    New capital counts before the payments of its day, in the peak too: the careful reading. Shares leave the capital
    on the day they are paid back, whole ones only, and never so that the capital is under its floor afterwards.
    """
    queue = _Queue(sorted(claims, key=lambda claim: claim.rank), start.capital, start.peak, policy, floor_of)
    coming = sorted((inflow for inflow in inflows if inflow.day > start.day), key=lambda inflow: inflow.day)
    steps = []
    for day in days:
        due = [inflow for inflow in coming if inflow.day <= day]
        coming = coming[len(due) :]
        joined = queue.join(due)
        steps.append(queue.pay(day, joined))
    return Plan(tuple(steps), tuple(queue.outcomes(days[-1])))


@dataclass(slots=True)
class _Queue:
    claims: list[Claim]
    capital: int
    peak: int
    policy: Policy
    floor_of: FloorOf
    payments: list[list[Paid]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.payments = [[] for _claim in self.claims]

    def join(self, inflows: Sequence[Inflow]) -> Cents:
        for inflow in inflows:
            self.capital += inflow.cents
            self.peak = max(self.peak, self.capital)
        return Cents(sum(inflow.cents for inflow in inflows))

    def pay(self, day: date, joined: Cents) -> Step:
        floor = self.floor_of(Cents(self.peak), day)
        paid, is_blocked = 0, False
        for rank, claim in enumerate(self.claims):
            if not self._is_open(rank, day) or (claim.quantity and is_blocked and self.policy.in_order):
                continue
            payment = self._payment(rank, day, floor)
            is_blocked = is_blocked or payment.shares < self._shares_left(rank)
            if payment.cents or payment.shares:
                self.payments[rank].append(payment)
                self.capital -= payment.shares * claim.unit_cents
                paid += payment.cents
        waiting = [rank for rank, claim in enumerate(self.claims) if claim.since <= day and self._waits(rank)]
        return Step(
            day, Cents(self.capital), Cents(self.peak), floor, joined, Cents(paid),
            Cents(sum(self._left(rank) for rank in waiting)), len({self.claims[rank].member_id for rank in waiting}),
        )  # fmt: skip

    def outcomes(self, last: date) -> list[Outcome]:
        found, is_blocked = [], False
        for rank, claim in enumerate(self.claims):
            wait = self._wait(rank, last, is_blocked=is_blocked)
            is_blocked = is_blocked or wait is Wait.FLOOR
            found.append(
                Outcome(claim, tuple(self.payments[rank]), self._left(rank), self._shares_left(rank), wait)
            )  # fmt: skip
        return found

    def _payment(self, rank: int, day: date, floor: int) -> Paid:
        claim = self.claims[rank]
        if not claim.quantity:
            return Paid(rank, day, 0, self._left(rank))
        left = self._shares_left(rank)
        shares = min(left, max(self.capital - floor, 0) // claim.unit_cents)
        before = claim.quantity - left
        return Paid(rank, day, shares, Cents(claim.worth(before + shares) - claim.worth(before)))

    def _is_open(self, rank: int, day: date) -> bool:
        claim = self.claims[rank]
        is_due = self.policy.early or claim.due_on <= day
        return claim.since <= day and self._waits(rank) and is_due and not claim.is_frozen

    def _wait(self, rank: int, day: date, *, is_blocked: bool) -> Wait | None:
        if not self._waits(rank):
            return None
        if self.claims[rank].is_frozen:
            return Wait.ESTATE
        if not self._is_open(rank, day):
            return Wait.DUE
        return Wait.TURN if is_blocked and self.policy.in_order else Wait.FLOOR

    def _waits(self, rank: int) -> bool:
        claim = self.claims[rank]
        return self._shares_left(rank) > 0 if claim.quantity else self._left(rank) > 0

    def _shares_left(self, rank: int) -> int:
        return self.claims[rank].quantity - sum(payment.shares for payment in self.payments[rank])

    def _left(self, rank: int) -> Cents:
        return Cents(self.claims[rank].cents - sum(payment.cents for payment in self.payments[rank]))


def check_horizon(today: date, until: date) -> list[Breach]:
    """List what stands against looking ahead to that day."""
    latest = add_months(today, MOST_MONTHS)
    if today <= until <= latest:
        return []
    sentence = N_("Choose a day from today on, until %(latest)s.")
    return [Breach("horizon_out_of_range", sentence, {"latest": latest}, field="until")]


def _month_end(today: date, month: int) -> date:
    return add_months(today.replace(day=1), month + 1) - timedelta(days=1)


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
