"""The words of resolutions: French acts, and a proposal's Markdown as plain paragraphs."""

from datetime import UTC, date, datetime, timedelta

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


def test_a_suspension_is_told_with_how_long_it_was_and_both_ends():
    since = datetime(2027, 1, 13, 22, 50, tzinfo=UTC)
    again, announced = since + timedelta(hours=2, minutes=5), datetime(2027, 1, 14, 14, tzinfo=UTC)
    assert wording.suspended(since, since, "Panne.") == "Votes suspendus depuis 23:50. Incident : Panne."
    told = wording.resumed(since, again, announced, announced + (again - since))
    assert "suspension de 2\u00a0h\u00a005, depuis le 13 janvier 2027 à 23:50" in told
    assert "annoncé jusqu’au 14 janvier 2027 à 15:00, est clos le 14 janvier 2027 à 17:05" in told
    in_the_room = wording.resumed(since, since + timedelta(seconds=40), announced, None)
    assert ("1\u00a0min" in in_the_room, "le président le clôt" in in_the_room) == (True, True)
