"""The people of the demonstration: drawn with a seed, so that the same seed is the same cooperative."""

import random
from dataclasses import dataclass

GIVEN = [
    "Awa",
    "Benoît",
    "Camille",
    "Driss",
    "Élodie",
    "Fatou",
    "Gaël",
    "Hélène",
    "Inès",
    "Jules",
    "Karim",
    "Léa",
    "Malik",
    "Nadia",
    "Océane",
    "Pierre",
    "Quentin",
    "Rosa",
    "Samir",
    "Thérèse",
    "Ulysse",
    "Violette",
    "Wassim",
    "Yasmine",
    "Zoé",
    "Anouk",
    "Bastien",
    "Chloé",
    "Damien",
    "Estelle",
    "Florian",
    "Gisèle",
    "Hugo",
    "Irène",
    "Jeanne",
    "Koffi",
    "Lucien",
    "Maëlle",
    "Nora",
    "Olivier",
    "Paloma",
    "Rémi",
    "Salomé",
    "Tom",
    "Ursule",
    "Victor",
    "Apolline",
    "Baptiste",
    "Céline",
    "Diego",
]
FAMILY = (
    (
        "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia "
        "Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Martinez Legrand Garnier "
        "Faure Rousseau Blanc Guérin Muller Henry Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez "
        "Fontaine Chevalier Robin Masson Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche Roy "
        "Noël Meyer Lucas Meunier Jean Perez Marchand Dufour Blanchard Marie Barbier Brun Dumas Brunet Schmitt Leroux "
        "Colas Diallo Traoré Benali Haddad Le Goff Kervella Etcheverry Orsini Keller Da Silva Ferreira Kowalski Rossi"
    )
    .replace("Le Goff", "Le_Goff")
    .replace("Da Silva", "Da_Silva")
    .split()
)
CRAFTS = (
    "céramiste", "couturière", "bijoutier", "savonnière", "menuisier", "relieuse", "maroquinier", "tisserande",
    "illustratrice", "verrier", "brodeuse", "luthier", "vannière", "coutelier", "modiste", "sérigraphe",
    "tapissière", "doreur", "feutrière", "ébéniste",
)  # fmt: skip
TOWNS = (
    ("44000", "Nantes"), ("35000", "Rennes"), ("69003", "Lyon"), ("13005", "Marseille"), ("59000", "Lille"),
    ("67000", "Strasbourg"), ("31000", "Toulouse"), ("33000", "Bordeaux"), ("34000", "Montpellier"),
    ("38000", "Grenoble"), ("29000", "Quimper"), ("64100", "Bayonne"), ("20200", "Bastia"), ("87000", "Limoges"),
    ("63000", "Clermont-Ferrand"), ("21000", "Dijon"), ("26150", "Die"), ("12100", "Millau"), ("76000", "Rouen"),
)  # fmt: skip
STREETS = (
    "rue des Tanneurs", "rue du Four", "place du Marché", "chemin des Vignes", "rue de la Fontaine", "quai des Arts",
    "impasse du Moulin", "rue des Tisserands", "avenue de la Gare", "rue Louise-Michel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demonstration, before coopgov knows her."""

    given: str
    family: str
    email: str
    craft: str
    street: str
    postcode: str
    town: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


def draw_people(seed: int, count: int) -> list[Person]:
    """So many different people, always the same for a seed."""
    dice = random.Random(seed)  # noqa: S311 - a play, not a secret
    seen: set[str] = set()
    people: list[Person] = []
    while len(people) < count:
        person = _draw(dice)
        if person.email not in seen:
            seen.add(person.email)
            people.append(person)
    return people


def _draw(dice: random.Random) -> Person:
    given, family = dice.choice(GIVEN), dice.choice(FAMILY).replace("_", " ")
    postcode, town = dice.choice(TOWNS)
    street = f"{dice.randint(1, 98)} {dice.choice(STREETS)}"
    return Person(given, family, _address(given, family), dice.choice(CRAFTS), street, postcode, town)


def _address(given: str, family: str) -> str:
    plain = f"{given}.{family}".lower().replace(" ", "-")
    folded = plain.translate(str.maketrans("éèêëàâäîïôöûüçñ", "eeeeaaaiioouucn"))
    return f"{folded}@exemple.fr"
