"""One line of the sheet of movements, and what a replay needs around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from coopgov.past.rules.books import Written
from coopgov.shares.rules import Lot, TxKind
from coopgov.treasury.rules import CapitalKind


class Movement(NamedTuple):
    """One line of the sheet of movements, understood."""

    line: int
    day: date
    shares: TxKind | None
    money: CapitalKind | None
    member: int
    quantity: int | None = None
    unit: int | None = None
    amount: int | None = None
    part: int | None = None
    other: int | None = None
    reference: str = ""
    decision: str = ""
    cause: str = ""
    share_class: str = ""
    acquired: date | None = None
    number: str = ""
    reverses: str = ""
    beside: str = ""
    lots: str = ""
    accounts: str = ""

    @property
    def name(self) -> str:
        """What another line calls it."""
        return self.number or f"l{self.line}"


@dataclass(slots=True)
class Around:
    """What a replay needs beside the lines: prices, classes, the days that are allowed, what will be undone."""

    nominal_on: Callable[[date], int]
    classes: Mapping[str, UUID]
    today: date
    after: date | None = None
    # The numbers that some later line names: only these are kept.
    wanted: frozenset[str] = frozenset()
    kept: dict[str, Written] = field(default_factory=dict)
    undone: set[tuple[str, str]] = field(default_factory=set)
    named_lots: dict[str, Lot] = field(default_factory=dict)
    # What stands for a decision that nobody can find again.
    no_decision: str = ""
