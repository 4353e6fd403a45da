"""The page of the statutes."""

from dataclasses import replace
from datetime import date

from coopgov.core.policy import Role
from coopgov.statutes import queries, service
from coopgov.statutes.ready import ready_set
from tests.service.counting import count_statements


def adopt(act, name, on, **changes):
    with act() as a:
        text = replace(ready_set(name), **changes)
        service.adopt_statutes(a, text=text, in_force_from=on, decision="Assemblée du jour")


def test_the_page_needs_a_sign_in(client):
    assert client.get("/statutes").status_code == 303


def test_before_any_statutes_the_page_says_so(signed_in):
    page = signed_in(Role.BOARD).get("/statutes")
    assert page.status_code == 200
    assert "Pas encore de statuts" in page.text


def test_the_page_shows_identity_figures_and_articles(act, signed_in):
    adopt(act, "scic-sa", date(2021, 1, 1))
    page = signed_in(Role.MEMBER).get("/statutes").text
    for told in ("Le Grand Établi", "918\xa0302\xa0563", "Créatrices et créateurs", "art. 13", "en vigueur", "L225-"):
        assert told in page


def test_an_earlier_version_says_that_it_is_one(act, signed_in, session):
    adopt(act, "scop-sa-cae", date(2021, 1, 1))
    adopt(act, "scop-sa-cae", date(2026, 1, 1), seat="1 place Neuve, 26000 Valence")
    first = queries.history(session)[-1]
    page = signed_in(Role.MEMBER).get(f"/statutes/{first.id}").text
    assert "version antérieure" in page
    assert "12 rue des Ateliers" in page
    assert "1 place Neuve" in signed_in(Role.MEMBER).get("/statutes").text


def test_the_page_takes_as_many_statements_for_many_versions(act, signed_in):
    adopt(act, "scop-sa-cae", date(2021, 1, 1))
    browser = signed_in(Role.MEMBER)
    few = count_statements(lambda: browser.get("/statutes"))
    for year in range(2022, 2027):
        adopt(act, "scop-sa-cae", date(year, 1, 1))
    many = count_statements(lambda: browser.get("/statutes"))
    assert many == few
