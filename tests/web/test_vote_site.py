"""The voting site: a host of its own, a session of its own, nothing but votes there; a code of use once opens it."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from werkzeug.routing import AnyConverter

from coopgov import jobs, serving
from coopgov.assemblies import queries
from coopgov.assemblies.queries.codes import CodesMade, codes_made
from coopgov.ballots import queries as ballots
from coopgov.core import outbox
from coopgov.core.journal import entries_about
from coopgov.core.mail import compose
from coopgov.web.vote_site import BESIDE, VOTES
from tests.assemblies_world import wire
from tests.person import words

SITE = "http://vote.localhost"
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}\b")
SOMETHING = {"UUIDConverter": UUID(int=0), "KeptInteger": 1, "PathConverter": "x.css"}


@pytest.fixture
def world(app, clock):
    """A cooperative whose votes have a host name of their own."""
    kept = app.extensions["coopgov.config"]
    hosts = (*kept.hosts, "vote.localhost")
    app.extensions["coopgov.config"] = replace(
        kept, vote_host="vote.localhost", base_url="http://localhost", hosts=hosts
    )
    found = wire(app, clock)
    found.found(count=6, without_consent=2)
    yield found
    app.extensions["coopgov.config"] = kept


def enter(client, number, code):
    return client.post("/vote", data={"number": number, "code": code}, base_url=SITE)


def something(part):
    """What may stand in that place of an address."""
    return min(part.items) if isinstance(part, AnyConverter) else SOMETHING.get(type(part).__name__, "x")


def paths(app):
    """An address of each page that is read, by its name."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.endpoint.startswith("demo."):
            told = {name: something(part) for name, part in rule._converters.items()}
            yield rule.endpoint, rule.build(told)[1]


def test_the_site_answers_with_votes_and_nothing_else(app, world):
    client = world.sign_in(app.test_client(), 0)
    found = {endpoint: client.get(path, base_url=SITE).status_code for endpoint, path in paths(app)}
    elsewhere = {endpoint for endpoint in found if endpoint not in VOTES | BESIDE | {"home.index"}}
    assert len(elsewhere) > 60
    assert {endpoint: found[endpoint] for endpoint in elsewhere if found[endpoint] != 404} == {}
    assert client.get("/", base_url=SITE).location == "/vote"
    assert client.get("/", base_url="http://elsewhere.localhost").status_code == 400
    # Without any list of who asked what: the server keeps no log of requests.
    told = serving._commands(app.extensions["coopgov.config"], with_worker=False)
    assert "access" not in " ".join(told[0])


