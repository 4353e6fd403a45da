"""The two or more sides of each transaction of the money book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.money import Cents
from coopgov.shares.chain import Moment, least_from
from coopgov.treasury.rules.buckets import Bucket, Leg, some


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
class Parts:
    """What a value of shares is made of: what is paid on it, what is called, what is not."""

    paid: int = 0
    called: int = 0
    uncalled: int = 0

    @property
    def total(self) -> int:
        """The value of the shares."""
        return self.paid + self.called + self.uncalled


def due_from(timelines: Mapping[Bucket, Sequence[Moment]], on: date) -> Due:
    """What can be paid as of that day without any later balance falling below zero."""
    return Due(
        called=Cents(least_from(timelines.get(Bucket.CALLED_UNPAID, ()), on)),
        uncalled=Cents(least_from(timelines.get(Bucket.SUBSCRIBED_UNCALLED, ()), on)),
    )


def parts_from(timelines: Mapping[Bucket, Sequence[Moment]], on: date) -> Parts:
    """What can be taken of each part of a member's capital as of that day, whatever has been written since."""
    due = due_from(timelines, on)
    return Parts(least_from(timelines.get(Bucket.PAID_UP, ()), on), due.called, due.uncalled)


def to_transfer(value: int, free: Parts) -> Parts:
    """What goes over with shares of that value: what is paid first, then what is called, then the rest."""
    paid = min(value, free.paid)
    called = min(value - paid, free.called)
    return Parts(paid, called, value - paid - called)


def to_redeem(value: int, free: Parts) -> Parts:
    """What redeemed shares of that value are made of.

    What she owes of a call is set off first: nobody is paid back who owes. Then what she paid; then what was
    never called, which nobody will ask for any more.
    """
    called = min(value, free.called)
    paid = min(value - called, free.paid)
    return Parts(paid, called, value - called - paid)


def to_reduce(value: int, free: Parts) -> Parts:
    """What a lower price of the shares takes away: what is paid first, since losses are borne by what is there."""
    return to_transfer(value, free)


def call_legs(member_id: UUID, total: int, called: int) -> list[Leg]:
    """The legs of a subscription: what is owed at once, what may be called later, the claim for both."""
    return some(
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
    return [*_pay_up(member_id, cents, due), Leg(Bucket.BANK, None, -cents)]


def overpayment_legs(member_id: UUID, cents: int) -> list[Leg]:
    """The legs of what is received beyond what is due (*trop-perçu*): it waits, it is the member's."""
    return [Leg(Bucket.SUSPENSE, member_id, cents), Leg(Bucket.BANK, None, -cents)]


def unpaid_legs(member_id: UUID, called: int, uncalled: int) -> list[Leg]:
    """The legs that free shares about to be undone of the money they were paid with: it waits for its owner."""
    cents = called + uncalled
    return some(
        Leg(Bucket.PAID_UP, member_id, -cents),
        Leg(Bucket.CALLED_UNPAID, member_id, called),
        Leg(Bucket.SUBSCRIBED_UNCALLED, member_id, uncalled),
        Leg(Bucket.CLAIM, member_id, -cents),
        Leg(Bucket.SUSPENSE, member_id, cents),
    )


def set_off_legs(member_id: UUID, cents: int, due: Due, against: Bucket) -> list[Leg]:
    """The legs of a set-off (*compensation*): what the cooperative owes her pays what she owes."""
    return [*_pay_up(member_id, cents, due), Leg(against, member_id, -cents)]


def redemption_legs(member_id: UUID, parts: Parts) -> list[Leg]:
    """The legs of shares cancelled: what was paid is to be paid back, what was not is no claim any more."""
    return some(
        Leg(Bucket.REPAYABLE, member_id, parts.paid),
        *_taken(member_id, parts),
    )


def transfer_legs(from_id: UUID, to_id: UUID, parts: Parts) -> list[Leg]:
    """The legs of shares that pass to another holder: what is paid, and what is still owed, goes over with them."""
    taken = _taken(from_id, parts)
    return some(*taken, *(Leg(leg.bucket, to_id, -leg.cents) for leg in taken))


def loss_legs(member_id: UUID, cents: int) -> list[Leg]:
    """The legs of a leaver's share of the losses: so much less is paid back."""
    return [Leg(Bucket.REPAYABLE, member_id, -cents), Leg(Bucket.LOSS_BORNE, member_id, cents)]


def reduction_legs(member_id: UUID, parts: Parts) -> list[Leg]:
    """The legs of a lower price of the shares, for losses."""
    return some(Leg(Bucket.LOSS_BORNE, member_id, parts.paid), *_taken(member_id, parts))


def incorporation_legs(member_id: UUID, cents: int) -> list[Leg]:
    """The legs of a higher price of the shares, paid from the reserves."""
    return [Leg(Bucket.PAID_UP, member_id, cents), Leg(Bucket.RESERVE, None, -cents)]


def giving_legs(member_id: UUID, cents: int, source: Bucket, to: Bucket) -> list[Leg]:
    """The legs of money that leaves what a member is owed: to the bank (paid back), or to the reserves."""
    return [Leg(source, member_id, -cents), Leg(to, None, cents)]


def opening_legs(member_id: UUID, total: int, paid: int) -> list[Leg]:
    """The legs of a holding taken over: what was paid on it, and the rest as called."""
    return some(
        Leg(Bucket.PAID_UP, member_id, paid),
        Leg(Bucket.BANK, None, -paid),
        Leg(Bucket.CALLED_UNPAID, member_id, total - paid),
        Leg(Bucket.CLAIM, member_id, paid - total),
    )


def _pay_up(member_id: UUID, cents: int, due: Due) -> list[Leg]:
    called = min(cents, due.called)
    return some(
        Leg(Bucket.PAID_UP, member_id, cents),
        Leg(Bucket.CALLED_UNPAID, member_id, -called),
        Leg(Bucket.SUBSCRIBED_UNCALLED, member_id, called - cents),
        Leg(Bucket.CLAIM, member_id, cents),
    )


def _taken(member_id: UUID, parts: Parts) -> list[Leg]:
    return [
        Leg(Bucket.PAID_UP, member_id, -parts.paid),
        Leg(Bucket.CALLED_UNPAID, member_id, -parts.called),
        Leg(Bucket.SUBSCRIBED_UNCALLED, member_id, -parts.uncalled),
        Leg(Bucket.CLAIM, member_id, parts.called + parts.uncalled),
    ]
