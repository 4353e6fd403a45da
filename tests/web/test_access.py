"""Who gets where: every address of the site for every office, as the page of permissions says and no other way."""

import pytest

from coopgov.core.policy import GRANTS, Role
from coopgov.web.guard import PUBLIC
from tests.conftest import ENGINES, TestClock
from tests.everything_world import busy_evening, guard_of, routes

NOBODY = None
EVERYBODY = [NOBODY, *Role]
# Pages about oneself: they are not there for an office that is held without being a member.
ONES_OWN = {"members.me", "members.my_contacts", "members.my_iban"}
# Where to sign in sends on whoever is signed in; a link that is spent, a paper not printed yet are told as such,
# and a calendar that nobody made is not there.
HIDDEN = {
    ("members.show", Role.MEMBER), ("statutes.words", Role.ADMINISTRATOR),
    ("statutes.edit_section", Role.ADMINISTRATOR), ("statutes.confirm_adoption", Role.ADMINISTRATOR),
}  # fmt: skip
TOLD = {
    "calendar.feed": 404,
    "registers.certificate": 404,
    "accounts.link": 422,
    "registers.document": 503,
    "vote.door": 404,
}


@pytest.fixture(scope="module", params=ENGINES)
def evening(request, apps, engines):
    """One busy evening for all these tests: none of them changes anything."""
    engines(request.param).refresh()
    with busy_evening(apps(request.param), TestClock()) as made:
        yield made


def expected(app, rule, role):
    """What the policy says of a page for somebody with this one office."""
    guard = guard_of(app, rule)
    if guard != PUBLIC and role is NOBODY:
        return 303
    if guard != PUBLIC and role not in GRANTS[guard]:
        return 403
    if rule.endpoint in ONES_OWN and role is not Role.MEMBER:
        return 404
    # To a member, another's file does not exist; to who installs the site, nor does a draft after the first statutes.
    if (rule.endpoint, role) in HIDDEN:
        return 404
    if rule.endpoint == "accounts.sign_in" and role is not NOBODY:
        return 303
    return TOLD.get(rule.endpoint, 200)


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_page_opens_to_exactly_those_the_policy_names(evening, role):
    browser, found = evening.only(role).client, {}
    for rule in routes(evening.app, "GET"):
        answer = browser.get(evening.path(rule))
        found[rule.endpoint] = answer.status_code
        answer.close()  # a file that is sent is closed with its answer
    assert len(found) > 60
    assert found == {rule.endpoint: expected(evening.app, rule, role) for rule in routes(evening.app, "GET")}


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_door_is_shut_to_those_the_policy_does_not_name(evening, role):
    browser, before, open_doors = evening.only(role).client, evening.lines(), {}
    for rule in routes(evening.app, "POST"):
        guard = guard_of(evening.app, rule)
        if guard != PUBLIC and (role is NOBODY or role not in GRANTS[guard]):
            status = browser.post(evening.path(rule)).status_code
            if status != (401 if role is NOBODY else 403):
                open_doors[rule.endpoint] = status
    assert open_doors == {}
    assert evening.lines() == before


def test_a_refusal_is_a_page_that_says_what_to_do(evening):
    lea = evening.only(Role.MEMBER)
    lea.opens("/integrity", status=403).sees("secrétariat")
    lea.opens(f"/members/{evening['m1']}", status=404).sees("n’y a rien ici")
    evening.only(NOBODY).opens("/integrity").sees("Se connecter", "Adresse électronique")


def test_a_method_that_no_address_takes_is_told(evening):
    answer = evening.only(Role.MEMBER).client.delete("/terms/")
    assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)
