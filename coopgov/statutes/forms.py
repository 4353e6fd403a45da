"""The shape of what is typed in the editor of the statutes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from coopgov.core.figures import FigureValue
from coopgov.core.i18n import N_
from coopgov.law.book import Entry, Law
from coopgov.law.rulebook import StatutesFigure
from coopgov.law.values import Unit, read_value, value_to_text
from coopgov.statutes import sheet
from coopgov.statutes.drafting import MINIMUM, REASONS_LENGTH, TITLE_LENGTH, Edit
from coopgov.statutes.queries import form_label
from coopgov.statutes.ready import ready_names, ready_set
from coopgov.statutes.rules import College, StatutesText
from coopgov.statutes.sections import FACT_LABELS, FACTS, Section, entries_of
from coopgov.statutes.sheet import FigureLine
from coopgov.statutes.typed import read_day_of_year, read_typed, show_day_of_year, show_percent, show_typed
from coopgov.web.forms import BaseForm, CentsField, WholeNumberField, required

NEW_COLLEGES = ("new1", "new2")
CURRENT = "current"
_BAD: Mapping[Unit, Any] = {
    Unit.CENTS: _l("Write an amount in euros, for example 12,50."),
    Unit.FRACTION: _l("Write a part of the whole, for example 1/4 or 25 %."),
    Unit.TIME: _l("Write an hour, for example 15:00."),
    **dict.fromkeys(
        (Unit.DAYS, Unit.MONTHS, Unit.YEARS), _l("Write a whole number, for example 12; a hundred years at most.")
    ),
}
# What the field of a figure asks for.
_ASKS = N_("Value")
ASKS: Mapping[Unit, str] = {
    Unit.DAYS: N_("Value, in days"),
    Unit.MONTHS: N_("Value, in months"),
    Unit.YEARS: N_("Value, in years"),
    Unit.HEADS: N_("Value, in people"),
    Unit.SHARES: N_("Value, in shares"),
    Unit.CENTS: N_("Value, in euros"),
    Unit.FRACTION: N_("Value, as a fraction or in percent"),
}
_A_NUMBER = _l("Write a whole number, for example 12.")


class FigureField(StringField):
    """A figure as people type it: 1/4, 25 %, 15, 18 500,00; `data` is its value, None when the law speaks."""

    def __init__(self, label: Any, *, unit: Unit, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.unit = unit

    def process_formdata(self, valuelist: list[str]) -> None:
        """Understand what was typed; it is kept as text to be shown again. A field that was not sent stays as it is."""
        if not valuelist:
            return
        self.raw_text = valuelist[0].strip()
        self.data: Any = None
        if not self.raw_text:
            return
        try:
            self.data = read_typed(self.unit, self.raw_text)
        except ValueError as error:
            raise ValidationError(str(_BAD.get(self.unit, _A_NUMBER))) from error

    def _value(self) -> str:
        raw = getattr(self, "raw_text", "")
        return raw or ("" if self.data is None else show_typed(self.unit, self.data))


class WeightField(FigureField):
    """The weight of a college, shown in percent where that is exact."""

    def _value(self) -> str:
        raw = getattr(self, "raw_text", "")
        return raw or ("" if self.data is None else show_percent(self.data))


class YearEndField(StringField):
    """The day a financial year ends: typed as 31/12 or 31 décembre, kept as 12-31."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Understand what was typed; it is kept as text to be shown again."""
        if not valuelist:
            return
        self.raw_text = valuelist[0].strip()
        try:
            self.data = read_day_of_year(self.raw_text)
        except ValueError as error:
            raise ValidationError(gettext("Write a day and its month, for example 31/12.")) from error

    def _value(self) -> str:
        raw = getattr(self, "raw_text", None)
        return show_day_of_year(self.data or "") if raw is None else str(raw)


class ActionForm(BaseForm):
    """A button: only the proof that it was pressed here."""


class WordsForm(BaseForm):
    """What a draft is called, why it is written, from when it would hold."""

    title = StringField(
        _l("Title"), [InputRequired(_l("Give it a title.")), Length(max=TITLE_LENGTH)],
        description=_l("What would change, in one line."),
    )  # fmt: skip
    reasons = TextAreaField(
        _l("Reasons"), [InputRequired(_l("Say why the statutes would change.")), Length(max=REASONS_LENGTH)],
        description=_l("They are read in the notice of the assembly."),
    )  # fmt: skip
    wished_on = DateField(
        _l("Wished day of effect"), [Optional()],
        description=_l("Left empty: the day after the assembly that adopts it. Never before."),
    )  # fmt: skip


class DraftForm(WordsForm):
    """A new draft: its words, and the text it begins with."""

    source = SelectField(_l("Begin with"), [InputRequired(_l("Choose what to begin with."))])


class AdoptForm(BaseForm):
    """The first statutes: the decision that adopts them, and their day."""

    decision = StringField(
        _l("Decision"), [InputRequired(_l("Name the decision.")), Length(max=300)],
        description=_l("For example: founding assembly of 12 January 2027."),
    )  # fmt: skip
    in_force_from = DateField(_l("In force from"), [InputRequired(_l("Choose the day."))])


