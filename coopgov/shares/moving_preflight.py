"""The pre-flight of shares that leave an account (*contrôle préalable*): what is seen before it is written. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.core.preflight import Check, checked, green, red, to_judge
from coopgov.law.refunds import capital_floor
from coopgov.shares.rules import (
    Cause,
    ClassTerms,
    HeldAfter,
    Holder,
    Level,
    LotLeft,
    Part,
    Ratio,
    Taken,
    TxKind,
    Waiting,
    check_class_limits,
    check_decided,
    check_employed,
    check_floor,
    check_least_kept,
    check_leaves,
    check_order,
    check_parties,
    check_parts,
    check_refundable,
    check_taken,
    check_transferable,
    largest,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A movement out of an account with all that its rules look at."""

    kind: TxKind
    giver: Holder
    taker: Holder | None
    cause: str
    quantity: int
    decision: str
    effective_on: date
    day: date
    # What stands against its days and persons: a closed register, one person alone.
    procedure: Sequence[Breach]
    terms: ClassTerms
    left: Sequence[LotLeft]
    taken: Sequence[Taken]


@dataclass(frozen=True, slots=True)
class After:
    """What the movement would leave behind, day by day."""

    least_left: int = 0
    giver_class: Sequence[HeldAfter] = ()
    taker_class: Sequence[HeldAfter] = ()
    taker_parts: Sequence[Part] = ()
    other_parts: Sequence[Part] = ()
    ratios: Sequence[Ratio] = ()
    levels: Sequence[Level] = ()
    first_waiting: Waiting | None = None


def preflight(facts: Facts, after: After, figures: Figures) -> list[Check]:
    """Everything that is right, wrong or for a person to judge before the movement is written."""
    lots = check_taken(facts.giver.name, facts.quantity, facts.left, facts.taken, facts.effective_on)
    found = [
        *checked(facts.procedure, green("day", N_("The register of %(day)s is open."), {"day": facts.effective_on})),
        *checked(check_decided(facts.decision), _decision(facts)),
        *checked(_people(facts), _parties(facts)),
        *checked(_class(facts), green("class", N_("The class “%(label)s” allows it."), {"label": facts.terms.label})),
        *checked(lots, _lots(facts)),
    ]
    if lots:
        return found
    return [*found, *_kept(facts, after, figures), *_held(facts, after, figures), *_withdrawn(facts, after, figures)]


def _decision(facts: Facts) -> Check:
    return green("decision", N_("Decided: %(decision)s."), {"decision": facts.decision.strip()})


def _people(facts: Facts) -> list[Breach]:
    if facts.taker is None:
        return check_leaves(facts.giver, facts.cause, facts.day)
    return check_parties(facts.giver, facts.taker, facts.kind, facts.day)


def _parties(facts: Facts) -> Check:
    values = {"name": facts.giver.name, "day": facts.day, "taker": facts.taker.name if facts.taker else ""}
    if facts.taker is not None:
        return green("standing", N_("%(taker)s is a member on %(day)s and may hold shares."), values)
    if facts.cause == Cause.REDUCTION:
        return green("standing", N_("%(name)s stays a member and keeps a part of the shares."), values)
    return green("standing", N_("%(name)s has left: the shares can be withdrawn."), values)


def _class(facts: Facts) -> list[Breach]:
    return check_refundable(facts.terms) if facts.kind is TxKind.REDEEM else check_transferable(facts.terms)


def _lots(facts: Facts) -> Check:
    days = [part.lot.first_acquired_on for part in facts.taken] or [facts.day]
    values = {
        "count": facts.quantity, "value": Euros(Cents(value_of(facts.taken))), "first": min(days), "last": max(days),
    }  # fmt: skip
    sentence = N_(
        "Shares that move: %(count)s, worth %(value)s, acquired from %(first)s to %(last)s; each keeps its day."
    )
    return green("lots", sentence, values)


def _kept(facts: Facts, after: After, figures: Figures) -> list[Check]:
    if not facts.giver.is_member:
        return []
    values = {"name": facts.giver.name, "left": after.least_left}
    breaches = [
        *check_least_kept(facts.giver.name, after.least_left, figures, facts.day),
        *check_class_limits(facts.giver.name, facts.terms, after.giver_class, most=False),
    ]
    least = figures.find_figure("share.min_for_admission", on=facts.day)
    articles = least.citations if least is not None else ()
    return checked(breaches, green("least_kept", N_("%(name)s keeps %(left)s shares."), values, articles))


def _held(facts: Facts, after: After, figures: Figures) -> list[Check]:
    if facts.taker is None:
        return []
    limit = figures.find_figure("share.max_holder_fraction", on=facts.day)
    most = largest(after.taker_parts)
    values = {"name": facts.taker.name, "part": most.fraction if most is not None else Fraction(0)}
    sentence = N_("%(name)s holds %(part)s of the capital at most from then on.")
    breaches = [
        *check_parts(after.taker_parts, figures, facts.day),
        *check_class_limits(facts.taker.name, facts.terms, after.taker_class),
        *check_class_limits(facts.taker.name, facts.terms, after.taker_class, most=False),
    ]
    return [
        *checked(breaches, green("part", sentence, values, limit.citations if limit is not None else ())),
        *map(red, check_employed(after.ratios, figures, facts.day)),
    ]


def _withdrawn(facts: Facts, after: After, figures: Figures) -> list[Check]:
    """What leaves cannot always be helped: what it makes of the others' parts is for a person to judge."""
    if facts.kind is not TxKind.REDEEM:
        return []
    cents = value_of(facts.taken)
    unbalanced = [
        *check_parts(after.other_parts, figures, facts.day),
        *check_employed(after.ratios, figures, facts.day),
    ]
    return [
        *checked(check_floor(after.levels, cents, figures, facts.day), _floor(after, figures, facts.day)),
        *checked(check_order(after.first_waiting, figures, facts.day), _order(after.first_waiting)),
        *(_judged(breach) for breach in unbalanced),
    ]


def _order(first: Waiting | None) -> Check:
    if first is None:
        return green("order", N_("Nobody has waited longer for a refund."))
    sentence = N_("%(name)s has waited for a refund since %(since)s; the statutes keep no order.")
    return green("order", sentence, {"name": first.name, "since": first.since})


def _judged(breach: Breach) -> Check:
    sentence = N_("%(point)s Write how this is mended, and by when.")
    return to_judge(breach.code, sentence, {"point": red(breach)}, breach.citations)


def _floor(after: After, figures: Figures, on: date) -> Check:
    minimum = figures.find_figure("capital.statutory_minimum_cents", on=on)
    statutory = Cents(minimum.as_int() if minimum is not None else 0)
    lowest = min(after.levels, key=lambda level: level.capital)
    floor = capital_floor(Cents(max(level.highest for level in after.levels)), statutory, figures, on)
    values = {"after": Euros(Cents(lowest.capital)), "floor": Euros(floor.cents)}
    return green(
        "floor", N_("The capital stays at %(after)s or more, above its floor of %(floor)s."), values, floor.citations
    )
