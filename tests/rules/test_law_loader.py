"""A text of law that is not well made is refused at the start, with its file, its figure and the reason."""

import subprocess
import sys
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from coopgov.core.figures import LegalForm
from coopgov.law.loader import LawError, load_law

FIGURE = """
[notice_days]
label = "Délai de convocation"
label_en = "Days of notice"
unit = "days"
last_checked_on = 2026-11-24
statutes = "raise"
"""
VERSION = """
[[notice_days.versions]]
in_force_from = 2007-03-27
value = 15
citation = { text = "Code de commerce, art. R223-20", url = "https://www.legifrance.gouv.fr/" }
confidence = "verified"
"""
GOOD = FIGURE + VERSION


def load(folder, text):
    (folder / "assembly.toml").write_text(text, encoding="utf-8")
    return load_law(folder)


def test_a_good_text_is_read(tmp_path):
    figure = load(tmp_path, GOOD).figure("assembly.notice_days", form=LegalForm.SCOP_SARL, on=date(2026, 1, 1))
    assert figure.as_int() == 15


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("value = 15", "value = 15.0", "whole number"),
        ("value = 15", 'value = "15"', "whole number"),
        ("value = 15", "value = true", "whole number"),
        ("value = 15", "value = -1", "whole number"),
        ('"days"', '"weeks"', "weeks"),
        ('"raise"', '"ignore"', "ignore"),
        ('confidence = "verified"', 'confidence = "sure"', "sure"),
        ('confidence = "verified"', "", "'confidence' is missing"),
        (
            'citation = { text = "Code de commerce, art. R223-20", url = "https://www.legifrance.gouv.fr/" }',
            "",
            "'citation' is missing",
        ),
        ("in_force_from = 2007-03-27", "", "'in_force_from' is missing"),
        ("last_checked_on = 2026-11-24", "", "'last_checked_on' is missing"),
        ('"raise"', '"raise"\nforms = ["scop-sa"]', "not one of its forms"),
        ('text = "Code de commerce, art. R223-20", ', "", "'text' is missing"),
        ("Code de commerce, art. R223-20", " ", "'text' is empty"),
        ("https://www", "http://www", "not https"),
        ('label = "Délai de convocation"', "", "'label' is missing"),
        ("2007-03-27", "2007-03-27T08:00:00", "not a day"),
        ("value = 15", "value = 15\nvalue_max = 20", "unknown key 'value_max'"),
        ("value = 15", 'value = 15\nforms = ["sarl"]', "sarl"),
        ("value = 15", "repealed = true", "repeal"),
        ('unit = "days"', 'unit = "days"\ncolour = "red"', "unknown key 'colour'"),
        ('unit = "days"', 'unit = "days"\nwords = ["a"]', "has no words"),
        ('unit = "days"', 'unit = "days"\nrequired_from_statutes = ["scop-sas"]', "left_by"),
    ],
)  # fmt: skip
def test_a_bad_text_is_refused(tmp_path, old, new, reason):
    with pytest.raises(LawError, match=reason) as refusal:
        load(tmp_path, GOOD.replace(old, new))
    assert str(refusal.value).startswith("assembly.toml: assembly.notice_days: ")


@pytest.mark.parametrize("value", ['"3/0"', "0.25", '"0.25"', '"5/4"', '"-1/4"', '"1/4/2"', "1"])
def test_a_fraction_is_two_whole_numbers_between_0_and_1(tmp_path, value):
    text = GOOD.replace('"days"', '"fraction"')
    with pytest.raises(LawError, match="fraction"):
        load(tmp_path, text.replace("value = 15", f"value = {value}"))
    law = load(tmp_path, text.replace("value = 15", 'value = "35/100"'))
    assert law.figure("assembly.notice_days", form=LegalForm.SCOP_SA, on=date(2026, 1, 1)).value == Fraction(7, 20)


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (VERSION, "begin on the same day for scop-sarl"),
        (VERSION.replace("2007-03-27", "2001-01-01"), "not in the order"),
        (VERSION.replace("value = 15", "value = 10\nrepealed = true").replace("2007", "2008"), "no value"),
    ],
)
def test_versions_that_overlap_or_go_back_are_refused(tmp_path, second, reason):
    with pytest.raises(LawError, match=reason):
        load(tmp_path, GOOD + second)


