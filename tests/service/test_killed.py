"""A process killed anywhere in a command has done nothing, or all of it; done again, it has one effect."""

import socket
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller

from coopgov import jobs
from coopgov.assemblies import queries, service
from coopgov.assemblies.rules import ItemState, State
from coopgov.ballots import queries as ballots
from coopgov.config import ROOT
from coopgov.core import mail, outbox
from coopgov.core.db import db
from coopgov.core.errors import RuleBroken
from coopgov.printing.archive import documents_about
from coopgov.terms import queries as terms
from tests.coop_world import NAMES, everything_wired
from tests.stories import sitting


@pytest.fixture
def coop(app, clock):
    """A cooperative of ten people."""
    return everything_wired(app, clock).found()


@pytest.fixture
def killed(coop, tmp_path):
    """Kill a command at one moment after the other; gives the moments with the journal's growth at each."""

    def kill(kind, thing="", mail_url="mailbox:"):
        before, url = coop.lines(), coop.app.extensions["coopgov.config"].database_url
        db.session.remove()
        arguments = (kind, str(thing), str(tmp_path), url, coop.clock.now.isoformat(), mail_url)
        command = [sys.executable, "-m", "tests.service.dying", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        rows = [line.split(";") for line in done.stdout.splitlines()]
        assert [row for row in rows if row[1] != "died"] == [], done.stderr
        return {moment: int(size) - before for moment, _died, size in rows}

    return kill


def nothing_then_once(growth):
    """Nothing of it was kept at any moment but the last, after the commit."""
    *earlier, last = growth.values()
    return set(earlier) == {0} and last >= 1


def is_refused(coop, command, **names):
    """It cannot be done once more."""
    with pytest.raises(RuleBroken), coop.act() as act:
        command(act, **names)
    return True


def test_convening_is_whole_or_not_at_all(coop, killed):
    path = sitting.prepare(coop).path
    assembly = queries.list_assemblies(coop.session, to_come=True).rows[0]
    assert path == f"/assemblies/{assembly.id}/prepare"
    assert nothing_then_once(killed("convene", assembly.id))

    assert is_refused(coop, service.convene, assembly_id=assembly.id)
    assert queries.get_assembly(coop.session, assembly.id).state is State.CONVENED
    told = outbox.messages_about(coop.session, assembly.about, "assembly.notice")
    letters = documents_about(coop.session, assembly.about, kind="letter")
    assert (len(told), len({one.to_address for one in told}), len(letters)) == (len(NAMES) - 1, len(NAMES) - 1, 1)
    assert len(documents_about(coop.session, assembly.about, kind="notice")) == 1
    assert coop.faults() == []


def test_a_vote_is_closed_and_counted_once(coop, killed):
    path = sitting.convene(coop).path
    coop.at(sitting.THE_HOUR)
    sitting.welcome(coop, path, ("helene", "malik", "samir", "awa"))
    helene = sitting.open_session(coop.person("helene"), path).presses("Ouvrir le vote")
    samir = coop.person("samir").opens(helene.path).follows("Saisir les bulletins")
    samir.presses("Déposer ces bulletins", {"Toutes les autres personnes": "Pour"})
    [item] = queries.agenda(coop.session, queries.list_assemblies(coop.session, to_come=True).rows[0].id)
    assert nothing_then_once(killed("close", item.id))

    assert is_refused(coop, service.close_vote, item_id=item.id)
    assert queries.get_item(coop.session, item.id).state is ItemState.COUNTED
    assert ballots.find_urn(coop.session, item.scrutin_id).ballots == 4
    helene.opens(helene.path).presses("Proclamer le résultat").presses("Lever la séance").sees("4 voix pour")
    assert coop.faults() == []


def test_a_voted_fee_takes_effect_once(coop, killed):
    sitting.propose(coop)
    sitting.hold(coop, sitting.convene(coop, [sitting.PROPOSAL]).path, ("helene", "malik", "samir", "awa"))
    coop.night()
    coop.at("2027-01-30T03:00")
    assert nothing_then_once(killed("execute"))

    before = coop.lines()
    jobs.execute_due()
    coop.night()
    assert coop.lines() == before
    history = terms.timeline(coop.session).history("commission.sales")
    assert [version.value for version in history] == [600, 500]
    assert coop.faults() == []


class MailServer:
    """Takes every message, and keeps its name and where it went."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's own name
        name = message_from_bytes(envelope.content)["Message-ID"]
        self.taken += [(str(name), address) for address in envelope.rcpt_tos]
        return "250 taken"


@pytest.fixture
def server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    taking = MailServer()
    controller = Controller(taking, hostname="127.0.0.1", port=port)
    controller.start()
    taking.url = f"smtp://127.0.0.1:{port}"
    yield taking
    controller.stop()


def test_a_mail_that_may_have_left_leaves_again_under_the_same_name_and_is_noted_once(coop, killed, server):
    sitting.judge(sitting.prepare(coop).follows("Convoquer…"), "Convoquer maintenant")
    growth = killed("deliver", mail_url=server.url)
    assert set(growth.values()) == {0}
    settings = replace(coop.app.extensions["coopgov.config"], mail_url=server.url)
    while mail.deliver(settings, coop.app.extensions["coopgov.runtime"]).sent:
        continue

    sent = outbox.latest(coop.session, limit=100)
    assert {(one.attempts, one.sent_at is not None) for one in sent} == {(1, True)}
    times = Counter(server.taken)
    assert {name.strip("<>").partition("@")[0] for name, _address in times} == {str(one.id) for one in sent}
    assert len(times) == len(sent)
    # At most one message was on its way at each death.
    assert sum(times.values()) - len(sent) <= len(growth)
    assert coop.faults() == []