def draft_form(current: StatutesText | None) -> DraftForm:
    """The form of a new draft, with the texts that it may begin with."""
    form = DraftForm()
    ready = {name: ready_set(name) for name in ready_names()}
    offered = {name: _ready_label(text) for name, text in ready.items() if _fits(text, current)}
    begins = {} if current is None else {CURRENT: gettext("The statutes in place")}
    form.source.choices = begins | offered
    return form


def _ready_label(text: StatutesText) -> str:
    """A ready set by its legal form and what sets it apart."""
    told = [form_label(text.legal_form)]
    told += [gettext("business and employment cooperative (CAE)")] if text.is_cae else []
    told += [gettext("with colleges")] if text.colleges else []
    return str(gettext("Ready set: %(form)s", form=", ".join(told)))


def _fits(text: StatutesText, current: StatutesText | None) -> bool:
    return current is None or text.legal_form is current.legal_form


@dataclass(frozen=True, slots=True)
class EditorLine:
    """One figure of a section: its two fields, what it counts, what the law says, whether the statutes must speak."""

    value: Any
    clause: Any
    asks: str
    law: FigureLine
    is_needed: bool


class SectionForm(BaseForm):
    """One section of the editor; its fields are made from the figures the law leaves to this form."""

    section: Section
    entries: Sequence[Entry]
    codes: Sequence[str]

    def validate(self, extra_validators: Any = None) -> bool:
        """A figure that is given says where the statutes give it; a college has a name and a weight."""
        fine = super().validate(extra_validators)
        return all([*map(self._is_whole, self.entries), *map(self._is_college, self.codes), fine])

    def _is_whole(self, entry: Entry) -> bool:
        value, clause = self[entry.name], self[clause_of(entry.name)]
        if entry.name == MINIMUM and not value.data and not value.errors:
            value.errors = [*value.errors, _l("This field is needed.")]
            return False
        if value.data in (None, "") or clause.data.strip():
            return True
        clause.errors = [*clause.errors, _l("Say where the statutes give it, for example art. 14.")]
        return False

    def _is_college(self, code: str) -> bool:
        label, weight = self[f"college.{code}.label"], self[f"college.{code}.weight"]
        if self._is_gone(code):
            return True
        if not (label.data or "").strip():
            label.errors = [*label.errors, _l("Give the college a name.")]
        if weight.data is None and not weight.errors:
            weight.errors = [*weight.errors, _l("Write a part of the whole, for example 1/4 or 25 %.")]
        return not (label.errors or weight.errors)

    def _is_gone(self, code: str) -> bool:
        label, weight = self[f"college.{code}.label"], self[f"college.{code}.weight"]
        is_blank = not (label.data or "").strip() and not getattr(weight, "raw_text", "")
        return is_blank if code in NEW_COLLEGES else bool(self[f"college.{code}.removed"].data)

    def edit(self) -> Edit:
        """What was typed, as the service takes it."""
        facts = {name: self._fact(name) for name in FACTS.get(self.section, ())}
        figures = {entry.name: self._figure(entry) for entry in self.entries}
        colleges = tuple(self._colleges()) if self.section is Section.COLLEGES else None
        return Edit(facts, figures, colleges)

    def _fact(self, name: str) -> object:
        data = self[name].data
        if name == "siren":
            return re.sub(r"[\s.]", "", data)
        return data.strip().replace("\r\n", "\n") if isinstance(data, str) else data

    def _figure(self, entry: Entry) -> StatutesFigure | None:
        data = self[entry.name].data
        if data in (None, ""):
            return None
        value: FigureValue = data if isinstance(self[entry.name], FigureField) else _word(entry.unit, data)
        return StatutesFigure(value, self[clause_of(entry.name)].data.strip())

    def _colleges(self) -> Iterator[College]:
        kept = [code for code in self.codes if not self._is_gone(code)]
        taken = [code for code in self.codes if code not in NEW_COLLEGES]
        for code in sorted(kept, key=self._place):
            label = self[f"college.{code}.label"].data.strip()
            named = code if code not in NEW_COLLEGES else new_code(label, taken)
            taken.append(named)
            yield College(named, label, self[f"college.{code}.weight"].data)

    def _place(self, code: str) -> tuple[int, int]:
        place = self[f"college.{code}.place"].data
        return (place if place is not None else len(self.codes), self.codes.index(code))

    def lines(self, text: StatutesText, law: Law, on: date) -> list[EditorLine]:
        """The figures of the section with what the law says of each."""
        form = text.legal_form
        return [
            EditorLine(
                self[entry.name], self[clause_of(entry.name)], str(gettext(ASKS.get(entry.unit, _ASKS))),
                sheet.law_side(entry, form, law, on), form in entry.required_from_statutes or entry.name == MINIMUM,
            )
            for entry in self.entries
        ]  # fmt: skip


