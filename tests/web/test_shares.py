"""The pages of shares and payments: the treasurer writes, the member reads, nobody else gets in."""

from datetime import date

import pytest

from coopgov.core.money import Cents
from coopgov.core.policy import Role
from coopgov.members import queries as members
from coopgov.shares import queries as shares
from coopgov.shares import service as share_service
from coopgov.treasury import queries
from coopgov.treasury import service as treasury
from tests.shares_world import wire

MARCH, TODAY = date(2026, 3, 2), date(2026, 11, 24)
NARROW = "\u202f"


@pytest.fixture
def world(app):
    made = wire(app)
    made.found()
    return made


@pytest.fixture
def alice(world):
    return world.a_member(email="alice@example.org")


@pytest.fixture
def treasurer(signed_in):
    return signed_in(Role.TREASURER)


def subscribe(world, member_id, quantity=10, **more):
    with world.act() as a:
        return share_service.subscribe(a, member_id=member_id, quantity=quantity, effective_on=MARCH, **more)


def pay(world, member_id, cents):
    with world.act() as a:
        return treasury.pay(a, member_id=member_id, cents=Cents(cents), effective_on=TODAY, reference="VIR 12")


def owed(session, member_id):
    session.rollback()
    return queries.account_of(session, member_id=member_id, on=TODAY)


def send(client, path, **fields):
    return client.post(path, data={"effective_on": "2026-03-02", **fields})


