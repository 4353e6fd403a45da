"""The words of resolutions: French acts, and a proposal's Markdown as plain paragraphs."""

from datetime import date

from coopgov.assemblies import wording
from coopgov.assemblies.rules import AssemblyKind, SubjectKind


def test_a_decision_is_named_as_later_papers_quote_it():
    reference = wording.decision_reference(AssemblyKind.ORDINARY, date(2027, 1, 1), 3)
    assert reference == "Assemblée générale ordinaire du 1er janvier 2027, résolution n°\u00a03"


def test_the_quitus_goes_to_those_who_manage():
    assert "quitus à la gérance" in wording.accounts_text(date(2025, 12, 31), "sarl")
    assert "quitus aux administrateurs" in wording.accounts_text(date(2025, 12, 31), "sa")


def test_markdown_is_printed_as_plain_paragraphs():
    text = "## Pourquoi\n\nElle **pèse** trop.\n\n- une\n- deux"
    assert wording.in_print(SubjectKind.PROPOSAL, text) == "Pourquoi\n\nElle pèse trop.\n\n– une\n\n– deux"


def test_the_boards_own_words_stay_as_they_are():
    text = "L’assemblée approuve *tous* les comptes.\n\nElle donne quitus."
    assert wording.in_print(SubjectKind.TEXT, text) == text
