"""The treasurer takes over a file of members, writes down shares and payments to the cent, and undoes a mistake."""

from datetime import date
from io import BytesIO

from coopgov.members import queries as members
from coopgov.shares import queries as shares
from coopgov.treasury import queries as treasury

COLUMNS = "Numéro;Nom;Prénom;E-mail;Catégorie;Date d’admission;Accord e-mail;Date de l’accord\n"
WRONG = COLUMNS + "11;Arnaud;Clémence;pas une adresse;salariée;30/02/2024;oui;\n12;=1+1;Bilal;;martien;15/03/2024;;\n"
RIGHT = (
    COLUMNS + "11;Arnaud;Clémence;c@exemple.fr;salariée;15/03/2024;oui;15/03/2024\n12;Ben;Bilal;;salarié;15/03/2024;;\n"
)
TODAY = date(2026, 11, 24)


def subscription(coop, who="awa", **answers):
    """Nadia records a subscription of ten shares of 50 € to Awa, a quarter owed at once; gives her on the account."""
    nadia = coop.person("nadia").opens(f"/shares/members/{coop.ids[who]}").follows("Enregistrer une souscription")
    typed = {"Nombre de parts": "10", "Date d’effet": "2026-03-02", "Montant à verser": "125,00", **answers}
    return nadia.presses("Vérifier avant d’enregistrer", typed).presses("Enregistrer la souscription")


def owed(coop, on=TODAY):
    """What Awa owes now, and what is still to be called, in cents."""
    account = treasury.account_of(coop.session, member_id=coop.ids["awa"], on=on)
    return account.called_unpaid, account.uncalled


def test_a_file_with_faults_changes_nothing_and_the_right_one_is_taken_whole_once(coop):
    nadia = coop.person("nadia").opens("/members").follows("Importer un fichier")
    send = lambda text: nadia.opens("/members/import").presses(  # noqa: E731 - one gesture, said three times
        "Vérifier ce fichier", {"Fichier": (BytesIO(text.encode()), "membres.csv")}
    )
    send(WRONG).sees("Ligne 2", "30/02/2024", "pas une adresse", "Ligne 3", "comme une formule", "martien")
    nadia.misses("Importer pour de bon")
    assert members.find_by_number(coop.session, 11) is None
    send(RIGHT).sees("Nouveaux associés 2", "Fautes 0").presses("Importer pour de bon (2)")
    nadia.sees("Associés importés : 2", "Clémence Arnaud", "Bilal Ben")
    send(RIGHT).sees("Nouveaux associés 0", "Déjà là 2").misses("Importer pour de bon")
    assert coop.faults() == []


def test_amounts_are_understood_as_people_type_them(coop):
    subscription(coop, **{"Nombre de parts": "30", "Montant à verser": ""})
    nadia, left = coop.person("nadia"), 150_000
    for typed, cents in (("12,50", 1_250), ("12.50", 1_250), ("1 234,56", 123_456), ("1\u202f0", None), ("7 €", 700)):
        nadia.opens(f"/treasury/members/{coop.ids['awa']}/pay")
        status = 200 if cents else 422
        nadia.presses("Enregistrer le versement", {"Montant": typed, "Référence": "VIR 7"}, status=status)
        left -= cents or 0
        assert owed(coop) == (left, 0)
    nadia.opens(f"/shares/members/{coop.ids['awa']}").sees("VIR 7", "1 234,56 €")
    assert coop.faults() == []


def test_what_is_no_amount_or_too_much_is_refused_and_stays_typed(coop):
    subscription(coop)
    nadia, before = coop.person("nadia"), coop.lines()
    for typed in ("-1", "0", "1e3", "12,505", "1.234,56", "douze", "9999999", "1" * 40, "١٢", ""):
        nadia.opens(f"/treasury/members/{coop.ids['awa']}/pay")
        nadia.is_refused("Enregistrer le versement", {"Montant": typed}).sees("Rien n’a été enregistré")
        assert (nadia.field("Montant"), coop.lines()) == (typed, before)
    assert owed(coop) == (12_500, 37_500)


AGAINST_THE_RULES = [
    ({"Nombre de parts": "0"}, "au moins une part"),
    ({"Nombre de parts": "-1"}, "au moins une part"),
    ({"Nombre de parts": "1e3"}, "nombre entier"),
    ({"Nombre de parts": "12,50"}, "nombre entier"),
    ({"Nombre de parts": "100"}, "plus de 50 %"),
    ({"Date d’effet": "2026-02-30"}, "Rien n’a été enregistré"),
    ({"Date d’effet": "2026-11-25"}, "n’est pas encore arrivé"),
    ({"Montant à verser": "124,99"}, "art. 10"),
    ({"Montant à verser": "500,01"}, "coûtent 500,00 € en tout"),
]


