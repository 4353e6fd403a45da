"""The papers of an assembly say all that the law asks of them, in French, and in English as a courtesy."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from coopgov.assemblies import documents
from coopgov.assemblies.documents import (
    AttendanceSheet,
    LetterList,
    Meeting,
    Notice,
    ProxyForm,
    Recipient,
    Rule,
    SheetRow,
)
from coopgov.core.canonical import plain
from coopgov.printing.render import render_html, render_pdf

HELD_AT = datetime(2027, 1, 15, 17, tzinfo=UTC)
DEADLINE = datetime(2027, 1, 14, 14, tzinfo=UTC)
MEETING = Meeting("AGO", "ordinary", "assemblée générale ordinaire", 1, HELD_AT, "Salle des fêtes, Valence", None)
AGENDA = [{"position": 1, "title": "Commission", "text": "L’assemblée décide.", "change_text": "8,5 % → 7,5 %"}]
PROXIES = Rule(5, ("Loi n° 78-763 du 19 juillet 1978, art. 14",))
SHEET_ROW = SheetRow(3, "Zoé Œuvrard", "1 rue des Potiers, Valence", "present", "", None)


@pytest.fixture
def notice(facts):
    return Notice(
        cooperative=facts["cooperative"], recipient=None, meeting=MEETING, sent_on=date(2026, 11, 24), company="sa",
        agenda=AGENDA, notice_days=Rule(15, ("Code de commerce, art. R225-69",)), quorum=Rule("1/5", ("art. L225-98",)),
        quorum_heads=48, majority=Rule("1/2", ()), majority_strict=True, majority_base="PRESENT_OR_REPRESENTED",
        documents=Rule(15, ()), questions=Rule(4, ("art. R225-84",)), proxies=PROXIES, proxy_deadline=DEADLINE,
        remote_closes_at=DEADLINE, remote_articles=("art. R225-77",), enrolled=240, roll_hash="ab" * 32, journal_size=81,
        journal_hash="cd" * 32, address="https://coop.example/assemblies/1",
    )  # fmt: skip


@pytest.fixture
def paper(facts):
    def write(template, found, language="fr"):
        told = {**plain(documents.facts(found)), "document": facts["document"]}
        return render_html(template, told, language=language, title="Papier").replace("\n", " ")

    return write


def test_a_notice_tells_all_that_r225_66_asks(notice, paper):
    html = paper("notice.html", notice)
    for told in (
        "Coopérative des Trois Rivières", "à capital variable", "RCS", "Rennes", "12 rue du Pont", "15 janvier 2027 à 18:00",
        "Salle des fêtes, Valence", "assemblée générale ordinaire", "Commission", "voter à distance",
        "14 janvier 2027 à 15:00", "https://coop.example/assemblies/1", "48 associés", "plus de 5 pouvoirs",
        "questions écrites", "15 jours au moins", "R225-69", "abababab", "cdcdcdcd",
    ):  # fmt: skip
        assert told in html, told


def test_a_notice_says_nothing_of_remote_votes_where_there_are_none(notice, paper):
    assert "voter à distance" not in paper("notice.html", replace(notice, remote_closes_at=None))


def test_a_second_notice_recalls_the_first(notice, paper):
    again = replace(notice, meeting=replace(MEETING, call=2, previous_held_on=date(2027, 1, 5)))
    html = paper("notice.html", again)
    assert "deuxième convocation" in html
    assert "5 janvier 2027" in html


def test_a_letter_has_its_address(notice, paper):
    to = Recipient("Mme Zoé Œuvrard", ("3 quai des Tanneurs", "35000 Rennes"))
    assert "3 quai des Tanneurs" in paper("notice.html", replace(notice, recipient=to))
    assert 'class="recipient"' not in paper("notice.html", notice)


def test_a_proxy_form_tells_the_limit_its_article_and_who_receives_a_blank_one(facts, paper):
    form = ProxyForm(
        facts["cooperative"], MEETING, AGENDA, PROXIES, PROXIES.articles, ("art. L225-106, III",), DEADLINE, "https://x"
    )
    html = paper("proxy_form.html", form)
    assert "plus de 5 (Loi n° 78-763" in html
    assert "L225-106, III" in html
    assert "Bon pour pouvoir" in html


def test_an_attendance_sheet_says_how_each_member_took_part(facts, paper):
    rows = [
        SHEET_ROW,
        replace(SHEET_ROW, number=4, mode="represented", holder="Bob Le Goff", proxy_given_on=date(2027, 1, 3)),
        replace(SHEET_ROW, number=5, mode="remote"),
    ]
    html = paper("attendance_sheet.html", _sheet(facts, rows))
    assert "pouvoir à Bob Le Goff, le 3 janvier 2027" in html
    assert html.count("formulaire électronique") == 1
    assert "soit 3 voix sur 240" in html
    assert "certifiée exacte" in html
    assert "certifiée exacte" not in paper("attendance_sheet.html", replace(_sheet(facts, rows), part=1, parts=2))


def _sheet(facts, rows):
    return AttendanceSheet(
        cooperative=facts["cooperative"], meeting=MEETING, rows=rows, part=1, parts=1, first=1, present=1, represented=1,
        remote=1, enrolled=240, quorum=Rule("1/5", ()), quorum_heads=48, bureau=[{"office": "chair", "name": "Awa"}],
        articles=("Code de commerce, art. R225-95",), roll_hash="ab" * 32,
    )  # fmt: skip


def test_the_list_of_letters_gives_their_addresses(facts, paper):
    rows = [{"number": 3, "name": "Zoé Œuvrard", "lines": ["3 quai des Tanneurs", "35000 Rennes"]}]
    found = LetterList(facts["cooperative"], MEETING, date(2026, 11, 24), registered=True, part=1, parts=1, rows=rows)
    html = paper("letter_list.html", found)
    assert "lettre recommandée" in html
    assert "3 quai des Tanneurs, 35000 Rennes" in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_papers_are_printed_in_both_languages(notice, facts, language):
    sheet = _sheet(facts, [SHEET_ROW])
    for template, found in (("notice.html", notice), ("attendance_sheet.html", sheet)):
        told = {**plain(documents.facts(found)), "document": facts["document"]}
        assert render_pdf(template, told, language=language, title="Papier").startswith(b"%PDF")


def test_a_notice_tells_how_colleges_are_weighed(notice, paper):
    colleges = [{"label": "Créateurs", "weight": "2/5"}, {"label": "Salariés", "weight": "3/5"}]
    html = paper("notice.html", replace(notice, colleges=colleges))
    assert "plus de la moitié du total ainsi pondéré" in html
    assert "Créateurs : 40\u202f%" in html
    assert "collège" not in paper("notice.html", notice)
    assert "Créateurs: 40%" in paper("notice.html", replace(notice, colleges=colleges), "en")


@pytest.mark.parametrize(
    ("who", "told"),
    [("member", "donné à un autre associé (L"), ("member_spouse_or_partner", "pacte civil de solidarité")],
)
def test_a_proxy_form_says_to_whom_the_law_lets_it_go(facts, paper, who, told):
    form = ProxyForm(facts["cooperative"], MEETING, AGENDA, PROXIES, ("L’article",), (), DEADLINE, "https://x", who)
    assert told in paper("proxy_form.html", form)
