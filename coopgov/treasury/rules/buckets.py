"""What a transaction of the money book may do: its kinds, the buckets money stands in, which kind moves which."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from coopgov.core.i18n import N_


class CapitalKind(StrEnum):
    """What a transaction of the money book does."""

    CALL = "call"
    PAY = "pay"
    OVERPAY = "overpay"
    SET_OFF = "set_off"
    LOSS = "loss"
    MAKE_REPAYABLE = "make_repayable"
    REMAINDER = "remainder"
    TRANSFER = "transfer"
    INCORPORATE = "incorporate"
    REPAY = "repay"
    PRESCRIBE = "prescribe"
    GIFT = "gift"
    INTEREST_DECLARED = "interest_declared"
    INTEREST_WITHHELD = "interest_withheld"
    INTEREST_PAID = "interest_paid"
    TAX_PAID = "tax_paid"
    REVERSAL = "reversal"
    OPENING = "opening"


KIND_LABELS = {
    CapitalKind.CALL: N_("Call of capital"),
    CapitalKind.PAY: N_("Payment received"),
    CapitalKind.OVERPAY: N_("Received beyond what is due"),
    CapitalKind.SET_OFF: N_("Set-off"),
    CapitalKind.LOSS: N_("Share of the losses"),
    CapitalKind.MAKE_REPAYABLE: N_("Shares to be paid back"),
    CapitalKind.REMAINDER: N_("Remainder of a conversion"),
    CapitalKind.TRANSFER: N_("Shares passed to another holder"),
    CapitalKind.INCORPORATE: N_("Reserves turned into capital"),
    CapitalKind.REPAY: N_("Money paid back"),
    CapitalKind.PRESCRIBE: N_("Unclaimed after the legal time"),
    CapitalKind.GIFT: N_("Given to the cooperative"),
    CapitalKind.INTEREST_DECLARED: N_("Interest on shares"),
    CapitalKind.INTEREST_WITHHELD: N_("Tax withheld on interest"),
    CapitalKind.INTEREST_PAID: N_("Interest paid"),
    CapitalKind.TAX_PAID: N_("Tax withheld paid to the State"),
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
# What the cooperative owes a member beside her shares.
OWED = (Bucket.REPAYABLE, Bucket.SUSPENSE, Bucket.INTEREST_DUE)
NEVER_NEGATIVE = (*CAPITAL, *OWED)

# What an organ has decided, and the entry names.
NEEDS_DECISION = (
    CapitalKind.LOSS,
    CapitalKind.MAKE_REPAYABLE,
    CapitalKind.TRANSFER,
    CapitalKind.INCORPORATE,
    CapitalKind.PRESCRIBE,
    CapitalKind.INTEREST_DECLARED,
)

_UNPAID = "-called_unpaid -subscribed_uncalled +claim"
_FORMS = {
    CapitalKind.CALL: "+called_unpaid +subscribed_uncalled -subscribed_uncalled -claim",
    CapitalKind.PAY: f"+paid_up {_UNPAID} -bank",
    # Money follows shares that are undone: what they were paid with waits for its owner.
    CapitalKind.OVERPAY: "-bank -paid_up +called_unpaid +subscribed_uncalled -claim +suspense",
    CapitalKind.SET_OFF: f"+paid_up {_UNPAID} -repayable -suspense",
    CapitalKind.LOSS: f"-paid_up {_UNPAID} -repayable +loss_borne",
    CapitalKind.MAKE_REPAYABLE: f"-paid_up {_UNPAID} +repayable",
    CapitalKind.REMAINDER: f"-paid_up {_UNPAID} +repayable",
    CapitalKind.TRANSFER: f"+paid_up -paid_up {_UNPAID} +called_unpaid +subscribed_uncalled -claim",
    CapitalKind.INCORPORATE: "+paid_up -reserve",
    CapitalKind.REPAY: "-repayable -suspense +bank",
    CapitalKind.PRESCRIBE: "-repayable -suspense +reserve",
    CapitalKind.GIFT: "-repayable -suspense -interest_due +reserve",
    CapitalKind.INTEREST_DECLARED: "+interest_due -reserve",
    CapitalKind.INTEREST_WITHHELD: "-interest_due +tax_due",
    CapitalKind.INTEREST_PAID: "-interest_due +bank",
    CapitalKind.TAX_PAID: "-tax_due +bank",
    CapitalKind.OPENING: "+paid_up +called_unpaid +subscribed_uncalled -claim +repayable +suspense -bank",
}
# Which bucket each kind may move, and which way; a reversal moves what its original moved, the other way.
FORMS: dict[CapitalKind, frozenset[tuple[Bucket, int]]] = {
    kind: frozenset((Bucket(word[1:]), 1 if word[0] == "+" else -1) for word in words.split())
    for kind, words in _FORMS.items()
}


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a transaction: so much money, in or out of one bucket, of one member or of nobody."""

    bucket: Bucket
    member_id: UUID | None
    cents: int


def negated(legs: Iterable[Leg]) -> list[Leg]:
    """The legs of a reversal."""
    return [replace(leg, cents=-leg.cents) for leg in legs]


def has_form(kind: CapitalKind, bucket: Bucket, cents: int) -> bool:
    """True when a transaction of that kind may move that bucket that way."""
    return kind is CapitalKind.REVERSAL or (bucket, 1 if cents > 0 else -1) in FORMS[kind]


def some(*legs: Leg) -> list[Leg]:
    """The legs that move something."""
    return [leg for leg in legs if leg.cents]
