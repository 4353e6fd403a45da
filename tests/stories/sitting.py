"""An assembly as people live it, page by page: it is prepared, convened, held and closed."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.coop_world import NAMES, Coop
from tests.person import Person

PLAN = {
    "Nature": "Assemblée générale ordinaire", "Jour": "2027-01-15", "Heure": "18:00",
    "Lieu": "Salle des fêtes, 26000 Valence", "Les associés peuvent voter à distance": True,
}  # fmt: skip
THE_HOUR = "2027-01-15T18:00"
RESOLUTION = (
    "Ajouter la résolution",
    {"Intitulé": "Un atelier commun", "Texte": "L’assemblée décide de louer un atelier."},
)
FIVE = {"Titre": "Cinq pour cent", "Motifs": "Nos marges baissent.", "Commission": "5"}
PROPOSAL = ("Ajouter la proposition", {"Proposition": "n° 1"})
Button = tuple[str, Mapping[str, Any]]


def propose(coop: Coop) -> Person:
    """Awa proposes another commission and three others back it; gives her on its page."""
    awa = coop.person("awa").opens("/proposals/new").presses("Garder comme brouillon", FIVE)
    awa.presses("La montrer aux associés")
    for who in ("benoit", "lea", "jonas"):
        coop.person(who).opens(awa.path).presses("La soutenir")
    return awa


def prepare(coop: Coop, buttons: Iterable[Button] = (RESOLUTION,), **plan: Any) -> Person:
    """The president plans an assembly and writes its agenda; gives her on its page."""
    helene = coop.person("helene").opens("/assemblies/new").presses("La préparer", {**PLAN, **plan})
    for label, answers in buttons:
        helene.presses(label, answers)
    return helene


def convene(coop: Coop, buttons: Iterable[Button] = (RESOLUTION,), **plan: Any) -> Person:
    """The assembly is convened and the mails leave; gives the president on its page."""
    helene = judge(prepare(coop, buttons, **plan).follows("Convoquer…"), "Convoquer maintenant")
    coop.night()
    return helene


def judge(person: Person, button: str) -> Person:
    """She writes what she checked for each point left to her, and presses the button."""
    asked = range(1, 1 + person.text.count("J’ai vérifié (point"))
    return person.presses(button, {f"J’ai vérifié (point {n})": "Les articles ont été relus." for n in asked})


def welcome(coop: Coop, path: str, present: Iterable[str]) -> Person:
    """The teller notes who comes in; gives him in the room."""
    samir = coop.person("samir").opens(path).follows("La salle")
    for who in present:
        samir.presses("Rechercher", {"Nom ou numéro": NAMES[who]}).presses("Arrive")
    return samir


def open_session(helene: Person, path: str) -> Person:
    """The president opens the session, with Malik as secretary and two tellers; gives her in the room."""
    bureau = {
        "Présidence": NAMES["helene"],
        "Secrétariat": NAMES["malik"],
        "Scrutateurs": [NAMES["samir"], NAMES["awa"]],
    }
    return helene.opens(path).follows("La salle").follows("Ouvrir la séance…").presses("Ouvrir la séance", bureau)


def decide(coop: Coop, helene: Person, *, raised: str = "Pour") -> Person:
    """Every resolution left is voted by a show of hands, closed and proclaimed."""
    samir = coop.person("samir")
    while "Ouvrir le vote" in helene.text:
        helene.presses("Ouvrir le vote")
        samir.opens(helene.path).follows("Saisir les bulletins")
        if "Toute la salle a voté" not in samir.text:
            samir.presses("Déposer ces bulletins", {"Toutes les autres personnes": raised})
        helene.presses("Fermer le vote").presses("Proclamer le résultat")
    return helene


def hold(coop: Coop, path: str, present: Iterable[str], *, hour: str = THE_HOUR) -> Person:
    """The whole sitting, from the first arrival to the end; gives the president on the assembly's page."""
    coop.at(hour)
    welcome(coop, path, present)
    return decide(coop, open_session(coop.person("helene"), path)).presses("Lever la séance")
