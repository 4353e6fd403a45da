"""The book of law told in French, line by line: what is in force, a figure's history, what is due for a check."""

from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import Final

from coopgov.core.figures import Confidence, FigureValue, LegalForm
from coopgov.law.arithmetic import Base, add_months
from coopgov.law.book import Entry, Law, Leeway, StatutesMay, Version
from coopgov.law.values import Unit

# A figure is read again at its source once a year: a habit of ours, not of the law.
CHECKED_EVERY_MONTHS: Final = 12

_COUNTED: Final = {
    Unit.DAYS: ("jour", "jours"),
    Unit.MONTHS: ("mois", "mois"),
    Unit.YEARS: ("an", "ans"),
    Unit.HEADS: ("personne", "personnes"),
    Unit.SHARES: ("part", "parts"),
}
_BASES: Final = {
    Base.EXPRESSED: "voix pour et contre",
    Base.PRESENT_OR_REPRESENTED: "présents et représentés",
    Base.ALL_MEMBERS: "tous les associés",
}
_WORDS: Final = {
    "ordinary_assembly": "assemblée ordinaire",
    "extraordinary_assembly": "assemblée extraordinaire",
    "members_together": "les associés ensemble",
    "rejected": "la résolution est rejetée",
    "board": "conseil",
    "board_chair": "président du conseil",
    "management": "direction",
    "manager": "gérant",
    "president": "président",
    "elected_member": "associé élu en séance",
    "registered_letter": "lettre recommandée",
    "letter": "lettre simple",
    "email": "courriel",
    "none": "aucune",
    "on_request": "sur simple demande",
    "by_right": "de droit",
    "unless_opposed": "sauf opposition de l’assemblée",
    "proportional": "proportionnel",
    "chair": "président",
    "bureau": "bureau",
    "managers_and_chair": "gérants et président",
    "chair_and_secretary": "président et secrétaire",
    "chair_director_or_secretary": "président, directeur général administrateur ou secrétaire",
    "advanced": "signature avancée",
    "member": "un associé",
    "member_or_spouse": "un associé ou le conjoint",
    "member_spouse_or_partner": "un associé, le conjoint ou le partenaire de PACS",
    "anyone": "qui l’on veut",
    "BINDING_AG": "l’assemblée, et sa décision lie",
    "BOARD_AFTER_CONSULTATION": "le conseil, après avis des associés",
    "CONSULTATIVE": "l’avis des associés ne lie personne",
}
_SURENESS: Final = {
    Confidence.VERIFIED: "lu à la source",
    Confidence.BASELINE: "lu dans un texte plus ancien",
    Confidence.RECALLED: "de mémoire, à vérifier",
}
_MAY: Final = {
    StatutesMay.NONE: "la loi décide seule",
    StatutesMay.RAISE: "ils peuvent relever",
    StatutesMay.LOWER: "ils peuvent abaisser",
    StatutesMay.FREE: "ils choisissent",
}


def list_lines(law: Law, *, form: LegalForm | None, on: date) -> list[str]:
    """One line per figure in force that day, for one legal form or for all of them."""
    return [f"{entry.name} — {entry.label} : {values}" for entry in law if (values := _values_on(entry, form, on))]


def group_lines(law: Law, group: str, *, form: LegalForm | None, on: date) -> list[str]:
    """The figures under a name that is a group's ("assembly.majority"); none when it is not."""
    inside = Law(entry for entry in law if entry.name.startswith(f"{group}."))
    return list_lines(inside, form=form, on=on)


def doubt_lines(law: Law, *, form: LegalForm | None, on: date) -> list[str]:
    """The figures in force that were not read at their source in its present state, the least sure first."""
    order = (Confidence.RECALLED, Confidence.BASELINE)
    return [
        f"{entry.name} — {_SURENESS[sureness]} : {entry.label}"
        for sureness in order
        for entry in law
        if sureness is _least_sure(entry, form, on)
    ]


def _least_sure(entry: Entry, form: LegalForm | None, on: date) -> Confidence | None:
    versions = [entry.find_version(each, on) for each in ([form] if form else LegalForm)]
    return max((v.confidence for v in versions if v is not None), key=list(Confidence).index, default=None)


def show_lines(law: Law, name: str, *, form: LegalForm | None, on: date) -> list[str]:
    """A figure with its whole history; raises KeyError for a name no text knows."""
    entry = law.entry(name)
    versions = [version for version in entry.versions if form is None or form in version.forms]
    checked = f"  vérifié le {_day(entry.last_checked_on)}"
    checked += ", il y a plus d’un an : à revoir" if is_due(entry, on) else ""
    lines = [entry.label, f"  nom : {entry.name}", checked]
    lines += _possible_words(entry)
    lines += [f"  note : {entry.note}"] if entry.note else []
    lines += _left_to_statutes(entry, form)
    for version in versions:
        lines += _version_lines(entry, version)
    return lines if versions else [*lines, "  la loi ne donne ici aucune valeur"]


