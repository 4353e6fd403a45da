"""What the sandbox tells: what is wrong, what would be, and how it compares with the older register."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from coopgov.core.errors import Breach
from coopgov.past.columns import SheetMap
from coopgov.past.examining import buckets_of_account
from coopgov.past.rules.found import Weight
from coopgov.past.scratch import Scratch, breach_of
from coopgov.treasury.rules import Bucket

PAGE = 50
MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing found, as a person looks for it: sheet, line, heading, sentence."""

    sheet: str
    line: int
    heading: str
    breach: Breach
    weight: Weight


@dataclass(frozen=True, slots=True)
class Group:
    """All that was found of one kind: how often, and the first of them."""

    code: str
    weight: Weight
    count: int
    examples: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What one member would have, beside what the older register says."""

    number: int
    name: str
    status: str
    shares: int
    value: int
    uncalled: int
    called: int
    paid: int
    repayable: int
    suspense: int
    held_told: int | None
    paid_told: int | None
    repayable_told: int | None
    differs: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of a member, and what she has after it."""

    day: date
    sheet: str
    line: int
    kind: str
    quantity: int
    paid: int
    shares_after: int
    paid_after: int
    due_after: int
    repayable_after: int


@dataclass(frozen=True, slots=True)
class YearRow:
    """What all would have at the end of a year."""

    year: int
    capital: int
    paid: int
    shares: int
    movements: int


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """An account of the trial balance beside ours; None where it is not of the capital."""

    account: str
    label: str
    told: int
    ours: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A past in a few figures."""

    members: int
    new: int
    events: int
    movements: int
    faults: int
    consequences: int
    doubts: int
    capital: int
    shares: int
    totals: dict[str, int]

    @property
    def is_fine(self) -> bool:
        """True when nothing must be corrected."""
        return not self.faults and not self.consequences


class Report:
    """A sandbox, read."""

    def __init__(self, scratch: Scratch, maps: list[SheetMap]) -> None:
        self._scratch, self._maps = scratch, maps

    def summary(self) -> Summary:
        """The figures of the whole."""
        fact = self._scratch.fact
        return Summary(
            members=fact("members"), new=fact("new"), events=fact("events"), movements=fact("movements"),
            faults=self.count(Weight.FAULT), consequences=self.count(Weight.CONSEQUENCE),
            doubts=self.count(Weight.DOUBT), capital=fact("capital"), shares=fact("shares"), totals=fact("totals"),
        )  # fmt: skip

    def count(self, weight: Weight) -> int:
        """How much was found of that weight."""
        return int(self._scratch.one("SELECT count(*) FROM found WHERE weight = ?", (weight.value,)))

    def groups(self, weight: Weight) -> list[Group]:
        """What was found, by kind, the most frequent first."""
        rows = self._scratch.rows(
            "SELECT code, count(*) FROM found WHERE weight = ? GROUP BY code ORDER BY count(*) DESC, code",
            (weight.value,),
        )
        return [
            Group(code, weight, count, tuple(self.found(weight, code=code, limit=MOST_EXAMPLES)))
            for code, count in rows
        ]

    def found(self, weight: Weight | None = None, *, code: str | None = None, limit: int = -1) -> Iterator[Fault]:
        """What was found, in order of sheets and lines."""
        rows = self._scratch.rows(
            "SELECT sheet, line, heading, code, sentence, told, weight FROM found "
            "WHERE (?1 IS NULL OR weight = ?1) AND (?2 IS NULL OR code = ?2) ORDER BY sheet, line, code LIMIT ?3",
            (weight.value if weight else None, code, limit),
        )
        for place, line, heading, known, sentence, told, word in rows:
            yield Fault(self._maps[place].name, line, heading, breach_of(known, sentence, told), Weight(word))

    def accounts(self, *, after: int = 0, differing: bool = False, limit: int = PAGE) -> list[AccountRow]:
        """What everybody would have, by number."""
        rows = self._scratch.rows(
            "SELECT * FROM account WHERE number > ? AND (NOT ? OR differs > 0) ORDER BY number LIMIT ?",
            (after, differing, limit),
        )
        return [AccountRow(*row) for row in rows]

    def count_differing(self) -> int:
        """How many members would not have what the older register says."""
        return int(self._scratch.one("SELECT count(*) FROM account WHERE differs > 0"))

    def account(self, number: int) -> AccountRow | None:
        """What one member would have."""
        row = next(self._scratch.rows("SELECT * FROM account WHERE number = ?", (number,)), None)
        return AccountRow(*row) if row else None

    def steps(self, number: int) -> list[StepRow]:
        """Every line of one member."""
        rows = self._scratch.rows(
            "SELECT day, sheet, line, kind, quantity, paid, shares_after, paid_after, due_after, repayable_after "
            "FROM step WHERE member = ? ORDER BY day, sheet, line",
            (number,),
        )
        return [StepRow(date.fromordinal(row[0]), self._maps[row[1]].name, *row[2:]) for row in rows]

    def years(self) -> list[YearRow]:
        """The end of every year."""
        return [YearRow(*row) for row in self._scratch.rows("SELECT * FROM year ORDER BY year")]

    def balance(self) -> list[BalanceRow]:
        """The trial balance beside the books as they would be."""
        totals = self._scratch.fact("totals") or {}
        rows = self._scratch.rows("SELECT account, label, amount FROM balance ORDER BY account")
        return [BalanceRow(account, label, told, _ours(account, totals)) for account, label, told in rows]

    def facts(self) -> dict[str, Any]:
        """All of it, for the archive: every member, every year, the balance."""
        summary = self.summary()
        return {
            "members": summary.members,
            "new": summary.new,
            "events": summary.events,
            "movements": summary.movements,
            "doubts": summary.doubts,
            "capital": summary.capital,
            "shares": summary.shares,
            "totals": summary.totals,
            "sheets": [sheet.name for sheet in self._maps],
            "years": [[row.year, row.capital, row.paid, row.shares] for row in self.years()],
            "balance": [[row.account, row.told, row.ours] for row in self.balance()],
            "accounts": [
                [
                    row.number,
                    row.shares,
                    row.value,
                    row.paid,
                    row.repayable,
                    row.held_told,
                    row.paid_told,
                    row.repayable_told,
                ]
                for row in self.accounts(limit=-1)
            ],
        }


def _ours(account: str, totals: dict[str, int]) -> int | None:
    buckets = buckets_of_account(account)
    return sum(totals.get(bucket.value, 0) for bucket in buckets) if buckets else None


def typed_balance(text: str) -> bytes:
    """A trial balance that was typed, an account and an amount a line, as a file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["Compte", "Solde"])
    for line in text.splitlines():
        account, _, amount = line.strip().replace("\t", " ").replace(";", " ").partition(" ")
        if account:
            writer.writerow([account, amount.strip().lstrip(":=").strip()])
    return out.getvalue().encode()


CAPITAL_BUCKETS = (Bucket.SUBSCRIBED_UNCALLED, Bucket.CALLED_UNPAID, Bucket.PAID_UP, Bucket.REPAYABLE)
