"""Read the texts of law, and refuse a text that is not well made."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from coopgov.core.errors import Citation
from coopgov.core.figures import Confidence, FigureValue, LegalForm
from coopgov.law.arithmetic import Base
from coopgov.law.book import Entry, Law, Leeway, StatutesMay, Version
from coopgov.law.values import Unit, read_value

__all__ = ["Law", "LawError", "load_law"]

TEXTS: Final = Path(__file__).parent / "texts"

_LEEWAY = frozenset({"statutes", "minimum", "maximum", "below"})
_FIGURE = _LEEWAY | {
    "label", "label_en", "unit", "last_checked_on", "required_from_statutes", "left_by",
    "forms", "words", "suggested", "note", "versions",
}  # fmt: skip
_VERSION = _LEEWAY | {"in_force_from", "forms", "value", "citation", "confidence", "note", "repealed"}
_CITATION = frozenset({"text", "url"})
_ALL_FORMS = frozenset(LegalForm)


class LawError(ValueError):
    """Indicate that a text of law is not well made: its message names the file, the figure and the reason."""


def load_law(folder: Path | None = None) -> Law:
    """Read every text of the folder into one book; raises LawError on the first fault.

    Without a folder it gives our own texts, read once in the life of the process.
    """
    return _our_law() if folder is None else _read_folder(folder)


@cache
def _our_law() -> Law:
    return _read_folder(TEXTS)


def _read_folder(folder: Path) -> Law:
    entries: list[Entry] = []
    for path in sorted(folder.glob("*.toml")):
        entries.extend(_read_file(path))
    return Law(entries)


def _read_file(path: Path) -> Iterator[Entry]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LawError(f"{path.name}: {error}") from error
    for name, table in _figures(path.stem, document):
        try:
            yield _read_figure(name, table)
        except (ValueError, KeyError, TypeError) as error:
            raise LawError(f"{path.name}: {name}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)


def _figures(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Walk down the tables to those that are figures: a figure has a label or versions, a group has neither."""
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if not isinstance(value, dict):
            raise LawError(f"{prefix.partition('.')[0]}.toml: {name}: unknown key outside of a figure")
        if "label" in value or "versions" in value or "unit" in value:
            yield name, value
        else:
            yield from _figures(name, value)


def _read_figure(name: str, table: Mapping[str, Any]) -> Entry:
    _known(table, _FIGURE)
    unit = Unit(table["unit"])
    words = _words(unit, table)
    leeway = _read_leeway(unit, table, Leeway())
    entry = Entry(
        name=name,
        label=_text(table, "label"),
        label_en=_text(table, "label_en"),
        unit=unit,
        last_checked_on=_day(table, "last_checked_on"),
        leeway=leeway,
        versions=tuple(_read_version(unit, version, leeway) for version in table.get("versions", [])),
        forms=_forms(table, "forms", _ALL_FORMS),
        required_from_statutes=_forms(table, "required_from_statutes", frozenset()),
        left_by=_read_citation(table["left_by"]) if "left_by" in table else None,
        words=words,
        suggested=read_value(unit, table["suggested"]) if "suggested" in table else None,
        note=_text(table, "note") if "note" in table else None,
    )
    _check_whole(entry)
    return entry


def _read_version(unit: Unit, table: Mapping[str, Any], leeway: Leeway) -> Version:
    _known(table, _VERSION)
    repealed = table.get("repealed", False)
    if repealed is True and "value" in table:
        raise ValueError("a repealed version has no value")
    return Version(
        in_force_from=_day(table, "in_force_from"),
        forms=_forms(table, "forms", _ALL_FORMS),
        value=None if repealed is True else read_value(unit, table["value"]),
        citation=_read_citation(table["citation"]),
        confidence=Confidence(table["confidence"]),
        leeway=_read_leeway(unit, table, leeway),
        note=_text(table, "note") if "note" in table else None,
    )