def test_the_treasurer_writes_a_subscription_and_its_form_is_issued(world, session, treasurer, alice):
    answer = send(treasurer, f"/shares/members/{alice}/subscribe", quantity="10", payable_now="50,00")
    assert (answer.status_code, answer.location) == (303, f"/shares/members/{alice}")
    page = treasurer.get(answer.location).text
    assert "Bulletin de souscription" in page
    assert "200,00" in page
    assert owed(session, alice).called_unpaid == 50_00


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"quantity": "0"}, "au moins une part"),
        ({"quantity": "-1"}, "au moins une part"),
        ({"quantity": "1e3"}, "nombre entier"),
        ({"quantity": ""}, "nécessaire"),
        ({"quantity": "10", "payable_now": "49,99"}, "50,00"),
        ({"quantity": "10", "payable_now": "1e3"}, "montant en euros"),
        ({"quantity": "10", "payable_now": "200,01"}, "coûtent"),
        ({"quantity": "10", "effective_on": "2026-11-25"}, "pas encore"),
        ({"quantity": "10", "effective_on": "2020-01-01"}, "compte parmi les associés depuis"),
    ],
)
def test_a_subscription_that_cannot_be_is_refused_with_a_sentence(world, session, treasurer, alice, fields, sentence):
    answer = send(treasurer, f"/shares/members/{alice}/subscribe", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert shares.movements_of(session, alice) == []


@pytest.mark.parametrize(
    ("typed", "cents"), [("12,50", 12_50), ("12.5", 12_50), ("1 234,56", 1234_56), ("200", 200_00)]
)
def test_a_payment_is_read_as_people_type_it(world, session, treasurer, alice, typed, cents):
    subscribe(world, alice, 100)
    answer = send(treasurer, f"/treasury/members/{alice}/pay", amount=typed, reference="VIR 7")
    assert answer.status_code == 303
    assert owed(session, alice).paid_up == cents


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", "plus que rien"),
        ("0", "plus que rien"),
        ("1e3", "montant en euros"),
        ("12,505", "montant en euros"),
        ("", "nécessaire"),
        ("200,01", "c’est trop"),
        ("9999999", "c’est trop"),
        ("99999999999999999999999", "montant en euros"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_with_a_sentence(world, session, treasurer, alice, typed, sentence):
    subscribe(world, alice)
    answer = send(treasurer, f"/treasury/members/{alice}/pay", amount=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert owed(session, alice).paid_up == 0


def test_what_is_owed_is_already_filled_in(world, treasurer, alice):
    subscribe(world, alice, payable_now=Cents(50_00))
    assert 'value="50,00"' in treasurer.get(f"/treasury/members/{alice}/pay").text
    assert 'value="150,00"' in treasurer.get(f"/treasury/members/{alice}/call").text


def test_the_rest_is_called_and_a_call_is_reversed(world, session, treasurer, alice):
    subscribe(world, alice, payable_now=Cents(50_00))
    assert send(treasurer, f"/treasury/members/{alice}/call", amount="100", resolution="CA").status_code == 303
    assert owed(session, alice).called_unpaid == 150_00
    assert send(treasurer, f"/treasury/members/{alice}/call", amount="50,01").status_code == 422
    assert send(treasurer, "/treasury/movements/2/reverse", reason="Appel trop tôt").status_code == 303
    assert owed(session, alice).called_unpaid == 50_00


def test_a_movement_is_reversed_with_a_reason_and_both_lines_stay(world, session, treasurer, alice):
    subscribe(world, alice)
    form = treasurer.get("/shares/movements/1/reverse").text
    assert "garderait 0 part" in form
    assert "Pourquoi la contre-passation est faite malgré cela" in form
    assert send(treasurer, "/shares/movements/1/reverse", reason="").status_code == 422
    silent = send(treasurer, "/shares/movements/1/reverse", reason="Saisie en double")
    assert (silent.status_code, "Écrivez alors pourquoi" in silent.text) == (422, True)
    answer = send(
        treasurer, "/shares/movements/1/reverse", reason="Saisie en double", acknowledged="Elle souscrit demain"
    )
    page = treasurer.get(answer.location).text
    assert "Saisie en double" in page
    assert "par la ligne 2" in page
    assert send(treasurer, "/shares/movements/1/reverse", reason="encore").status_code == 422


def test_a_paid_subscription_is_not_reversed_over_the_payment(world, treasurer, alice):
    subscribe(world, alice)
    pay(world, alice, 30_00)
    answer = send(treasurer, "/shares/movements/1/reverse", reason="Erreur", acknowledged="Elle souscrit demain")
    assert answer.status_code == 422
    assert "30,00" in answer.text


def test_the_register_shows_capital_and_who_owes_and_is_searched(world, treasurer, alice):
    bob = world.a_member("Bob Le Goff")
    subscribe(world, alice)
    subscribe(world, bob, 5)
    page = treasurer.get("/shares/").text
    assert "300,00" in page
    assert "Versements à recevoir" in page
    found = treasurer.get("/shares/?q=goff").text
    assert "Bob Le Goff" in found
    # Whoever looks for somebody sees her first, not the whole.
    assert "Versements à recevoir" not in found
    assert "Capital souscrit" not in found
    assert f"/shares/members/{alice}/subscribe" not in found
    assert "Personne" in treasurer.get("/shares/?q=zzz").text
    refused = treasurer.get("/shares/?q=goff&on=2021-02-30")
    assert (refused.status_code, f"/shares/members/{alice}" in refused.text, "Bob Le Goff" in refused.text) == (
        422,
        False,
        True,
    )
    assert "Capital souscrit" in treasurer.get(f"/shares/?q={'a' * 101}").text


def test_the_register_of_movements_is_paged_by_number(world, treasurer, alice):
    bob = world.a_member("Bob Le Goff")
    for member_id in (alice, bob):
        subscribe(world, member_id, 1)
    page = treasurer.get("/shares/movements").text
    assert page.index("Bob Le Goff") < page.index("Alice Martin")
    assert "Bob Le Goff" not in treasurer.get("/shares/movements?before=2").text
    assert treasurer.get("/shares/movements?before=1").status_code == 200


def test_a_member_sees_her_own_account_and_gets_one_certificate_a_day(world, session, signed_in, alice):
    subscribe(world, alice, payable_now=Cents(50_00))
    pay(world, alice, 20_00)
    mine = signed_in(account_id=members.get_member(session, alice).account_id)
    page = mine.get("/shares/mine").text
    assert "VIR 12" in page
    assert "30,00" in page
    for _ in range(2):
        assert mine.post("/shares/mine/certificate").status_code == 303
    assert mine.get("/shares/mine").text.count("Attestation de parts sociales") == 1
    pay(world, alice, 5_00)
    mine.post("/shares/mine/certificate")
    assert mine.get("/shares/mine").text.count("Attestation de parts sociales") == 2


def test_a_member_reads_neither_the_register_nor_the_account_of_another(world, session, signed_in, alice):
    bob = world.a_member("Bob Le Goff")
    subscribe(world, bob)
    mine = signed_in(account_id=members.get_member(session, alice).account_id)
    for path in ("/shares/", f"/shares/members/{bob}", "/shares/movements", "/treasury/to-receive"):
        assert mine.get(path).status_code == 403
    assert send(mine, f"/treasury/members/{bob}/pay", amount="1").status_code == 403


def test_the_board_and_the_auditor_read_but_do_not_write(world, signed_in, alice):
    subscribe(world, alice)
    for role in (Role.BOARD, Role.AUDITOR):
        reader = signed_in(role)
        page = reader.get(f"/shares/members/{alice}").text
        assert "/reverse" not in page
        assert reader.get("/treasury/to-receive").status_code == 200
        assert send(reader, f"/shares/members/{alice}/subscribe", quantity="1").status_code == 403


def test_an_account_without_membership_has_no_shares_page(world, signed_in):
    assert signed_in(Role.MEMBER).get("/shares/mine").status_code == 404


@pytest.mark.parametrize("path", ["/shares/movements/9/reverse", "/treasury/movements/9/reverse"])
def test_a_movement_that_is_not_there_is_not_found(world, treasurer, path):
    assert treasurer.get(path).status_code == 404


def test_a_broken_key_of_a_page_is_not_found(world, treasurer):
    assert treasurer.get("/treasury/to-receive?after=nonsense").status_code == 404


def test_a_form_is_issued_again_in_english(world, treasurer, alice):
    subscribe(world, alice)
    answer = treasurer.post("/shares/movements/1/bulletin", data={"language": "en"})
    assert "Subscription form" in treasurer.get(answer.location).text


def test_the_pages_are_complete_in_english(world, session, treasurer, alice):
    subscribe(world, alice)
    english = {"Accept-Language": "en"}
    for path in ("/shares/", f"/shares/members/{alice}", f"/shares/members/{alice}/subscribe", "/shares/movements"):
        assert "Parts" not in treasurer.get(path, headers=english).text.split("<main")[1]
