"""In a cooperative of collective interest the colleges weigh what the statutes say, whatever their number."""

import pytest

from tests.coop_world import NAMES, everything_wired
from tests.stories import sitting

# Ten members, one after the other in the four colleges: three creators, three of the team, two customers, two supporters.
CREATORS, TEAM = ("helene", "zoe", "jonas"), ("malik", "awa", "marie")
CUSTOMERS, SUPPORTERS = ("nadia", "benoit"), ("samir", "lea")
EVERYBODY = (*CREATORS, *TEAM, *CUSTOMERS, *SUPPORTERS)


@pytest.fixture
def coop(app, clock):
    """A SCIC SA whose creators weigh two fifths and the three other colleges one fifth each."""
    return everything_wired(app, clock).found("scic-sa")


def vote(coop, in_favour, present=EVERYBODY):
    """Hold an assembly at which these vote for and all the others against; gives a member on its page."""
    path = sitting.convene(coop).path
    coop.at(sitting.THE_HOUR)
    sitting.welcome(coop, path, present)
    helene = sitting.open_session(coop.person("helene"), path).presses("Ouvrir le vote")
    samir = coop.person("samir").opens(helene.path).follows("Saisir les bulletins")
    numbers = {who: n for n, who in enumerate(NAMES, start=1)}
    exceptions = {f"{numbers[who]} · {NAMES[who]}": "Pour" for who in in_favour}
    samir.presses("Déposer ces bulletins", {**exceptions, "Toutes les autres personnes": "Contre"})
    helene.presses("Fermer le vote").presses("Proclamer le résultat").presses("Lever la séance")
    assert coop.faults() == []
    return coop.person("lea").opens(path)


def test_half_of_the_heads_adopts_when_their_colleges_weigh_three_fifths(coop):
    page = vote(coop, (*CREATORS, *CUSTOMERS)).sees("Pour : 5. Contre : 5.", "Adoptée", "60 %")
    page.sees("chaque collège pondéré")


def test_six_heads_of_ten_are_rejected_when_their_colleges_weigh_half(coop):
    vote(coop, (*TEAM, *SUPPORTERS, CUSTOMERS[0])).sees("Pour : 6. Contre : 4.", "Rejetée", "50 %")


def test_the_board_admits_into_a_college_that_the_candidate_chose(coop):
    stranger = coop.person().opens("/members/apply").sees("Chaque collège pèse une part des voix")
    typed = {
        "Prénom": "Clémence", "Nom de famille": "Arnaud", "Adresse électronique": "clemence@exemple.fr",
        "Adresse": "3 rue des Lilas", "Code postal": "35000", "Ville": "Rennes", "Métier": "Vannière",
        "Ce que vous êtes": "Non employé", "Nombre de parts": "2", "J’ai lu": True,
    }  # fmt: skip
    stranger.is_refused("Envoyer ma candidature", typed).sees("Chaque associé appartient à un collège")
    stranger.presses("Envoyer ma candidature", {"Collège": "Créatrices et créateurs"})
    helene = coop.person("helene").opens("/").follows("Candidatures à examiner").follows("Admettre")
    helene.presses("Admettre", {"Décision": "Conseil du 24 novembre, point 3"}).sees(
        "Clémence Arnaud compte maintenant parmi les associés"
    )
    helene.sees("Créatrices et créateurs", "par lettre")
    coop.person("nadia").opens("/shares/").follows("Clémence Arnaud").sees("40,00 €", "Bulletin de souscription")


def test_the_minutes_and_the_statutes_say_the_weights(coop):
    vote(coop, EVERYBODY)
    coop.person("malik").opens("/minutes/").follows("Assemblée générale").sees("Créatrices et créateurs 40 % 3 0")
    coop.person("lea").opens("/statutes").sees("Créatrices et créateurs", "40 %")
