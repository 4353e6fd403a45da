"""The board calls the members together as the law asks, holds the assembly, and begins again when too few come."""

from tests.coop_world import NAMES, email
from tests.stories import sitting

DEBATES = {"Résumé des débats": "Deux associés ont demandé le loyer."}


def test_a_late_notice_is_refused_with_its_article_before_and_after_the_form(coop):
    helene = coop.person("helene").opens("/assemblies/new").sees("à partir du 9 décembre 2026")
    helene.is_refused("La préparer", {**sitting.PLAN, "Jour": "2026-12-08"}).sees("15 jours", "art. R225-69", "Statuts")
    assert helene.field("Lieu") == sitting.PLAN["Lieu"]
    helene.presses("La préparer", {"Jour": "2026-12-09"}).presses(*sitting.RESOLUTION)
    coop.at("2026-11-25T10:00")
    helene.follows("Convoquer…").misses("Convoquer maintenant").sees("le 24 novembre 2026 au plus tard")
    before = coop.lines()
    assert helene.client.post(helene.path).status_code == 422
    assert coop.lines() == before


def test_an_empty_agenda_is_not_sent_and_members_without_consent_get_a_letter(coop):
    helene = sitting.prepare(coop, ()).follows("Convoquer…").sees("L’ordre du jour est vide")
    helene.misses("Convoquer maintenant").follows("Revenir et corriger").presses(*sitting.RESOLUTION)
    helene.follows("Convoquer…").sees("Par courrier électronique 9", "Par lettre 1", "R225-68")
    sitting.judge(helene, "Convoquer maintenant 10 associés").sees("Convoquée", "imprimez et postez les lettres")
    coop.night()
    marie = coop.person("marie").opens(helene.path).sees(f"Lettre de convocation – {NAMES['marie']}")
    assert marie.paper("Lettre de convocation").status_code == 503
    assert "convoque" in coop.reads(email("lea"))
    coop.person("lea").opens(helene.path).misses("Lettre de convocation")


def test_an_assembly_is_held_and_its_minutes_write_themselves(coop):
    path = sitting.convene(coop).path
    coop.at("2027-01-15T17:59")
    helene = coop.person("helene").opens(path).follows("La salle").sees("à partir du 15 janvier 2027")
    coop.at(sitting.THE_HOUR)
    samir = sitting.welcome(coop, path, ("helene", "malik", "samir", "awa", "lea"))
    samir.presses("L’enregistrer", {"Numéro de l’associé qui donne": "9", "Numéro de l’associé qui le porte": "8"})
    samir.sees("Léa Petit porte le pouvoir de Jonas Weber", "Présents : 5. Représentés : 1.")
    sitting.open_session(helene, path).presses("Le noter", {"Ce qui s’est passé": "Une panne de courant."})
    sitting.decide(coop, helene).presses("Lever la séance").sees("6 voix pour", "Adoptée")

    malik = coop.person("malik").opens("/").follows("Rédiger").sees("Un atelier commun", "Une panne de courant")
    malik.presses("Enregistrer", DEBATES).presses("Approuver ce texte au titre du secrétariat")
    helene.opens("/").follows("Approuver").presses("Approuver ce texte au titre de la présidence")
    helene.sees("définitif", "Approuvé par")
    lea = coop.person("lea").opens("/minutes/").follows("Assemblée générale ordinaire").sees("demandé le loyer")
    assert lea.paper("Procès-verbal").status_code == 503
    assert coop.faults() == []


def test_a_missed_quorum_leads_to_a_second_call_with_the_same_texts_and_proxies(coop):
    path = sitting.convene(coop).path
    lea = coop.person("lea").opens(path).follows("Donner mon pouvoir").presses("Rechercher", {"Nom": "Diallo"})
    lea.presses("Donner mon pouvoir –")
    coop.at(sitting.THE_HOUR)
    sitting.welcome(coop, path, ["helene"])
    helene = coop.person("helene").opens(path).follows("La salle").presses("Constater que le quorum manque")
    helene.opens(path).follows("Préparer la deuxième convocation").sees("25 janvier 2027")
    helene.is_refused("Préparer", {"Jour": "2027-01-24", "Heure": "18:00"}).sees("10 jours", "art. R225-69")
    helene.presses("Préparer", {"Jour": "2027-01-25"}).sees("Deuxième convocation", "Un atelier commun")
    sitting.judge(helene.follows("Convoquer…"), "Convoquer maintenant").sees("Convoquée")
    coop.person("awa").opens(helene.path).sees("Vous portez la voix de", "Léa Petit")

    sitting.hold(coop, helene.path, ("helene", "samir", "awa", "malik"), hour="2027-01-25T18:00").sees("Adoptée")
    helene.opens(path).sees("Le quorum manquait").follows("La deuxième convocation")
    assert coop.faults() == []


def test_a_cancelled_assembly_gives_the_proposal_back_and_tells_the_members(coop):
    awa = sitting.propose(coop)
    helene = sitting.convene(coop, [sitting.PROPOSAL]).follows("L’annuler")
    awa.opens(awa.path).sees("Ce texte est figé pour le vote")
    helene.is_refused("Annuler l’assemblée", {"Motif": ""})
    helene.presses("Annuler l’assemblée", {"Motif": "La salle a brûlé."}).sees("Annulée")
    assert "La salle a brûlé." in coop.reads(email("lea"))
    awa.opens(awa.path).sees("En débat")
    sitting.prepare(coop, [sitting.PROPOSAL]).sees("Cinq pour cent")
