"""The minutes on paper say all that the law asks (code de commerce, art. R223-24 and R225-106)."""

import copy
from typing import Any

import pytest

from coopgov.minutes.facts import complete
from coopgov.printing.render import render_html, render_pdf

HASH = "4be1a09c" + "0" * 56
TOLD: dict[str, Any] = {
    "assembly": {
        "id": "a", "title": "Assemblée générale annuelle 2026", "kind": "ordinary", "call": 1,
        "held_at": "2026-12-12T17:00:00+00:00", "place": "Salle des fêtes, 35000 Rennes", "remote_allowed": True,
        "opened_at": "2026-12-12T17:04:00+00:00", "closed_at": "2026-12-12T18:41:00+00:00",
    },
    "convocation": {
        "sent_on": "2026-11-24", "by_mail": 27, "by_letter": 4, "notice_days": 15,
        "citation": "Code de commerce, art. R225-69",
    },
    "bureau": {
        "chair": {"name": "Élodie Œuvrard", "account_id": "1"},
        "secretary": {"name": "Karim Benali", "account_id": "2"},
        "tellers": [{"name": "Nadia Le Goff", "account_id": "3"}, {"name": "Łukasz Żak", "account_id": "4"}],
    },
    "presence": {
        "enrolled": 31, "present": 14, "represented": 5, "remote": 6, "quorum_needed": "1/5", "quorum_met": True,
        "citation": [{"text": "Code de commerce, art. L225-98", "url": None}],
    },
    "roll_hash": "9f2c41aa" + "0" * 56,
    "agenda": [
        {"position": 1, "title": "Comptes de l’exercice"}, {"position": 2, "title": "Commission sur les ventes"},
    ],
    "resolutions": [
        {
            "position": 1, "title": "Comptes de l’exercice", "kind": "accounts", "subject_hash": HASH,
            "text": "L’assemblée générale, après avoir entendu le rapport de gestion, approuve les comptes de "
                    "l’exercice clos le 31 décembre 2025 tels qu’ils lui ont été présentés.\n\nElle donne quitus.",
            "outcome": "adopted", "for": 22, "against": 1, "abstain": 2, "blank": 0, "numerator": 22, "denominator": 23,
            "base": "EXPRESSED", "fraction": "1/2", "strict": True, "citations": ["Code de commerce, art. L225-98"],
        },
        {
            "position": 2, "title": "Commission sur les ventes", "kind": "proposal", "subject_hash": HASH,
            "text": "L’assemblée générale décide de modifier les tarifs de la place de marché.",
            "change_text": "Commission sur les ventes : de 6,5 % à 5 %.",
            "outcome": "rejected", "for": 11, "against": 12, "abstain": 1, "blank": 1, "numerator": 11,
            "denominator": 23, "base": "EXPRESSED", "fraction": "1/2", "strict": True, "citations": [],
        },
    ],
    "judgements": [
        {
            "sentence": "La résolution 2 est un texte libre.", "reason": "Relu : rien n’y touche aux statuts.",
            "at": "2026-11-24T09:00:00+00:00", "by": "Karim Benali",
        },
    ],
    "incidents": [{"at": "2026-12-12T17:30:00+00:00", "text": "La retransmission s’est interrompue deux minutes."}],
    "proxies": [{"grantor": "Alice Martin", "holder": "Bob Le Goff"}],
    "documents": [{"title": "Rapport de gestion", "number": 3}],
}  # fmt: skip


@pytest.fixture
def minutes(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of final minutes, as they come back from the archive."""
    return {
        **facts, **complete(TOLD), "attendance": [],
        "document": {**facts["document"], "series": "minutes"},
        "journal": {"first": 120, "last": 348, "lines": 61},
        "signature": {
            "who": "bureau", "citations": [{"text": "Code de commerce, art. R225-106", "url": None}],
            "electronic_citations": [{"text": "Décret n° 2019-1118 du 31 octobre 2019", "url": None}],
        },
        "prose": {
            "reports": ["Le rapport de gestion est lu."], "remarks": [],
            "debates": ["Deux associées interrogent le conseil sur les frais de paiement ; ils n’ont pas changé."],
        },
        "debate_of": {"2": ["Un associé craint pour l’équilibre de l’exercice à venir."]},
        "approvals": [
            {"signer": "chair", "name": "Élodie Œuvrard", "at": "2026-12-14T09:00:00+00:00"},
            {"signer": "secretary", "name": "Karim Benali", "at": "2026-12-14T10:00:00+00:00"},
        ],
        "content_hash": HASH,
    }  # fmt: skip


def written(facts: dict[str, Any], language: str = "fr") -> str:
    return " ".join(render_html("minutes.html", facts, language=language, title="Procès-verbal").split())


@pytest.mark.parametrize(
    "said",
    [
        "12 décembre 2026 à 18:00", "Salle des fêtes", "sur première convocation",
        "27 associés par courrier électronique",
        "4 associés par lettre", "15 jours au moins", "présidée par Élodie Œuvrard", "Karim Benali",
        "Nadia Le Goff, Łukasz Żak",
        "31 associés", "quorum exigé est de 7 associés", "art. L225-98", "Rapport de gestion", "Comptes de l’exercice",
        "Deux associées interrogent", "22 pour, 1 contre, 2 abstentions", "22 sur 23, soit 95,65", "plus de 50",
        "La résolution est adoptée.", "La résolution est rejetée.", "de 6,5 % à 5 %", "retransmission",
        "ouverte le 12 décembre 2026 à 18:04", "levée le 12 décembre 2026 à 19:41", "Alice Martin à Bob Le Goff", "R225-106",
        "Décret n° 2019-1118",
        "Points appréciés avant la convocation", "Vérification de Karim Benali, le 24 novembre 2026 à 10:00 : Relu",
        "signé à la main", "lignes 120 à 348", "4be1a09c", "9f2c41aa",
    ],
)  # fmt: skip
def test_the_minutes_say_all_that_the_law_asks(minutes, said):
    assert said in written(minutes).replace("\u202f", " ").replace("\u00a0", " ").replace("95,65 %", "95,65")


def test_missing_quorum_is_said_and_nothing_is_decided(minutes):
    told = copy.deepcopy(TOLD)
    told["presence"].update(present=2, represented=0, remote=0, quorum_met=False)
    told["assembly"].update(opened_at=None, closed_at=None)
    told["bureau"] = {}
    told["resolutions"] = [{"position": 1, "title": "Comptes", "text": "Approuver.", "outcome": "no_quorum"}]
    html = written({**minutes, **complete(told)})
    assert "ne peut valablement délibérer" in html
    assert "Faute de quorum, la résolution n’a pas été mise aux voix." in html
    assert "Votes :" not in html


def test_a_sarl_names_everybody_with_her_shares(minutes):
    lines = [{"name": "Alice Martin", "shares": 3, "mode": "represented", "holder": "Bob Le Goff"}]
    assert "représenté par Bob Le Goff" in written({**minutes, "attendance": lines})


def test_the_least_that_is_told_still_makes_minutes(minutes):
    least = {"assembly": {"id": "a", "title": "AG", "held_at": "2026-12-12T17:00:00+00:00"}}
    assert "Procès-verbal" in written({**minutes, **complete(least)})


def test_the_courtesy_version_says_the_same(minutes):
    html = written(minutes, "en")
    assert "The resolution is adopted." in html
    assert "12 December 2026 at 18:00" in html


def test_the_same_facts_give_the_same_paper(minutes):
    papers = {render_pdf("minutes.html", minutes, language="fr", title="Procès-verbal") for _ in range(2)}
    assert len(papers) == 1
