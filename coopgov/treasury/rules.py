"""What may be written in the money book, and why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.shares.chain import Moment, first_negative, least_from
from coopgov.shares.rules import check_day, check_reason


class CapitalKind(StrEnum):
    """What a transaction of the money book does."""

    CALL = "call"
    PAY = "pay"
    OVERPAY = "overpay"
    SET_OFF = "set_off"
    LOSS = "loss"
    MAKE_REPAYABLE = "make_repayable"
    REPAY = "repay"
    PRESCRIBE = "prescribe"
    GIFT = "gift"
    INTEREST_DECLARED = "interest_declared"
    INTEREST_WITHHELD = "interest_withheld"
    INTEREST_PAID = "interest_paid"
    REVERSAL = "reversal"
    OPENING = "opening"


KIND_LABELS = {
    CapitalKind.CALL: N_("Call of capital"),
    CapitalKind.PAY: N_("Payment received"),
    CapitalKind.REVERSAL: N_("Reversal"),
    CapitalKind.OPENING: N_("Taken over from the older register"),
}


class Bucket(StrEnum):
    """Where money of the capital stands.

    Positive is what the cooperative records as capital or owes; negative is what stands against it:
    money in the bank, and the claim on members for what they have not paid yet.
    """

    SUBSCRIBED_UNCALLED = "subscribed_uncalled"
    CALLED_UNPAID = "called_unpaid"
    PAID_UP = "paid_up"
    CLAIM = "claim"
    REPAYABLE = "repayable"
    LOSS_BORNE = "loss_borne"
    INTEREST_DUE = "interest_due"
    TAX_DUE = "tax_due"
    BANK = "bank"
    RESERVE = "reserve"
    SUSPENSE = "suspense"


# What makes up the subscribed capital; the share book must say the same.
CAPITAL = (Bucket.SUBSCRIBED_UNCALLED, Bucket.CALLED_UNPAID, Bucket.PAID_UP)
NEVER_NEGATIVE = (*CAPITAL, Bucket.REPAYABLE)


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a transaction: so much money, in or out of one bucket, of one member or of nobody."""

    bucket: Bucket
    member_id: UUID | None
    cents: int


