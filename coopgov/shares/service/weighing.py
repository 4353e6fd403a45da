"""What a reversal would break: it corrects an entry that was wrong, and never goes round the rules in silence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.preflight import Check, checked, green
from coopgov.shares import queries, rules
from coopgov.shares.queries import Transaction
from coopgov.shares.rules import Leg, Level, TxKind
from coopgov.shares.service.limits import (
    class_after,
    is_employed_on,
    least_left,
    others_after,
    parts_after,
    ratios_after,
)
from coopgov.shares.service.looking import Seeing
from coopgov.shares.service.people import holder_on
from coopgov.shares.service.queue import first_waiting

_ISSUES = (TxKind.SUBSCRIBE, TxKind.OPENING)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What the legs of a reversal do, from a day on."""

    on: date
    legs: Sequence[Leg]

    @property
    def capital(self) -> int:
        """By how much the capital changes, in cents."""
        return sum(leg.quantity * leg.unit_cents for leg in self.legs)

    @property
    def holders(self) -> list[UUID]:
        """Whose shares it touches."""
        return list(dict.fromkeys(leg.member_id for leg in self.legs if leg.member_id is not None))

    def of(self, member_id: UUID, class_id: UUID | None = None) -> tuple[int, int]:
        """How many shares somebody gains or loses, and their value; of one class, or of all."""
        hers = [
            leg for leg in self.legs if leg.member_id == member_id and class_id in (None, leg.lot.class_id)
        ]  # fmt: skip
        return sum(leg.quantity for leg in hers), sum(leg.quantity * leg.unit_cents for leg in hers)

    def classes(self, member_id: UUID) -> set[UUID]:
        """The classes of which somebody gains or loses shares."""
        return {leg.lot.class_id for leg in self.legs if leg.member_id == member_id}


def weigh_reversal(look: Seeing, *, seq: int, effective_on: date) -> list[Check]:
    """What the movement that a reversal amounts to is held to; what it would break is red, with its article."""
    original = queries.get_transaction(look.session, seq)
    if not original.can_be_reversed:
        return []
    legs = [leg for leg in rules.negated(queries.legs_of(look.session, seq)) if leg.member_id is not None]
    otherwise = green("reversal", N_("Undoing this breaks no rule on the capital, the refunds or the parts held."))
    return checked(_broken(look, original, _Turn(effective_on, legs)), otherwise)


def _broken(look: Seeing, original: Transaction, turn: _Turn) -> Iterator[Breach]:
    for member_id in turn.holders:
        yield from rules.check_not_frozen(holder_on(look, member_id, turn.on))
        yield from _check_holder(look, member_id, turn)
    if turn.capital < 0:
        yield from _check_capital(look, original, turn)
    employed = ratios_after(
        look.session, look.rulebook, turn.on, employed=_employed_change(look, turn), more=turn.capital
    )
    yield from rules.check_employed(employed, look.rulebook, turn.on)


def _check_holder(look: Seeing, member_id: UUID, turn: _Turn) -> Iterator[Breach]:
    """The limits of what one person holds once it is undone."""
    session, on, holder = look.session, turn.on, holder_on(look, member_id, turn.on)
    quantity, cents = turn.of(member_id)
    for terms in queries.classes(session):
        if terms.id not in turn.classes(member_id):
            continue
        number, value = turn.of(member_id, terms.id)
        after = class_after(session, member_id, terms, on, quantity=number, cents=value, more=turn.capital)
        yield from rules.check_class_limits(holder.name, terms, after, most=number > 0)
        if cents > 0:
            parts = parts_after(session, member_id, terms, on, gained=cents, more=turn.capital)
            yield from rules.check_parts(parts, look.rulebook, on)
        if quantity < 0 and holder.is_member:
            left = least_left(session, member_id, terms, on, -quantity)
            yield from rules.check_least_kept(holder.name, left, look.rulebook, on)


def _check_capital(look: Seeing, original: Transaction, turn: _Turn) -> Iterator[Breach]:
    """The floor of the capital, the order of refunds, and what the others would hold of less capital."""
    session, on, figures = look.session, turn.on, look.rulebook
    yield from rules.check_floor(_levels(look, turn), -turn.capital, figures, on)
    if original.kind in _ISSUES:
        yield from rules.check_order(first_waiting(session, original.member_id), figures, on)
    [terms] = [one for one in queries.classes(session) if one.id == turn.legs[0].lot.class_id]
    yield from rules.check_parts(
        others_after(session, original.member_id, terms, on, -turn.capital, figures), figures, on
    )  # fmt: skip


def _levels(look: Seeing, turn: _Turn) -> list[Level]:
    # What is undone from its own day on has never raised the capital: that day counts as it will then stand.
    days = [(day, int(capital) + turn.capital) for day, capital in queries.days_from(look.session, turn.on)]
    before: int = queries.peak_capital(look.session, turn.on - timedelta(days=1)) if turn.on > date.min else 0
    peaks = list(accumulate((capital for _, capital in days), max, initial=before))[1:]
    return [Level(day, capital, peak) for (day, capital), peak in zip(days, peaks, strict=True)]


def _employed_change(look: Seeing, turn: _Turn) -> Callable[[date], int]:
    changes = {member_id: turn.of(member_id)[1] for member_id in turn.holders}

    def change(day: date) -> int:
        return sum(cents for who, cents in changes.items() if is_employed_on(look.session, who, day))

    return change
