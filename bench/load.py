"""Many clients at once from one process: requests made beforehand, each on a connection of its own as a proxy sends it."""

import os
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WAIT_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """What the clients saw: milliseconds of each request in order, the statuses, the seconds it all took."""

    times: Sequence[float]
    statuses: Sequence[int]
    seconds: float
    bodies: Sequence[bytes]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def percentile(self, part: float) -> float:
        """Milliseconds within which this part of the requests was answered."""
        return sorted(self.times)[min(int(len(self.times) * part), len(self.times) - 1)]


@dataclass(slots=True)
class _Asked:
    number: int
    connection: socket.socket
    begun: float
    answer: list[bytes] = field(default_factory=list)


def drive(address: str, requests: Iterable[bytes], clients: int) -> Load:
    """Send these requests from so many clients, each its next one when it has its answer."""
    host, _, port = address.rpartition(":")
    turn = iter(requests)
    waiting, done = selectors.DefaultSelector(), list[tuple[float, bytes]]()
    numbered = enumerate(turn)
    begun = time.perf_counter()
    open_now = sum(_ask(waiting, (host, int(port)), numbered) for _ in range(clients))
    while open_now:
        ready = waiting.select(WAIT_SECONDS)
        assert ready, "the server gives no answer"
        for key, _events in ready:
            asked: _Asked = key.data
            if part := asked.connection.recv(65536):
                asked.answer.append(part)
                continue
            waiting.unregister(asked.connection)
            asked.connection.close()
            done.append(((time.perf_counter() - asked.begun) * 1000, b"".join(asked.answer)))
            open_now += _ask(waiting, (host, int(port)), numbered) - 1
    seconds = time.perf_counter() - begun
    return Load([ms for ms, _ in done], [int(answer[9:12]) for _, answer in done], seconds, [a for _, a in done])


def _ask(waiting: selectors.BaseSelector, address: tuple[str, int], numbered: Iterator[tuple[int, bytes]]) -> int:
    number, request = next(numbered, (0, b""))
    if not request:
        return 0
    begun = time.perf_counter()
    connection = socket.create_connection(address)
    connection.sendall(request)
    waiting.register(connection, selectors.EVENT_READ, _Asked(number, connection, begun))
    return 1


def a_post(path: str, form: str, cookie: str = "") -> bytes:
    """A form sent to the site, as a browser does through a proxy."""
    head = (
        f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Cookie: {cookie}",
        "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}",
        "Sec-Fetch-Site: same-origin", "User-Agent: Mozilla/5.0 (bench)", "Accept-Language: fr",
    )  # fmt: skip
    return ("\r\n".join(head) + "\r\n\r\n" + form).encode()


def a_get(path: str, cookie: str) -> bytes:
    """A page asked for, as a browser does through a proxy."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n".encode()


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and its children have used."""
    return sum(_own_cpu(one) for one in processes(pid))


def processes(pid: int) -> list[int]:
    """A process, its children and theirs."""
    return [pid, *_children(pid)]


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in path.read_text().split()] if path.exists() else []
    return [*found, *(grand for child in found for grand in _children(child))]


def _own_cpu(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / TICKS
