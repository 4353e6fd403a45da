"""A value of the statutes is kept as text and read back the same."""

from fractions import Fraction

import pytest

from coopgov.law.loader import load_law
from coopgov.law.values import Unit, value_from_text, value_to_text


def test_every_value_of_law_survives_being_written():
    for entry in load_law():
        values = [version.value for version in entry.versions if version.value is not None]
        assert [value_from_text(entry.unit, value_to_text(value)) for value in values] == values, entry.name


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        (Unit.DAYS, " 15 ", 15),
        (Unit.FRACTION, "35/100", Fraction(7, 20)),
        (Unit.FRACTION, "1", Fraction(1)),
        (Unit.BOOL, "True", True),
        (Unit.TIME, "15:00", "15:00"),
        (Unit.BASE, "EXPRESSED", "EXPRESSED"),
    ],
)
def test_a_value_is_read_as_a_person_writes_it(unit, text, value):
    assert value_from_text(unit, text) == value


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (Unit.DAYS, ""),
        (Unit.DAYS, "15,5"),
        (Unit.DAYS, "-1"),
        (Unit.DAYS, "1_5"),
        (Unit.DAYS, "١٥"),
        (Unit.FRACTION, "١/٤"),
        (Unit.FRACTION, "1/0"),
        (Unit.FRACTION, "0.5"),
        (Unit.BOOL, "oui"),
        (Unit.TIME, "24:00"),
        (Unit.TIME, "9:00"),
        (Unit.BASE, "HEADS"),
        (Unit.TEXT, "  "),
    ],
)
def test_a_value_of_another_kind_is_refused(unit, text):
    with pytest.raises(ValueError, match=r"\S"):
        value_from_text(unit, text)
