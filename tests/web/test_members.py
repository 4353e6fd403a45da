"""Pages of the members, as a browser meets them."""

import io
from datetime import date

import pytest

from coopgov.core.outbox import latest
from coopgov.core.policy import Role
from coopgov.members import queries, service
from coopgov.members.rules import Category, NewMember, PartyKind, Person, Reach, Status
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from tests.service.counting import count_statements

TODAY = date(2026, 11, 24)
SINCE = date(2022, 5, 10)
GOOD = {
    "given_names": "Clémence", "legal_name": "Arnaud", "email": "clemence@exemple.fr", "phone": "06 12 34 56 78",
    "street": "3 rue des Lilas", "postcode": "26000", "town": "Valence", "craft": "Céramiste",
    "category": "employed", "shares_wished": "4", "accepts_statutes": "y",
}  # fmt: skip
HEADINGS = "Numéro;Nom;Prénom;E-mail;Catégorie;Date d’admission;Accord e-mail;Date de l’accord\n"


@pytest.fixture
def coop(act):
    """A cooperative with statutes; `coop("scic-sa")` chooses which."""

    def adopt(name="scop-sa-cae"):
        with act() as a:
            statutes.adopt_statutes(a, text=ready_set(name), in_force_from=date(2021, 1, 1), decision="AG")

    return adopt


def enrol(act, *names, **changes):
    members = [
        NewMember(
            person=Person(PartyKind.PERSON, name, "Camille"), joined_on=SINCE, category=Category.EMPLOYED,
            reach=Reach(email=f"{name.lower()}@exemple.fr", phone="04 75 00 00 00", address=("1 rue Basse",), town="Die"),
            craft="Vannière", **changes,
        )
        for name in names
    ]  # fmt: skip
    with act() as a:
        return service.enrol_many(a, members)


def account_of(session, member_id):
    found = queries.get_member(session, member_id).account_id
    session.rollback()
    return found


# Candidatures


def test_anybody_may_apply_and_is_told_what_comes_next(client, coop, session):
    coop()
    assert "indépendant" in client.get("/members/apply").text or "à son compte" in client.get("/members/apply").text
    answer = client.post("/members/apply", data=GOOD, follow_redirects=True)
    assert "Candidature reçue" in answer.text
    [row] = queries.applications(session)
    assert (row.name, row.shares_wished) == ("Clémence Arnaud", 4)
    assert queries.get_file(session, row.id).consents == ()
    assert latest(session, limit=1)[0].to_address == "clemence@exemple.fr"


def test_the_agreement_to_email_is_a_box_of_its_own_and_not_ticked(client, coop, session):
    coop()
    page = client.get("/members/apply").text
    box = page[page.index('id="consents_to_email"') - 200 : page.index('id="consents_to_email"') + 200]
    assert "checked" not in box
    client.post("/members/apply", data={**GOOD, "consents_to_email": "y"})
    assert queries.get_file(session, queries.applications(session)[0].id).consents_to_email


def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_lost(client, coop, session):
    coop()
    answer = client.post("/members/apply", data={**GOOD, "email": "pas une adresse", "accepts_statutes": ""})
    assert answer.status_code == 422
    assert 'value="Clémence"' in answer.text
    assert queries.applications(session) == []
    answer = client.post("/members/apply", data={**GOOD, "shares_wished": "0"})
    assert answer.status_code == 422
    assert "art. 6" in answer.text


def test_a_second_candidature_is_told_kindly(client, coop):
    coop()
    client.post("/members/apply", data=GOOD)
    answer = client.post("/members/apply", data={**GOOD, "given_names": "CLEMENCE"})
    assert answer.status_code == 422
    assert "inutile de la renvoyer" in answer.text


def test_without_statutes_nobody_can_apply(client):
    assert client.get("/members/apply").status_code == 404


def test_in_a_scop_the_board_is_sent_to_the_assembly(client, coop, signed_in, session):
    coop()
    client.post("/members/apply", data=GOOD)
    member_id = queries.applications(session)[0].id
    session.rollback()
    board = signed_in(Role.BOARD)
    page = board.get("/members/applications").text
    assert "Clémence Arnaud" in page
    assert "art. 7" in page
    assert f"/members/{member_id}/admit" not in page
    answer = board.post(f"/members/{member_id}/admit", data={"effective_on": "2026-11-24", "decision": "CA"})
    assert answer.status_code == 422
    assert "Seule l’assemblée ordinaire" in answer.text


def test_in_a_scic_the_board_admits(client, coop, signed_in, session):
    coop("scic-sa")
    client.post("/members/apply", data={**GOOD, "category": "external", "college": "createurs"})
    member_id = queries.applications(session)[0].id
    session.rollback()
    board = signed_in(Role.BOARD)
    answer = board.post(f"/members/{member_id}/admit", data={"effective_on": "2026-11-24", "decision": "CA, point 3"})
    assert answer.status_code == 303
    assert queries.get_member(session, member_id).status is Status.MEMBER
    assert board.get(answer.location).status_code == 200


