"""The treasurer's desk: who waits to be paid back, what would happen if, and how a member's account reads."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from coopgov.core.money import Cents
from coopgov.members import service as members
from coopgov.shares import service as shares
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from coopgov.statutes.rules import StatutesFigure
from coopgov.treasury import queries as treasury_queries
from coopgov.treasury import service as treasury
from coopgov.treasury.rules import Rate
from tests.conftest import TestClock
from tests.coop_world import everything_wired

LEFT = date(2026, 11, 20)


@pytest.fixture
def coop(app):
    """A SCOP in which Jonas and Marie left, with shares that are paid."""
    made = everything_wired(app, TestClock()).found("scop-sarl")
    with made.act("nadia") as act:
        for who in ("awa", "benoit", "jonas", "marie"):
            shares.subscribe(act, member_id=made.ids[who], quantity=10, effective_on=date(2026, 11, 2))
            treasury.pay(act, member_id=made.ids[who], cents=Cents(10_00), effective_on=date(2026, 11, 2))
    for who in ("jonas", "marie"):
        with made.act("malik") as act:
            members.resign(act, member_id=made.ids[who], effective_on=LEFT, reason="départ")
    yield made
    made.close()


def test_the_queue_tells_who_left_first_and_what_the_floor_lets_go(coop):
    page = coop.person("nadia").opens("/treasury/to-reimburse")
    page.sees("À rembourser", "2 personnes", "20/11/2026", "Plancher du capital", "art. 31")
    coop.person("nadia").opens("/treasury/").sees("Trésorerie", "2 anciens associés qui détiennent des parts")


def test_a_simulation_names_those_who_would_leave_and_writes_nothing(coop):
    nadia, before = coop.person("nadia"), coop.lines()
    page = nadia.opens("/treasury/simulation?until=2029-12-31&leavers=1&leave_on=2027-02-01&inflow=50")
    page.sees("Au 31 décembre 2029", "Si ces personnes partent le 1er février 2027", "Mois par mois")
    nadia.opens("/treasury/simulation?leavers=99999", status=422).sees("Aucun associé actuel n’a ces numéros")
    nadia.opens("/treasury/simulation?until=2020-01-01", status=422).sees("Choisissez un jour")
    assert coop.lines() == before


def test_a_whole_account_tells_both_books_with_their_balances(coop):
    page = coop.person("nadia").opens(f"/treasury/members/{coop.ids['jonas']}/account")
    page.sees("Compte complet", "Souscription", "Appel", "Versement", "livre des parts", "livre du capital", "10,00 €")


def test_one_person_prepares_on_the_page_and_another_confirms_or_refuses(coop):
    awa = coop.ids["awa"]
    with coop.act("nadia") as act:
        treasury.pay(act, member_id=awa, cents=Cents(12_00), effective_on=date(2026, 11, 5))
    paid = treasury_queries.movements_of(coop.session, awa)[-1].transaction.seq
    nadia = coop.person("nadia").opens(f"/treasury/movements/{paid}/reverse")
    nadia.sees("Ce que la contre-passation enfreindrait", "n’enfreint aucune règle")
    page = nadia.presses("Soumettre à confirmation", {"Motif": "Chèque impayé"})
    page.sees("Attend une autre personne", "Vous avez préparé ce mouvement", "Chèque impayé")
    helene = coop.person("helene").opens("/").sees("1 mouvement d’argent à confirmer")
    helene.opens("/treasury/").sees("À confirmer").opens("/treasury/prepared").sees("Contre-passation")
    helene.opens(page.path).presses("Refuser", {}, status=422).sees("Dites pourquoi")
    helene.opens(page.path).presses("Confirmer et enregistrer", {}).sees("Confirmé et enregistré")
    assert treasury_queries.account_of(coop.session, member_id=awa, on=date(2026, 12, 1)).suspense == 0


def test_undoing_a_whole_year_says_what_it_breaks_and_asks_why(coop):
    page = undoing_a_whole_year(coop)
    page.sees("Rien n’a été enregistré", "Écrivez alors pourquoi", "Ce que la contre-passation enfreindrait")
    page.presses("Annuler ce traitement", WHY).sees("annulé le 20/06/2027")


def test_undoing_a_whole_year_by_two_persons_shows_both_what_it_breaks_and_why(coop):
    page = undoing_a_whole_year(coop, "Soumettre à confirmation", ask_two=True)
    page.sees("Les statuts demandent ici deux personnes", "art. 12", "Écrivez alors pourquoi")
    page = page.presses("Soumettre à confirmation", WHY)
    seen = ("Annule le traitement entier", "Intérêt aux parts 2026", "L’assemblée a voté", "Taux faux", "héritiers")
    page.sees("Attend une autre personne", "Vous avez préparé ce mouvement", "art. 12", *seen)
    helene = coop.person("helene").opens("/").sees("1 mouvement d’argent à confirmer")
    helene.opens("/treasury/prepared").sees("Tous les associés du traitement", "du traitement entier")
    helene.opens("/treasury/interest").sees("en vigueur")
    page = helene.opens(page.path).sees(*seen).presses("Confirmer et enregistrer", {})
    page.sees("Confirmé et enregistré", "Dernière ligne du livre")
    helene.opens("/treasury/interest").sees("annulé le 20/06/2027")


WHY = {"Pourquoi la contre-passation est faite malgré cela": "L’assemblée a voté un autre taux"}


def undoing_a_whole_year(coop, button="Annuler ce traitement", *, ask_two=False):
    """The page on which Nadia was asked why she undoes the interest of 2026, some of which a dead member earned."""
    coop.at("2027-06-20T10:00")
    if ask_two:
        usual = ready_set("scop-sarl")
        asks = {"capital.two_persons.reversal": StatutesFigure(True, "art. 12")}
        with coop.act("helene") as act:
            statutes.adopt_statutes(
                act, text=replace(usual, figures={**usual.figures, **asks}), in_force_from=act.today, decision="AGE"
            )  # fmt: skip
    with coop.act("nadia") as act:
        treasury.declare_interest(
            act, year=2026, rates=[Rate(date(2026, 1, 1), date(2026, 12, 31), Fraction(1, 100))],
            assembly_on=date(2027, 6, 18), effective_on=date(2027, 6, 18), resolution="AGO", cap_checked="Lu au JO",
        )  # fmt: skip
        members.record_death(act, member_id=coop.ids["awa"], effective_on=date(2027, 6, 19), proof="acte de décès")
    asked = {"Ce qui est annulé": "Intérêt aux parts", "Motif": "Taux faux"}
    return coop.person("nadia").opens("/treasury/interest").is_refused(button, asked)
