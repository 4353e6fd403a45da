"""What every command of the money book is told beside the amount, and what both books ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from coopgov.core.act import Act
from coopgov.core.errors import Breach
from coopgov.shares import queries as share_queries
from coopgov.shares.rules import BookName, late_day
from coopgov.shares.service import check_procedure
from coopgov.treasury.book import Entry
from coopgov.treasury.rules import CapitalKind, Leg


class Details(TypedDict, total=False):
    """What may be said beside: the true day of what comes late, the second person, the decision."""

    true_on: date | None
    approved_by: str | None
    resolution: str


@dataclass(frozen=True, slots=True)
class Told:
    """The day of a movement, a remark, the decision, the second person, the true day when it comes late."""

    effective_on: date
    note: str = ""
    true_on: date | None = None
    approved_by: str | None = None
    resolution: str = ""

    @property
    def day(self) -> date:
        """The day it truly happened."""
        return self.true_on or self.effective_on

    def check(self, act: Act, kind: CapitalKind) -> list[Breach]:
        """List what stands against the days and the persons of such a movement."""
        return check_procedure(
            act, BookName.CAPITAL, kind, effective_on=self.effective_on, true_on=self.true_on,
            approved_by=self.approved_by,
        )  # fmt: skip

    def entry(self, kind: CapitalKind, legs: Sequence[Leg]) -> Entry:
        """The transaction of these legs."""
        return Entry(
            kind, self.effective_on, legs, resolution=self.resolution[:200], note=self.note.strip(),
            approved_by=self.approved_by, late_for=late_day(self.effective_on, self.true_on),
        )  # fmt: skip


def of_shares(act: Act, seq: int) -> Told:
    """What was told of a movement of shares: its money is late, approved and decided as it is."""
    tx = share_queries.get_transaction(act.session, seq)
    return Told(tx.effective_on, "", tx.late_for, tx.approved_by, tx.resolution)