def test_a_code_opens_the_voting_site_once_and_nothing_else(app, world):
    board, assembly = world.sign_in(app.test_client(), 0), world.convened()
    vote, codes = f"/assemblies/{assembly}/vote", f"/assemblies/{assembly}/codes"
    for answer in (board.get(vote), board.post(vote, data={"step": "cast"})):
        assert (answer.status_code, answer.location) == (303, f"{SITE}{vote}")
    assert board.get(vote, base_url=SITE).location == "/vote"  # her own session is none there

    made = board.post(codes)
    printed = CODE.findall(made.text)
    assert (made.status_code, len(printed), made.headers["Cache-Control"]) == (200, 2, "no-store")
    assert CODE.findall(board.get(codes).text) == []
    mails = [one for one in outbox.latest(world.session, limit=50) if one.kind == "assembly.code"]
    mail = next(one for one in mails if one.to_address == "m3@exemple.fr")
    code = CODE.findall(compose(mail, app.extensions["coopgov.config"]).get_content())[0]
    assert (len(mails), CODE.findall(mail.body)) == (4, [])

    phone = app.test_client()
    assert "Aller voter" in phone.get("/vote", base_url=SITE).text
    wrong = [words(enter(phone, number, "ABCD-EFGH-JKMN").text) for number in ("4", "999")]
    assert ["n’ouvrent rien" in page for page in wrong] == [True, True]
    assert enter(phone, "3", code).status_code == 422  # another's
    entered = enter(phone, "4", code.lower().replace("-", " "))
    assert (entered.status_code, entered.location) == (303, vote)
    cookies = entered.headers.getlist("Set-Cookie")
    assert [one.split("=")[0] for one in cookies] == ["coopgov-vote"]
    assert "Domain" not in cookies[0]
    assert enter(app.test_client(), "4", code).status_code == 422
    assert "/members/" not in phone.get(vote, base_url=SITE).text
    # The token of the code opens nothing on the main host, under whatever name.
    with phone.session_transaction(base_url=SITE) as kept:
        token = kept["_user_id"]
    thief = app.test_client()
    with thief.session_transaction() as kept:
        kept["_user_id"] = token
    assert thief.get("/me").status_code == 303

    [item] = world.items(assembly)
    name = f"b_{item.hex}_{world.ids[3].hex}"
    cast = phone.post(vote, data={name: "for", "step": "cast"}, base_url=SITE)
    assert (cast.status_code, cast.location.partition("?")[0]) == (303, f"/assemblies/{assembly}/receipts")
    assert phone.get(cast.location, base_url=SITE).status_code == 200
    scrutin = queries.get_item(world.session, item).scrutin_id
    assert ballots.turnout(world.session, scrutin) == 1

    assert phone.post("/sign-out", base_url=SITE).location == "/vote"
    assert phone.get(vote, base_url=SITE).location == "/vote"

    again = board.post(f"{codes}/again", data={"number": "4"})
    [other] = CODE.findall(again.text)
    assert enter(app.test_client(), "4", other).status_code == 303
    assert "Codes utilisés" in board.get(codes).text
    stored = " ".join(
        str(row)
        for table in ("voter_code", "outbox_message", "journal_payload", "journal_line")
        for row in world.session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - names written above
    )
    assert [one for one in (code, other, *printed) if one in stored] == []


def test_codes_are_sent_in_the_language_of_the_account_and_forgotten_once_the_assembly_is_over(app, world):
    board, assembly = world.sign_in(app.test_client(), 0), world.convened()
    with world.act() as act:
        act.session.execute(text("UPDATE account SET language = 'en' WHERE email = 'm2@exemple.fr'"))
    board.post(f"/assemblies/{assembly}/codes")
    mails = [one for one in outbox.latest(world.session, limit=50) if one.kind == "assembly.code"]
    english = [one for one in mails if "Your voting code" in one.subject and "your member number: 3" in one.body]
    assert ([one.to_address for one in english], len(mails)) == (["m2@exemple.fr"], 4)
    code = CODE.findall(compose(english[0], app.extensions["coopgov.config"]).get_content())[0]
    assert enter(app.test_client(), "3", code).status_code == 303

    jobs.forget_codes()
    assert codes_made(world.session, assembly) == CodesMade(6, 1)  # they are still wanted
    world.do("cancel", assembly_id=assembly, reason="La salle est prise.")
    for _again in range(2):
        jobs.forget_codes()
    assert codes_made(world.session, assembly) == CodesMade(0, 0)
    lines = entries_about(world.session, f"assembly:{assembly}")
    assert [one.payload for one in lines if one.kind == "assembly.codes_forgotten"] == [{"made": 6, "used": 1}]
    assert "Le journal garde combien" in board.get(f"/assemblies/{assembly}/codes").text


def test_guessing_codes_is_slow_and_a_code_is_refused_where_none_is_wanted(app, world):
    assembly = world.convened()
    phone = app.test_client()
    found = [enter(phone, "2", "ABCD-EFGH-JKMN").status_code for _try in range(40)]
    assert (found[0], found[-1]) == (422, 429)
    board = world.sign_in(app.test_client(), 0)
    assert board.post(f"/assemblies/{assembly}/codes/again", data={"number": "99"}).status_code == 422
    kept = app.extensions["coopgov.config"]
    app.extensions["coopgov.config"] = replace(kept, vote_host="")
    assert (phone.get("/vote").status_code, board.post(f"/assemblies/{assembly}/codes").status_code) == (404, 422)
    assert board.get(f"/assemblies/{assembly}/vote").status_code == 200
