"""What a movement would leave behind, day by day, as the rules of limits need it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.members import queries as members
from coopgov.members.rules import Category, Status, standing_of
from coopgov.shares import queries, rules
from coopgov.shares.moving_preflight import After, Facts
from coopgov.shares.rules import ClassTerms, HeldAfter, Level, Part, Ratio, Waiting
from coopgov.shares.service.looking import Seeing

MOST_RATIOS = 400


@dataclass(frozen=True, slots=True)
class Gain:
    """What somebody gains, in cents: of a class, of the capital held, and what the capital itself gains."""

    of_class: int
    holder: int
    capital: int


def parts_after(
    session: Session, member_id: UUID, terms: ClassTerms, on: date, *, gained: int, more: int
) -> list[Part]:
    """What somebody would hold of the capital after gaining so many cents, while the capital grows by `more`."""
    name, days = members.get_member(session, member_id).name, queries.days_from(session, on)
    held = queries.held_on_days(session, member_id, terms.id, [day for day, _ in days])
    return [
        Part(name, day, before.cents + gained, capital + more)
        for (day, capital), before in zip(days, held, strict=True)
    ]


def others_after(
    session: Session, member_id: UUID, terms: ClassTerms, on: date, cents: int, figures: Figures
) -> list[Part]:
    """What the others would hold of a capital made smaller; only those who may pass the limit."""
    figure = figures.find_figure("share.max_holder_fraction", on=on)
    days = queries.days_from(session, on)
    if figure is None or not days:
        return []
    least = min(capital for _, capital in days) - cents
    ids = queries.ever_worth_more(session, int(figure.as_fraction() * max(least, 0)))
    return [
        part
        for other in ids
        if other != member_id
        for part in parts_after(session, other, terms, on, gained=0, more=-cents)
    ]


def class_after(
    session: Session, member_id: UUID, terms: ClassTerms, on: date, *, quantity: int, cents: int, more: int
) -> list[HeldAfter]:
    """What somebody would hold of a class after so many shares more, or fewer."""
    days = queries.days_from(session, on)
    held = queries.held_on_days(session, member_id, terms.id, [day for day, _ in days])
    return [
        HeldAfter(before.of_class + quantity, before.class_cents + cents, capital + more)
        for (_, capital), before in zip(days, held, strict=True)
    ]


def least_left(session: Session, member_id: UUID, terms: ClassTerms, on: date, quantity: int) -> int:
    """The fewest shares of all classes that somebody would be left with."""
    days = [day for day, _ in queries.days_from(session, on)]
    return min(held.quantity for held in queries.held_on_days(session, member_id, terms.id, days)) - quantity


def levels_after(session: Session, on: date, cents: int) -> list[Level]:
    """The capital after so much is withdrawn, with the highest it was until each day."""
    days = queries.days_from(session, on)
    before = queries.peak_capital(session, on)
    peaks = accumulate((capital for _, capital in days), max, initial=before)
    return [Level(day, capital - cents, peak) for (day, capital), peak in zip(days, list(peaks)[1:], strict=True)]


def ratios_after(
    session: Session, figures: Figures, on: date, *, employed: Callable[[date], int], more: int
) -> list[Ratio]:
    """What employed members hold of the capital before and after, where the law asks for a part of it."""
    if figures.find_figure("membership.employed_capital_min", on=on) is None:
        return []
    found = []
    for day, capital in queries.days_from(session, on)[:MOST_RATIOS]:
        now = queries.employed_capital_on(session, day)
        found.append(Ratio(day, now, capital, now + employed(day), capital + more))
    return found


def check_taker(
    act: Seeing, terms: ClassTerms, member_id: UUID, on: date, *, quantity: int, gained: Gain
) -> list[Breach]:
    """List what stands against somebody holding so many shares more of a class."""
    session, name = act.session, members.get_member(act.session, member_id).name
    after = class_after(session, member_id, terms, on, quantity=quantity, cents=gained.of_class, more=gained.capital)
    parts = parts_after(session, member_id, terms, on, gained=gained.holder, more=gained.capital)
    return [
        *rules.check_parts(parts, act.rulebook, on),
        *rules.check_class_limits(name, terms, after),
        *rules.check_class_limits(name, terms, after, most=False),
    ]


def after_of(act: Seeing, move: Facts, first_waiting: Waiting | None) -> After:
    """What a movement out of an account would leave behind."""
    session, on, terms = act.session, move.effective_on, move.terms
    giver, taker, cents = move.giver.member_id, move.taker, rules.value_of(move.taken)
    employed = _employed_change(session, move, cents)
    if taker is None:
        return After(
            least_left=least_left(session, giver, terms, on, move.quantity),
            giver_class=class_after(session, giver, terms, on, quantity=-move.quantity, cents=-cents, more=-cents),
            other_parts=others_after(session, giver, terms, on, cents, act.rulebook),
            ratios=ratios_after(session, act.rulebook, on, employed=employed, more=-cents),
            levels=levels_after(session, on, cents),
            first_waiting=first_waiting,
        )
    return After(
        least_left=least_left(session, giver, terms, on, move.quantity),
        giver_class=class_after(session, giver, terms, on, quantity=-move.quantity, cents=-cents, more=0),
        taker_class=class_after(session, taker.member_id, terms, on, quantity=move.quantity, cents=cents, more=0),
        taker_parts=parts_after(session, taker.member_id, terms, on, gained=cents, more=0),
        ratios=ratios_after(session, act.rulebook, on, employed=employed, more=0),
    )


def _employed_change(session: Session, move: Facts, cents: int) -> Callable[[date], int]:
    def change(day: date) -> int:
        lost = cents if is_employed_on(session, move.giver.member_id, day) else 0
        gained = cents if move.taker is not None and is_employed_on(session, move.taker.member_id, day) else 0
        return gained - lost

    return change


def is_employed_on(session: Session, member_id: UUID, on: date) -> bool:
    """Whether somebody is an employed member on that day."""
    standing = standing_of(members.events_of(session, member_id), on=on)
    return standing is not None and standing.status is Status.MEMBER and standing.category is Category.EMPLOYED
