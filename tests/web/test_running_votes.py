"""While a secret vote is open, what is voted changes nothing that anybody is shown, sent or may take away.

Everybody who has voted votes otherwise, by the pages, as often as the rules let them. Then every page, file and
answer to a program is the same to the letter, for every office, and no row of any table is another but the sealed
envelopes: no count, no link between a voter and an answer can hide where nothing has moved.
"""

import io
import logging
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from itertools import product

import pytest
from flask import request
from sqlalchemy import select

from coopgov.assemblies import queries
from coopgov.assemblies.forms import ballot_name
from coopgov.core.db import Base
from coopgov.core.policy import GRANTS, Role
from coopgov.web.guard import PUBLIC
from tests.conftest import ENGINES, TestClock
from tests.everything_world import ALL_OFFICES, IN_THE_ROOM, ONE_OFFICE, busy_evening, guard_of, routes

VOTERS = IN_THE_ROOM[:4]
AT = datetime.fromisoformat("2027-02-26T17:30:00+00:00")
# What differs each time a page is made: the proof that a form was shown here.
PASSING = re.compile(rb'(name="csrf_token"[^>]*value="|<meta name="csrf-token" content=")[^"]*')
# Features below votes cannot know of them, by the layers that import-linter holds: there, these three see enough.
BELOW_VOTES = {"accounts", "members", "past", "shares", "statutes", "treasury"}
STRANGER, MEMBER = "", ONE_OFFICE[Role.MEMBER]
EVERYWHERE = (ALL_OFFICES, MEMBER, STRANGER)
# Who looks, on each engine.
READERS = {"sqlite": dict.fromkeys([*EVERYWHERE, *ONE_OFFICE.values()]), "postgresql": [ALL_OFFICES]}
OFFICES = {ALL_OFFICES: set(Role), STRANGER: set()} | {name: {role} for role, name in ONE_OFFICE.items()}
# The pages that nobody is shown, and why.
UNSEEN = {
    "static": "files of the package",
    "demo.clock": "of a demonstration alone",
    "demo.components": "of a demonstration alone",
    "demo.index": "of a demonstration alone",
    "demo.mailbox": "of a demonstration alone; every mail is a row of the outbox, and read there",
    "demo.message": "of a demonstration alone; every mail is a row of the outbox, and read there",
    "accounts.link": "a link of one's own, told as spent",
    "calendar.feed": "a calendar of one's own, of dates alone",
    "registers.certificate": "of a certificate of shares, by its code",
    "registers.document": "a paper that is not printed; its facts are a row of a table, and read there",
    "vote.door": "of a site for votes alone, where there is one",
}


@pytest.fixture(scope="module", params=ENGINES)
def evening(request, apps, engines):
    """An evening with an open secret vote, in which four members have voted."""
    engines(request.param).refresh()
    with busy_evening(apps(request.param), TestClock()) as made:
        made.item = queries.get_item(made.session, made["secret voting"])
        made.secret = {
            "assembly_id": made.item.assembly_id, "item_id": made.item.id, "scrutin_id": made.item.scrutin_id,
            "register": "movements", "kind": "xlsx", "format": "abif",
        }  # fmt: skip
        made.browsers = {who: made.person(who).client for who in READERS[request.param]}
        made.everywhere = EVERYWHERE if request.param == "sqlite" else ()
        yield made


@dataclass
class Seen:
    """All that anybody is shown, and all that is kept."""

    pages: dict
    kept: dict

    def moved(self, before):
        """What is not as it was, each by its name: pages with their readers, tables and files."""
        pages = {(address[0], who) for (address, who), told in self.pages.items() if told != before.pages[address, who]}
        return pages, {name for name in before.kept | self.kept if before.kept.get(name) != self.kept.get(name)}

    def shown(self):
        """The pages that somebody is shown."""
        return {address[0] for (address, _who), (status, *_told) in self.pages.items() if status == 200}


def look(evening):
    """See everything, as each reader, at the same instant."""
    pages = {}
    for who, browser in evening.browsers.items():
        evening.clock.now = AT
        pages |= {(address, who): answer for address, answer in answers(evening, who, browser)}
    return Seen(pages, rows(evening) | files(evening))