def _word(unit: Unit, data: str) -> FigureValue:
    return read_value(unit, data == "true" if unit is Unit.BOOL else data)


def clause_of(name: str) -> str:
    """The field of a figure's clause."""
    return f"{name}.clause"


def new_code(label: str, taken: Iterable[str]) -> str:
    """A code for a new college, from its name: what papers never show, but members' files keep."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30] or "college"
    known, number, code = set(taken), 2, stem
    while code in known or code in NEW_COLLEGES:
        code, number = f"{stem}-{number}", number + 1
    return code


def section_form(section: Section, text: StatutesText, law: Law, on: date) -> SectionForm:
    """The form of one section, filled with what the draft says."""
    entries = entries_of(section, text.legal_form, law, on)
    codes = [college.code for college in text.colleges] + list(NEW_COLLEGES) if section is Section.COLLEGES else []
    fields: dict[str, Any] = {name: _FACT_FIELDS[name]() for name in FACTS.get(section, ())}
    for entry in entries:
        fields |= _figure_fields(entry)
    names = {college.code: college.label for college in text.colleges}
    for code in codes:
        fields |= _college_fields(code, names.get(code) or gettext("A new college"))
    made = type("MadeSectionForm", (SectionForm,), {"section": section, "entries": entries, "codes": codes, **fields})
    form = made(data=_data(text, section, entries))
    assert isinstance(form, SectionForm)  # noqa: S101 - made from it just above
    return form


def _data(text: StatutesText, section: Section, entries: Sequence[Entry]) -> dict[str, Any]:
    data: dict[str, Any] = {name: getattr(text, name) for name in FACTS.get(section, ())}
    for entry in entries:
        own = text.figures.get(entry.name)
        if own is not None:
            data |= {entry.name: _shown_in_field(entry, own.value), clause_of(entry.name): own.clause}
    for place, college in enumerate(text.colleges, 1):
        stem = f"college.{college.code}"
        data |= {f"{stem}.label": college.label, f"{stem}.weight": college.weight, f"{stem}.place": place}
    return data


def _shown_in_field(entry: Entry, value: FigureValue) -> FigureValue:
    return value_to_text(value) if _is_chosen(entry) else value


def _is_chosen(entry: Entry) -> bool:
    return bool(entry.words) or entry.unit in {Unit.BOOL, Unit.BASE}


def _figure_fields(entry: Entry) -> dict[str, Any]:
    label = sheet.label_of(entry)
    clause = StringField(gettext("Clause: %(label)s", label=label), [Length(max=100)], default="")
    if not _is_chosen(entry):
        value = FigureField(label, unit=entry.unit)
        return {entry.name: value, clause_of(entry.name): clause}
    words = {word: str(gettext(sheet.WORDS.get(word, word))) for word in entry.words}
    truths = {"true": gettext("yes"), "false": gettext("no")}
    choices = {"": gettext("(nothing: the law speaks)")} | (truths if entry.unit is Unit.BOOL else words)
    return {entry.name: SelectField(label, choices=choices, default=""), clause_of(entry.name): clause}


def _college_fields(code: str, name: str) -> dict[str, Any]:
    """The fields of one college; an error is listed under their labels, so that each says whose it is."""
    stem = f"college.{code}"
    return {
        f"{stem}.label": StringField(gettext("%(college)s, name of the college", college=name), [Length(max=120)]),
        f"{stem}.weight": WeightField(gettext("%(college)s, weight", college=name), unit=Unit.FRACTION),
        f"{stem}.place": WholeNumberField(gettext("%(college)s, rank", college=name)),
        f"{stem}.removed": BooleanField(_l("Remove this college")),
    }


def _fact_label(name: str) -> str:
    return str(gettext(FACT_LABELS[name]))


def _line(name: str, most: int, description: Any = "") -> StringField:
    needed = [DataRequired(_l("This field is needed.")), Length(max=most)]
    return StringField(_fact_label(name), needed, description=description)


_FACT_FIELDS: Mapping[str, Any] = {
    "name": lambda: _line("name", 200),
    "is_cae": lambda: BooleanField(_fact_label("is_cae")),
    "object_text": lambda: TextAreaField(
        _fact_label("object_text"), [DataRequired(_l("This field is needed.")), Length(max=5_000)]
    ),
    "seat": lambda: _line("seat", 300),
    "siren": lambda: _line("siren", 20),
    "rcs_city": lambda: _line("rcs_city", 100),
    "founded_on": lambda: DateField(
        _fact_label("founded_on"), [Optional()], description=_l("Once given, it never changes.")
    ),
    "year_end": lambda: YearEndField(
        _fact_label("year_end"),
        [InputRequired(_l("This field is needed."))],
        description=_l("Day and month, for example 31/12."),
    ),
    "share_nominal_cents": lambda: CentsField(_fact_label("share_nominal_cents"), [required]),
    "proposal_backers": lambda: WholeNumberField(_fact_label("proposal_backers"), [required]),
}
