"""A whole decision, from a potter's idea to the fee the marketplace charges, through the pages alone."""

import json
import subprocess
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from coopgov.assemblies import queries as assemblies
from coopgov.assemblies import service
from coopgov.ballots.rules import Channel, Choice
from coopgov.core.act import open_act
from coopgov.core.policy import SYSTEM
from coopgov.demo.cast import CAST
from coopgov.members import queries as members
from coopgov.members.rules import Status
from coopgov.web.acts import reading
from tests.browser.conftest import ENGINES, Serve, Visit
from tests.browser.site import Site
from tests.browser.visitor import DESK, PHONE, Visitor

PROPOSAL = "Des frais de paiement à 1 %"
ASSEMBLY = "Assemblée générale ordinaire du 9 juin 2026"
CANDIDATE = "Lucie Fabre"
OLD, NEW = 120, 100


@dataclass
class Story:
    """The site and whoever has come in so far."""

    site: Site
    visit: Visit
    inside: dict[str, Visitor] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Visitor:
        if name not in self.inside:
            width = DESK if name.split(maxsplit=1)[0] in {"Malik", "Samir", "Hélène", "Olivier"} else PHONE
            self.inside[name] = self.visit(self.site, width).be(name)
        return self.inside[name]

    def at(self, day: str, hour: str) -> None:
        """Move the demonstration's date, by its page."""
        anyone = self["Awa Diallo"]
        anyone.leave_by(anyone.page.get_by_role("link", name="Date", exact=True))
        anyone.type("Date et heure à Paris", f"{day}T{hour}")
        anyone.press("Y aller")
        anyone.sees("Nous sommes le", hour)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ENGINES)
def test_a_fee_is_proposed_voted_and_charged(kind: str, serve: Serve, visit: Visit, tmp_path: Path):
    story = Story(serve(kind, "story"), visit)
    awa_drafts_a_proposal(story)
    a_newcomer_applies(story)
    members_debate_it(story)
    malik_convenes_an_assembly(story, tmp_path)
    members_give_proxies(story)
    members_vote_from_home(story)
    the_remote_vote_closes(story)
    the_room_meets(story)
    the_room_votes(story)
    the_minutes_are_signed(story, tmp_path)
    sellers_are_told(story)
    the_fee_changes_on_its_day(story)
    the_newcomer_is_a_member(story)
    the_auditor_finds_no_fault(story)


def awa_drafts_a_proposal(story: Story) -> None:
    awa = story["Awa Diallo"]
    awa.look("accueil")
    awa.menu("Propositions")
    awa.look("propositions")
    awa.follow("Écrire une proposition")
    awa.type("Motifs", "Les banques nous prennent moins qu'avant.")
    awa.type("Frais de paiement", "1e3")
    awa.press("Garder comme brouillon")
    awa.sees("Donnez-lui un titre", "Écrivez un taux en pour cent")
    expect(awa.main.get_by_role("alert")).to_be_visible()
    expect(awa.main.get_by_label("Motifs")).to_have_value("Les banques nous prennent moins qu'avant.")
    expect(awa.main.get_by_label("Frais de paiement")).to_have_value("1e3")
    awa.look("brouillon-refuse")
    awa.type("Titre", PROPOSAL)
    awa.type("Frais de paiement", "1")
    awa.press("Garder comme brouillon")
    awa.sees("Personne d’autre que vous ne voit ce brouillon")
    awa_sees_what_it_means_for_her(awa)
    awa.press("La montrer aux associés")
    awa.sees("Le débat est ouvert")


def awa_sees_what_it_means_for_her(awa: Visitor) -> None:
    awa.type("Vos ventes en un mois", "1 250,00")
    awa.press("Voir ce que cela change")
    awa.sees("Vous paieriez 2,50 € de moins par mois")
    awa.look("simulateur")


