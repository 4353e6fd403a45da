"""What the law of the time asked of a movement: told, and accepted with a reason where the past simply was so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.law.refunds import capital_floor
from coopgov.members.rules import Status
from coopgov.past.rules.books import Books, Holder, Written
from coopgov.past.rules.found import Found, Weight
from coopgov.past.rules.movement import Movement
from coopgov.shares.rules import TxKind, least_payable
from coopgov.treasury.rules import NEEDS_DECISION, Bucket, CapitalKind


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of one day."""

    nominal: int
    payup: bool
    most_part: Fraction | None
    most_part_citations: tuple[Citation, ...]
    least_held: int


@dataclass(slots=True)
class Law:
    """The law and the statutes of every day the past touches, each asked once."""

    figures: Figures
    statutory_minimum: int = 0
    nominals: dict[date, int] = field(default_factory=dict)
    _limits: dict[date, Limits] = field(default_factory=dict)

    def on(self, day: date, nominal: int) -> Limits:
        """The figures of that day."""
        if day not in self._limits:
            most = self.figures.find_figure("share.max_holder_fraction", on=day)
            least = self.figures.find_figure("share.min_for_admission", on=day)
            self._limits[day] = Limits(
                nominal=nominal, payup=self.figures.find_figure("share.payup.first", on=day) is not None,
                most_part=most.as_fraction() if most is not None else None,
                most_part_citations=most.citations if most is not None else (),
                least_held=least.as_int() if least is not None else 0,
            )  # fmt: skip
        return self._limits[day]


_NO_DECISION = N_(
    "A transfer, a redemption, an inheritance or a loss without a decision. Name it where it is known; otherwise your "
    "reason stands in the register in its place."
)
_NO_CALL = N_(
    "%(name)s pays %(amount)s that no line above calls. Add the call where one was made; otherwise it counts as called "
    "with the payment."
)
_DECIDED = frozenset(
    {TxKind.TRANSFER, TxKind.REDEEM, TxKind.INHERIT, TxKind.SPLIT, TxKind.CONVERT, TxKind.NOMINAL_CHANGE}
)


def doubts_of(movement: Movement, written: Written, books: Books, law: Law, nominal: int) -> list[Found]:
    """What the law of that day says of a movement of shares that is in the books by now."""
    if written.shares is None:
        name = books.holders[movement.member].name
        return [
            Found(movement.line, breach.field or "decision", breach, Weight.DOUBT)
            for breach in _of_money(movement, written, name)
        ]
    breaches = [*_of_decision(movement, written), *_of_kind(movement, written, books, law, nominal)]
    return [Found(movement.line, breach.field or "kind", breach, Weight.DOUBT) for breach in breaches]


def _of_kind(movement: Movement, written: Written, books: Books, law: Law, nominal: int) -> Iterator[Breach]:
    holder, limits = books.holders[movement.member], law.on(movement.day, nominal)
    if movement.shares is TxKind.SUBSCRIBE:
        yield from _of_subscription(movement, written, law, limits)
        yield from _of_part(movement, holder, books, limits)
    elif movement.shares is TxKind.REDEEM:
        yield from _of_redemption(movement, holder, books, law, limits)
    elif movement.other is not None:
        yield from _of_part(movement, books.holders[movement.other], books, limits)


def _of_decision(movement: Movement, written: Written) -> Iterator[Breach]:
    if written.shares is not None and written.shares.kind in _DECIDED and not movement.decision.strip():
        yield Breach("movement_without_decision", _NO_DECISION, field="decision")


def _of_money(movement: Movement, written: Written, name: str) -> Iterator[Breach]:
    if movement.money in NEEDS_DECISION and not movement.decision.strip():
        yield Breach("movement_without_decision", _NO_DECISION, field="decision")
    early = _paid_early(movement, written)
    if early:
        yield Breach("paid_before_call", _NO_CALL, {"name": name, "amount": Euros(Cents(early))}, field="amount")


def _paid_early(movement: Movement, written: Written) -> int:
    """The cents of a payment that nothing had called; what our own export says of accounts is no doubt."""
    if movement.money is not CapitalKind.PAY or movement.accounts or written.money is None:
        return 0
    return -sum(leg.cents for leg in written.money.legs if leg.bucket is Bucket.SUBSCRIBED_UNCALLED)


def _of_subscription(movement: Movement, written: Written, law: Law, limits: Limits) -> Iterator[Breach]:
    shares = written.shares
    unit = shares.legs[0].unit_cents if shares is not None else limits.nominal
    if unit != limits.nominal:
        sentence = N_(
            "A share is subscribed at %(unit)s and the statutes of that day, as they are known here, say %(nominal)s."
        )
        values = {"unit": Euros(Cents(unit)), "nominal": Euros(Cents(limits.nominal))}
        yield Breach("other_price", sentence, values, field="unit")
    total = (movement.quantity or 0) * unit
    part = total if movement.part is None else movement.part
    if not limits.payup or part == total:
        return
    least = least_payable(total, law.figures, movement.day)
    if part < least:
        first = law.figures.figure("share.payup.first", on=movement.day)
        sentence = N_("%(part)s was called at subscription, and the law of the time asked for %(least)s of %(total)s.")
        values = {"part": Euros(Cents(part)), "least": Euros(least), "total": Euros(Cents(total))}
        yield Breach("payable_too_low", sentence, values, first.citations, field="part")


def _of_part(movement: Movement, holder: Holder, books: Books, limits: Limits) -> Iterator[Breach]:
    if limits.most_part is None or holder.value == books.capital or holder.value <= limits.most_part * books.capital:
        return
    sentence = N_("%(name)s held %(part)s of the capital then, and no member may hold more than %(limit)s.")
    values = {
        "name": holder.name, "part": Fraction(holder.value, books.capital), "limit": limits.most_part,
    }  # fmt: skip
    yield Breach("holder_over_limit", sentence, values, limits.most_part_citations, field="quantity")


def _of_redemption(movement: Movement, holder: Holder, books: Books, law: Law, limits: Limits) -> Iterator[Breach]:
    if holder.status_on(movement.day) is Status.MEMBER and holder.shares < limits.least_held:
        sentence = N_("%(name)s stays a member with fewer shares than a member must hold (%(least)s).")
        yield Breach("fewer_than_least", sentence, {"name": holder.name, "least": limits.least_held}, field="quantity")
    level = capital_floor(Cents(books.peak), Cents(law.statutory_minimum), law.figures, movement.day)
    if books.capital < level.cents:
        sentence = N_("The capital falls to %(capital)s with this movement, under its floor of %(floor)s then.")
        values = {"capital": Euros(Cents(books.capital)), "floor": Euros(level.cents)}
        yield Breach("capital_below_floor", sentence, values, level.citations, field="quantity")
