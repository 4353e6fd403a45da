"""The figures of the statutes as a page shows them: the value, what the law says of it, and how sure that is."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from flask_babel import get_locale, gettext, ngettext

from coopgov.core.errors import Citation
from coopgov.core.figures import Confidence, Figure, FigureValue, LegalForm
from coopgov.core.i18n import N_
from coopgov.law.book import Entry, Law, Leeway, StatutesMay
from coopgov.law.rulebook import StatutesFigure
from coopgov.law.values import Unit
from coopgov.statutes.changes import ORDER, Change
from coopgov.statutes.queries import Statutes, form_label
from coopgov.statutes.rules import College
from coopgov.statutes.sections import FACT_LABELS
from coopgov.web.filters import day, day_of_year, decimal, money, percent

WORDS: dict[str, str] = {
    "ordinary_assembly": N_("ordinary assembly"),
    "extraordinary_assembly": N_("extraordinary assembly"),
    "board": N_("board"),
    "management": N_("management"),
    "none": N_("none"),
    "on_request": N_("on request"),
    "by_right": N_("by right"),
    "unless_opposed": N_("unless the assembly opposes"),
    "registered_letter": N_("registered letter"),
    "letter": N_("letter"),
    "email": N_("e-mail"),
    "manager": N_("manager"),
    "board_chair": N_("chair of the board"),
    "president": N_("president"),
    "elected_member": N_("elected member"),
    "proportional": N_("in proportion"),
    "members_together": N_("the members together"),
    "rejected": N_("the resolution is rejected"),
    "managers_and_chair": N_("managers and chair"),
    "bureau": N_("officers of the assembly"),
    "chair": N_("chair"),
    "chair_and_secretary": N_("chair and secretary"),
    "chair_director_or_secretary": N_("chair, director or secretary"),
    "advanced": N_("advanced signature"),
    "member": N_("a member"),
    "member_or_spouse": N_("a member or the spouse"),
    "member_spouse_or_partner": N_("a member, the spouse or the partner"),
    "anyone": N_("anyone"),
    "BINDING_AG": N_("the assembly decides, and its decision binds"),
    "BOARD_AFTER_CONSULTATION": N_("the board decides after asking the members"),
    "CONSULTATIVE": N_("the vote is an opinion only"),
    "EXPRESSED": N_("votes for and against"),
    "PRESENT_OR_REPRESENTED": N_("members present or represented"),
    "ALL_MEMBERS": N_("all members"),
}

SURENESS: dict[Confidence, str] = {
    Confidence.VERIFIED: N_("Read at its source."),
    Confidence.BASELINE: N_("Read in an older state of the text: check it before relying on it."),
    Confidence.RECALLED: N_("Known from memory: check it before relying on it."),
}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure: its label, its value, what the law allows, where both stand."""

    label: str
    value: str
    clause: str
    bound: str
    citations: tuple[Citation, ...]
    sureness: str
    is_sure: bool
    note: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference between two texts: what it is about, the clause, the old value and the new one."""

    label: str
    clause: str
    old: str
    new: str


def change_lines(found: Sequence[Change], law: Law, form: LegalForm, on: date) -> list[ChangeLine]:
    """The differences as a page shows them."""
    return [_change_line(change, law, form, on) for change in found]


def _change_line(change: Change, law: Law, form: LegalForm, on: date) -> ChangeLine:
    old, new = _both_told(change, law)
    clauses = [value.clause for value in (change.old, change.new) if isinstance(value, StatutesFigure)]
    if len(set(clauses)) > 1 and old == new:
        old, new = (f"{value} ({clause})" for value, clause in zip((old, new), clauses, strict=True))
    given = law.find_figure(change.name, form=form, on=on) if change.name in law else None
    silent = shown(law.entry(change.name).unit, given.value) if given is not None else ""
    spoken = gettext("nothing in the statutes; the law: %(value)s", value=silent) if silent else "–"
    return ChangeLine(
        _label(change, law), change.clause.replace(" ", "\u00a0"), old if change.old is not None else str(spoken),
        new if change.new is not None else str(spoken),
    )  # fmt: skip


def _both_told(change: Change, law: Law) -> tuple[str, str]:
    match change.old, change.new:
        case College() as old, College() as new if old.label == new.label:
            return percent(old.weight), percent(new.weight)
        case old, new:
            return _told(change.name, old, law), _told(change.name, new, law)


def _label(change: Change, law: Law) -> str:
    if change.name in law:
        return label_of(law.entry(change.name))
    if change.name == ORDER:
        return str(gettext("Order of the colleges"))
    college = change.new or change.old
    if isinstance(college, College):
        return str(gettext("College “%(college)s”", college=college.label))
    return str(gettext(FACT_LABELS[change.name]))


def _told(name: str, value: object, law: Law) -> str:  # noqa: PLR0911 - one line per type
    match value:
        case StatutesFigure():
            return shown(law.entry(name).unit, value.value)
        case College():
            return f"{value.label}, {percent(value.weight)}"
        case LegalForm():
            return form_label(value)
        case bool():
            return str(gettext("yes") if value else gettext("no"))
        case int():
            return money(value) if name.endswith("_cents") else decimal(value)
        case date():
            return day(value)
        case str() if name == "year_end":
            return day_of_year(value)
        case _:
            return str(value)


def label_of(entry: Entry) -> str:
    """What a figure is called, in the language of the page."""
    return entry.label_en if _speaks_english() else entry.label


def law_side(entry: Entry, form: LegalForm, law: Law, on: date) -> FigureLine:
    """What the law says of a figure, to stand beside the field where the statutes give theirs."""
    figure = law.find_figure(entry.name, form=form, on=on)
    value = figure.value if figure is not None else entry.suggested
    if value is None:
        return replace(_line(entry, form, 0, "", law, on), value="")
    return _line(entry, form, value, "", law, on)


def statutes_lines(statutes: Statutes, law: Law, on: date) -> list[FigureLine]:
    """The figures the statutes give, in the order of the texts of law."""
    return [
        _line(entry, statutes.legal_form, figure.value, figure.clause, law, on)
        for entry in law
        if (figure := statutes.figures.get(entry.name)) is not None
    ]


def lines_about(names: Collection[str], statutes: Statutes, law: Law, on: date) -> list[FigureLine]:
    """These figures as they hold, whether the statutes or the law speak, in the order of the texts of law."""
    wanted = [entry for entry in law if entry.name in names]
    spoken = {entry.name: statutes.figures.get(entry.name) for entry in wanted}
    found = {entry.name: law.find_figure(entry.name, form=statutes.legal_form, on=on) for entry in wanted}
    return [
        _line(entry, statutes.legal_form, said.value, mine.clause if mine else "", law, on)
        for entry in wanted
        if (said := (mine := spoken[entry.name]) or found[entry.name]) is not None
    ]


def law_lines(statutes: Statutes, law: Law, on: date) -> list[FigureLine]:
    """The figures of law that hold because the statutes do not speak of them."""
    return list(_law_lines(statutes, law, on))


def _law_lines(statutes: Statutes, law: Law, on: date) -> Iterator[FigureLine]:
    for entry in law:
        figure = law.find_figure(entry.name, form=statutes.legal_form, on=on)
        if figure is not None and entry.name not in statutes.figures:
            yield _line(entry, statutes.legal_form, figure.value, "", law, on)


def _line(entry: Entry, form: LegalForm, value: FigureValue, clause: str, law: Law, on: date) -> FigureLine:
    figure = law.find_figure(entry.name, form=form, on=on)
    confidence = figure.confidence if figure else Confidence.VERIFIED
    return FigureLine(
        label=label_of(entry),
        value=shown(entry.unit, value),
        clause=clause.replace(" ", "\u00a0"),
        bound=_bound(entry, figure, entry.leeway_for(form, on)),
        citations=figure.citations if figure else (entry.left_by,) if entry.left_by else (),
        sureness=gettext(SURENESS[confidence]),
        is_sure=confidence is Confidence.VERIFIED,
        note=(figure.note if figure else entry.note) or "",
    )


def shown(unit: Unit, value: FigureValue) -> str:
    """A figure's value as people read it: 15 days, 1/4, 18 500 €, yes."""
    match value:
        case bool():
            return str(gettext("yes") if value else gettext("no"))
        case Fraction() if value.denominator == 1 and value in {0, 1}:
            return str(gettext("all") if value else gettext("none"))
        case Fraction():
            return f"{value} ({percent(value)})"
        case int() if unit is Unit.CENTS:
            return money(value)
        case int():
            return _counted(unit, value)
        case _:
            return str(gettext(WORDS.get(value, value)))