def a_newcomer_applies(story: Story) -> None:
    lucie = story.visit(story.site, PHONE)
    lucie.go("/")
    lucie.look("bienvenue")
    lucie.follow("Demander à rejoindre")
    for label, text in (
        ("Prénom", "Lucie"), ("Nom de famille", "Fabre"), ("Adresse électronique", "lucie.fabre@exemple.fr"),
        ("Adresse", "8 rue du Four"), ("Code postal", "26000"), ("Ville", "Valence"), ("Métier", "vannière"),
        ("Nombre de parts que vous souhaitez souscrire", "4"),
    ):  # fmt: skip
        lucie.main.get_by_role("textbox", name=label, exact=True).fill(text)
    lucie.main.get_by_label("Je vends sur la place de marché").check()
    lucie.main.get_by_label("Employé(e) par la coopérative").check()
    lucie.main.get_by_label("J’accepte d’être convoqué").check()
    lucie.main.get_by_label("J’ai lu").check()
    lucie.look("candidature")
    lucie.press("Envoyer ma candidature")
    lucie.sees("Candidature reçue")
    lucie.look("candidature-recue")


def members_debate_it(story: Story) -> None:
    benoit = story["Benoît Mercier"]
    benoit.menu("Propositions")
    benoit.follow(PROPOSAL)
    benoit.tick("Pour")
    benoit.type("Votre argument", "Je suis pour, **dès maintenant**.")
    benoit.press("Ajouter au débat")
    benoit.sees("Votre argument est dans le débat", "dès maintenant")
    benoit.press("La soutenir")
    benoit.sees("Vous la soutenez", "1, il en faut 3")
    benoit.look("debat")
    awa_revises(story["Awa Diallo"])


def awa_revises(awa: Visitor) -> None:
    awa.menu("Propositions")
    awa.follow(PROPOSAL)
    awa.follow("Modifier")
    awa.type("Motifs", "Les banques nous prennent moins qu'avant : rendons-le aux boutiques.")
    awa.press("Garder cette version")
    awa.sees("La nouvelle version est gardée", "1, il en faut 3")
    awa.follow("ce qui a changé depuis la version 1")
    expect(awa.main.locator("ins").first).to_contain_text("rendons-le")
    awa.look("ce-qui-change")


def malik_convenes_an_assembly(story: Story, folder: Path) -> None:
    malik = story["Malik Haddad"]
    malik.look("accueil-secretaire")
    malik.menu("Propositions")
    malik.follow(PROPOSAL)
    malik.press("La porter devant une assemblée")
    malik.sees("Le conseil porte cette proposition")
    malik.menu("Assemblées")
    malik.follow("Préparer une assemblée")
    malik_plans_too_early(malik)
    malik.type("Jour", "2026-06-09")
    malik.press("La préparer")
    malik_writes_the_agenda(malik)
    the_admission_is_voted_in_secret(story)
    malik.follow("Convoquer…")
    malik.sees("Par courrier électronique", "Par lettre", "Une convocation ne se reprend pas")
    malik.look("convoquer")
    for point in malik.main.get_by_label("J’ai vérifié").all():
        point.fill("Articles relus avec notre juriste.")
    malik.press("Convoquer maintenant")
    malik.sees("L’assemblée est convoquée", "Lettres à poster")
    malik.look("convoquee")
    story.site.work()
    assert "frais de paiement à 1 %" in read_pdf(malik, "Convocation", folder)


def malik_plans_too_early(malik: Visitor) -> None:
    malik.tick("Assemblée générale ordinaire")
    malik.type("Jour", "2026-05-20")
    malik.type("Heure", "14:00")
    malik.type("Lieu", "Salle des fêtes, 3 place de la Liberté, 26000 Valence")
    malik.press("La préparer")
    malik.sees("demande 15 jours de convocation", "art. R225-69")
    malik.look("trop-tot")


def malik_writes_the_agenda(malik: Visitor) -> None:
    malik.sees("L’ordre du jour est vide")
    malik.open("Approbation des comptes")
    malik.press("Ajouter les comptes")
    malik.open("Une proposition")
    malik.choose("Proposition", PROPOSAL)
    malik.press("Ajouter la proposition")
    malik.open("Une admission")
    malik.choose("Candidat", CANDIDATE)
    malik.press("Ajouter l’admission")
    malik.sees("L’ordre du jour est complet")
    malik.look("ordre-du-jour")


def the_admission_is_voted_in_secret(story: Story) -> None:
    malik = story["Malik Haddad"]
    malik.press("Voter à bulletin secret", within=malik.main.locator("li.card", has_text=CANDIDATE))
    malik.sees("Bulletin secret", "personne n’a encore de code de scrutateur")
    for name in ("Samir Rossi", "Hélène Garnier"):
        story.codes.append(a_code_for(story[name]))
    malik.page.reload()
    malik.sees("ouvertes par 2 de ces personnes ensemble : Hélène Garnier, Samir Rossi")
    malik.look("bulletin-secret")


