"""What a draft of the statutes is: its text kept whole, its figures as typed, its changes, the day it takes force."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.assemblies.rules import check_notice
from coopgov.core.canonical import canonical_json
from coopgov.core.figures import LegalForm
from coopgov.law.arithmetic import quorum, quorum_met
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion
from coopgov.law.values import Unit
from coopgov.statutes.changes import changes
from coopgov.statutes.drafting import (
    TRANSITIONS,
    DraftState,
    Edit,
    apply_edit,
    as_json,
    check_amendment,
    check_draft,
    check_wish,
    check_wished_day,
    effect_day,
    from_json,
    rebase,
    with_minimum_as_figure,
)
from coopgov.statutes.queries import the_law
from coopgov.statutes.ready import ready_names, ready_set
from coopgov.statutes.sections import Section, entries_of, section_of, sections_for
from coopgov.statutes.typed import (
    read_day_of_year,
    read_fraction,
    read_typed,
    show_day_of_year,
    show_percent,
    show_typed,
)

ON = date(2026, 11, 24)
NOTICE, QUORUM = "assembly.notice_days.first", "assembly.quorum.ordinary.first"
days, wishes = st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1))


def text_of(name="scic-sa"):
    return with_minimum_as_figure(ready_set(name))


@pytest.mark.parametrize("form", LegalForm)
def test_every_figure_that_statutes_may_set_stands_in_exactly_one_section(form):
    law = the_law()
    shown = [entry.name for section in sections_for(form, law, ON) for entry in entries_of(section, form, law, ON)]
    assert sorted(shown) == sorted(entry.name for entry in law.entries_for(form, on=ON))
    assert (Section.COLLEGES in sections_for(form, law, ON)) is form.is_scic
    with pytest.raises(KeyError):
        section_of("somewhere.else")


@pytest.mark.parametrize("name", ready_names())
def test_a_text_is_kept_whole_and_differs_from_itself_in_nothing(name):
    text = replace(text_of(name), founded_on=date(2026, 1, 2))
    assert from_json(json.loads(canonical_json(as_json(text))), the_law()) == text
    assert changes(text, text, the_law()) == []


@pytest.mark.parametrize(
    ("unit", "typed", "value"),
    [
        (Unit.FRACTION, "1/4", Fraction(1, 4)),
        (Unit.FRACTION, "25 %", Fraction(1, 4)),
        (Unit.FRACTION, "66,67 %", Fraction(6667, 10_000)),
        (Unit.FRACTION, "0", Fraction(0)),
        (Unit.DAYS, "15", 15),
        (Unit.DAYS, "1 500", 1500),
        (Unit.DAYS, "36525", 36_525),
        (Unit.YEARS, "100", 100),
        (Unit.CENTS, "1 850 000,00 €", 185_000_000),
        (Unit.TIME, "15 h", "15:00"),
        (Unit.TIME, "9h30", "09:30"),
        (Unit.BOOL, "false", False),
    ],
)
def test_a_figure_is_read_as_people_write_it(unit, typed, value):
    assert read_typed(unit, typed) == value


@pytest.mark.parametrize(
    ("unit", "typed"),
    [
        (Unit.FRACTION, "3/2"), (Unit.FRACTION, "1/0"), (Unit.FRACTION, "25"), (Unit.FRACTION, "101 %"),
        (Unit.FRACTION, "1e-3"), (Unit.DAYS, "-1"), (Unit.DAYS, "1,5"), (Unit.DAYS, "1" * 10), (Unit.CENTS, "-1"),
        (Unit.TIME, "25:00"), (Unit.BOOL, "peut-être"), (Unit.DAYS, "36526"), (Unit.MONTHS, "1201"), (Unit.YEARS, "101"),
    ],
)  # fmt: skip
def test_what_is_no_figure_is_not_read(unit, typed):
    with pytest.raises(ValueError):
        read_typed(unit, typed)


@given(st.fractions(0, 1, max_denominator=1000), st.integers(0, 10**9 - 1), st.integers(0, 10**14 - 1))
def test_what_a_field_shows_is_read_back(part, whole, cents):
    assert read_fraction(show_percent(part)) == part
    for unit, value in ((Unit.FRACTION, part), (Unit.HEADS, whole), (Unit.CENTS, cents)):
        assert read_typed(unit, show_typed(unit, value)) == value


@given(wishes, days)
def test_new_statutes_never_take_force_on_the_day_that_adopts_them(wished_on, decided_on):
    day = effect_day(wished_on, decided_on)
    assert day > decided_on
    assert (day == wished_on) or wished_on is None or check_wish(wished_on, decided_on) != []


def test_what_is_decided_or_given_up_moves_no_more():
    ends = {DraftState.ADOPTED, DraftState.REJECTED, DraftState.WITHDRAWN}
    assert {state for state, _step in TRANSITIONS} & ends == set()
    assert {state for (state, _), after in TRANSITIONS.items() if after is DraftState.REJECTED} == {DraftState.FROZEN}


@given(st.integers(15, 60), st.sampled_from(["seat", "name", "rcs_city"]), st.text("abc", min_size=1))
def test_changes_taken_over_to_another_version_are_the_same_changes(notice, fact, words):
    before = text_of()
    onto = replace(before, object_text="Autre chose.")
    edit = Edit(facts={fact: words}, figures={NOTICE: StatutesFigure(notice, "art. 22"), "minutes.delay_days": None})
    draft = apply_edit(before, edit)
    assert rebase(draft, before=before, onto=before) == draft
    moved = rebase(draft, before=before, onto=onto)
    assert changes(onto, moved, the_law()) == changes(before, draft, the_law())
    assert moved.object_text == "Autre chose."


def book(**figures):
    version = StatutesVersion(date(2021, 1, 1), LegalForm.SCIC_SA, figures)
    return Rulebook(the_law(), [version])


@given(
    st.integers(15, 90), st.integers(0, 60), st.fractions("1/5", 1, max_denominator=50),
    st.fractions(0, 1, max_denominator=50), st.integers(0, 300), st.integers(1, 300), st.integers(0, 120),
)  # fmt: skip
def test_a_stricter_clause_never_admits_what_a_looser_one_refuses(notice, more, part, rest, present, enrolled, before):
    stricter = part + (1 - part) * rest
    loose = book(**{NOTICE: StatutesFigure(notice, "art. 22"), QUORUM: StatutesFigure(part, "art. 25")})
    strict = book(**{NOTICE: StatutesFigure(notice + more, "art. 22"), QUORUM: StatutesFigure(stricter, "art. 25")})
    held_on = date.fromordinal(ON.toordinal() + before)

    def admitted(figures):
        asked = quorum(figures, kind="ordinary", call="first", on=held_on).as_fraction()
        return (
            not check_notice(figures, call=1, held_on=held_on, sent_on=ON),
            quorum_met(min(present, enrolled), enrolled, asked),
        )

    assert all(loosely or not strictly for strictly, loosely in zip(admitted(strict), admitted(loose), strict=True))


def test_a_transformation_is_no_amendment_and_its_article_says_so():
    [breach] = check_amendment(text_of("scop-sarl"), text_of("scic-sa"), law=the_law(), on=ON)
    assert breach.code == "form_is_transformed"
    assert "L225-243" in breach.citations[0].text


def test_a_minimum_under_the_law_is_told_beside_its_figure():
    low = replace(text_of(), statutory_minimum_cents=100)
    breaches = check_draft(with_minimum_as_figure(low), before=None, before_from=None, on=ON, law=the_law())
    assert [(one.code, one.field) for one in breaches] == [("capital_under_minimum", "capital.statutory_minimum_cents")]


@pytest.mark.parametrize(
    ("wished_on", "refused"),
    [
        (None, []),
        (date(2026, 11, 24), ["wished_day_past"]),
        (date(2026, 11, 25), []),
        (date(2031, 11, 24), []),
        (date(2031, 11, 25), ["statutes_too_far_ahead"]),
        (date(2127, 1, 1), ["statutes_too_far_ahead"]),
    ],
)
def test_new_statutes_wait_for_a_day_to_come_that_is_not_a_slip_of_the_finger(wished_on, refused):
    assert [breach.code for breach in check_wished_day(wished_on, date(2026, 11, 24))] == refused


@pytest.mark.parametrize("typed", ["31/12", "31 décembre", "31 Decembre", "31 december", "12-31", " 31 / 12 "])
def test_the_end_of_the_year_is_typed_as_people_say_it(typed):
    assert read_day_of_year(typed) == "12-31"
    assert show_day_of_year("12-31") == "31/12"


@pytest.mark.parametrize(("typed", "kept"), [("1er août", "08-01"), ("29/2", "02-29")])
def test_the_end_of_the_year_may_be_any_day(typed, kept):
    assert read_day_of_year(typed) == kept


@pytest.mark.parametrize("typed", ["", "31/31", "30 février", "02-30", "31", "31 nivôse", "décembre 31", "³1/12"])
def test_what_is_no_day_of_the_year_is_not_read(typed):
    with pytest.raises(ValueError):
        read_day_of_year(typed)
