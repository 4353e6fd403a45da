"""The book of law is told in French: what is in force, a figure's history, what is due for a check."""

from datetime import date
from fractions import Fraction

import pytest
from click.testing import CliRunner

from coopgov.cli import main
from coopgov.core.figures import LegalForm
from coopgov.law.loader import load_law
from coopgov.law.telling import doubt_lines, due_lines, list_lines, near_names, show_lines, told
from coopgov.law.values import Unit

ON = date(2026, 11, 24)
MAJORITY = "assembly.majority.extraordinary.first"


@pytest.fixture(scope="module")
def law():
    return load_law()


def listed(law, name, **asked):
    [line] = [line for line in list_lines(law, **asked) if line.startswith(f"{name} — ")]
    return line.rpartition(" : ")[2]


@pytest.mark.parametrize(
    ("unit", "value", "french"),
    [
        (Unit.DAYS, 1, "1 jour"),
        (Unit.DAYS, 15, "15 jours"),
        (Unit.HEADS, 100_000, "100\u202f000 personnes"),
        (Unit.COUNT, 2, "2"),
        (Unit.CENTS, 1_850_005, "18\u202f500,05 €"),
        (Unit.FRACTION, Fraction(7, 20), "7/20 (35 %)"),
        (Unit.FRACTION, Fraction(38025, 1_000_000), "1521/40000 (3,8025 %)"),
        (Unit.FRACTION, Fraction(2, 3), "2/3"),
        (Unit.FRACTION, Fraction(0), "0"),
        (Unit.BOOL, False, "non"),
        (Unit.BASE, "EXPRESSED", "voix pour et contre"),
        (Unit.TIME, "15:00", "15:00"),
        (Unit.TEXT, "ordinary_assembly", "assemblée ordinaire"),
    ],
)
def test_a_value_is_told_as_french_reads(unit, value, french):
    assert told(unit, value) == french


def test_the_list_goes_by_form_and_by_day(law):
    assert listed(law, MAJORITY, form=LegalForm.SCOP_SARL, on=ON) == "2/3"
    assert listed(law, MAJORITY, form=LegalForm.SCOP_SARL, on=date(2005, 8, 1)) == "3/4 (75 %)"
    assert listed(law, MAJORITY, form=LegalForm.SCOP_SAS, on=ON) == "aux statuts"


def test_without_a_form_each_value_names_its_forms(law):
    line = listed(law, "assembly.email_consent_days", form=None, on=ON)
    assert "20 jours (scic-sarl, scop-sarl)" in line
    assert "aux statuts (scic-sas, scop-sas)" in line


def test_a_figure_of_no_concern_to_a_form_is_not_listed(law):
    lines = list_lines(law, form=LegalForm.SCOP_SA, on=ON)
    assert not [line for line in lines if line.startswith("membership.max_members ")]


def test_the_history_tells_days_articles_sureness_and_leeway(law):
    told_ = "\n".join(show_lines(law, MAJORITY, form=LegalForm.SCIC_SARL, on=ON))
    assert told_.index("depuis le 21/09/2000 : 3/4") < told_.index("depuis le 02/08/2005 : 2/3")
    assert "art. L223-30 — lu à la source" in told_
    assert "statuts : ils peuvent relever, en restant sous 1" in told_
    assert "art. L225-96" not in told_


def test_what_the_law_leaves_is_said_with_the_article_that_leaves_it(law):
    told_ = "\n".join(show_lines(law, "share.transfer_approval_body", form=None, on=ON))
    assert "les statuts doivent le donner" in told_
    assert "laissé aux statuts par : Loi n°\u00a047-1775" in told_


def test_a_figure_is_due_the_day_its_check_is_a_year_old(law):
    checked = max(entry.last_checked_on for entry in law)
    assert due_lines(law, on=date(2026, 11, 24)) == ["Aucun chiffre à revoir au 24/11/2026."]
    head, *due = due_lines(law, on=checked.replace(year=checked.year + 1))
    assert len(due) == len(list(law))
    assert f"{len(due)} sur {len(due)}" in head


def test_a_group_or_a_misspelt_name_leads_to_the_names_there_are(law):
    assert MAJORITY in near_names(law, "assembly.majority")
    assert near_names(law, "capital.flor_ratio")[0] == "capital.floor_ratio"


def test_every_word_of_every_figure_is_told_in_french(law):
    words = {word for entry in law if entry.unit is Unit.TEXT for word in entry.words}
    assert sorted(word for word in words if told(Unit.TEXT, word) == word and word != "bureau") == []
    assert "gérant (manager)" in "\n".join(show_lines(law, "assembly.convenor", form=None, on=ON))


def test_a_figure_whose_check_is_a_year_old_says_so(law):
    assert "à revoir" not in "\n".join(show_lines(law, MAJORITY, form=None, on=ON))
    assert "il y a plus d’un an : à revoir" in "\n".join(show_lines(law, MAJORITY, form=None, on=date(2028, 1, 1)))


def test_doubts_are_told_the_least_sure_first_and_only_for_that_form(law):
    lines = doubt_lines(law, form=LegalForm.SCOP_SARL, on=ON)
    sureness = ["de mémoire" in line for line in lines]
    assert sureness == sorted(sureness, reverse=True)
    assert not any("lu à la source" in line for line in lines)
    assert not any(
        line.startswith("membership.max_members") for line in doubt_lines(law, form=LegalForm.SCOP_SA, on=ON)
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["list", "--form", "scic-sa", "--on", "2026-11-24"], 0, "colleges.weight_max"),
        (["list", "--form", "sarl"], 2, "scop-sarl, scop-sas"),
        (["show", MAJORITY], 0, "art. L223-30"),
        (["show", "assembly.majority"], 0, "assembly.majority.ordinary.second — "),
        (["doubts", "--form", "scic-sa"], 0, "assembly.tie — de mémoire, à vérifier"),
        (["show", "assembly.notice_weeks"], 2, "Aucun texte ne connaît"),
        (["due", "--on", "2026-11-24"], 0, "Aucun chiffre à revoir"),
        (["due", "--on", "2099-01-01"], 0, "À revoir au 01/01/2099"),
    ],
)
def test_the_commands_answer_without_a_database(words, code, said):
    answer = CliRunner().invoke(main, ["law", *words])
    assert (answer.exit_code, said in answer.output) == (code, True)
