"""What the law asks of the statutes: their figures, their colleges, their dates, their identity."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import LegalForm
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros
from coopgov.law.book import Law
from coopgov.law.rulebook import (
    StatutesFigure,
    StatutesVersion,
    check_required_figures,
    check_statutes_version,
)

# What each legal form is called; the French of it is the mention that papers must bear.
FORM_LABELS: dict[LegalForm, str] = {
    LegalForm.SCOP_SARL: N_("Workers’ cooperative (SCOP), limited liability company (SARL)"),
    LegalForm.SCOP_SAS: N_("Workers’ cooperative (SCOP), simplified joint-stock company (SAS)"),
    LegalForm.SCOP_SA: N_("Workers’ cooperative (SCOP), public limited company (SA)"),
    LegalForm.SCIC_SARL: N_("Collective-interest cooperative (SCIC), limited liability company (SARL)"),
    LegalForm.SCIC_SAS: N_("Collective-interest cooperative (SCIC), simplified joint-stock company (SAS)"),
    LegalForm.SCIC_SA: N_("Collective-interest cooperative (SCIC), public limited company (SA)"),
    LegalForm.LOI47_SA: N_("Cooperative of the 1947 act, public limited company (SA)"),
}

_NINE_FIGURES = re.compile(r"\d{9}", re.ASCII)
_DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class College:
    """A college (*collège*): a group of members whose votes weigh together a part of the whole."""

    code: str
    label: str
    weight: Fraction


@dataclass(frozen=True, slots=True)
class StatutesText:
    """The statutes as they are submitted: who the cooperative is, and the figures it sets itself."""

    name: str
    legal_form: LegalForm
    is_cae: bool
    object_text: str
    seat: str
    siren: str
    rcs_city: str
    share_nominal_cents: int
    statutory_minimum_cents: int
    year_end: str
    colleges: tuple[College, ...] = ()
    figures: Mapping[str, StatutesFigure] = field(default_factory=dict)
    proposal_backers: int = 3
    founded_on: date | None = None


def check_statutes(text: StatutesText, *, in_force_from: date, previous_from: date | None, law: Law) -> list[Breach]:
    """List all that stands against these statutes, each with the article that says so."""
    version = StatutesVersion(in_force_from, text.legal_form, text.figures)
    return [
        *_check_identity(text),
        *_check_after_previous(in_force_from, previous_from),
        *_check_after_founding(text, in_force_from, law),
        *check_statutes_version(law, version),
        *check_required_figures(law, text.legal_form, text.figures),
        *_check_capital(text, law, in_force_from),
        *check_colleges(text.legal_form, text.colleges, law=law, on=in_force_from),
    ]


def is_siren(text: str) -> bool:
    """Whether this is a SIREN: nine figures, the last of which checks the others."""
    from stdnum.fr import siren  # noqa: PLC0415 - the package is slow to load and few pages need it

    # The package also takes spaces and dots, which no column keeps.
    return bool(_NINE_FIGURES.fullmatch(text)) and bool(siren.is_valid(text))


def _check_identity(text: StatutesText) -> list[Breach]:
    breaches = []
    if not is_siren(text.siren):
        sentence = N_("This SIREN is not right: it has nine figures, the last of which checks the others.")
        breaches.append(Breach("bad_siren", sentence, {}, field="siren"))
    if not _is_day_of_year(text.year_end):
        sentence = N_("Write the end of the financial year as month and day, for example 12-31.")
        breaches.append(Breach("bad_year_end", sentence, {}, field="year_end"))
    if text.share_nominal_cents <= 0:
        sentence = N_("A share has a nominal value above zero.")
        breaches.append(Breach("bad_nominal", sentence, {}, field="share_nominal_cents"))
    return breaches


def _is_day_of_year(text: str) -> bool:
    if not _DAY_OF_YEAR.fullmatch(text):
        return False
    try:
        # A leap year, so that a financial year may end on 29 February.
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        return False
    return True


def _check_after_previous(in_force_from: date, previous_from: date | None) -> list[Breach]:
    if previous_from is None or in_force_from > previous_from:
        return []
    sentence = N_("The statutes in place took force on %(previous)s. A new version takes force after that day.")
    values = {"previous": previous_from}
    return [Breach("statutes_not_after_previous", sentence, values, field="in_force_from")]


def _check_after_founding(text: StatutesText, in_force_from: date, law: Law) -> list[Breach]:
    if text.founded_on is None or in_force_from >= text.founded_on:
        return []
    sentence = N_(
        "The company exists from its registration, on %(founded_on)s: its statutes take force that day at the earliest."
    )
    registered = law.find_figure("statutes.exists_from_registration", form=text.legal_form, on=text.founded_on)
    articles = registered.citations if registered is not None else ()
    values = {"founded_on": text.founded_on}
    return [Breach("statutes_before_founding", sentence, values, articles, field="in_force_from")]


def _check_capital(text: StatutesText, law: Law, on: date) -> list[Breach]:
    least = law.find_figure("capital.form_minimum_cents", form=text.legal_form, on=on)
    if least is None or text.statutory_minimum_cents >= least.as_int():
        return []
    sentence = N_(
        "The capital of a company of this form is at least %(least)s. Give the statutes that minimum or more."
    )
    values = {"least": Euros(Cents(least.as_int()))}
    return [Breach("capital_under_minimum", sentence, values, least.citations, field="statutory_minimum_cents")]


def check_colleges(form: LegalForm, colleges: Sequence[College], *, law: Law, on: date) -> list[Breach]:
    """List what the law refuses in the colleges: their number, their weights, their sum."""
    least = law.find_figure("colleges.min_count", form=form, on=on)
    if least is None:
        return _check_no_colleges(colleges, law)
    # Colleges are a choice of the statutes (loi 47-1775, art. 19 octies): without any, one member has one vote.
    if not colleges:
        return []
    breaches = []
    if len(colleges) < least.as_int():
        sentence = N_("There are at least %(least)s colleges, and the statutes give %(given)s. Add the missing ones.")
        values = {"least": least.as_int(), "given": len(colleges)}
        breaches.append(Breach("too_few_colleges", sentence, values, least.citations, field="colleges"))
    if len({college.code for college in colleges}) < len(colleges):
        sentence = N_("Two colleges have the same code. Give each its own.")
        breaches.append(Breach("college_twice", sentence, {}, field="colleges"))
    return [*breaches, *_check_weights(form, colleges, law=law, on=on)]


def _check_no_colleges(colleges: Sequence[College], law: Law) -> list[Breach]:
    if not colleges:
        return []
    sentence = N_("Only a collective-interest cooperative (SCIC) may weigh votes by college. Remove the colleges.")
    return [Breach("colleges_not_theirs", sentence, {}, _articles_on_colleges(law), field="colleges")]


def _check_weights(form: LegalForm, colleges: Sequence[College], *, law: Law, on: date) -> list[Breach]:
    breaches = []
    lowest = law.figure("colleges.weight_min", form=form, on=on)
    highest = law.figure("colleges.weight_max", form=form, on=on)
    for college in colleges:
        values: dict[str, object] = {"college": college.label, "weight": college.weight}
        if college.weight < lowest.as_fraction():
            sentence = N_("The college “%(college)s” weighs %(weight)s; the law asks for at least %(bound)s. Raise it.")
            values["bound"] = lowest.as_fraction()
            breaches.append(Breach("college_too_light", sentence, values, lowest.citations, field="colleges"))
        if college.weight > highest.as_fraction():
            sentence = N_("The college “%(college)s” weighs %(weight)s; the law allows at most %(bound)s. Lower it.")
            values["bound"] = highest.as_fraction()
            breaches.append(Breach("college_too_heavy", sentence, values, highest.citations, field="colleges"))
    return [*breaches, *_check_sum(colleges, lowest.citations)]


def _check_sum(colleges: Sequence[College], articles: tuple[Citation, ...]) -> list[Breach]:
    total = sum((college.weight for college in colleges), Fraction(0))
    if total == 1:
        return []
    sentence = N_("The weights of the colleges add up to %(total)s. Make them add up to the whole.")
    return [Breach("weights_do_not_sum", sentence, {"total": total}, articles, field="colleges")]


def _articles_on_colleges(law: Law) -> tuple[Citation, ...]:
    return tuple(version.citation for version in law.entry("colleges.weight_min").versions[-1:])