def test_a_refusal_is_told_to_the_candidate(client, coop, signed_in, session):
    coop()
    client.post("/members/apply", data=GOOD)
    member_id = queries.applications(session)[0].id
    session.rollback()
    data = {"on": "2026-11-24", "decision": "AGO : atelier complet"}
    assert signed_in(Role.SECRETARY).post(f"/members/{member_id}/refuse", data=data).status_code == 303
    assert any("atelier complet" in mail.body for mail in latest(session, limit=2))


# Lists and files


def test_a_member_sees_names_towns_and_crafts_only(act, coop, signed_in, session):
    coop()
    [one, _other] = enrol(act, "Arnaud", "Bernard")
    page = signed_in(account_id=account_of(session, one)).get("/members").text
    assert "Bernard" in page
    assert "Vannière" in page
    for private in ("bernard@exemple.fr", "04 75", "rue Basse", "Associé employé"):
        assert private not in page


def test_anothers_file_does_not_exist_for_a_member(act, coop, signed_in, session):
    coop()
    [one, other] = enrol(act, "Arnaud", "Bernard")
    browser = signed_in(account_id=account_of(session, one))
    unknown = browser.get("/members/00000000-0000-4000-8000-000000000000")
    assert browser.get(f"/members/{other}").status_code == unknown.status_code == 404
    assert browser.get(f"/members/{one}").location == "/members/me"


def test_an_office_sees_the_whole_file(act, coop, signed_in):
    coop()
    [one] = enrol(act, "Arnaud", consent_on=SINCE, consent_proof="Bulletin signé")
    page = signed_in(Role.AUDITOR).get(f"/members/{one}").text
    for told in ("arnaud@exemple.fr", "04 75", "1 rue Basse", "Admission", "Bulletin signé", "10 mai 2022"):
        assert told in page
    assert "Enregistrer un départ" not in page


def test_a_search_and_its_pages(act, coop, signed_in):
    coop()
    enrol(act, *(f"Nom{n:03}" for n in range(60)))
    board = signed_in(Role.BOARD)
    first = board.get("/members").text
    assert "Nom049" in first
    assert "Nom050" not in first
    assert "Nom050" in board.get("/members?after=nom049 camille.50").text
    assert "Nom012" in board.get("/members?q=NOM012").text
    assert "Personne ne correspond" in board.get("/members?q=zzz").text


def test_a_list_takes_as_many_statements_whatever_its_length(act, coop, signed_in):
    coop()
    board = signed_in(Role.BOARD)
    enrol(act, "Arnaud")
    few = count_statements(lambda: board.get("/members?q=n"))
    enrol(act, *(f"Nom{n:03}" for n in range(60)))
    many = count_statements(lambda: board.get("/members?q=n"))
    assert many == few


def test_my_own_file_lets_me_agree_to_email_and_go_back(act, coop, signed_in, session):
    coop()
    [one] = enrol(act, "Arnaud")
    browser = signed_in(account_id=account_of(session, one))
    assert "par lettre" in browser.get("/members/me").text
    assert browser.post("/members/me/consent", data={"given": "yes"}).status_code == 303
    assert "Revenir aux lettres" in browser.get("/members/me").text
    assert browser.post("/members/me/consent", data={"given": "yes"}).status_code == 422
    assert browser.post("/members/me/consent", data={"given": "no"}).status_code == 303
    assert not queries.get_file(session, one).consents_to_email


def test_i_change_my_contacts(act, coop, signed_in, session):
    coop()
    [one] = enrol(act, "Arnaud")
    browser = signed_in(account_id=account_of(session, one))
    assert 'value="Die"' in browser.get("/members/me/contacts").text
    data = {
        "email": "neuf@exemple.fr",
        "street": "2 place Neuve",
        "postcode": "26150",
        "town": "Die",
        "craft": "Tissage",
    }
    assert browser.post("/members/me/contacts", data=data).status_code == 303
    assert queries.get_member(session, one).postal_address == ("2 place Neuve", "26150 Die")
    session.rollback()
    assert browser.post("/members/me/contacts", data={**data, "email": "x"}).status_code == 422


def test_who_is_not_a_member_has_no_file(coop, signed_in):
    coop()
    assert signed_in(Role.BOARD).get("/members/me").status_code == 404


def test_a_member_is_moved_to_the_other_category_and_back(act, coop, signed_in, session):
    coop()
    one, *_others = enrol(act, "Arnaud", "Ben", "Chloé", "Dora")
    secretary, url = signed_in(Role.SECRETARY), f"/members/{one}/college"
    assert "Changer le collège ou la catégorie" in secretary.get(f"/members/{one}").text
    was = queries.get_member(session, one).category
    other = next(category for category in Category if category is not was)
    session.rollback()
    for category in (other, was):
        data = {"category": category.value, "effective_on": "2026-11-20", "decision": "Contrat signé"}
        assert secretary.post(url, data=data).status_code == 303
        assert queries.get_member(session, one).category is category
        session.rollback()
    assert "C’est déjà sa place" in secretary.post(url, data=data).text
    session.rollback()
    assert secretary.post(url, data={**data, "effective_on": "2031-01-01"}).status_code == 422


