"""Every form of the site, filled in as it should be but with odd honest texts: it is taken, and shown as it was typed."""

import pytest

from coopgov.demo.cast import CAST
from coopgov.demo.service import register_character
from tests.conftest import ENGINES, TestClock
from tests.every_form import CASES, HTML, ODD
from tests.everything_world import busy_evening
from tests.person import tree_of, words_of
from tests.web.test_bad_input import Sender


@pytest.fixture(params=ENGINES)
def evening(request, apps, engines):
    """A busy evening that ends with everything done."""
    engines(request.param).refresh()
    with busy_evening(apps(request.param), TestClock()) as made:
        yield made


def test_every_form_is_taken_in_its_turn_and_what_it_says_is_never_code(evening):
    awa = evening.account("awa")
    with evening.act() as act:
        register_character(act, part=CAST[0], account_id=awa)
    send, wrong = Sender(evening), {}
    for case in CASES:
        odd = {name: kind.odd for name, kind in case.fields(evening).items() if kind.odd}
        answer = send(case, case.address(evening), case.data(evening) | odd)
        page = answer
        if answer.status_code == 303 and case.who != "demo":
            page = send.clients[case.who].get(answer.location)
        if (answer.status_code, page.status_code) not in {(case.ends, 200), (case.ends, case.ends)}:
            wrong[case.endpoint] = (answer.status_code, page.status_code, words_of(tree_of(answer.text))[-300:])
        elif page.mimetype == "text/html" and HTML in page.text:
            wrong[case.endpoint] = "shown as code"
    send.end()
    assert [f"{k}: {v}" for k, v in wrong.items()] == []
    assert evening.faults() == []


def test_an_odd_text_is_read_as_it_was_typed(evening):
    awa = evening.person("awa").opens("/proposals/new")
    awa.presses("Garder comme brouillon", {"Titre": ODD}).sees(ODD)
