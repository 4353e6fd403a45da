"""What a second process makes comes in order and whole, or what went wrong there is told here."""

import os
import signal
import socket
from multiprocessing import active_children

import pytest

from coopgov.core.beside import beside
from coopgov.core.errors import Breach, RuleBroken

# More than a pipe holds.
LONG = "é" * 100_000


def three(send):
    for number in range(3):
        send((number, None, LONG, b"\x00", [(1, "a")]))
    return "three", {"sum": 3}


def refuse(send):
    send(1)
    raise RuleBroken([Breach("too_many", "%(n)s are too many.", {"n": 3})])


def be_ended(send):
    send(1)
    os.kill(os.getpid(), signal.SIGKILL)


class _OfOurOwn(Exception):
    def __init__(self, one, two) -> None:
        super().__init__(one)


def raise_what_cannot_be_sent(_send):
    raise _OfOurOwn(1, lambda: 2)


def test_what_is_made_beside_is_what_is_made_here():
    with beside(three, is_worth_it=False) as here:
        told = list(here)
    with beside(three) as sent:
        assert list(sent) == told
    assert sent.result == here.result == ("three", {"sum": 3})
    assert len(told) == 3


def test_what_is_refused_beside_is_refused_here_with_its_figures():
    with pytest.raises(RuleBroken) as refused, beside(refuse) as sent:
        list(sent)
    [breach] = refused.value.breaches
    assert (breach.code, breach.values) == ("too_many", {"n": 3})


@pytest.mark.parametrize("make", [be_ended, raise_what_cannot_be_sent])
def test_a_second_process_that_cannot_go_on_says_so(make):
    with pytest.raises(RuntimeError, match=r"ended|_OfOurOwn"), beside(make) as sent:
        list(sent)


def test_nothing_stays_behind_when_nobody_waits_any_more():
    with beside(three) as sent:
        next(iter(sent))
    assert active_children() == []


def test_nobody_waits_for_a_connection_that_this_process_has_closed():
    browser, site = socket.socketpair()
    with beside(send_for_ever) as sent:
        next(iter(sent))
        site.close()
        assert browser.recv(1) == b""
    browser.close()


def send_for_ever(send):
    while True:
        send(LONG)


def test_a_process_ends_with_the_one_it_works_for():
    ours, theirs = os.pipe()
    middle = os.fork()
    if middle == 0:
        with beside(send_for_ever) as sent:
            next(iter(sent))
            os._exit(0)
    os.close(theirs)
    os.waitpid(middle, 0)
    # Nobody holds the other end any more.
    assert os.read(ours, 1) == b""
    os.close(ours)
