"""Working days are counted around every kind of French holiday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.calendar import Calendar, calendar_of

FRANCE, ALSACE = Calendar(), Calendar(alsace_moselle=True)


@pytest.mark.parametrize(
    ("day", "fourth_before", "in_alsace"),
    [
        (date(2027, 3, 30), date(2027, 3, 23), date(2027, 3, 22)),  # Easter Monday; Good Friday in Alsace
        (date(2027, 7, 15), date(2027, 7, 8), date(2027, 7, 8)),  # 14 July, a Wednesday
        (date(2027, 11, 2), date(2027, 10, 26), date(2027, 10, 26)),  # 1 November, a Monday
        (date(2028, 12, 27), date(2028, 12, 20), date(2028, 12, 19)),  # Christmas; 26 December in Alsace
        (date(2027, 1, 4), date(2026, 12, 28), date(2026, 12, 28)),  # 1 January, a Friday
        (date(2027, 1, 15), date(2027, 1, 11), date(2027, 1, 11)),  # an ordinary week
    ],
)
def test_the_fourth_working_day_before(day, fourth_before, in_alsace):
    assert FRANCE.working_day_before(day, 4) == fourth_before
    assert ALSACE.working_day_before(day, 4) == in_alsace


def test_holidays_have_their_french_names():
    assert FRANCE.holiday(date(2027, 7, 14)) == "Fête nationale"
    assert FRANCE.holiday(date(2027, 3, 26)) is None
    assert ALSACE.holiday(date(2027, 3, 26)) == "Vendredi saint"


def test_a_weekend_gives_way_to_the_friday_and_a_working_day_to_itself():
    assert FRANCE.last_working_day(date(2027, 1, 17)) == date(2027, 1, 15)
    assert FRANCE.last_working_day(date(2027, 1, 15)) == date(2027, 1, 15)
    assert FRANCE.last_working_day(date(2027, 1, 3)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("address", "alsace"),
    [
        ("BP 67012, 35000 Rennes", False),
        ("3 quai Kellermann, 67000 Strasbourg", True),
        ("1 rue Serpenoise, 57000 Metz", True),
        ("12 rue des Potiers, 26000 Valence", False),
        ("bâtiment 67, 75011 Paris", False),
    ],
)
def test_the_postcode_of_the_seat_says_which_calendar(address, alsace):
    assert calendar_of(address).alsace_moselle is alsace


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), count=st.integers(0, 12))
def test_between_the_two_days_there_are_exactly_so_many_working_days(day, count):
    first = FRANCE.working_day_before(day, count)
    between = [first + timedelta(days=n) for n in range((day - first).days)]
    assert sum(FRANCE.is_working_day(one) for one in between) == count