def _counted(unit: Unit, value: int) -> str:
    match unit:
        case Unit.DAYS:
            text = ngettext("%(num)s day", "%(num)s days", value)
        case Unit.MONTHS:
            text = ngettext("%(num)s month", "%(num)s months", value)
        case Unit.YEARS:
            text = ngettext("%(num)s year", "%(num)s years", value)
        case Unit.HEADS:
            text = ngettext("%(num)s person", "%(num)s people", value)
        case Unit.SHARES:
            text = ngettext("%(num)s share", "%(num)s shares", value)
        case _:
            return decimal(value)
    return str(text)


def _bound(entry: Entry, figure: Figure | None, leeway: Leeway) -> str:
    law_value = shown(entry.unit, figure.value) if figure else ""
    match leeway.may:
        case StatutesMay.RAISE if figure and entry.unit is Unit.FRACTION and not figure.value:
            return str(gettext("The law asks for none; the statutes may."))
        case StatutesMay.RAISE:
            return str(gettext("The law: %(value)s at least.", value=law_value))
        case StatutesMay.LOWER:
            return str(gettext("The law: %(value)s at most.", value=law_value))
        case StatutesMay.FREE if figure:
            return str(gettext("The law, unless the statutes say otherwise: %(value)s.", value=law_value))
        case StatutesMay.FREE:
            return str(gettext("The law leaves it to the statutes."))
        case _:
            return str(gettext("The law sets it: %(value)s.", value=law_value))


def _speaks_english() -> bool:
    return str(get_locale() or "") == "en"
