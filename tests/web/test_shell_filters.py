"""Facts are written as the reader writes them, in French and in English, to the cent and at Paris time."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.errors import Breach
from coopgov.core.i18n import Word
from coopgov.core.money import Euros, parse_cents
from coopgov.web import filters

NARROW, WIDE = "\u202f", "\u00a0"  # thin and common no-break spaces of French typography
NIGHT = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)


@pytest.fixture(params=["fr", "en"])
def language(apps, request):
    """The language of the page; nothing here asks a database."""
    with apps("sqlite").test_request_context(), force_locale(request.param):
        yield request.param


def write(written, language):
    """What is expected in this language, of (French, English)."""
    return written[("fr", "en").index(language)]


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (0, (f"0,00{WIDE}€", "€0.00")),
        (1, (f"0,01{WIDE}€", "€0.01")),
        (-150, (f"-1,50{WIDE}€", "-€1.50")),
        (123456, (f"1{NARROW}234,56{WIDE}€", "€1,234.56")),
        (10**15 + 7, (f"10{NARROW}000{NARROW}000{NARROW}000{NARROW}000,07{WIDE}€", "€10,000,000,000,000.07")),
    ],
)
def test_money_is_exact(language, cents, written):
    assert filters.money(cents) == write(written, language)


@pytest.mark.parametrize(
    ("basis_points", "written"),
    [
        (0, (f"0{NARROW}%", "0%")),
        (450, (f"4,5{NARROW}%", "4.5%")),
        (455, (f"4,55{NARROW}%", "4.55%")),
        (1, (f"0,01{NARROW}%", "0.01%")),
        (10_000, (f"100{NARROW}%", "100%")),
    ],
)
def test_a_rate_is_written_from_hundredths_of_a_percent(language, basis_points, written):
    assert filters.rate(basis_points) == write(written, language)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(2, 3), (f"66,67{NARROW}%", "66.67%")),
        (Fraction(1, 3), (f"33,33{NARROW}%", "33.33%")),
        (Fraction(1, 2), (f"50{NARROW}%", "50%")),
        (Fraction(0), (f"0{NARROW}%", "0%")),
        (Fraction(12), (f"1{NARROW}200{NARROW}%", "1,200%")),
    ],
)
def test_a_fraction_is_written_rounded_for_the_eye(language, value, written):
    assert filters.percent(value) == write(written, language)


def test_a_day_is_written_out(language):
    assert filters.day(date(2026, 11, 24)) == write(("24 novembre 2026", "November 24, 2026"), language)


def test_the_first_of_a_month_is_premier_in_french(language):
    assert filters.day(date(2026, 12, 1)) == write(("1er décembre 2026", "December 1, 2026"), language)
    assert filters.day(date(2026, 12, 11)) == write(("11 décembre 2026", "December 11, 2026"), language)
    assert filters.instant(NIGHT) == write(("1er juillet 2026 à 00:30", "1 July 2026 at 00:30"), language)


def test_an_instant_is_written_at_paris_time(language):
    assert filters.instant(NIGHT, "short") == write(("01/07/2026 00:30", "2026-07-01 00:30"), language)


def test_a_large_number_is_grouped(language):
    assert filters.decimal(1234567) == write((f"1{NARROW}234{NARROW}567", "1,234,567"), language)


def test_a_refusal_is_a_sentence_with_its_figures_written_out(language):
    values = {
        "money": Euros(150),
        "day": date(2026, 12, 2),
        "part": Fraction(1, 4),
        "many": 1200,
        "yes": True,
        "none": "",
    }
    breach = Breach("x", "%(money)s %(day)s %(part)s %(many)s %(yes)s %(none)s", values)
    french = f"1,50{WIDE}€ 2 décembre 2026 25{NARROW}% 1{NARROW}200 oui "
    assert filters.sentence(breach) == write((french, "€1.50 December 2, 2026 25% 1,200 yes "), language)


def test_votes_are_written_with_their_five_decimals(language):
    breach = Breach("x", "%(votes)s", {"votes": Decimal("1234.56780")})
    assert filters.sentence(breach) == write((f"1{NARROW}234,5678", "1,234.5678"), language)


@given(st.integers(-(10**13), 10**13))
def test_what_is_written_as_money_is_read_back_to_the_cent(apps, cents):
    with apps("sqlite").test_request_context(), force_locale("fr"):
        assert parse_cents(filters.money(cents)) == cents


def test_words_of_ours_are_translated_and_a_persons_own_are_not(language):
    refusal = Breach("no", "%(ours)s %(theirs)s", {"ours": Word("Home"), "theirs": "Home"})
    assert filters.sentence(refusal) == write(("Accueil Home", "Home Home"), language)