def test_a_hole_in_the_forms_of_a_figure_is_refused(tmp_path):
    """The figure says it concerns two forms and gives one: the other would find nothing, silently."""
    figure = FIGURE + 'forms = ["scop-sarl", "scop-sas"]\n'
    version = VERSION.replace("value = 15", 'value = 15\nforms = ["scop-sarl"]')
    with pytest.raises(LawError, match="nobody gives it to scop-sas"):
        load(tmp_path, figure + version)


def test_a_figure_ends_once(tmp_path):
    end = VERSION.replace("value = 15", "repealed = true")
    with pytest.raises(LawError, match="repealed twice for scop-sarl"):
        load(tmp_path, GOOD + end.replace("2007", "2010") + end.replace("2007", "2011"))


def test_a_gap_between_two_versions_is_refused_with_its_days(tmp_path):
    end = VERSION.replace("value = 15", "repealed = true").replace("2007-03-27", "2010-01-01")
    again = VERSION.replace("value = 15", "value = 20").replace("2007-03-27", "2012-01-01")
    with pytest.raises(LawError, match="a gap from 2010-01-01 to 2012-01-01 for scop-sarl") as refusal:
        load(tmp_path, GOOD + end + again)
    assert str(refusal.value).startswith("assembly.toml: assembly.notice_days: ")


def test_from_its_first_day_a_figure_is_given_every_day_until_it_ends():
    """A version lasts until the next one: there is no day between two of them."""
    for entry in load_law():
        for form in LegalForm:
            own = [version for version in entry.versions if form in version.forms]
            for before, after in pairwise(own):
                assert entry.find_version(form, after.in_force_from - timedelta(days=1)) is before, entry.name


def test_two_forms_may_begin_on_the_same_day(tmp_path):
    sarl = VERSION.replace("value = 15", 'value = 15\nforms = ["scop-sarl"]')
    sa = VERSION.replace("value = 15", 'value = 10\nforms = ["scop-sa"]')
    law = load(tmp_path, FIGURE + sarl + sa)
    found = [law.find_figure("assembly.notice_days", form=form, on=date(2026, 1, 1)) for form in LegalForm]
    assert [figure and figure.value for figure in found] == [15, None, 10, None, None, None, None]


def test_a_repealed_figure_ends_on_its_day(tmp_path):
    end = VERSION.replace("value = 15", "repealed = true").replace("2007-03-27", "2020-01-01")
    law = load(tmp_path, GOOD + end)
    days = [date(2007, 3, 26), date(2007, 3, 27), date(2019, 12, 31), date(2020, 1, 1)]
    found = [law.find_figure("assembly.notice_days", form=LegalForm.SCIC_SA, on=day) for day in days]
    assert [figure is not None for figure in found] == [False, True, True, False]


def test_a_figure_nobody_gives_is_refused(tmp_path):
    with pytest.raises(LawError, match="left_by"):
        load(tmp_path, FIGURE)


@pytest.mark.parametrize(
    ("text", "reason"), [("[a", "assembly.toml"), ("stray = 1", "unknown key"), ('a = "é', "assembly")]
)
def test_a_broken_file_is_refused_by_name(tmp_path, text, reason):
    with pytest.raises(LawError, match=reason):
        load(tmp_path, text)


def test_every_figure_is_cited_dated_and_in_order():
    for entry in load_law():
        days = [version.in_force_from for version in entry.versions]
        assert days == sorted(days), entry.name
        assert all(version.citation.text and version.citation.url for version in entry.versions), entry.name
        assert entry.versions or entry.left_by, entry.name


def test_the_law_is_read_without_the_web_or_a_database():
    modules = "import sys, coopgov.law.loader, coopgov.law.rulebook"
    program = f"{modules}; print('flask' in sys.modules or 'sqlalchemy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
