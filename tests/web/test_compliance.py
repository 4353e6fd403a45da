"""The pages of compliance: what is broken stands first, a movement is only looked at, what was told is read again."""

from datetime import date

import pytest

from coopgov.compliance import service
from coopgov.compliance.rules import FactKind
from coopgov.core.policy import Role
from tests.coop_world import everything_wired


@pytest.fixture
def coop(app, clock):
    made = everything_wired(app, clock).found("scop-sa-cae")
    yield made
    made.close()


def test_the_page_says_what_is_broken_its_article_and_what_to_do(coop):
    page = coop.person("olivier").opens("/compliance/")
    page.sees(
        "Conformité", "Non respecté", "Les comptes de l’exercice clos le 31 décembre 2025", "L225-100", "30 juin 2026"
    )
    page.sees("Respecté", "Capital des associés employés", "100 %", "au moins 51 %", "Plancher du capital", "Statuts")
    page.sees("Révision coopérative", "À apprécier par une personne", "Les chiffres")
    assert (
        page.text.index("Non respecté") < page.text.index("À apprécier par une personne") < page.text.index("Respecté")
    )
    coop.person("olivier").opens("/").sees("Ce que la loi nous demande")
    coop.person("awa").opens("/").misses("Ce que la loi nous demande")


def test_each_reader_has_the_page_in_her_language(coop):
    olivier = coop.person("olivier")
    olivier.opens("/compliance/").sees("respecté", "à apprécier").misses("to be judged")
    olivier.client.post("/language", data={"language": "en"})
    olivier.opens("/compliance/").sees("kept", "to be judged", "at least 51%").misses("respecté", "à apprécier")


def test_what_is_told_settles_what_was_asked_and_may_be_withdrawn(coop):
    nadia = coop.person("nadia").opens("/compliance/facts")
    review = {"Ce qui s’est passé": "Révision coopérative", "Quel jour": "2024-05-04", "Ce qui le prouve": "rapport 12"}
    nadia.presses("Enregistrer", review).sees("rapport 12", "Nadia Perrin")
    nadia.opens("/compliance/").sees("La dernière révision coopérative est du 4 mai 2024", "4 mai 2029")
    nadia.opens("/compliance/facts").follows("Retirer").is_refused("Retirer", {"Motif": ""})
    nadia.presses("Retirer", {"Motif": "mauvais dossier"}).sees("mauvais dossier", "retrait", "retiré")
    nadia.opens("/compliance/").sees("Aucune révision coopérative n’est connue ici")
    filed = {"Ce qui s’est passé": "Comptes déposés au greffe", "Quel jour": "2026-07-01"}
    nadia.opens("/compliance/facts").is_refused("Enregistrer", filed).sees("Choisissez le jour où il s’est clos")
    assert nadia.field("Quel jour") == "2026-07-01"


def test_a_movement_is_shown_before_and_after_and_nothing_is_written(coop):
    before = coop.lines()
    page = coop.person("helene").opens("/compliance/draft?external_join=6&shares_each=50")
    page.sees(
        "Ce mouvement enfreindrait", "Voix des associés extérieurs", "37,5", "3 bis", "Capital des associés employés"
    )
    page.opens("/compliance/draft?external_join=1").sees("Ce mouvement n’enfreindrait rien")
    page.opens("/compliance/draft").misses("Avant et après")
    page.opens("/compliance/draft?shares_each=3").sees("écrivez au moins un nombre")
    assert coop.lines() == before


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("external_join=abc", "Écrivez un nombre entier"),
        ("external_join=-2", "Écrivez un nombre entre 0 et"),
        ("employed_leave=11", "il ne peut pas en partir davantage"),
        ("member=999&move=withdraw", "Écrivez le numéro de la personne"),
        ("member=1&move=subscribe", "Écrivez combien de parts"),
        ("move=fly", "N'est pas un choix valide"),
        ("external_join=%00", "ne peut pas être conservé"),
    ],
)
def test_a_bad_movement_is_told_by_its_field_and_kept(coop, asked, told):
    page = coop.person("helene").opens(f"/compliance/draft?{asked}&shares_each=7", status=422).sees(told)
    assert page.field("Parts que chacune souscrit") == "7"


def test_people_who_join_a_scic_are_counted_in_the_college_that_was_chosen(app, clock):
    helene = everything_wired(app, clock).found("scic-sa").person("helene")
    helene.opens("/compliance/draft?external_join=40&college=", status=422)
    helene.sees("Simulation : rien n’est écrit", "Choisissez le collège des personnes qui entrent")
    helene.misses("Rien n’a été enregistré", "Avant et après")
    page = helene.opens("/compliance/draft?external_join=40&college=clients")
    page.sees("Associés de chaque collège avant et après le mouvement", "42")
    helene.opens("/compliance/draft?employed_leave=1&college=").sees("Associés de chaque collège")


def test_what_one_member_holds_is_not_told_to_who_may_not_see_shares(coop):
    zoe = coop.person("zoe").opens("/compliance/")
    assert "/shares/members/" not in zoe.sees("Plus gros porteur").answer.text
    zoe.opens("/compliance/draft?member=1&move=withdraw").misses("Numéro d’une personne associée", "Avant et après")
    assert "/shares/members/" in coop.person("olivier").opens("/compliance/").answer.text


def test_before_the_first_statutes_their_page_is_shown(app, clock, signed_in):
    everything_wired(app, clock)
    answer = signed_in(Role.BOARD).get("/compliance/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/statutes")


def test_accounts_approved_in_an_assembly_are_known_by_themselves(coop):
    with coop.act() as act:
        service.tell(act, kind=FactKind.ACCOUNTS_APPROVED, day=date(2026, 6, 12), year_end=date(2025, 12, 31))
    coop.person("olivier").opens("/compliance/").sees("ont été approuvés le 12 juin 2026", "12 août 2026")