def answers(evening, who, browser):
    """What every address that is open to this reader answers; that the others are shut is a test of its own."""
    for rule in routes(evening.app, "GET"):
        guard = guard_of(evening.app, rule)
        if guard != PUBLIC and not OFFICES[who] & GRANTS[guard]:
            continue
        for path in paths(evening, rule, who):
            answer = browser.get(path)
            yield (rule.endpoint, path), (answer.status_code, answer.location, plain(answer.data))
            answer.close()


def paths(evening, rule, who):
    """The addresses of a page: about the secret vote that is open and, for three readers, about anything else too."""
    if who in evening.everywhere:
        ways = [((), ((name, other),)) for name, other in evening.secret.items() if name in rule.arguments]
        return [evening.path(rule, **dict(sum(chosen, ()))) for chosen in product(*ways)]
    if rule.endpoint.partition(".")[0] in BELOW_VOTES:
        return []
    return [evening.path(rule, **{name: other for name, other in evening.secret.items() if name in rule.arguments})]


def plain(data):
    """What an answer holds, without what differs each time it is made."""
    if not data.startswith(b"PK"):
        return PASSING.sub(b"", data)
    # A packed file bears the hour of the machine: only what is in it counts.
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def rows(evening):
    """Every row of every table, but when somebody was last here."""
    session, tables = evening.session, Base.metadata.sorted_tables
    told = {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in tables}
    session.rollback()
    return {name: found for name, found in told.items() if name != "account_session"}


def files(evening):
    """Every file that the cooperative keeps beside its database."""
    folder = evening.app.extensions["coopgov.config"].data_dir
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change_of_mind(evening, choice, caplog):
    """Everybody who has voted votes otherwise, each with her own telephone; gives the lines of logs that tell what."""
    item = evening.item
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        for who in VOTERS:
            sheet = {ballot_name(item.id, evening.ids[who]): choice, "step": "cast", "token": who * 8}
            answer = evening.person(who).client.post(f"/assemblies/{item.assembly_id}/vote", data=sheet)
            assert answer.status_code == 303
    return [line for line in caplog.messages if re.search(choice + "|b_[0-9a-f]{32}", line)]


def own_receipts(evening, who):
    """The page of her own receipts, and the same without their codes."""
    page = evening.person(who).client.get(f"/assemblies/{evening.item.assembly_id}/receipts").data
    return plain(page), re.sub(rb"<code>.*?</code>", b"", plain(page))


def leaky(views, act):
    """Plant what nobody may make: a count of votes while they come in, told on a page, in the journal and in a log."""
    running, cast, board = Counter(), views["assemblies.cast_vote"], views["compliance.index"]

    @wraps(cast)
    def telling(**sent):
        choice = next(value for name, value in request.form.items() if name.startswith("b_"))
        running[choice] += 1
        logging.getLogger("coopgov").info("One more vote %s", choice)
        with act() as noting:
            noting.record("ballots.told", "scrutin", {"choice": choice})
        return cast(**sent)

    return {"assemblies.cast_vote": telling, "compliance.index": wraps(board)(lambda: f"{board()} {running}")}


def test_no_page_no_mail_no_file_no_log_moves_with_what_is_voted_secretly(evening, caplog):
    before, hers = look(evening), own_receipts(evening, "awa")
    lines = change_of_mind(evening, "against", caplog)
    after, hers_after = look(evening), own_receipts(evening, "awa")
    assert (after.moved(before), lines) == ((set(), {"envelope"}), [])
    old, new = set(before.kept["envelope"]), set(after.kept["envelope"])
    assert (len(new), len(new - old)) == (len(old), len(VOTERS))
    # Only her own code has moved, for herself: what would move is seen.
    assert (hers_after[0] == hers[0], hers_after[1] == hers[1]) == (False, True)
    every_page = {rule.endpoint for rule in evening.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert not evening.everywhere or every_page - after.shown() == set(UNSEEN)


def test_a_running_count_would_be_found_on_a_page_in_a_row_and_in_a_log(evening, caplog, monkeypatch):
    for endpoint, view in leaky(evening.app.view_functions, evening.act).items():
        monkeypatch.setitem(evening.app.view_functions, endpoint, view)
    administrator = ONE_OFFICE[Role.ADMINISTRATOR]
    evening.browsers = {administrator: evening.person(administrator).client}
    before, lines = look(evening), change_of_mind(evening, "abstain", caplog)
    pages, kept = look(evening).moved(before)
    assert pages == {("compliance.index", administrator)}
    assert ("journal_payload" in kept, len(lines)) == (True, len(VOTERS))
