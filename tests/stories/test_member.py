"""A potter becomes a member, is at home there, and changes a fee with the others."""

from tests.coop_world import NAMES, Coop, email
from tests.person import Person
from tests.stories import sitting

CANDIDATURE = {
    "Prénom": "Clémence", "Nom de famille": "Arnaud", "Adresse électronique": "clemence@exemple.fr",
    "Adresse": "3 rue des Lilas", "Code postal": "26000", "Ville": "Valence", "Métier": "Céramiste",
    "Ce que vous êtes": "Employé", "Nombre de parts": "4", "J’accepte d’être convoqué": True, "J’ai lu": True,
}  # fmt: skip
ADMISSION = ("Ajouter l’admission", {"Candidature": "Clémence Arnaud"})


def sign_in(coop: Coop, address: str) -> Person:
    """Come in as everybody does: by the link of a mail."""
    someone = coop.person().opens("/").follows("Se connecter")
    someone.presses("M’envoyer un lien", {"Adresse électronique": address}).sees("Regardez votre messagerie")
    return someone.opens(coop.link_for(address)).presses("Se connecter")


def test_clemence_applies_is_admitted_by_the_assembly_and_finds_her_shares(coop):
    stranger = coop.person().opens("/").follows("Demander à rejoindre")
    stranger.is_refused("Envoyer ma candidature", {**CANDIDATURE, "J’ai lu": False}).sees("cochez la case")
    assert stranger.field("Nom de famille") == "Arnaud"
    stranger.presses("Envoyer ma candidature", {"J’ai lu": True}).sees("Candidature reçue")
    coop.person("malik").opens("/").follows("Candidatures à examiner").sees("Clémence Arnaud", "art. 7")

    path = sitting.convene(coop, [ADMISSION]).path
    sitting.hold(coop, path, ("helene", "malik", "samir", "awa", "lea")).sees("Adoptée")

    assert "Clémence" in coop.reads("clemence@exemple.fr")
    clemence = sign_in(coop, "clemence@exemple.fr").sees("Bonjour Clémence Arnaud")
    clemence.opens("/").follows("Un versement est attendu").sees("d’une valeur de 200,00 €", "Bulletin de souscription")
    clemence.opens("/members/me").sees("Associé n° 11", "par courriel")
    assert coop.faults() == []


def test_a_candidate_is_nobody_yet_and_a_refused_one_is_told(coop):
    coop.person().opens("/members/apply").presses("Envoyer ma candidature", CANDIDATURE)
    stranger = coop.person().opens("/sign-in").presses("M’envoyer un lien", {"Adresse": "clemence@exemple.fr"})
    stranger.sees("Si cette adresse est celle")
    assert coop.mail_to("clemence@exemple.fr").kind != "accounts.link"
    malik = coop.person("malik").opens("/members/applications").follows("Refuser")
    malik.presses("Envoyer cette réponse", {"Décision": "L’atelier est complet"})
    assert "L’atelier est complet" in coop.reads("clemence@exemple.fr")


def test_awa_proposes_five_per_cent_the_others_back_it_and_it_is_charged_by_itself(coop):
    awa = coop.person("awa").opens("/proposals/").follows("Écrire une proposition")
    awa.is_refused("Garder comme brouillon", {**sitting.FIVE, "Commission": "1e3"}).sees("Écrivez un taux")
    assert awa.field("Commission") == "1e3"
    awa = sitting.propose(coop)
    coop.person("lea").opens(awa.path).presses(
        "Ajouter au débat", {"Votre position": "Contre", "Votre argument": "Attendons."}
    )

    path = sitting.convene(coop, [sitting.PROPOSAL]).sees("Cinq pour cent").path
    lea = sign_in(coop, email("lea")).follows("Votez avant l’assemblée")
    lea.presses("Vérifier mes choix", {"Mon vote": "Contre"}).sees("Ce qui sera déposé", "Contre")
    lea.presses("Déposer dans l’urne").sees("Mes accusés")
    sitting.hold(coop, path, ("helene", "malik", "samir", "awa")).sees("Adoptée", "4 voix pour")

    coop.night()
    assert "5 %" in coop.reads(email("benoit"))
    awa.opens(awa.path).follows("Voir les préavis").sees("dans 15 jours", "30 janvier 2027")
    coop.at("2027-01-29T23:59")
    coop.night()
    awa.opens("/terms/").sees("Commission sur les ventes 6 %")
    coop.at("2027-01-30T00:01")
    coop.night()
    awa.opens("/terms/").sees("Commission sur les ventes 5 %")
    awa.opens("/").sees("5 %", "depuis le 30 janvier 2027")
    assert coop.faults() == []


def test_lea_gives_her_proxy_and_benoit_votes_for_both(coop):
    path = sitting.convene(coop).path
    lea = coop.person("lea").opens(path).follows("Donner mon pouvoir")
    lea.presses("Rechercher", {"Nom ou numéro": "merc"}).presses(f"Donner mon pouvoir – {NAMES['benoit']}")
    lea.sees("Vous avez donné pouvoir à Benoît Mercier")
    assert NAMES["lea"] in coop.reads(email("benoit"))
    benoit = coop.person("benoit").opens(path).sees("Vous votez pour 2 personnes.").follows("Voter")
    choices = {"Mon vote": "Pour", "Pour Léa Petit": "Contre"}
    benoit.presses("Vérifier mes choix", choices).presses("Déposer dans l’urne").sees("Léa Petit")
    lea.opens(path).is_refused("Reprendre mon pouvoir").sees("a déjà voté avec ce pouvoir")
    lea.opens(path).follows("Vos bulletins").sees("Contre")


def test_a_link_opens_once_and_not_for_long(coop):
    sign_in(coop, email("lea")).sees("Bonjour Léa Petit")
    used = coop.link_for(email("lea"))
    coop.clock.forward(minutes=11)
    stranger = coop.person().opens("/sign-in").presses("M’envoyer un lien", {"Adresse": email("lea")})
    coop.clock.forward(minutes=31)
    stranger.opens(coop.link_for(email("lea")), status=422).sees("Demandez-en un nouveau")
    stranger.opens(used, status=422).sees("Demandez-en un nouveau")
