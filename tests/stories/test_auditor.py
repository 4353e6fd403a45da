"""The auditor reads everything, changes nothing, and sees it when somebody else has."""

import re
from uuid import uuid4

import pytest

from coopgov.core.policy import Permission
from coopgov.web.guard import PUBLIC
from tests.person import words_of
from tests.service.tampering import by_hand
from tests.stories import sitting

HERS = {Permission.ACCOUNT_OWN, PUBLIC}
READS = {"registers.check"}


@pytest.fixture
def olivier(coop):
    """The auditor, who is no member."""
    return coop.person("olivier")


def test_he_reads_what_the_board_prepares_and_what_the_treasurer_writes(coop, olivier):
    path = sitting.prepare(coop).path.removesuffix("/prepare")
    olivier.opens("/assemblies/").follows("Assemblée générale ordinaire").sees("Un atelier commun")
    assert olivier.path == path
    olivier.opens("/members").follows("Awa Diallo").sees("awa@exemple.fr", "4 rue des Ateliers")
    olivier.opens("/shares/").follows("Awa Diallo").sees("200,00 €").misses("Enregistrer une souscription")
    olivier.opens("/shares/movements").sees("04/01/2021 Awa Diallo Souscription")
    olivier.opens("/statutes").sees("SCOP", "art. 22")
    olivier.opens("/documents/").sees("Documents émis")


def test_every_door_that_changes_something_is_closed_to_him(coop, olivier):
    before, views = coop.lines(), coop.app.view_functions
    answers = {}
    for rule in coop.app.url_map.iter_rules():
        if "POST" in rule.methods and views[rule.endpoint].guarded_by not in HERS and rule.endpoint not in READS:
            answers[rule.endpoint] = olivier.client.post(_some_path(rule)).status_code
    assert len(answers) > 50
    assert {endpoint: code for endpoint, code in answers.items() if code != 403} == {}
    assert coop.lines() == before


def _some_path(rule):
    values = {"what": "open", "step": "day", "key": "awa", "token": "x", "register": "members"}
    values |= dict.fromkeys(("seq", "event_id", "older", "newer", "number"), 1)
    made = {name: values.get(name, uuid4()) for name in rule.arguments}
    made |= {name: first for first, name in re.findall(r"<any\((\w+)[^>]*:(\w+)>", rule.rule)}
    _domain, path = rule.build(made)
    return path


def test_nothing_shows_him_a_button_that_would_be_refused(coop, olivier):
    path = sitting.convene(coop).path
    for page in ("/", path, "/members", f"/members/{coop.ids['awa']}", f"/shares/members/{coop.ids['awa']}", "/terms/"):
        olivier.opens(page)
        assert [words_of(form) for form in olivier.main.iter("form") if form.get("method") == "post"] == []


def test_the_check_is_sound_then_names_the_one_line_whose_byte_was_changed(coop, olivier):
    sitting.hold(coop, sitting.convene(coop).path, ("helene", "malik", "samir", "awa"))
    olivier.opens("/integrity").presses("Tout vérifier maintenant").sees(
        "Tout est tel qu’il a été écrit", "aucune ligne n’a changé depuis. Intact"
    ).misses("Faute")
    by_hand("""UPDATE journal_line SET line = replace(line, '"v":1', '"v":2') WHERE seq = 12""")
    olivier.presses("Tout vérifier maintenant").sees("journal_line 12").misses("journal_line 11", "journal_line 13")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE share_leg SET qty = qty + 1 WHERE tx_seq = 6 AND qty > 0", "share_tx 6"),
        ("UPDATE ballot_named SET choice = 'against'", "scrutin"),
        (
            "UPDATE issued_document SET facts = replace(facts, 'Salle', 'Halle') WHERE series = 'notice'",
            "document notice 1",
        ),
    ],
)
def test_whatever_was_changed_by_hand_is_named(coop, olivier, change, where):
    sitting.hold(coop, sitting.convene(coop).path, ("helene", "malik", "samir", "awa"))
    by_hand(change)
    olivier.opens("/integrity").presses("Tout vérifier maintenant").sees(where)