@dataclass(frozen=True, slots=True)
class Due:
    """What a member still owes as of a day, whatever has been written since."""

    called: Cents = Cents(0)  # noqa: RUF009 - a NewType over int
    uncalled: Cents = Cents(0)  # noqa: RUF009 - a NewType over int

    @property
    def total(self) -> Cents:
        """All that can still be paid on the shares."""
        return Cents(self.called + self.uncalled)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment (*versement*) about to be written."""

    name: str
    cents: int
    effective_on: date
    today: date
    due: Due


@dataclass(frozen=True, slots=True)
class Undoing:
    """A reversal about to be written, with what it would undo."""

    seq: int
    kind: CapitalKind
    original_on: date
    effective_on: date
    today: date
    reason: str
    share_tx_seq: int | None
    reversed_by: int | None
    timelines: Sequence[Sequence[Moment]] = ()


def call_legs(member_id: UUID, total: int, called: int) -> list[Leg]:
    """The legs of a subscription: what is owed at once, what may be called later, the claim for both."""
    return _some(
        Leg(Bucket.CALLED_UNPAID, member_id, called),
        Leg(Bucket.SUBSCRIBED_UNCALLED, member_id, total - called),
        Leg(Bucket.CLAIM, member_id, -total),
    )


def further_call_legs(member_id: UUID, cents: int) -> list[Leg]:
    """The legs of a later call (*appel du solde*)."""
    return [
        Leg(Bucket.CALLED_UNPAID, member_id, cents),
        Leg(Bucket.SUBSCRIBED_UNCALLED, member_id, -cents),
    ]


def payment_legs(member_id: UUID, cents: int, due: Due) -> list[Leg]:
    """The legs of a payment: it serves what is called first, and then pays the rest early."""
    called = min(cents, due.called)
    return _some(
        Leg(Bucket.PAID_UP, member_id, cents),
        Leg(Bucket.CALLED_UNPAID, member_id, -called),
        Leg(Bucket.SUBSCRIBED_UNCALLED, member_id, called - cents),
        Leg(Bucket.CLAIM, member_id, cents),
        Leg(Bucket.BANK, None, -cents),
    )


def opening_legs(member_id: UUID, total: int, paid: int) -> list[Leg]:
    """The legs of a holding taken over: what was paid on it, and the rest as called."""
    return _some(
        Leg(Bucket.PAID_UP, member_id, paid),
        Leg(Bucket.BANK, None, -paid),
        Leg(Bucket.CALLED_UNPAID, member_id, total - paid),
        Leg(Bucket.CLAIM, member_id, paid - total),
    )


def negated(legs: Iterable[Leg]) -> list[Leg]:
    """The legs of a reversal."""
    return [replace(leg, cents=-leg.cents) for leg in legs]


def due_from(timelines: Mapping[Bucket, Sequence[Moment]], on: date) -> Due:
    """What can be paid as of that day without any later balance falling below zero."""
    return Due(
        called=Cents(least_from(timelines.get(Bucket.CALLED_UNPAID, ()), on)),
        uncalled=Cents(least_from(timelines.get(Bucket.SUBSCRIBED_UNCALLED, ()), on)),
    )


def check_payment(payment: Payment) -> list[Breach]:
    """List all that stands against a payment."""
    breaches = check_day(payment.effective_on, payment.today)
    values = {
        "name": payment.name, "amount": Euros(Cents(payment.cents)), "due": Euros(payment.due.total),
        "day": payment.effective_on,
    }  # fmt: skip
    if payment.cents <= 0:
        sentence = N_("A payment is more than nothing. Give the amount received; to undo a payment, reverse it.")
        breaches.append(Breach("payment_not_positive", sentence, values, field="amount"))
    elif payment.due.total <= 0:
        sentence = N_("%(name)s owes nothing on %(day)s. Check the member and the day, or give the money back.")
        breaches.append(Breach("nothing_due", sentence, values, field="amount"))
    elif payment.cents > payment.due.total:
        sentence = N_("%(name)s owes %(due)s: %(amount)s is too much. Record %(due)s at most and give the rest back.")
        breaches.append(Breach("overpaid", sentence, values, field="amount"))
    return breaches


def check_receipt(payment: Payment, *, is_second: bool) -> list[Breach]:
    """List all that stands against one of many payments; each member comes once."""
    if not is_second:
        return check_payment(payment)
    sentence = N_("%(name)s stands twice in this list of payments. Add the amounts up, or send two lists.")
    return [Breach("listed_twice", sentence, {"name": payment.name})]


def check_call(name: str, cents: int, effective_on: date, today: date, due: Due) -> list[Breach]:
    """List all that stands against calling a part of what is not called yet."""
    values = {"name": name, "uncalled": Euros(due.uncalled)}
    breaches = check_day(effective_on, today)
    if not 0 < cents <= due.uncalled:
        sentence = N_("%(uncalled)s can still be called from %(name)s. Give an amount up to that.")
        breaches.append(Breach("call_out_of_range", sentence, values, field="amount"))
    return breaches


def check_reversal(undoing: Undoing) -> list[Breach]:
    """List all that stands against undoing a movement of money."""
    breaches = check_day(undoing.effective_on, undoing.today) + check_reason(undoing.reason)
    values = {
        "seq": undoing.seq, "day": undoing.original_on, "by": undoing.reversed_by or 0,
        "shares": undoing.share_tx_seq or 0,
    }  # fmt: skip
    if undoing.kind is CapitalKind.REVERSAL:
        sentence = N_("Movement %(seq)s is itself a reversal. Record the right movement instead.")
        return [*breaches, Breach("is_a_reversal", sentence, values)]
    if undoing.reversed_by is not None:
        sentence = N_("Movement %(seq)s is reversed already, by movement %(by)s. There is nothing left to undo.")
        return [*breaches, Breach("reversed_already", sentence, values)]
    if undoing.share_tx_seq is not None:
        sentence = N_("This amount is owed for a subscription. Reverse movement %(shares)s of the share register.")
        return [*breaches, Breach("belongs_to_shares", sentence, values)]
    if undoing.effective_on < undoing.original_on:
        sentence = N_("Movement %(seq)s takes effect on %(day)s. Give that day or a later one.")
        breaches.append(Breach("before_the_original", sentence, values, field="effective_on"))
    return breaches + check_timelines(undoing.timelines)


def check_timelines(timelines: Iterable[Iterable[Moment]]) -> list[Breach]:
    """List the balances that would fall below zero, each with the day and by how much."""
    shortages = [shortage for shortage in map(first_negative, timelines) if shortage is not None]
    sentence = N_(
        "%(short)s paid or called since would no longer be covered on %(day)s. Reverse that payment or call first."
    )
    return [
        Breach("not_covered", sentence, {"day": short.on, "short": Euros(Cents(-short.amount))}) for short in shortages
    ]


def called_since(timeline: Iterable[Moment], unpaid: int) -> date | None:
    """The day of the oldest call that is not wholly paid, payments serving the oldest calls first."""
    calls = sorted(((moment.on, moment.amount) for moment in timeline if moment.amount > 0), reverse=True)
    for on, amount in calls:
        unpaid -= amount
        if unpaid <= 0:
            return on
    return calls[-1][0] if calls else None


def _some(*legs: Leg) -> list[Leg]:
    return [leg for leg in legs if leg.cents]