def a_code_for(teller: Visitor) -> str:
    """Make a teller's code, write it down, try it."""
    teller.menu("Assemblées")
    teller.follow("Mon code de scrutateur")
    teller.press("Créer mon code")
    code = teller.main.locator(".teller-code").inner_text()
    teller.look("code")
    teller.type("Mon code", code[:-1])
    teller.press("Essayer ce code")
    teller.sees("une lettre manque ou est fausse")
    teller.type("Mon code", code.lower())
    teller.press("Essayer ce code")
    teller.sees("C’est bien votre code")
    return code


def read_pdf(visitor: Visitor, title: str, folder: Path) -> str:
    """Download a paper of the page and give its text."""
    link = visitor.main.get_by_role("link", name=title).first.get_attribute("href")
    answer = visitor.page.context.request.get(visitor.site.url + str(link))
    assert answer.headers["content-type"] == "application/pdf"
    file = folder / "paper.pdf"
    file.write_bytes(answer.body())
    found = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return " ".join(found.stdout.split())


def members_give_proxies(story: Story) -> None:
    benoit, nadia, zoe = (story[name] for name in ("Benoît Mercier", "Nadia Perrin", "Zoé Martin"))
    read_the_notice(benoit)
    give_proxy(nadia, "Mercier", "Benoît Mercier")
    nadia.sees("Vous avez donné pouvoir à Benoît Mercier")
    give_proxy(zoe, "perr", "Nadia Perrin")
    zoe.sees("Nadia Perrin a aussi donné pouvoir", "art.")
    zoe.look("pouvoir-refuse")


def read_the_notice(benoit: Visitor) -> None:
    benoit.leave_by(benoit.page.get_by_role("link", name="Courrier"))
    benoit.look("courriels")
    benoit.leave_by(benoit.main.get_by_role("row", name="9 juin 2026").get_by_role("link").first)
    benoit.sees("9 juin 2026", PROPOSAL)
    benoit.look("courriel")


def give_proxy(grantor: Visitor, search: str, holder: str) -> None:
    open_assembly(grantor)
    grantor.follow("Donner mon pouvoir")
    grantor.type("Nom ou numéro", search)
    grantor.press("Rechercher")
    grantor.look("pouvoir")
    grantor.press("Donner mon pouvoir", within=grantor.card(holder))


def open_room(officer: Visitor) -> None:
    open_assembly(officer)
    officer.follow("La salle")


def open_assembly(visitor: Visitor) -> None:
    visitor.menu("Assemblées")
    visitor.follow(ASSEMBLY)


def members_vote_from_home(story: Story) -> None:
    awa, at_a_desk = story["Awa Diallo"], story.visit(story.site, DESK).be("Awa Diallo")
    open_assembly(awa)
    awa.look("assemblee")
    choose_everywhere(awa, "Pour")
    awa.sees("Vérifier mes choix", PROPOSAL, "Pour")
    awa.look("verifier")
    open_assembly(at_a_desk)
    choose_everywhere(at_a_desk, "Contre")
    awa.press("Déposer dans l’urne")
    awa.sees("Mes accusés")
    expect(awa.main.locator("code")).to_have_count(3)
    awa.look("accuses")
    at_a_desk.press("Déposer dans l’urne")
    at_a_desk.sees("Awa Diallo a déjà voté. Un vote nominatif ne se change pas")
    at_a_desk.look("deux-fois")
    the_crowd_votes(story.site)


def choose_everywhere(voter: Visitor, choice: str, *, way: str = "Voter") -> None:
    """Answer every question of the sheet in the same way, and ask to see the answers again."""
    voter.follow(way)
    for question in voter.main.locator("fieldset").all():
        question.get_by_label(choice, exact=True).check()
    voter.look(f"voter-{choice.lower()}")
    voter.press("Vérifier mes choix")


