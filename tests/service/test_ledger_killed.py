"""A process killed in the midst of many movements: the books balance, and nothing that was acknowledged is lost."""

import subprocess
import sys

from coopgov.config import ROOT
from coopgov.shares import book as share_book
from coopgov.treasury import book as money_book
from tests.coop_world import everything_wired

ROUNDS = 3


def kill_under_load(coop, folder, rounds):
    """Kill it so many times; gives what each death left acknowledged of both books."""
    url, now = coop.app.extensions["coopgov.config"].database_url, coop.clock.now.isoformat()
    who = ",".join([str(rounds), *(str(coop.ids[name]) for name in ("awa", "benoit", "lea"))])
    command = [sys.executable, "-m", "tests.service.dying", "load", who, str(folder), url, now, "mailbox:"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return [(book, int(seq)) for book, _, seq in (line.partition(";") for line in done.stdout.splitlines())]


def check_nothing_is_lost(coop, told):
    """Each was acknowledged once, all are there, and the proof finds nothing."""
    ends = {"shares": share_book.head(coop.session).seq, "capital": money_book.head(coop.session).seq}
    assert len(set(told)) == len(told)
    assert all(seq <= ends[book] for book, seq in told)
    assert coop.faults() == []


def test_killed_under_load_the_books_balance_and_keep_what_was_acknowledged(app, clock, tmp_path):
    coop = everything_wired(app, clock).found()
    told = kill_under_load(coop, tmp_path, ROUNDS)
    assert len(told) >= ROUNDS
    check_nothing_is_lost(coop, told)
