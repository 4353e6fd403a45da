"""The classes of shares (*catégories de parts*) and what each allows."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros

ORDINARY = "ordinary"
# No share is worth more than a million euros.
MOST_NOMINAL = 100_000_000
ORDINARY_LABEL = "Parts ordinaires"
_CODE = re.compile(r"[a-z][a-z0-9-]{0,38}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ClassTerms:
    """A class of shares and its limits."""

    id: UUID
    code: str
    label: str
    is_transferable: bool = True
    is_refundable: bool = True
    min_hold: int = 0
    max_hold: int | None = None
    max_part: Fraction | None = None


@dataclass(frozen=True, slots=True)
class HeldAfter:
    """What a holder would hold of a class on a day that matters, the holding in cents and the whole capital."""

    quantity: int
    cents: int = 0
    capital: int = 0


def check_transferable(terms: ClassTerms) -> list[Breach]:
    """List what stands against transferring shares of a class."""
    if terms.is_transferable:
        return []
    sentence = N_("Shares of the class “%(label)s” cannot be transferred. Choose another class.")
    return [Breach("not_transferable", sentence, {"label": terms.label}, field="class_code")]


def check_refundable(terms: ClassTerms) -> list[Breach]:
    """List what stands against paying back shares of a class."""
    if terms.is_refundable:
        return []
    sentence = N_("Shares of the class “%(label)s” are not paid back. Choose another class.")
    return [Breach("not_refundable", sentence, {"label": terms.label}, field="class_code")]


def check_class_limits(name: str, terms: ClassTerms, after: Sequence[HeldAfter], *, most: bool = True) -> list[Breach]:
    """List what a holding breaks of its class: too many, too large a part of the capital, or (`most` off) too few.

    Each day that matters is looked at; the worst one speaks.
    """
    if most:
        return _check_most(name, terms, after) + _check_part(name, terms, after)
    lowest = min((day.quantity for day in after), default=0)
    if lowest >= terms.min_hold or lowest == 0:
        return []
    sentence = N_("%(name)s would keep %(left)s shares of the class “%(label)s”: at least %(least)s are held, or none.")
    values = {"name": name, "left": lowest, "label": terms.label, "least": terms.min_hold}
    return [Breach("under_class_minimum", sentence, values, field="quantity")]


def _check_most(name: str, terms: ClassTerms, after: Sequence[HeldAfter]) -> list[Breach]:
    highest = max((day.quantity for day in after), default=0)
    if terms.max_hold is None or highest <= terms.max_hold:
        return []
    sentence = N_("%(name)s would hold %(held)s shares of the class “%(label)s”: at most %(most)s. Give fewer.")
    values = {"name": name, "held": highest, "label": terms.label, "most": terms.max_hold}
    return [Breach("over_class_maximum", sentence, values, field="quantity")]


def _check_part(name: str, terms: ClassTerms, after: Sequence[HeldAfter]) -> list[Breach]:
    parts = [Fraction(day.cents, day.capital) for day in after if day.capital > 0]
    highest = max(parts, default=Fraction(0))
    if terms.max_part is None or highest <= terms.max_part:
        return []
    sentence = N_(
        "%(name)s would hold %(part)s of the capital in shares of the class “%(label)s”: at most %(most)s. Give fewer."
    )
    values = {"name": name, "part": highest, "label": terms.label, "most": terms.max_part}
    return [Breach("over_class_part", sentence, values, field="quantity")]


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class of shares about to be made."""

    code: str
    label: str
    nominal: int
    min_hold: int = 0
    max_hold: int | None = None
    max_part: Fraction | None = None
    is_transferable: bool = True
    is_refundable: bool = True


def check_new_class(
    new: NewClass, codes: Collection[str], by_statutes: int, figures: Figures, on: date
) -> list[Breach]:
    """List what stands against a new class of shares."""
    breaches = []
    if not _CODE.fullmatch(new.code) or new.code in codes:
        sentence = N_("Give the class a code of its own: small letters, figures and dashes, not used yet.")
        breaches.append(Breach("bad_class_code", sentence, field="code"))
    if new.nominal < 1:
        breaches.append(Breach("bad_nominal", N_("A share has a nominal value above zero."), {}, field="nominal"))
    if new.nominal > MOST_NOMINAL:
        sentence = N_("A share of that value is a mistake of typing: give %(most)s at most.")
        breaches.append(Breach("bad_nominal", sentence, {"most": Euros(Cents(MOST_NOMINAL))}, field="nominal"))
    if new.min_hold < 0:
        sentence = N_("Nobody holds fewer than no shares. Give a number, or leave it empty.")
        breaches.append(Breach("limits_do_not_fit", sentence, field="min_hold"))
    if new.max_hold is not None and new.max_hold < max(new.min_hold, 1):
        sentence = N_("At most %(most)s shares of it are held and at least %(least)s: give limits that fit.")
        values = {"most": new.max_hold, "least": new.min_hold}
        breaches.append(Breach("limits_do_not_fit", sentence, values, field="max_hold"))
    if new.max_part is not None and not 0 < new.max_part <= 1:
        sentence = N_("A part of the capital is above nothing and at most the whole. Give a percentage up to 100.")
        breaches.append(Breach("bad_class_part", sentence, field="max_part"))
    single = figures.find_figure("share.single_nominal", on=on)
    if single is not None and single.as_bool() and new.nominal != by_statutes:
        sentence = N_("All shares have one nominal value, %(value)s by the statutes. Give the class that value.")
        value = {"value": Euros(Cents(by_statutes))}
        breaches.append(Breach("single_nominal", sentence, value, single.citations, field="nominal"))
    return breaches
