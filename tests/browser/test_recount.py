"""The page that counts an archive again: in a real browser, cut from the network, for every form of ballot paper."""

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.browser.visitor import serious_faults
from tests.elections import KINDS, a_paper, a_resolution, an_urn, counted, some_ties

ELECTIONS = 20
# Counts the archives one by one and gives what did not agree with each.
JUDGE = """archives => Promise.all(archives.map(async text =>
  (await recounting.judge(recounting.read(text))).wrong.map(([name]) => name)))"""


def an_archive(kind: str, seed: int) -> dict[str, Any]:
    random = Random(seed)  # noqa: S311 - the same election each time
    paper = a_paper(kind, random)
    told = counted(paper, an_urn(paper, random, random.randint(1, 40)), some_ties(paper, random))[2]
    return json.loads(json.dumps(told))


def altered(archive: dict[str, Any]) -> dict[str, Any]:
    """The same with a ballot more, and a result that says so too little."""
    other = deepcopy(archive)
    other["ballots"][0][2] += 1
    return other


def as_file(archive: dict[str, Any]) -> dict[str, Any]:
    return {"name": "scrutin.json", "mimeType": "application/json", "buffer": json.dumps(archive).encode()}


@pytest.fixture
def page(browser: Browser, apps, engines):
    """The page as the application serves it, in a window that reaches no network."""
    engines("sqlite").refresh()
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.route("**/*", lambda route: route.fulfill(**_answer(apps("sqlite"), route.request.url)))
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto("http://localhost/ballots/recount")
    context.unroute_all()
    context.set_offline(True)
    yield page
    assert page.faults == []
    context.close()


def _answer(app: Flask, url: str) -> dict[str, Any]:
    with app.app_context(), app.test_client().get(url.removeprefix("http://localhost")) as answer:
        return {"status": answer.status_code, "headers": dict(answer.headers), "body": answer.get_data()}


def test_a_browser_finds_what_both_programs_found_in_every_kind_of_election(page):
    told = [an_archive(kind, seed) for kind in KINDS for seed in range(ELECTIONS)]
    told += [a_resolution(Random(seed)) for seed in range(ELECTIONS * 3) if a_resolution(Random(seed))["ballots"]]  # noqa: S311 - the same each time
    assert page.evaluate(JUDGE, [json.dumps(one) for one in told]) == [[]] * len(told)
    wrong = page.evaluate(JUDGE, [json.dumps(altered(one)) for one in told])
    assert all({"hash", "whole"} <= set(one) for one in wrong)
    assert all("differs" in one for one in wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_yes_or_no_with_both_counts_side_by_side(page, kind):
    archive = an_archive(kind, 3)
    page.get_by_label("Archive du scrutin (JSON)").set_input_files(as_file(archive))
    expect(page.get_by_text("Oui : empreintes, bulletins et résultat concordent.")).to_be_visible()
    expect(page.get_by_role("table")).not_to_contain_text("différent")
    expect(page.get_by_role("main")).to_contain_text(archive["hashes"]["whole"])
    page.get_by_label("Empreinte imprimée").fill(archive["hashes"]["whole"][:16])
    page.get_by_label("Archive du scrutin (JSON)").set_input_files(as_file(altered(archive)))
    expect(page.get_by_text("Non : cette archive ne concorde pas.")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("différent")
    expect(page.get_by_role("listitem").filter(has_text="n’a pas l’empreinte que vous avez saisie")).to_be_visible()
    if kind == KINDS[0]:
        assert serious_faults(page) == []
    page.get_by_label("Archive du scrutin (JSON)").set_input_files(
        {"name": "x.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    expect(page.get_by_text("Ce fichier n’est pas une archive lisible (version)")).to_be_visible()


def test_the_page_may_ask_nothing_of_anybody(page):
    refused = "fetch('/ballots/recount').then(() => 'asked', error => error.name)"
    assert page.evaluate(refused) == "TypeError"
