"""A ballot that is not as it must be is refused with a sentence and leaves no trace, on every paper and on both engines."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from coopgov.assemblies import queries
from coopgov.assemblies.forms import ballot_name
from coopgov.assemblies.rules.papers import OFFERED, first_draft
from coopgov.ballots import queries as ballots
from coopgov.ballots import service as votes
from coopgov.core.db import Base
from tests.assemblies_world import HELD_AT, wire
from tests.person import words

OPTIONS = {"lists": ("Rouge: Awa, Benoît", "Verte: Chloé, Driss")}
VOTER, OTHER, GIVER = 3, 4, 5
TAG = re.compile("<[^>]*>")
# Where a page says what it refuses, or that nothing was chosen.
REFUSAL = re.compile(r'(?s)<div class="(?:form-errors|flashes)".*?</div>')


@pytest.fixture
def world(app, clock):
    """Six members convened to a vote on a resolution, to a secret one, and to a vote on each other paper."""
    found = wire(app, clock)
    found.found(count=6)
    found.assembly = found.plan(texts=2)
    found.do("set_secret", item_id=found.items(found.assembly)[1], is_secret=True)
    found.other_assembly = found.plan(texts=1, held_at=HELD_AT + timedelta(days=3))
    found.papers = {}
    for kind in OFFERED:
        item = found.do(
            "add_election_item", assembly_id=found.assembly, title=f"Vote {kind}", text="Choisissons.", paper=kind
        )
        draft = replace(first_draft(kind), options=OPTIONS.get(kind, ("Awa", "Benoît", "Chloé")), least=2, most=2)
        found.do("set_paper", item_id=item, draft=draft)
        found.papers[kind] = item
    teller = found.account(2)
    with found.act() as act:
        votes.make_teller_key(act, account_id=teller, name="Zoé")
    found.do("convene", assembly_id=found.assembly)
    found.do("convene", assembly_id=found.other_assembly)
    return found


@pytest.fixture
def browser(app, world):
    return lambda n: world.sign_in(app.test_client(), n)


def rows(world):
    """How many rows each table holds, and what they say together."""
    session, told = world.session, {}
    for table in Base.metadata.sorted_tables:
        found = sorted(repr(tuple(row)) for row in session.execute(select(table)))
        told[table.name] = (len(found), hashlib.sha256("\n".join(found).encode()).hexdigest())
    world.session.rollback()
    return told


def wrong(world, me):
    """The wrong ballots of each paper: what is sent, and what is said of it."""
    named, secret = world.items(world.assembly)[:2]
    [elsewhere] = world.items(world.other_assembly)
    for item in (named, secret):
        name = ballot_name(item, me)
        yield "not offered", {name: "perhaps"}, "Choisissez l’une des réponses"
        yield "a number", {name: "1"}, "Choisissez l’une des réponses"
        yield "1 MB", {name: "x" * 1_000_000}, "Choisissez l’une des réponses"
        yield "somebody else's", {ballot_name(item, world.ids[OTHER]): "for"}, "Rien n’est encore choisi"
        yield "a mandate that is not hers", {ballot_name(item, world.ids[GIVER]): "for"}, "Rien n’est encore choisi"
    yield "another assembly's", {ballot_name(elsewhere, me): "for"}, "Rien n’est encore choisi"
    yield "a vote that is not there", {ballot_name(uuid4(), me): "for"}, "Rien n’est encore choisi"
    for kind, item in world.papers.items():
        name = ballot_name(item, me)
        if kind in {"ranking", "rivals", "grades"}:
            one, two = f"{name}_o1", f"{name}_o2"
            yield f"{kind}: blank with a choice", {name: "*blank", one: "1" if kind != "grades" else "g1"}, "blanc"
            said = "mention qui n’est pas proposée" if kind == "grades" else "n’est pas un nombre entier"
            yield f"{kind}: 1 MB", {one: "9" * 1_000_000}, said
            yield f"{kind}: a word", {one: "premier"}, said
        if kind in {"ranking", "rivals"}:
            yield f"{kind}: negative", {one: "-1"}, "doit être compris entre"
            yield f"{kind}: too many", {one: "4"}, "doit être compris entre"
        if kind == "ranking":
            yield "ranking: tie", {one: "1", two: "1"}, "Plusieurs options portent le rang 1"
        if kind == "grades":
            yield "grades: too few", {one: "g1"}, "est sans mention"
        if kind in {"choices", "approval", "lists"}:
            yield f"{kind}: not offered", {name: "o9"}, "« o9 » n’est pas"
            yield f"{kind}: another vote's", {name: "for"}, "« for » n’est pas"
            yield f"{kind}: twice", {name: ["o1", "o1"]}, "cité deux fois"
            yield f"{kind}: blank with a choice", {name: ["o1", "*blank"]}, "blanc"
            yield f"{kind}: 1 MB", {name: "x" * 1_000_000}, "n’est pas proposé"
        if kind == "choices":
            yield "choices: too few", {name: ["o1"]}, "au moins 2 choix"
            yield "choices: too many", {name: ["o1", "o2", "o3"]}, "au plus 2 choix"
        if kind == "lists":
            yield "lists: too many", {name: ["o1", "o2"]}, "au plus 1 choix"


def test_a_wrong_ballot_is_refused_with_a_sentence_and_no_trace(world, browser):
    voter, path, me = browser(VOTER), f"/assemblies/{world.assembly}/vote", world.ids[VOTER]
    voter.get(path)
    before, told = rows(world), {}
    for what, sent, sentence in wrong(world, me):
        answer = voter.post(path, data={**sent, "step": "cast", "token": "t" * 24})
        refusals = words(" ".join(REFUSAL.findall(answer.text)))
        if answer.status_code != 422 or not refusals or words(sentence) not in refusals:
            told[what] = (answer.status_code, refusals)
    assert not told, "\n".join(f"{what}: {status} {TAG.sub('', text)}" for what, (status, text) in told.items())
    assert rows(world) == before


def test_a_ballot_at_the_wrong_time_or_by_nobody_leaves_no_trace(world, browser):
    named, secret, *_others = world.items(world.assembly)
    path, me = f"/assemblies/{world.assembly}/vote", world.ids[VOTER]
    sheets = [{ballot_name(item, me): "for", "step": "cast"} for item in (named, secret)]
    sheets += [{ballot_name(world.papers["approval"], me): "o1", "step": "cast"}]
    voter, stranger = browser(VOTER), world.app.test_client()
    window = ballots.get_scrutin(world.session, queries.get_item(world.session, named).scrutin_id).window
    world.proxy(OTHER, GIVER, world.assembly)
    gave, opens, now = browser(OTHER), window.opens_at, world.clock.now
    before = rows(world)
    for sheet in sheets:
        assert stranger.post(path, data=sheet).status_code == 401
    world.clock.now = opens - timedelta(microseconds=1)
    assert {voter.post(path, data=sheet).status_code for sheet in sheets} == {422}
    world.clock.now = window.closes_at
    assert {voter.post(path, data=sheet).status_code for sheet in sheets} == {422}
    world.clock.now = now
    hers = gave.post(path, data={ballot_name(named, world.ids[OTHER]): "for", "step": "cast"})
    assert hers.status_code == 422
    assert rows(world) == before
    assert {voter.post(path, data=sheet).status_code for sheet in sheets} == {303}