def test_a_subscription_against_the_rules_is_refused_in_words(coop):
    nadia = coop.person("nadia").opens(f"/shares/members/{coop.ids['awa']}/subscribe")
    for answers, because in AGAINST_THE_RULES:
        typed = {"Nombre de parts": "10", "Date d’effet": "2026-03-02", "Montant à verser": "125,00", **answers}
        nadia.is_refused("Vérifier avant d’enregistrer", typed).sees(because)
    assert shares.shares_held(coop.session, member_id=coop.ids["awa"], on=TODAY) == 4


def test_a_debt_is_paid_in_parts_and_the_rest_is_called(coop):
    nadia = subscription(coop).sees("125,00 €", "Bulletin de souscription")
    coop.person("awa").opens("/").follows("Un versement est attendu").sees("Il reste 125,00 € à verser")
    for amount, left in (("100,00", 2_500), ("12,50", 1_250), ("12.50", 0)):
        nadia.follows("Enregistrer un versement").presses("Enregistrer le versement", {"Montant": amount})
        assert owed(coop) == (left, 37_500)
    nadia.follows("Appeler le reste").presses("Enregistrer l’appel", {"Montant": "375,00", "Décision": "Conseil"})
    nadia.opens("/treasury/to-receive").sees("375,00 €", "Awa Diallo")
    assert owed(coop) == (37_500, 0)
    assert coop.faults() == []


def test_a_mistake_is_undone_by_a_new_line_and_the_register_still_says_what_it_said(coop):
    nadia = subscription(coop, **{"Nombre de parts": "30", "Montant à verser": ""})
    then, awa = coop.clock.now, coop.ids["awa"]
    coop.clock.forward(days=1)
    nadia.opens(nadia.path).follows("Contre-passer la ligne 11")
    nadia.is_refused("Contre-passer le mouvement", {"Motif": ""}).sees("Ce champ est nécessaire")
    nadia.is_refused("Contre-passer le mouvement", {"Date d’effet": "2026-03-01", "Motif": "30 au lieu de 3"})
    nadia.sees("prend effet le 2 mars 2026")
    # The capital is under its floor without these shares: undoing them is possible, never in silence.
    nadia.is_refused("Contre-passer le mouvement", {"Date d’effet": "2026-03-02"}).sees("sous son plancher")
    why = {"Pourquoi la contre-passation est faite malgré cela": "Jamais souscrites : 3 parts le seront demain"}
    nadia.presses("Contre-passer le mouvement", why).sees("contre-passée", "30 au lieu de 3")
    held = lambda on, **known: shares.shares_held(coop.session, member_id=awa, on=on, **known)  # noqa: E731
    assert (held(date(2026, 3, 1)), held(date(2026, 3, 2)), held(TODAY)) == (4, 4, 4)
    assert held(date(2026, 3, 2), known_at=then) == 34
    assert owed(coop) == (0, 0)
    nadia.opens("/shares/").presses("Rechercher", {"Tel qu’il était le": "2021-01-03"})
    nadia.sees("tel qu’il était à la fin du 3 janvier 2021", "Capital souscrit 0,00 €")
    nadia.presses("Rechercher", {"Tel qu’il était le": "2021-01-04"}).sees("Capital souscrit 2 000,00 €")
    # Whoever looks for somebody sees her alone, on the same day.
    nadia.presses("Rechercher", {"Chercher": "Diallo"}).sees("200,00 €").misses("Capital souscrit")
    nadia.presses("Rechercher", {"Tel qu’il était le": "2021-01-03"}).sees("Diallo").misses("200,00 €")
    nadia.is_refused("Rechercher", {"Tel qu’il était le": "2021-02-30"})
    nadia.opens("/shares/movements").sees("Contre-passation", "de la ligne 11")
    assert coop.faults() == []


def test_a_certificate_of_today_is_issued_to_the_member_who_asks_and_to_nobody_else(coop):
    awa = coop.person("awa").opens("/shares/mine").presses("Obtenir mon attestation").sees("Attestation")
    assert awa.paper("Attestation").status_code == 503
    nadia = coop.person("nadia").opens(f"/shares/members/{coop.ids['lea']}").presses("Établir une attestation")
    theirs = [link.attrib["href"] for link in nadia.main.iter("a") if "/documents/" in link.attrib["href"]]
    assert [awa.client.get(path).status_code for path in theirs] == [404]
    assert coop.person("lea").client.get(theirs[0]).status_code == 503
