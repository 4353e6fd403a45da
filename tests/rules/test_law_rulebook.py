"""The statutes speak where the law lets them, within its bounds, and both are cited."""

from datetime import date
from fractions import Fraction

import pytest

from coopgov.core.errors import RuleBroken
from coopgov.core.figures import Figures, LegalForm, Speaker
from coopgov.law.loader import load_law
from coopgov.law.rulebook import Rulebook, StatutesFigure, StatutesVersion, check_required_figures

NOTICE = "assembly.notice_days.first"
FOUNDED, AMENDED = date(2020, 1, 1), date(2024, 1, 1)

TEXT_THAT_RISES = """
[notice]
label = "Délai"
label_en = "Notice"
unit = "days"
last_checked_on = 2026-11-24
statutes = "raise"
[[notice.versions]]
in_force_from = 2000-01-01
value = 10
citation = { text = "Une loi", url = "https://www.legifrance.gouv.fr/" }
confidence = "verified"
[[notice.versions]]
in_force_from = 2024-01-01
value = 15
citation = { text = "Une autre", url = "https://www.legifrance.gouv.fr/" }
confidence = "verified"
"""


@pytest.fixture(scope="module")
def law():
    return load_law()


def statutes(from_day=FOUNDED, form=LegalForm.SCOP_SARL, **figures):
    """A version of the statutes; `notice_first=21` and the like name a figure of this file."""
    names = {"notice": NOTICE, "majority": "assembly.majority.extraordinary.first", "divisor": "proxy.divisor"}
    return StatutesVersion(
        from_day, form, {names[key]: StatutesFigure(value, "art. 14") for key, value in figures.items()}
    )


def test_the_law_speaks_when_the_statutes_are_silent(law):
    book: Figures = Rulebook(law, [statutes()])
    figure = book.figure(NOTICE, on=AMENDED)
    assert (figure.as_int(), figure.speaker) == (15, Speaker.LAW)


def test_the_statutes_speak_and_both_are_cited(law):
    figure = Rulebook(law, [statutes(notice=21)]).figure(NOTICE, on=AMENDED)
    assert (figure.as_int(), figure.speaker) == (21, Speaker.STATUTES)
    assert [citation.text for citation in figure.citations] == ["Statuts, art. 14", "Code de commerce, art. R223-20"]


def test_each_day_has_its_own_statutes(law):
    book = Rulebook(law, [statutes(AMENDED, notice=30), statutes(FOUNDED, notice=21)])
    days = [date(2019, 12, 31), FOUNDED, date(2023, 12, 31), AMENDED]
    assert [book.figure(NOTICE, on=day).as_int() for day in days] == [15, 21, 21, 30]


def test_a_change_of_legal_form_changes_the_law_from_its_day(law):
    book = Rulebook(law, [statutes(), statutes(AMENDED, LegalForm.SCOP_SA)])
    days = [date(2023, 12, 31), AMENDED]
    assert [book.figure("membership.min_employed", on=day).as_int() for day in days] == [2, 7]
    assert book.form is LegalForm.SCOP_SA


def test_a_clause_out_of_bounds_makes_no_book(law):
    with pytest.raises(RuleBroken) as refusal:
        Rulebook(law, [statutes(notice=14, divisor=10)])
    assert [breach.code for breach in refusal.value.breaches] == [
        "statutes_figure_too_low",
        "statutes_figure_not_theirs",
    ]


def test_a_refusal_names_its_field_its_bound_and_its_article(law):
    with pytest.raises(RuleBroken) as refusal:
        Rulebook(law, [statutes(majority=Fraction(1))])
    [breach] = refusal.value.breaches
    assert (breach.field, breach.values["bound"]) == ("assembly.majority.extraordinary.first", 1)
    assert [citation.text for citation in breach.citations] == ["Code de commerce, art. L223-30"]


def test_a_later_law_overtakes_a_clause_that_was_valid(tmp_path):
    """The law asked for 10 days, the statutes wrote 12, the law now asks for 15."""
    (tmp_path / "assembly.toml").write_text(TEXT_THAT_RISES, encoding="utf-8")
    clause = {"assembly.notice": StatutesFigure(12, "art. 14")}
    book = Rulebook(load_law(tmp_path), [StatutesVersion(FOUNDED, LegalForm.SCOP_SARL, clause)])
    before, after = (book.figure("assembly.notice", on=day) for day in (date(2023, 12, 31), AMENDED))
    assert (before.as_int(), before.speaker) == (12, Speaker.STATUTES)
    assert (after.as_int(), after.speaker) == (15, Speaker.LAW)


def test_a_sas_must_speak_where_the_law_is_silent(law):
    book = Rulebook(law, [statutes(form=LegalForm.SCOP_SAS)])
    assert book.find_figure(NOTICE, on=AMENDED) is None
    with pytest.raises(KeyError, match="scop-sas"):
        book.figure(NOTICE, on=AMENDED)


def test_what_a_sas_leaves_unsaid_is_listed_with_the_article_that_leaves_it(law):
    missing = check_required_figures(law, LegalForm.SCOP_SAS, ["assembly.notice_days.second"])
    assert NOTICE in {breach.field for breach in missing}
    assert "assembly.notice_days.second" not in {breach.field for breach in missing}
    assert all(breach.citations for breach in missing)


def test_every_required_figure_has_a_ready_default_that_the_law_accepts(law):
    for form in LegalForm:
        entries = law.required_from_statutes(form)
        own = {entry.name: StatutesFigure(entry.suggested, "art. 1") for entry in entries}
        assert None not in {figure.value for figure in own.values()}
        book = Rulebook(law, [StatutesVersion(FOUNDED, form, own)])
        assert check_required_figures(law, form, own) == []
        assert {book.figure(name, on=AMENDED).speaker for name in own} <= {Speaker.STATUTES}


def test_a_name_no_text_knows_is_an_error_and_not_a_silence(law):
    with pytest.raises(KeyError):
        Rulebook(law, [statutes()]).find_figure("assembly.notice_weeks", on=AMENDED)


def test_a_cooperative_without_statutes_has_no_book(law):
    with pytest.raises(ValueError, match="at least one"):
        Rulebook(law, [])
