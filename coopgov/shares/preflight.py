"""The pre-flight of a subscription (*contrôle préalable*): what the treasurer sees before it is written. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.core.preflight import Check, green, red, to_judge
from coopgov.law.refunds import capital_floor
from coopgov.shares.rules import (
    MOST_SHARES,
    Draft,
    Standing,
    balance_latest_on,
    check_days,
    check_least_held,
    check_pay_up,
    check_share_of_capital,
    check_standing,
    least_payable,
    not_a_number_of_shares,
    part_of_capital,
    short_of,
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the pre-flight of a subscription shows beside the rules: the highest capital, an admission refused."""

    peak: int = 0
    statutory_minimum: int = 0
    admission: Sequence[Breach] = ()
    # What the part of employed members would become.
    employed: Sequence[Breach] = ()


# What a rule refuses or leaves to a person, and the point as it is shown when that is nothing.
Point = tuple[list[Check], Callable[[], Check] | None]


def preflight(draft: Draft, beside: Beside, figures: Figures) -> list[Check]:
    """Everything that is right, wrong or for a person to judge before a subscription (*contrôle préalable*)."""
    points = _points(draft, beside, figures)
    return [check for found, kept in points for check in (found or ([kept()] if kept is not None else []))]


def stands_against(draft: Draft, beside: Beside, figures: Figures) -> list[Check]:
    """What of it is refused, or for a person to judge: an act asks for no more."""
    return [check for found, _kept in _points(draft, beside, figures) for check in found]


def _points(draft: Draft, beside: Beside, figures: Figures) -> list[Point]:
    first: Point = _red(check_days(draft) + check_standing(draft)), lambda: _standing_check(draft)
    if not 1 <= draft.quantity < MOST_SHARES:
        return [first, (_red([not_a_number_of_shares(draft.quantity)]), None)]
    return [
        first,
        (_admission_checks(draft, beside), None),
        (_red(check_least_held(draft, figures)), lambda: _least_check(draft, figures)),
        (_red(check_pay_up(draft, figures)), lambda: _pay_up_check(draft, figures)),
        (_red(check_share_of_capital(draft, figures)), lambda: _part_check(draft, figures)),
        (_red(beside.employed), None),
        ([], lambda: _capital_check(draft, beside, figures)),
    ]


def _red(breaches: Iterable[Breach]) -> list[Check]:
    return [red(breach) for breach in breaches]


def _standing_check(draft: Draft) -> Check:
    who = draft.subscriber
    if who.standing is Standing.CANDIDATE:
        sentence = N_("%(name)s is a candidate: these shares fall if admission is refused.")
        return green("standing", sentence, {"name": who.name})
    return green("standing", N_("%(name)s is a member since %(since)s."), {"name": who.name, "since": who.since})


def _admission_checks(draft: Draft, beside: Beside) -> list[Check]:
    # The subscription itself is lawful: it falls with the candidature, and a member may leave before the answer.
    sentence = N_("%(name)s could not be admitted today. %(point)s Write why the subscription is taken all the same.")
    return [
        to_judge("admission", sentence, {"name": draft.subscriber.name, "point": red(breach)}, breach.citations)
        for breach in beside.admission[:1]
    ]


def _least_check(draft: Draft, figures: Figures) -> Check:
    least = figures.find_figure("share.min_for_admission", on=draft.effective_on)
    citations = least.citations if least is not None else ()
    values = {"least": least.as_int() if least is not None else 0, "short": max(short_of(draft, figures), 0)}
    if values["short"]:
        sentence = N_("A member holds at least this many shares: %(least)s. Still missing after this: %(short)s.")
        return green("least_held", sentence, values, citations)
    sentence = N_("A member holds at least this many shares: %(least)s. It is kept.")
    return green("least_held", sentence, values, citations)


def _pay_up_check(draft: Draft, figures: Figures) -> Check:
    first = figures.figure("share.payup.first", on=draft.effective_on)
    least, latest = least_payable(draft.total, figures, draft.effective_on), None
    owed = draft.total if draft.payable_now is None else Cents(draft.payable_now)
    values = {"owed": Euros(owed), "total": Euros(draft.total), "least": Euros(least), "latest": latest}
    if owed == draft.total:
        sentence = N_("The whole price is owed at once: %(total)s.")
        return green("pay_up", sentence, values, first.citations)
    latest = balance_latest_on(draft.effective_on, figures)
    sentence = N_("%(owed)s is owed at once (at least %(least)s), and the rest of %(total)s by %(latest)s.")
    return green("pay_up", sentence, values | {"latest": latest}, first.citations, latest)


def _part_check(draft: Draft, figures: Figures) -> Check:
    limit = figures.find_figure("share.max_holder_fraction", on=draft.effective_on)
    part = max((part_of_capital(day, draft.total) for day in draft.before), default=Fraction(1))
    values = {"name": draft.subscriber.name, "part": part}
    if limit is None:
        return green("part", N_("%(name)s would hold %(part)s of the capital; nothing limits it."), values)
    sentence = N_("%(name)s would hold %(part)s of the capital; a member holds at most %(limit)s.")
    return green("part", sentence, values | {"limit": limit.as_fraction()}, limit.citations)


def _capital_check(draft: Draft, beside: Beside, figures: Figures) -> Check:
    after = Cents(max((capital for _held, capital in draft.before), default=0) + draft.total)
    highest = Cents(max(beside.peak, after))
    level = capital_floor(highest, Cents(beside.statutory_minimum), figures, draft.effective_on)
    sentence = N_(
        "The capital becomes %(after)s, its highest %(highest)s: from then on refunds may not take it under %(level)s."
    )
    values = {"after": Euros(after), "highest": Euros(highest), "level": Euros(level.cents)}
    return green("capital", sentence, values, level.citations)
