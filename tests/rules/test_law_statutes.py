"""Statutes that are not well made are refused, with the place and the article."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion
from coopgov.law.values import Unit, read_value, value_from_text
from coopgov.statutes.ready import BadStatutes, read_statutes, ready_names, ready_set, ready_text
from coopgov.statutes.rules import College, check_colleges, check_statutes

ON = date(2026, 1, 1)
DAY = timedelta(days=1)
QUORUM = "assembly.quorum.extraordinary.first"


def colleges(*percents):
    return tuple(College(f"c{n}", f"Collège {n}", Fraction(percent, 100)) for n, percent in enumerate(percents))


@pytest.mark.parametrize("weights", [(50, 25, 24), (50, 25, 26), (33, 33, 33)])
def test_weights_that_do_not_make_a_hundred_are_refused_with_their_sum(weights):
    [breach] = check_colleges(LegalForm.SCIC_SA, colleges(*weights), law=load_law(), on=ON)
    assert (breach.code, breach.field) == ("weights_do_not_sum", "colleges")
    assert breach.values["total"] == Fraction(sum(weights), 100)
    assert "art. 19 octies" in breach.citations[0].text


@pytest.mark.parametrize(("previous", "refused"), [(ON - DAY, False), (ON, True), (ON + DAY, True)])
def test_statutes_take_force_after_the_ones_in_place(previous, refused):
    breaches = check_statutes(ready_set("scic-sa"), in_force_from=ON, previous_from=previous, law=load_law())
    assert [(breach.code, breach.field) for breach in breaches] == (
        [("statutes_not_after_previous", "in_force_from")] if refused else []
    )


@pytest.mark.parametrize("written", ["3/0", "0/0", "1/", "/2", "2/1", "0,5", "50 %"])
def test_a_fraction_that_is_none_is_refused_as_text_and_as_a_value(written):
    for read in (read_value, value_from_text):
        with pytest.raises(ValueError, match="fraction"):
            read(Unit.FRACTION, written)


def test_a_clause_of_the_wrong_kind_is_refused_at_its_figure():
    text = ready_set("scop-sarl")
    name = "assembly.majority.extraordinary.first"
    wrong = replace(text, figures={**text.figures, name: StatutesFigure("les deux tiers", "art. 20")})
    [breach] = check_statutes(wrong, in_force_from=ON, previous_from=None, law=load_law())
    assert (breach.code, breach.field) == ("statutes_figure_wrong_kind", name)
    assert "art. L223-30" in breach.citations[0].text


def test_before_its_first_statutes_a_company_has_the_law_and_not_their_clauses():
    clause = {"assembly.notice_days.first": StatutesFigure(30, "art. 14")}
    book = Rulebook(load_law(), [StatutesVersion(ON, LegalForm.SCOP_SARL, clause)])
    assert [book.figure("assembly.notice_days.first", on=day).as_int() for day in (ON - DAY, ON)] == [15, 30]


def test_between_two_statutes_there_is_no_gap():
    first, second = (StatutesFigure(days, "art. 14") for days in (21, 30))
    name = "assembly.notice_days.first"
    versions = [StatutesVersion(day, LegalForm.SCIC_SA, {name: own}) for day, own in ((ON, first), (ON + DAY, second))]
    book = Rulebook(load_law(), versions)
    assert [book.figure(name, on=day).as_int() for day in (ON, ON + DAY, ON + 1000 * DAY)] == [21, 30, 30]


@pytest.mark.parametrize("name", ready_names())
def test_a_ready_set_copied_to_a_file_is_read_as_it_was(name):
    assert read_statutes(ready_text(name), "ours.toml") == ready_set(name)


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('"scop-sarl"', '"sarl-scop"', "legal_form", "sarl-scop"),
        ('value = "3/4", clause = "art. 25" }', 'value = "3/0", clause = "art. 25" }', QUORUM, "denominator"),
        ('value = "3/4", clause = "art. 25" }', 'value = 0.75, clause = "art. 25" }', QUORUM, "1/4"),
        ('value = "3/4", clause = "art. 25" }', 'value = "3/4" }', QUORUM, "'clause' is missing"),
        ("value = 15, clause = \"art. 22\"", "value = -15, clause = \"art. 22\"", "notice_days.first", "whole number"),
        ('"assembly.notice_days.first"', '"assembly.notice_day"', "assembly.notice_day", "no text of law"),
        ("is_cae = false", "is_cea = false", "ours.toml", "is_cea"),
        ('seat = "', "seat = [", "ours.toml", ""),
    ],
)  # fmt: skip
def test_statutes_in_a_file_are_refused_with_the_place_and_the_reason(old, new, place, reason):
    written = ready_text("scop-sarl")
    assert old in written
    with pytest.raises(BadStatutes) as refusal:
        read_statutes(written.replace(old, new, 1), "ours.toml")
    assert str(refusal.value).startswith("ours.toml")
    assert place in str(refusal.value)
    assert reason in str(refusal.value)


def test_a_college_whose_weight_is_no_fraction_is_refused_at_the_colleges():
    with pytest.raises(BadStatutes, match=r"^ours.toml: colleges: "):
        read_statutes(ready_text("scic-sa").replace('weight = "2/5"', 'weight = "3/0"'), "ours.toml")
