"""The subscription form and the share certificate, as they are printed."""

from datetime import UTC, date, datetime

import pytest

from coopgov.core.canonical import plain
from coopgov.core.money import Cents
from coopgov.printing import archive
from coopgov.printing.render import render_html
from coopgov.registers.sheet import issue_sheet
from coopgov.shares import service as shares
from coopgov.shares.documents import euros_in_words, number_in_words
from coopgov.treasury import service as treasury
from tests.shares_world import wire

MARCH, TODAY = date(2026, 3, 2), date(2026, 11, 24)
STAMP = {
    "number": 7,
    "series": "bulletin",
    "issued_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
    "facts_sha256": "9f2c41aa" * 8,
}


@pytest.fixture
def world(app):
    return wire(app)


def paper(world, session, issue, language):
    with world.act() as a:
        document = issue(a, language=language)
    facts = archive.get_facts(session, document)
    about = archive.get_document(session, document)
    return render_html(f"{about.kind}.html", {**facts, "document": STAMP}, language=language, title=about.title)


def a_subscription(world, ready, quantity=21, **more):
    world.found(ready)
    world.a_member("Zoé Œuvrard")
    alice = world.a_member("Alice Martin")
    with world.act() as a:
        return alice, shares.subscribe(a, member_id=alice, quantity=quantity, effective_on=MARCH, **more)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_paid_in_part_names_the_balance_and_its_last_day(world, session, language):
    _alice, seq = a_subscription(world, "scic-sa", payable_now=Cents(105_00))
    html = paper(world, session, lambda a, language: shares.issue_bulletin(a, seq=seq, language=language), language)
    words = {
        "fr": ["vingt et une (21) parts sociales", "quatre cent vingt euros", "2 mars 2029", "Bon pour souscription"],
        "en": ["twenty-one (21) shares", "four hundred and twenty euros", "2 March 2029", "courtesy"],
    }
    assert [word for word in words[language] if word not in html] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_transfer_order_names_both_the_shares_and_the_decision(world, session, language):
    alice, _seq = a_subscription(world, "scic-sa")
    bob = world.a_member("Bob Durand")
    with world.act() as a:
        seq = shares.transfer(a, from_id=alice, to_id=bob, quantity=3, effective_on=TODAY, decision="conseil du 3 mars")
    html = paper(
        world, session, lambda a, language: shares.issue_transfer_order(a, seq=seq, language=language), language
    )
    words = {
        "fr": ["Alice Martin", "Bob Durand", "trois (3) parts", "soixante euros", "conseil du 3 mars", "2 mars 2026"],
        "en": ["Alice Martin", "Bob Durand", "three (3) shares", "sixty euros", "conseil du 3 mars", "2 March 2026"],
    }
    assert [word for word in words[language] if word not in html] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_member_sheet_tells_identity_life_and_shares(world, session, language):
    alice, _seq = a_subscription(world, "scic-sa", payable_now=Cents(105_00))
    html = paper(world, session, lambda a, language: issue_sheet(a, member_id=alice, language=language), language)
    words = {
        "fr": ["Fiche d’associé", "Alice Martin", "Admis", "105,00", "315,00", "une voix"],
        "en": ["Member sheet", "Alice Martin", "Admitted", "105", "315", "one vote"],
    }
    assert [word for word in words[language] if word not in html] == []


def test_a_form_paid_in_full_names_no_balance(world, session):
    _alice, seq = a_subscription(world, "scop-sarl", quantity=1)
    html = paper(world, session, lambda a, language: shares.issue_bulletin(a, seq=seq, language=language), "fr")
    assert "libérées en totalité" in html
    assert "Le solde" not in html
    assert "une (1) part sociale<" in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_certificate_is_not_negotiable_and_tells_what_is_paid(world, session, language):
    alice, _seq = a_subscription(world, "scic-sa")
    html = paper(
        world,
        session,
        lambda a, language: treasury.issue_certificate(a, member_id=alice, on=TODAY, language=language),
        language,
    )
    words = {
        "fr": ["non négociable", "reste à verser", "Alice Martin"],
        "en": ["Not negotiable", "still to be paid", "Alice"],
    }
    assert [word for word in words[language] if word not in html] == []


def test_the_facts_of_a_paper_are_frozen_as_plain_values(world, session):
    alice, _seq = a_subscription(world, "scic-sa")
    with world.act() as a:
        document = treasury.issue_certificate(a, member_id=alice, on=TODAY)
    facts = archive.get_facts(session, document)
    assert plain(facts) == facts
    assert facts["source"]["hash"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "une"), (21, "vingt et une"), (71, "soixante et onze"), (81, "quatre-vingt-une"), (200, "deux cents")],
)
def test_numbers_of_shares_agree_in_french(number, words):
    assert number_in_words(number, "fr") == words


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "zéro euro"),
        (1_00, "un euro"),
        (1_01, "un euro et un centime"),
        (1234_56, "mille deux cent trente-quatre euros et cinquante-six centimes"),
        (2_000_000_00, "deux millions d’euros"),
        (2_000_001_00, "deux millions un euros"),
    ],
)
def test_amounts_in_full(cents, words):
    assert euros_in_words(cents, "fr") == words