def test_a_departure_and_its_undoing(act, coop, signed_in, session):
    coop()
    [one] = enrol(act, "Arnaud")
    secretary = signed_in(Role.SECRETARY)
    data = {"kind": "resigned", "effective_on": "2026-11-20", "reason": "Déménagement"}
    assert secretary.post(f"/members/{one}/departure", data=data).status_code == 303
    assert queries.get_member(session, one).status is Status.FORMER
    event_id = queries.get_file(session, one).events[-1].id
    session.rollback()
    assert "Annuler, enregistré par erreur" in secretary.get(f"/members/{one}").text
    url = f"/members/{one}/events/{event_id}/undo"
    assert secretary.post(url, data={"reason": "Erreur"}).status_code == 303
    assert queries.get_member(session, one).status is Status.MEMBER


@pytest.mark.parametrize("path", ["/members/applications", "/members/import", "/members/import/model.csv"])
def test_pages_of_offices_are_closed_to_members(path, act, coop, signed_in):
    coop()
    assert signed_in(Role.MEMBER).get(path).status_code == 403


# Imports


def send(browser, text, name="membres.csv"):
    data = {"file": (io.BytesIO(text if isinstance(text, bytes) else text.encode()), name)}
    return browser.post("/members/import", data=data, content_type="multipart/form-data")


def test_an_import_is_looked_at_first_then_done(coop, signed_in, session):
    coop()
    treasurer = signed_in(Role.TREASURER)
    answer = send(treasurer, HEADINGS + "12;Arnaud;Clémence;c@exemple.fr;salariée;15/03/2024;oui;15/03/2024\n")
    assert answer.status_code == 303
    assert "Importer pour de bon" in treasurer.get(answer.location).text
    assert queries.list_members(session).rows == ()
    session.rollback()
    assert treasurer.post(answer.location).status_code == 303
    [row] = queries.list_members(session).rows
    assert (row.number, row.name, row.joined_on) == (12, "Clémence Arnaud", date(2024, 3, 15))
    session.rollback()
    assert "Nouveaux associés" in treasurer.get(answer.location).text
    assert treasurer.post(answer.location).status_code == 404


def test_faults_are_told_by_line_and_nothing_is_written(coop, signed_in, session):
    coop()
    board = signed_in(Role.BOARD)
    answer = send(board, HEADINGS + "12;Arnaud;C;x;salariée;30/02/2024;;\n;=1+1;B;;martien;;;\n")
    page = board.get(answer.location).text
    for told in ("Ligne 2", "Ligne 3", "30/02/2024", "formule", "martien"):
        assert told in page
    assert "Importer pour de bon" not in page
    assert board.post(answer.location).status_code == 422
    assert queries.list_members(session).rows == ()


def test_what_is_not_a_file_of_members_is_refused_in_words(coop, signed_in):
    coop()
    board = signed_in(Role.BOARD)
    for text in (b"", b"\x00\x01", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0 old", "Prénom\nAlice\n".encode()):
        answer = send(board, text)
        assert answer.status_code == 422
        assert "Rien n’a été enregistré" in answer.text or "form-errors" in answer.text


def test_the_model_file_can_be_imported_back(coop, signed_in):
    coop()
    board = signed_in(Role.BOARD)
    model = board.get("/members/import/model.csv")
    assert model.data.startswith(b"\xef\xbb\xbf")
    page = board.get(send(board, model.data).location).text
    assert "Importer pour de bon (1)" in page


def test_a_kept_file_can_be_thrown_away(coop, signed_in):
    coop()
    board = signed_in(Role.BOARD)
    answer = send(board, HEADINGS + "12;Arnaud;C;;salariée;15/03/2024;;\n")
    assert board.post(answer.location + "/discard").status_code == 303
    assert board.get(answer.location).status_code == 404


@pytest.mark.parametrize(
    "path", ["/members?after=%00.1", "/members?before=é.2", "/members?after=x.99999999999", "/members?q=%00"]
)
def test_odd_addresses_of_the_list_are_harmless(path, act, coop, signed_in):
    coop()
    enrol(act, "Arnaud")
    assert "Arnaud" in signed_in(Role.BOARD).get(path).text


@pytest.mark.parametrize(
    "odd",
    [
        {"street": "3 rue\x00"},
        {"given_names": ""},
        {"shares_wished": "999999999"},
        {"college": "x"},
        {"town": "\u202e"},
    ],
)
def test_odd_candidatures_are_refused_in_words(odd, client, coop):
    coop("scic-sa")
    data = {**GOOD, "category": "external", "college": "createurs", **odd}
    assert client.post("/members/apply", data=data).status_code == 422


def test_one_network_does_not_flood_the_secretary(client, coop):
    coop()
    there = {"REMOTE_ADDR": "8.8.8.8"}
    answers = [
        client.post("/members/apply", data={**GOOD, "email": f"m{n}@exemple.fr"}, environ_base=there).status_code
        for n in range(21)
    ]
    assert answers == [303] * 20 + [422]
