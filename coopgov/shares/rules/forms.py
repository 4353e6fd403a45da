"""The form of each movement: which accounts give and take, lot by lot, whatever the database already refused."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from coopgov.shares.rules.kinds import Account, TxKind

DECIDED = frozenset(
    {TxKind.REDEEM, TxKind.TRANSFER, TxKind.INHERIT, TxKind.CONVERT, TxKind.SPLIT, TxKind.NOMINAL_CHANGE}
)
_GIVEN = (TxKind.TRANSFER, TxKind.INHERIT)
_ISSUED = (TxKind.SUBSCRIBE, TxKind.OPENING)


class Side(Protocol):
    """A leg as it stands in the book."""

    @property
    def account(self) -> Account: ...

    @property
    def membership_id(self) -> UUID | None: ...

    @property
    def class_id(self) -> UUID: ...

    @property
    def lot_id(self) -> UUID: ...

    @property
    def qty(self) -> int: ...

    @property
    def unit_cents(self) -> int: ...


def has_its_form(kind: TxKind, legs: Sequence[Side]) -> bool:
    """Whether these are the legs of a movement of this kind; those of a reversal are its original's."""
    if kind is TxKind.REVERSAL:
        return True
    by_lot: Counter[UUID] = Counter()
    for leg in legs:
        by_lot[leg.lot_id] += leg.qty
    people = {leg.membership_id for leg in legs if leg.account is Account.HOLDER}
    if any(by_lot.values()) or len(people) != (2 if kind in _GIVEN else 1):
        return False
    if kind in _ISSUED:
        return all((leg.account is Account.HOLDER) == (leg.qty > 0) for leg in legs)
    if kind is TxKind.REDEEM:
        return all((leg.account is Account.HOLDER) == (leg.qty < 0) for leg in legs)
    return _is_gift(legs) if kind in _GIVEN else _is_exchange(kind, legs)


def _is_gift(legs: Sequence[Side]) -> bool:
    giving = {leg.membership_id for leg in legs if leg.qty < 0}
    taking = {leg.membership_id for leg in legs if leg.qty > 0}
    return all(leg.account is Account.HOLDER for leg in legs) and not giving & taking


def _is_exchange(kind: TxKind, legs: Sequence[Side]) -> bool:
    held = [leg for leg in legs if leg.account is Account.HOLDER]
    value, prices = sum(leg.qty * leg.unit_cents for leg in held), [leg.unit_cents for leg in held if leg.qty > 0]
    if kind is TxKind.CONVERT:
        return bool(prices) and -min(prices) < value <= 0
    if len({leg.class_id for leg in legs}) != 1:
        return False
    return value == 0 if kind is TxKind.SPLIT else sum(leg.qty for leg in held) == 0
