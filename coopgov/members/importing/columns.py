"""The columns of a file of members: their names in French and English, and what they hold."""

from dataclasses import dataclass

from coopgov.core.i18n import N_
from coopgov.members.rules import Category, fold


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its name in the model file, the other names it goes by, an example, what it holds."""

    key: str
    title: str
    example: str
    meaning: str
    aliases: tuple[str, ...] = ()
    needed: bool = False
    most: int = 120


COLUMNS: tuple[Column, ...] = (
    Column(
        "number", "Numéro", "12", N_("The member’s number; the same number sent again is not added twice."),
        ("n", "no", "numéro d’associé", "numéro de sociétaire", "number", "member number"), needed=True,
    ),
    Column(
        "legal_name", "Nom", "Arnaud", N_("Family name, or the name of the organisation."),
        ("nom de famille", "raison sociale", "organisation", "last name", "family name", "surname", "organization"),
        needed=True,
    ),
    Column(
        "given_names", "Prénom", "Clémence", N_("Usual first name; empty for an organisation."),
        ("prénoms", "first name", "given name", "given names"),
    ),
    Column(
        "siren", "SIREN", "", N_("Nine figures, for an organisation only; its presence makes it one."),
        ("numéro siren", "siren number"), most=14,
    ),
    Column("representative", "Représentant", "", N_("Who represents an organisation."), ("representative",), most=200),
    Column(
        "email", "E-mail", "clemence@exemple.fr", N_("One address per member; empty for who has none."),
        ("courriel", "mail", "email", "adresse e mail", "adresse électronique", "email address"), most=254,
    ),
    Column("phone", "Téléphone", "06 12 34 56 78", N_("As it is dialled."), ("tel", "phone", "telephone"), most=40),
    Column(
        "address", "Adresse", "3 rue des Lilas", N_("Number and street."),
        ("rue", "adresse postale", "address", "street"), most=200,
    ),
    Column("postcode", "Code postal", "26000", N_("Postcode."), ("cp", "postcode", "postal code", "zip"), most=20),
    Column("town", "Ville", "Valence", N_("Town."), ("commune", "town", "city")),
    Column("craft", "Métier", "Céramiste", N_("What the member makes or does."), ("activité", "craft", "trade")),
    Column(
        "category", "Catégorie", "salariée", N_("Employed by the cooperative (salarié) or not (extérieur)."),
        ("statut", "category"), needed=True,
    ),
    Column("college", "Collège", "", N_("Only where the statutes have colleges: its name or its code."), ("college",)),
    Column(
        "joined_on", "Date d’admission", "15/03/2024", N_("Day of admission, 15/03/2024 or 2024-03-15."),
        ("admission", "admis le", "date d entrée", "entré le", "entrée", "date d’adhésion", "adhésion", "admitted on",
         "joined on", "admission date"), needed=True,
    ),
    Column(
        "applied_on", "Date de candidature", "", N_("Day of the application, if it is known."),
        ("candidature", "applied on", "application date"),
    ),
    Column(
        "decision", "Décision", "AGO du 15 mars 2024, résolution 4", N_("The decision that admitted the member."),
        ("resolution", "decision"), most=300,
    ),
    Column(
        "consent", "Accord e-mail", "oui", N_("Whether the member agreed to be convened by e-mail: yes or no."),
        ("accord courriel", "consentement e mail", "email consent"),
    ),
    Column(
        "consent_on", "Date de l’accord", "15/03/2024", N_("Day of that agreement; needed with a yes."),
        ("date d accord", "date du consentement", "consent date"),
    ),
    Column(
        "has_shop", "Boutique", "oui", N_("Whether the member sells on the marketplace: yes or no."),
        ("vendeur", "vendeuse", "shop", "seller"),
    ),
    Column("birth_date", "Date de naissance", "", N_("For the register of members."), ("naissance", "birth date")),
    Column("birth_place", "Lieu de naissance", "", N_("For the register of members."), ("birth place",)),
)  # fmt: skip

BY_NAME: dict[str, Column] = {
    fold(name): column for column in COLUMNS for name in (column.title, column.key, *column.aliases)
}

# The words a file may say a category with, folded.
CATEGORY_WORDS: dict[str, Category] = {
    **dict.fromkeys(
        ("salarie", "salariee", "employe", "employee", "employed", "cooperateur", "cooperatrice", "interne"),
        Category.EMPLOYED,
    ),
    **dict.fromkeys(
        ("exterieur", "exterieure", "externe", "external", "non salarie", "non salariee", "non employe",
         "non employee", "non employed", "non cooperateur", "non cooperatrice"),
        Category.EXTERNAL,
    ),
}  # fmt: skip

YES_OR_NO: dict[str, bool] = {
    **dict.fromkeys(("oui", "o", "yes", "y", "vrai", "true", "x", "1"), True),
    **dict.fromkeys(("non", "n", "no", "faux", "false", "0", ""), False),
}
