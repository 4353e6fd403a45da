"""What may be undone, and why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.shares.chain import Moment, first_negative
from coopgov.shares.rules.kinds import Leg, TxKind
from coopgov.shares.rules.subscribing import check_day


@dataclass(frozen=True, slots=True)
class Undoing:
    """A reversal (*contre-passation*) about to be written, with what it would undo."""

    seq: int
    kind: TxKind
    original_on: date
    effective_on: date
    today: date
    reason: str
    reversed_by: int | None
    # The timeline of each lot it touches, as it would be.
    timelines: Sequence[Sequence[Moment]] = ()
    # The movements that rest on it, in the order in which they are undone.
    depends: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class UndoStep:
    """What a movement that stands does to the shares of one lot of one holder."""

    seq: int
    member_id: UUID
    lot_id: UUID
    quantity: int


def cascade(seq: int, steps: Sequence[UndoStep]) -> list[int]:
    """The later movements that rest on this one, in the order in which they are undone before it (*cascade*).

    Undone alone, it would leave too few shares for them.
    """
    order: list[int] = []
    _undo(seq, steps, order)
    return order[:-1]


def _undo(seq: int, steps: Sequence[UndoStep], order: list[int]) -> None:
    for given in (step for step in steps if step.seq == seq and step.quantity > 0):
        while (taker := _short_of(given, seq, steps, order)) is not None:
            _undo(taker, steps, order)
    order.append(seq)


def _short_of(given: UndoStep, seq: int, steps: Sequence[UndoStep], order: Sequence[int]) -> int | None:
    """The last movement that takes shares which would be missing, or None when enough are left."""
    others = [
        step
        for step in steps
        if (step.member_id, step.lot_id) == (given.member_id, given.lot_id) and step.seq not in (seq, *order)
    ]
    if sum(step.quantity for step in others) >= 0:
        return None
    return max(step.seq for step in others if step.quantity < 0)


def negated(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """The legs of a reversal: the same lots and prices, the opposite quantities."""
    return tuple(replace(leg, quantity=-leg.quantity) for leg in legs)


def check_reversal(undoing: Undoing) -> list[Breach]:
    """List all that stands against undoing a movement."""
    breaches = check_day(undoing.effective_on, undoing.today) + check_reason(undoing.reason)
    values = {"seq": undoing.seq, "day": undoing.original_on, "by": undoing.reversed_by or 0}
    if undoing.kind is TxKind.REVERSAL:
        sentence = N_("Movement %(seq)s is itself a reversal. Record the right movement instead.")
        return [*breaches, Breach("is_a_reversal", sentence, values)]
    if undoing.reversed_by is not None:
        sentence = N_("Movement %(seq)s is reversed already, by movement %(by)s. There is nothing left to undo.")
        return [*breaches, Breach("reversed_already", sentence, values)]
    if undoing.effective_on < undoing.original_on:
        sentence = N_("Movement %(seq)s takes effect on %(day)s. Give that day or a later one.")
        breaches.append(Breach("before_the_original", sentence, values, field="effective_on"))
    if undoing.depends:
        rest = {"seq": undoing.seq, "first": undoing.depends[0], "count": len(undoing.depends)}
        sentence = N_(
            "Movements that rest on movement %(seq)s: %(count)s. Reverse them first, beginning with movement %(first)s."
        )
        return [*breaches, Breach("later_movements_depend", sentence, rest)]
    return breaches + check_timelines(undoing.timelines)


def check_reason(reason: str) -> list[Breach]:
    """List what stands against the reason of a reversal."""
    if reason.strip():
        return []
    return [Breach("no_reason", N_("Say why, for those who read the register later."), field="reason")]


def check_timelines(timelines: Iterable[Iterable[Moment]]) -> list[Breach]:
    """List the holdings that would fall below zero, each with the day and the movement where they would."""
    shortages = [shortage for shortage in map(first_negative, timelines) if shortage is not None]
    sentence = N_(
        "The holding would fall below zero on %(day)s, with movement %(seq)s. Reverse the later movements first."
    )
    return [Breach("below_zero", sentence, {"day": short.on, "seq": short.seq}) for short in shortages]
