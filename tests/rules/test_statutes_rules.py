"""What the law refuses in statutes."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgov.core.figures import LegalForm
from coopgov.law.rulebook import StatutesFigure
from coopgov.statutes.queries import the_law
from coopgov.statutes.ready import ready_names, ready_set
from coopgov.statutes.rules import College, check_colleges, check_statutes

ON = date(2026, 1, 1)


def codes(text, *, previous_from=None, on=ON):
    return [b.code for b in check_statutes(text, in_force_from=on, previous_from=previous_from, law=the_law())]


def colleges(*weights):
    return tuple(College(f"c{n}", f"Collège {n}", Fraction(weight)) for n, weight in enumerate(weights))


@pytest.mark.parametrize("name", ready_names())
def test_every_ready_set_is_accepted_by_the_law(name):
    assert codes(ready_set(name)) == []


def test_the_usual_forms_are_ready():
    assert {"scop-sa-cae", "scop-sarl", "scop-sas", "scic-sa"} <= set(ready_names())


def test_a_figure_under_the_law_is_refused_with_its_article():
    text = ready_set("scop-sa-cae")
    text = replace(text, figures={**text.figures, "assembly.notice_days.first": StatutesFigure(14, "art. 22")})
    [breach] = check_statutes(text, in_force_from=ON, previous_from=None, law=the_law())
    assert breach.code == "statutes_figure_too_low"
    assert breach.citations


def test_a_scop_cannot_give_admissions_to_its_board():
    text = ready_set("scop-sa-cae")
    figures = {**text.figures, "membership.admission_body": StatutesFigure("board", "art. 13")}
    assert codes(replace(text, figures=figures)) == ["statutes_figure_not_theirs"]


def test_a_figure_left_to_the_statutes_must_be_given():
    text = ready_set("scic-sa")
    figures = {name: figure for name, figure in text.figures.items() if name != "membership.admission_body"}
    assert codes(replace(text, figures=figures)) == ["statutes_figure_missing"]


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        (("1/2", "1/2"), "too_few_colleges"),
        (("1/2", "3/10", "1/10"), "weights_do_not_sum"),
        (("6/10", "2/10", "2/10"), "college_too_heavy"),
        (("5/10", "45/100", "5/100"), "college_too_light"),
    ],
)
def test_colleges_out_of_bounds_are_refused(weights, code):
    [breach] = check_colleges(LegalForm.SCIC_SA, colleges(*weights), law=the_law(), on=ON)
    assert breach.code == code
    assert "octies" in breach.citations[0].text


def test_a_scop_has_no_colleges():
    assert codes(replace(ready_set("scop-sarl"), colleges=colleges("1/2", "1/4", "1/4"))) == ["colleges_not_theirs"]


@given(st.lists(st.integers(1, 20), min_size=3, max_size=8))
def test_colleges_are_accepted_exactly_when_each_weighs_between_a_tenth_and_a_half(parts):
    weights = [Fraction(part, sum(parts)) for part in parts]
    accepted = not check_colleges(LegalForm.SCIC_SA, colleges(*weights), law=the_law(), on=ON)
    assert accepted == all(Fraction(1, 10) <= weight <= Fraction(1, 2) for weight in weights)


def test_a_version_cannot_take_force_before_the_last_one():
    assert codes(ready_set("scop-sarl"), previous_from=ON) == ["statutes_not_after_previous"]
    assert codes(ready_set("scop-sarl"), previous_from=date(2025, 12, 31)) == []


def test_all_that_is_wrong_is_told_at_once():
    text = replace(ready_set("scop-sa-cae"), siren="123456789", year_end="02-30", statutory_minimum_cents=1)
    assert codes(text) == ["bad_siren", "bad_year_end", "capital_under_minimum"]


@pytest.mark.parametrize("siren", ["903.214.872", "903 214 872", "903214872 ", "٩٠٣٢١٤٨٧٢", ""])
def test_a_siren_is_kept_as_nine_figures_and_nothing_else(siren):
    assert codes(replace(ready_set("scop-sa-cae"), siren=siren)) == ["bad_siren"]
