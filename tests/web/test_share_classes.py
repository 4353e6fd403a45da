"""The board makes a class of shares, beside what the law allows; a withdrawal says what it pays first."""

from datetime import date

import pytest

from coopgov.core.money import Cents
from coopgov.shares import queries
from coopgov.shares import service as shares
from coopgov.treasury import service as treasury
from tests.conftest import TestClock
from tests.coop_world import everything_wired

NOVEMBER = date(2026, 11, 2)
PARTS_B = {
    "Nom": "Parts B",
    "Code": "parts-b",
    "Nombre de parts au plus": "50",
    "Valeur nominale": "20",
    "Décision": "AGE du 24",
}


@pytest.fixture
def coop(app):
    made = everything_wired(app, TestClock())
    yield made
    made.close()


def test_the_board_makes_a_class_within_the_bounds_that_the_page_shows(coop):
    coop.found("scop-sarl")
    page = coop.person("helene").opens("/shares/").follows("Catégories de parts")
    page.sees("Une seule valeur nominale", "Loi n° 78-763 du 19 juillet 1978, art. 22")
    page.presses("Créer cette catégorie", PARTS_B | {"Valeur nominale": "7"}, status=422).sees("une seule valeur")
    made = page.presses("Créer cette catégorie", PARTS_B).sees("Parts B", "parts-b", "de 0 à 50")
    assert [terms.code for terms in queries.classes(coop.session)] == ["ordinary", "parts-b"]
    made.presses("Créer cette catégorie", PARTS_B, status=422).sees("pas encore utilisé")


def test_a_withdrawal_says_before_and_after_what_pays_a_call_first(coop):
    awa = coop.found("scic-sa").ids["awa"]
    with coop.act("nadia") as act:
        shares.subscribe(act, member_id=coop.ids["benoit"], quantity=2_000, effective_on=NOVEMBER)
        shares.subscribe(act, member_id=awa, quantity=10, effective_on=NOVEMBER)
        treasury.pay(act, member_id=awa, cents=Cents(150_00), effective_on=NOVEMBER)
    form = coop.person("nadia").opens(f"/shares/members/{awa}/withdraw")
    typed = {"Nombre de parts": "3", "Pourquoi": "L’associé garde moins de parts", "Décision": "Conseil du 20"}
    before = form.presses("Vérifier avant d’enregistrer", typed)
    before.sees("doit encore 50,00 € d’un appel", "par compensation", "Code civil, art. 1347")
    before.presses("Enregistrer le mouvement", {}).sees("par compensation", "Code civil, art. 1347")
