"""While a secret vote is open, what is voted changes nothing that anybody is shown, sent or may take away.

Everybody who has voted votes otherwise, by the pages, as often as the rules let them. Then every page, file and
answer to a program is the same to the letter, for every office, and no row of any table is another but the sealed
envelopes: no count, no link between a voter and an answer can hide where nothing has moved.
"""

import io
import logging
import re
import zipfile
from datetime import datetime

import pytest
from sqlalchemy import select

from coopgov.assemblies import queries
from coopgov.assemblies.forms import ballot_name
from coopgov.core.db import Base
from coopgov.core.policy import Role
from tests.conftest import TestClock
from tests.everything_world import IN_THE_ROOM, busy_evening, routes

VOTERS = IN_THE_ROOM[:4]
AT = datetime.fromisoformat("2027-02-26T17:30:00+00:00")
# What differs each time a page is made: the proof that a form was shown here.
PASSING = re.compile(rb'(name="csrf_token"[^>]*value="|<meta name="csrf-token" content=")[^"]*')
# Features below votes cannot know of them: the layers are held by import-linter.
KNOW_NOTHING = {"accounts", "members", "shares", "treasury", "statutes"}


@pytest.fixture
def evening(apps, engines):
    """An evening with an open secret vote, in which four members have voted."""
    engines("sqlite").refresh()
    with busy_evening(apps("sqlite"), TestClock()) as made:
        yield made


def everything_seen(evening, browsers):
    """What every address answers to each office, at the same instant."""
    found = {}
    for role, browser in browsers.items():
        evening.clock.now = AT
        found |= {(address, role): answer for address, answer in seen(evening, browser).items()}
    return found


def seen(evening, browser):
    """What every address answers to this browser."""
    found = {}
    for rule in routes(evening.app, "GET"):
        if rule.endpoint.partition(".")[0] not in KNOW_NOTHING:
            answer = browser.get(evening.path(rule))
            found[rule.endpoint] = (answer.status_code, answer.location, plain(answer.data))
            answer.close()
    return found


def plain(data):
    """What an answer holds, without what differs each time it is made."""
    if not data.startswith(b"PK"):
        return PASSING.sub(b"", data)
    # A packed file bears the hour of the machine: only what is in it counts.
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def rows(evening, *, but):
    """Every row of every table but these."""
    session, tables = evening.session, Base.metadata.sorted_tables
    told = {
        table.name: sorted(map(repr, session.execute(select(table)).all())) for table in tables if table.name not in but
    }
    session.rollback()
    return told


def change_of_mind(evening, item):
    """Everybody who has voted for votes against, each with her own telephone."""
    for who in VOTERS:
        browser = evening.person(who).client
        sheet = {ballot_name(item.id, evening.ids[who]): "against", "step": "cast", "token": who * 8}
        assert browser.post(f"/assemblies/{item.assembly_id}/vote", data=sheet).status_code == 303


def own_receipts(evening, item, who):
    """The page of her own receipts, and the same without their codes."""
    page = evening.person(who).client.get(f"/assemblies/{item.assembly_id}/receipts").data
    return plain(page), re.sub(rb"<code>.*?</code>", b"", plain(page))


def test_no_page_no_mail_no_file_no_log_moves_with_what_is_voted_secretly(evening, caplog):
    item, sealed = queries.get_item(evening.session, evening["secret voting"]), {"envelope", "account_session"}
    browsers = {role: evening.only(role).client for role in (None, *Role)}
    before, hers = everything_seen(evening, browsers), own_receipts(evening, item, "awa")
    kept, envelopes = rows(evening, but=sealed), rows(evening, but=set())["envelope"]
    caplog.set_level(logging.DEBUG)
    change_of_mind(evening, item)
    moved = rows(evening, but=set())["envelope"]
    assert (len(moved), len(set(moved) & set(envelopes))) == (len(envelopes), len(envelopes) - len(VOTERS))
    assert rows(evening, but=sealed) == kept
    assert not [record for record in caplog.records if re.search("against|b_[0-9a-f]{32}", record.getMessage())]
    after, hers_after = everything_seen(evening, browsers), own_receipts(evening, item, "awa")
    assert len(after) > 500
    others = sorted(
        f"{address} to {role}" for (address, role), answer in after.items() if answer != before[address, role]
    )
    assert others == []
    # Only her own code has moved, for herself: what would move is seen.
    assert (hers_after[0] == hers[0], hers_after[1] == hers[1]) == (False, True)
