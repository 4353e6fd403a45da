"""Following every movement in order of days and lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_
from coopgov.past.examining.around import AT_ONCE, Coop, Following
from coopgov.past.rules.books import Written, tie_of
from coopgov.past.rules.doubts import Law, doubts_of
from coopgov.past.rules.found import Found, Weight
from coopgov.past.rules.marks import NOTHING
from coopgov.past.rules.movement import Around, Movement
from coopgov.past.rules.replay import take
from coopgov.past.scratch import Scratch, day_of
from coopgov.shares.rules import TxKind
from coopgov.treasury.rules import Bucket, CapitalKind

# Looked up, for a million lines: an enumeration that is called by value takes five times as long.
_SHARES: dict[str | None, TxKind | None] = {None: None, "": None} | {kind.value: kind for kind in TxKind}
_MONEY: dict[str | None, CapitalKind | None] = {None: None, "": None} | {kind.value: kind for kind in CapitalKind}


def follow_movements(following: Following) -> None:
    scratch, coop, books = following.scratch, following.coop, following.books
    wanted = scratch.rows("SELECT DISTINCT reverses FROM movement WHERE reverses <> ''")
    around = Around(
        coop.nominal_on, coop.classes, coop.today, coop.closed_through, frozenset(name for (name,) in wanted),
        no_decision=coop.no_decision,
    )  # fmt: skip
    day = _Day(following, around, Law(coop.figures, _statutory_minimum(coop)))
    for place, movement in _movements(scratch):
        following.progress.step()
        day.turn(movement.day)
        day.follow(place, movement)
    day.turn(None)
    if following.notes:
        scratch.keep("shares", books.shares)


def _statutory_minimum(coop: Coop) -> int:
    minimum = coop.figures.find_figure("capital.statutory_minimum_cents", on=coop.today)
    return minimum.as_int() if minimum is not None else 0


def _movements(scratch: Scratch) -> Iterator[tuple[int, Movement]]:
    for row in scratch.rows("SELECT * FROM movement ORDER BY day, sheet, line"):
        day, place, line, shares, money, *rest = row
        acquired = rest[10]
        if acquired is not None:
            rest[10] = day_of(acquired)
        yield (
            place,
            Movement(
                line,
                day_of(day),
                _SHARES[shares],
                _MONEY[money],
                *rest,
            ),
        )


@dataclass(slots=True)
class _Day:
    """The day that the replay has come to."""

    following: Following
    around: Around
    law: Law
    on: date | None = None
    same: dict[tuple[Any, ...], int] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    in_year: int = 0
    # Those whose shares and money come on several lines of the day.
    loose: dict[int, tuple[int, int]] = field(default_factory=dict)

    def _check_ties(self) -> None:
        for number, (place, line) in self.loose.items():
            for breach in tie_of(self.following.books.holders[number]):
                self.following.note(place, Found(line, breach.field or "amount", breach))
        self.loose.clear()

    def turn(self, on: date | None) -> None:
        """Come to a day; what belongs to the day or the year before is closed."""
        if on == self.on:
            return
        self.same.clear()
        self._check_ties()
        if self.following.notes and self.on is not None and (on is None or on.year != self.on.year):
            books = self.following.books
            paid = books.totals.get(Bucket.PAID_UP, 0)
            self.following.scratch.add("year", [(self.on.year, books.capital, paid, books.shares, self.in_year)])
            self.in_year = 0
        if self.following.notes and (on is None or len(self.steps) > AT_ONCE):
            self.following.scratch.add("step", self.steps)
            self.steps.clear()
        self.on = on

    def follow(self, place: int, movement: Movement) -> None:
        """Take one line into the books, or say why not."""
        following = self.following
        self._note_twice(place, movement)
        try:
            written = take(following.books, self.around, movement)
        except RuleBroken as refusal:
            following.note(place, *self._refused(movement, refusal.breaches))
            return
        following.follower.line(written)
        self.in_year += 1
        if movement.beside or movement.accounts == NOTHING:
            self.loose[movement.member] = (place, movement.line)
        if following.notes:
            nominal = following.coop.nominal_on(movement.day)
            following.note(place, *doubts_of(movement, written, following.books, self.law, nominal))
            self._keep_step(place, movement, written)

    def _refused(self, movement: Movement, breaches: Sequence[Breach]) -> Iterator[Found]:
        touched = [self.following.books.holders.get(number) for number in (movement.member, movement.other) if number]
        shaken = any(holder is not None and holder.is_shaken for holder in touched)
        for holder in touched:
            if holder is not None:
                holder.is_shaken = True
        for breach in breaches:
            yield Found(movement.line, breach.field or "kind", breach, Weight.CONSEQUENCE if shaken else Weight.FAULT)

    def _note_twice(self, place: int, movement: Movement) -> None:
        if not self.following.notes:
            return
        key = (*movement[1:10], movement.reference, movement.number)
        first = self.same.setdefault(key, movement.line)
        if movement.number and movement.number in self.numbers:
            sentence = N_("This number is already that of another movement. Give each its own, or leave them empty.")
            self.following.note(place, Found(movement.line, "number", Breach("movement_twice", sentence)))
        elif first != movement.line:
            sentence = N_("This line is the same as line %(line)s. Take one out, unless both took place.")
            found = Found(movement.line, "kind", Breach("same_line", sentence, {"line": first}), Weight.DOUBT)
            self.following.note(place, found)
            # If it is one too many, what she does after it is wrong for that reason alone.
            if (holder := self.following.books.holders.get(movement.member)) is not None:
                holder.is_shaken = True
        if movement.number:
            self.numbers.add(movement.number)

    def _keep_step(self, place: int, movement: Movement, written: Written) -> None:
        books = self.following.books
        for number in (movement.member, movement.other):
            if number is None:
                continue
            holder = books.holders[number]
            mine = holder.member_id
            shares = sum(leg.quantity for leg in written.shares.legs if leg.member_id == mine) if written.shares else 0
            paid = (
                sum(leg.cents for leg in written.money.legs if leg.member_id == mine and leg.bucket is Bucket.PAID_UP)
                if written.money
                else 0
            )
            kind = written.shares or written.money
            self.steps.append(
                (
                    number,
                    movement.day.toordinal(),
                    place,
                    movement.line,
                    kind.kind.value if kind else "",
                    shares,
                    paid,
                    holder.shares,
                    holder.in_bucket(Bucket.PAID_UP),
                    holder.in_bucket(Bucket.CALLED_UNPAID),
                    holder.in_bucket(Bucket.REPAYABLE),
                )
            )
