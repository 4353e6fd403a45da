"""How our own export writes lots and accounts in one cell, so that what is read again is the same to the cent."""

import re
from dataclasses import dataclass

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.treasury.rules import Bucket

# "L3:-4", "L9:+40@1.00#b^L3": so many shares of a lot; a new lot's price, class and the lot it comes from.
_LOT = re.compile(
    r"([A-Za-z0-9_-]{1,20})(?::([+-]?\d{1,9}))?(?:@(\d{1,12}\.\d\d))?(?:#([^\s^]{1,40}))?(?:\^([A-Za-z0-9_-]{1,20}))?"
)
# "paid_up:-120.00", ">paid_up:120.00" for the other member, "~bank:120.00" for nobody, "12!paid_up:1.00" for number 12.
_ACCOUNT = re.compile(r"([>~]|[0-9]{1,9}!|)([a-z_]{3,40}):([+-]?\d{1,12}\.\d\d)")
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class LotMark:
    """So many shares of a lot; a new lot says its price, and may say its class and the lot it comes from."""

    name: str
    quantity: int | None = None
    unit_cents: int | None = None
    share_class: str = ""
    parent: str = ""

    def __str__(self) -> str:
        text = self.name if self.quantity is None else f"{self.name}:{self.quantity}"
        text += f"@{plain_euros(self.unit_cents)}" if self.unit_cents is not None else ""
        return text + (f"#{self.share_class}" if self.share_class else "") + (f"^{self.parent}" if self.parent else "")


@dataclass(frozen=True, slots=True)
class AccountMark:
    """So many cents in a bucket: of the member, of the other one (">"), of nobody ("~"), or of a number ("12!")."""

    whose: str
    bucket: Bucket
    cents: int

    def __str__(self) -> str:
        return f"{self.whose}{self.bucket.value}:{plain_euros(self.cents)}"


def read_lots(text: str) -> list[LotMark] | Breach:
    """The lots of one cell."""
    found = []
    for piece in text.split():
        part = _LOT.fullmatch(piece)
        if part is None:
            return _unreadable(text)
        quantity, unit = part[2], part[3]
        found.append(
            LotMark(
                part[1],
                int(quantity) if quantity else None,
                _cents(unit) if unit else None,
                part[4] or "",
                part[5] or "",
            )
        )
    return found


def read_accounts(text: str) -> list[AccountMark] | Breach:
    """The accounts of one cell."""
    found = []
    for piece in text.split():
        part = _ACCOUNT.fullmatch(piece)
        if part is None or part[2] not in set(Bucket):
            return _unreadable(text)
        found.append(AccountMark(part[1], Bucket(part[2]), _cents(part[3])))
    return found


def plain_euros(cents: int) -> str:
    """-120.00: a sign where it is needed, a point, two figures."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _cents(text: str) -> int:
    whole, _, part = text.lstrip("+-").partition(".")
    return (-1 if text.startswith("-") else 1) * (int(whole) * 100 + int(part))


def _unreadable(text: str) -> Breach:
    sentence = N_("“%(text)s” is not written as our export writes it. Leave the cell empty, or export again.")
    return Breach("bad_mark", sentence, {"text": text[:60]})