def the_crowd_votes(site: Site) -> None:
    """The members whom nobody plays here vote by the command that is behind the page."""
    with site.app.app_context():
        found = members.list_members(reading(), status=Status.MEMBER, limit=200).rows
        crowd = [row.id for row in found if row.name not in {part.name for part in CAST}]
        items = assemblies.agenda(reading(), assembly_id(site))
        with open_act(site.app.extensions["coopgov.runtime"], SYSTEM) as act:
            # Two in five make the quorum.
            for n, voter in enumerate(crowd[: len(crowd) * 2 // 5]):
                choices = {(item.id, voter): (Choice.FOR, Choice.FOR, Choice.AGAINST)[n % 3] for item in items}
                service.cast_all(act, cast_by=voter, choices=choices, channel=Channel.REMOTE)


def assembly_id(site: Site) -> Any:
    with site.app.app_context():
        [found] = [row.id for row in assemblies.list_assemblies(reading(), to_come=True).rows if row.title == ASSEMBLY]
        return found


def the_remote_vote_closes(story: Story) -> None:
    story.at("2026-06-08", "15:01")
    benoit = story["Benoît Mercier"]
    open_assembly(benoit)
    benoit.sees("Le vote à distance est clos")
    benoit.look("vote-clos")


def the_room_meets(story: Story) -> None:
    story.at("2026-06-09", "14:02")
    samir = story["Samir Rossi"]
    open_room(samir)
    for name in ("Hélène Garnier", "Malik Haddad", "Samir Rossi", "Benoît Mercier"):
        samir.type("Nom ou numéro", name)
        samir.press("Rechercher")
        samir.press("Arrive", within=samir.card(name))
    samir.look("salle")
    helene = story["Hélène Garnier"]
    open_room(helene)
    helene.follow("Ouvrir la séance…")
    helene.choose("Présidence", "Hélène Garnier")
    helene.choose("Secrétariat de séance", "Malik Haddad")
    helene.tick("Samir Rossi")
    helene.tick("Benoît Mercier")
    helene.look("bureau")
    helene.press("Ouvrir la séance")
    helene.sees("La séance est ouverte")


def the_room_votes(story: Story) -> None:
    helene, samir = story["Hélène Garnier"], story["Samir Rossi"]
    open_room(helene)
    for n in (1, 2, 3):
        helene.press("Ouvrir le vote")
        if n == 2:
            benoit_votes_from_his_phone(story["Benoît Mercier"])
        if n < 3:
            samir_enters_ballots(samir)
            helene.press("Fermer le vote")
        else:
            the_urn_is_opened(story)
        helene.press("Proclamer le résultat")
    helene.look("resultats")
    helene.main.locator("summary", has_text="%").nth(1).click()
    helene.sees("voix pour", "Adoptée avec plus de", "art. L225-98")
    helene.look("resultat-ouvert")
    helene.press("Lever la séance")
    helene.sees("La séance est levée")
    helene.look("seance-levee")


def the_urn_is_opened(story: Story) -> None:
    """Helene votes from her telephone, twice; Malik on paper, which two tellers read; two codes open the urn."""
    helene, samir = story["Hélène Garnier"], story["Samir Rossi"]
    for way, choice in (("Voter", "Contre"), ("Remplacer un bulletin scellé", "Pour")):
        open_assembly(helene)
        choose_everywhere(helene, choice, way=way)
        helene.sees("Vous pouvez le remplacer jusqu’à la clôture")
        helene.look("verifier-secret")
        helene.press("Déposer dans l’urne")
        helene.sees("scellé")
    open_room(samir)
    samir.follow("Bulletins papier dans l’urne")
    samir.press("Le papier est dans l’urne", within=samir.card("Malik Haddad"))
    samir.sees("A voté sur papier")
    samir.look("papiers")
    open_room(helene)
    helene.press("Fermer le vote")
    helene.sees("Scrutin clos, urne à ouvrir")
    for reader in (helene, samir):
        read_one_paper(reader)
    helene.follow("Ouvrir les urnes…")
    helene.type("Code du scrutateur 1", story.codes[0])
    helene.type("Code du scrutateur 2", story.codes[0])
    helene.press("Ouvrir les urnes et dépouiller")
    helene.sees("Codes de scrutateurs donnés : 1 ; nécessaires pour ouvrir cette urne : 2")
    helene.look("urnes")
    helene.type("Code du scrutateur 2", story.codes[1])
    helene.press("Ouvrir les urnes et dépouiller")
    helene.sees("Les urnes sont ouvertes et dépouillées")


def read_one_paper(teller: Visitor) -> None:
    open_room(teller)
    teller.follow("Lire les bulletins papier")
    for answer in ("Pour", "Je m’abstiens", "Vote blanc"):
        teller.type(answer, "0")
    teller.type("Contre", "1")
    teller.look("lecture")
    teller.press("Enregistrer ma lecture")


def benoit_votes_from_his_phone(benoit: Visitor) -> None:
    open_assembly(benoit)
    choose_everywhere(benoit, "Pour")
    benoit.sees("Nadia Perrin")
    benoit.press("Déposer dans l’urne")
    benoit.sees("Mes accusés", "Nadia Perrin")


def samir_enters_ballots(samir: Visitor) -> None:
    open_room(samir)
    samir.follow("Saisir les bulletins")
    samir.main.get_by_role("group", name="Malik Haddad").get_by_label("Contre", exact=True).check()
    samir.choose("Toutes les autres personnes", "Pour")
    samir.look("bulletins")
    samir.press("Déposer ces bulletins dans l’urne")
    samir.sees("Toute la salle a voté")


def the_minutes_are_signed(story: Story, folder: Path) -> None:
    malik, helene = story["Malik Haddad"], story["Hélène Garnier"]
    malik.menu("Accueil")
    malik.look("accueil-apres")
    malik.menu("Procès-verbaux")
    malik.follow(ASSEMBLY)
    malik.look("pv-a-ecrire")
    malik.follow("Rédiger le procès-verbal")
    malik.type("Résumé des débats", "La baisse a été saluée ; son coût sera suivi chaque trimestre.")
    malik.look("pv-rediger")
    malik.press("Enregistrer")
    malik.press("Approuver ce texte au titre du secrétariat")
    helene.menu("Accueil")
    helene.menu("Procès-verbaux")
    helene.follow(ASSEMBLY)
    helene.press("Approuver ce texte au titre de la présidence")
    helene.sees("Le procès-verbal est définitif")
    helene.look("pv-definitif")
    story.site.work()
    assert "PV n° 4" in read_pdf(helene, "Procès-verbal", folder)
    open_assembly(malik)
    assert "Hélène Garnier" in read_pdf(malik, "Feuille de présence", folder)


def sellers_are_told(story: Story) -> None:
    awa = story["Awa Diallo"]
    awa.menu("Tarifs")
    awa.sees("24 juin 2026", "Préavis de 15 jours")
    awa.look("tarifs-en-attente")
    awa.leave_by(awa.page.get_by_role("link", name="Courrier"))
    awa.follow("Changement de tarifs")
    awa.sees("24 juin 2026")
    awa.look("courriel-tarif")


def the_fee_changes_on_its_day(story: Story) -> None:
    story.at("2026-06-23", "23:50")
    story.site.work()
    assert charged(story, date(2026, 6, 23)) == OLD
    story.at("2026-06-24", "00:10")
    story.site.work()
    story.site.work()
    assert charged(story, date(2026, 6, 24)) == NEW
    awa = story["Awa Diallo"]
    awa.menu("Tarifs")
    awa.sees("1 %", "depuis le 24 juin 2026")
    expect(awa.main.locator("tr", has_text="24 juin 2026").filter(has_text="1 %")).to_have_count(1)
    awa.look("tarifs-en-vigueur")
    awa.leave_by(awa.main.locator("tr", has_text="24 juin 2026").get_by_role("link").first)
    awa.look("decision")
    awa.follow("Lire la proposition et son débat")
    awa.sees(PROPOSAL, "En vigueur")
    awa.look("proposition-en-vigueur")


def charged(story: Story, on: date) -> int:
    """What a program is told of that day."""
    answer = story["Awa Diallo"].page.context.request.get(f"{story.site.url}/api/v1/terms/fees?on={on}")
    lines = {line["key"]: line for line in json.loads(answer.body())["schedule"]}
    return int(lines["payment.fee"]["value"])


def the_newcomer_is_a_member(story: Story) -> None:
    awa = story["Awa Diallo"]
    awa.menu("Associés")
    awa.type("Nom, ville ou numéro", "fabre")
    awa.press("Rechercher")
    awa.sees(CANDIDATE)
    awa.look("membres")


def the_auditor_finds_no_fault(story: Story) -> None:
    olivier = story["Olivier Roche"]
    olivier.menu("Intégrité")
    olivier.press("Tout vérifier maintenant")
    olivier.sees("Tout est tel qu’il a été écrit")
    olivier.look("integrite")