def _possible_words(entry: Entry) -> list[str]:
    """The words a text may be, in French and as a file writes them."""
    told_words = [f"{_WORDS.get(word, word)} ({word})" for word in entry.words]
    return [f"  mots : {', '.join(told_words)}"] if entry.unit is Unit.TEXT and told_words else []


def due_lines(law: Law, *, on: date) -> list[str]:
    """The figures nobody has checked for a year, the oldest check first."""
    due = sorted((entry for entry in law if is_due(entry, on)), key=lambda entry: (entry.last_checked_on, entry.name))
    if not due:
        return [f"Aucun chiffre à revoir au {_day(on)}."]
    head = f"À revoir au {_day(on)} : {len(due)} sur {len(list(law))}."
    return [head, *(f"{entry.name} : vérifié le {_day(entry.last_checked_on)}, {entry.label}" for entry in due)]


def is_due(entry: Entry, on: date) -> bool:
    """Whether a year has passed since somebody last looked at this figure."""
    return add_months(entry.last_checked_on, CHECKED_EVERY_MONTHS) <= on


def near_names(law: Law, name: str) -> list[str]:
    """The names close to one that no text knows; all those under it when it names a group."""
    names = [entry.name for entry in law]
    return [known for known in names if known.startswith(f"{name}.")] or get_close_matches(name, names, n=5)


def told(unit: Unit, value: FigureValue) -> str:
    """A value as a French reader expects it: 15 jours, 1/4 (25 %), 18 500,00 €, oui."""
    match value:
        case bool():
            return "oui" if value else "non"
        case Fraction():
            return _told_fraction(value)
        case int():
            return _told_number(unit, value)
        case _:
            return _BASES[Base(value)] if unit is Unit.BASE else _WORDS.get(value, value)


def _told_number(unit: Unit, value: int) -> str:
    if unit is Unit.CENTS:
        return f"{_thousands(value // 100)},{value % 100:02} €"
    counted = _COUNTED.get(unit)
    return _thousands(value) if counted is None else f"{_thousands(value)} {counted[value > 1]}"


def _told_fraction(value: Fraction) -> str:
    """A percentage follows where it is exact and tells more: 2/3 has none, 0 and 1 need none."""
    millionths, rest = divmod(value.numerator * 1_000_000, value.denominator)
    if rest or value.denominator == 1:
        return str(value)
    whole, decimals = divmod(millionths, 10_000)
    shown = f"{whole},{decimals:04}".rstrip("0").rstrip(",")
    return f"{value} ({shown} %)"


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _values_on(entry: Entry, form: LegalForm | None, on: date) -> str:
    """The value for one form, or each value with the forms it holds for."""
    if form is not None:
        return _value_for(entry, form, on) or ""
    by_value: dict[str, list[LegalForm]] = {}
    for each in LegalForm:
        if value := _value_for(entry, each, on):
            by_value.setdefault(value, []).append(each)
    return " ; ".join(f"{value}{_forms(forms)}" for value, forms in by_value.items())


def _value_for(entry: Entry, form: LegalForm, on: date) -> str | None:
    version = entry.find_version(form, on)
    if version is not None and version.value is not None:
        return told(entry.unit, version.value)
    return "aux statuts" if entry.leeway_for(form, on).may is not StatutesMay.NONE else None


def _forms(forms: Iterable[LegalForm]) -> str:
    named = sorted(forms)
    return "" if len(named) == len(LegalForm) else f" ({', '.join(named)})"


def _left_to_statutes(entry: Entry, form: LegalForm | None) -> Iterator[str]:
    forms = entry.required_from_statutes if form is None else entry.required_from_statutes & {form}
    if forms:
        yield f"  les statuts doivent le donner{_forms(forms)}"
    if entry.left_by is not None and (forms or not entry.versions):
        yield f"  laissé aux statuts par : {entry.left_by.text}"
    if entry.suggested is not None and (forms or not entry.versions):
        yield f"  valeur proposée : {told(entry.unit, entry.suggested)}"


def _version_lines(entry: Entry, version: Version) -> Iterator[str]:
    value = "fin du chiffre" if version.value is None else told(entry.unit, version.value)
    yield f"  depuis le {_day(version.in_force_from)} : {value}{_forms(version.forms)}"
    yield f"    {version.citation.text} — {_SURENESS[version.confidence]}"
    yield f"    {version.citation.url}"
    if version.note:
        yield f"    note : {version.note}"
    yield f"    statuts : {_told_leeway(entry.unit, version.leeway)}"


def _told_leeway(unit: Unit, leeway: Leeway) -> str:
    bounds = [("au moins", leeway.minimum), ("au plus", leeway.maximum), ("en restant sous", leeway.below)]
    return ", ".join(
        [_MAY[leeway.may], *(f"{word} {told(unit, bound)}" for word, bound in bounds if bound is not None)]
    )
