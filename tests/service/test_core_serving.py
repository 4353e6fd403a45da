"""One command is the whole cooperative: it starts, answers, and stops without leaving anything behind."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from coopgov.config import ROOT
from coopgov.migrating import MIGRATIONS
from tests.service.waiting import until

pytestmark = pytest.mark.skipif(not (MIGRATIONS / "HEAD").exists(), reason="the first migration is not written yet")
# The first start fills the demonstration; the others find it there.
FILLING, STOPPING = 240, 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """`coopgov serve` in a session of its own, so that every process it leaves can be found."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.port = free_port()
        settings = {"COOPGOV_DEMO": "1", "COOPGOV_DATA_DIR": str(folder), "COOPGOV_BIND": f"127.0.0.1:{self.port}"}
        command = [sys.executable, "-m", "coopgov.cli", "serve"]
        self.log = log
        with log.open("w") as told:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | settings, stdout=told, stderr=told, start_new_session=True
            )

    def answers(self) -> bool:
        """True when the first page is served; fails when the command has ended instead."""
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=30) as answer:
                return answer.status == 200
        except urllib.error.URLError:
            return False

    def family(self) -> dict[int, str]:
        """The command and its children that still run, with their command lines."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                running = os.getsid(int(entry.name)) == self.process.pid
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if running and state != "Z":
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
            except (OSError, ProcessLookupError):
                continue
        return found

    def ends(self) -> int:
        """The exit code, once everything has stopped."""
        code = self.process.wait(STOPPING)
        until(lambda: not self.family())
        return code


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The data folder of the demonstration, filled by the first start."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture
def serve(folder, tmp_path):
    """Start the command; everything it started is ended with the test."""
    started = []

    def start(*, wait=True):
        started.append(Served(folder, tmp_path / "log"))
        if wait:
            until(started[-1].answers, seconds=FILLING)
        return started[-1]

    yield start
    for one in started:
        for number in one.family():
            os.kill(number, signal.SIGKILL)
        one.process.wait(STOPPING)


def test_it_answers_and_stops_when_asked_leaving_nothing(serve):
    served = serve()
    assert any("worker" in command for command in served.family().values())
    served.process.send_signal(signal.SIGTERM)
    assert served.ends() == 0


def test_ctrl_c_reaches_everyone_and_stops_everything(serve):
    served = serve()
    os.killpg(served.process.pid, signal.SIGINT)
    assert served.ends() == 0
    assert "Traceback" not in served.log.read_text()


def test_asked_twice_it_leaves_nothing_either(serve):
    served = serve()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
        served.process.send_signal(number)
    served.ends()


def test_when_one_of_them_dies_everything_stops_and_says_so(serve):
    served = serve()
    (worker,) = [number for number, command in served.family().items() if command.rstrip().endswith(" worker")]
    os.kill(worker, signal.SIGKILL)
    assert served.ends() != 0
    assert "tout s'arrête" in served.log.read_text()


def test_stopped_while_it_starts_it_leaves_nothing(serve):
    for children in (1, 2, 3):
        served = serve(wait=False)
        until(lambda served=served, children=children: len(served.family()) >= children)
        served.process.send_signal(signal.SIGTERM)
        served.ends()