def _read_leeway(unit: Unit, table: Mapping[str, Any], general: Leeway) -> Leeway:
    """A version says only what differs from the figure as a whole."""
    may = StatutesMay(table.get("statutes", general.may.value))
    if may in (StatutesMay.RAISE, StatutesMay.LOWER) and not unit.is_number:
        raise ValueError(f"a value in {unit} can be neither raised nor lowered")
    bounds = {key: read_value(unit, table[key]) for key in ("minimum", "maximum", "below") if key in table}
    if bounds and not unit.is_number:
        raise ValueError(f"a value in {unit} has no bounds")
    return Leeway(
        may,
        bounds.get("minimum", general.minimum),
        bounds.get("maximum", general.maximum),
        bounds.get("below", general.below),
    )


def _read_citation(table: Mapping[str, Any]) -> Citation:
    _known(table, _CITATION)
    url = _text(table, "url")
    if not url.startswith("https://"):
        raise ValueError(f"the citation's address is not https: {url}")
    return Citation(_text(table, "text"), url)


def _check_whole(entry: Entry) -> None:
    """Check what no single version shows: order, doubles, words, and that someone gives the figure."""
    for form in LegalForm:
        versions = [version for version in entry.versions if form in version.forms]
        _check_order(form, versions)
        _check_form(entry, form, versions)
    for value in _values(entry):
        if entry.words and value not in entry.words:
            raise ValueError(f"{value!r} is not one of its words")
    days = [version.in_force_from for version in entry.versions]
    if days != sorted(days):
        raise ValueError("its versions are not in the order of their days")
    if (entry.required_from_statutes or not entry.versions) and entry.left_by is None:
        raise ValueError("it is left to the statutes without the article that leaves it (left_by)")
    if not entry.versions and not entry.required_from_statutes and entry.leeway.may is not StatutesMay.FREE:
        raise ValueError("neither the law nor the statutes can give it")


def _check_order(form: LegalForm, versions: list[Version]) -> None:
    days = [version.in_force_from for version in versions]
    if len(days) != len(set(days)):
        raise ValueError(f"two versions begin on the same day for {form}")
    if versions and versions[0].value is None:
        raise ValueError(f"its first version for {form} is a repeal")
    for before, after in pairwise(versions):
        if before.value is None and after.value is None:
            raise ValueError(f"it is repealed twice for {form}")
        if before.value is None:
            gap = f"a gap from {before.in_force_from} to {after.in_force_from} for {form}"
            raise ValueError(f"{gap}: a figure that ends does not begin again, give the new one a name of its own")


def _check_form(entry: Entry, form: LegalForm, versions: list[Version]) -> None:
    """A figure that names its forms is given to each of them, and to no other."""
    if versions and form not in entry.forms:
        raise ValueError(f"a version speaks for {form}, which is not one of its forms")
    named = form in entry.forms and entry.forms != _ALL_FORMS
    if named and not versions and entry.leeway.may is not StatutesMay.FREE and form not in entry.required_from_statutes:
        raise ValueError(f"nobody gives it to {form}, which is one of its forms")


def _values(entry: Entry) -> Iterable[FigureValue]:
    yield from (version.value for version in entry.versions if version.value is not None)
    if entry.suggested is not None:
        yield entry.suggested


def _words(unit: Unit, table: Mapping[str, Any]) -> tuple[str, ...]:
    if unit is Unit.BASE:
        return tuple(base.value for base in Base)
    words = table.get("words", [])
    if words and unit is not Unit.TEXT:
        raise ValueError(f"a value in {unit} has no words")
    return tuple(str(read_value(Unit.TEXT, word)) for word in words)


def _forms(table: Mapping[str, Any], key: str, default: frozenset[LegalForm]) -> frozenset[LegalForm]:
    return frozenset(LegalForm(form) for form in table[key]) if key in table else default


def _known(table: Mapping[str, Any], keys: frozenset[str]) -> None:
    unknown = sorted(table.keys() - keys)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key!r} is empty")
    # A number is never parted from its sign at the end of a line; a jurist types an ordinary space.
    return value.replace("n° ", "n°\u00a0")


def _day(table: Mapping[str, Any], key: str) -> date:
    value = table[key]
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{key!r} is not a day")  # noqa: TRY004 - the file's fault, not the caller's
    return value
