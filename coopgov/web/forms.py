"""The shape of input: what every form shares, amounts and rates as people type them, refusals beside fields."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.money import Cents, parse_cents

# Outside these years a day is a slip of the finger, and sums with it leave the calendar.
EARLIEST_YEAR, LATEST_YEAR = 1800, 2200


class BaseForm(FlaskForm):
    """A form that can also hold what the rules refused."""

    class Meta(FlaskForm.Meta):
        locales = ("fr_FR",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.breaches: Sequence[Breach] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape of what was sent; characters that no keyboard writes are refused for every field."""
        fine = bool(super().validate(extra_validators))
        for field in self:
            if any(isinstance(raw, str) and _holds_odd(field, raw) for raw in field.raw_data or ()):
                field.errors = [*field.errors, _l("This text holds a character that cannot be kept. Type it again.")]
                fine = False
            if isinstance(field, DateField) and field.process_errors and field.errors and any(field.raw_data or ()):
                field.errors = [_l("This is not a day. Write it like 2024-03-15.")]
            if isinstance(field.data, date) and not EARLIEST_YEAR <= field.data.year <= LATEST_YEAR:
                field.errors = [*field.errors, _l("Check the year of this day.")]
                fine = False
        return fine

    def breaches_of(self, name: str) -> list[Breach]:
        """The refusals that concern one field."""
        return [breach for breach in self.breaches if breach.field == name]


def _holds_odd(field: Field, raw: str) -> bool:
    # No database keeps a NUL, and only who does without a browser sends several lines where there is one.
    return "\x00" in raw or (isinstance(field.widget, TextInput) and len(raw.splitlines()) > 1)


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """Hang on the form what the rules refused, after the Act has rolled back."""
    try:
        yield
    except RuleBroken as refusal:
        form.breaches = refusal.breaches


class _TextNumberField(StringField):
    """A number kept as text until it is understood, so that what was typed is shown again."""

    bad = _l("Write a number.")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw_text = valuelist[0].strip() if valuelist else ""
        self.data: Any = None
        if self.raw_text:
            try:
                self.data = self.read(self.raw_text)
            except ValueError as error:
                raise ValidationError(str(self.bad)) from error

    def read(self, text: str) -> int:
        raise NotImplementedError

    def show(self, value: int) -> str:
        raise NotImplementedError

    def _value(self) -> str:
        raw = getattr(self, "raw_text", "")
        if raw:
            return str(raw)
        return "" if self.data is None else self.show(self.data)


class CentsField(_TextNumberField):
    """An amount in euros: 12,50, 12.50 or 1 234,56; `data` is in cents."""

    bad = _l("Write an amount in euros, for example 12,50.")

    def read(self, text: str) -> Cents:
        return parse_cents(text)

    def show(self, value: int) -> str:
        euros, cents = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{euros},{cents:02d}"


class RateField(_TextNumberField):
    """A rate in percent: 4,5 or 4.5 %; `data` is in basis points (hundredths of a percent)."""

    bad = _l("Write a rate in percent with at most two decimals, for example 4,5.")

    def read(self, text: str) -> int:
        plain = text.removesuffix("%").strip().replace(",", ".")
        if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", plain, re.ASCII):
            raise ValueError(text)
        whole, _, part = plain.partition(".")
        return int(whole) * 100 + int((part + "00")[:2])

    def show(self, value: int) -> str:
        return f"{value / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",")


class WholeNumberField(_TextNumberField):
    """A whole number, spaces between thousands allowed."""

    bad = _l("Write a whole number, for example 12.")

    def read(self, text: str) -> int:
        plain = re.sub(r"[\s\u00a0\u202f]", "", text)
        if not re.fullmatch(r"-?\d{1,9}", plain, re.ASCII):
            raise ValueError(text)
        return int(plain)

    def show(self, value: int) -> str:
        return str(value)


def required(form: BaseForm, field: Field) -> None:
    """Refuse an empty number: InputRequired alone would accept text that was not understood."""
    if field.data is None and not field.errors:
        raise ValidationError(_l("This field is needed."))
