"""A second process that makes what this one writes: two processors for one long act."""

import gc
import marshal
import os
import pickle
import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

Send = Callable[[Any], None]
Make = Callable[[Send], Any]
_MADE, _REFUSED, _END = b"m", b"r", b"e"


class Sent:
    """What is sent, one after the other; `result` is what was given once all of it is taken."""

    def __init__(self, told: Generator[Any, None, Any]) -> None:
        self._told = told
        self.result: Any = None

    def __iter__(self) -> Iterator[Any]:
        """Each of it, once."""
        self.result = yield from self._told


def beside(make: Make, *, is_worth_it: bool = True) -> AbstractContextManager[Sent]:
    """What `make` sends, each while the next is made by a process beside this one, that knows all this one knows.

    It sends plain values (whatever `marshal` tells), and asks no database: connections stay with this process. What it
    raises is raised here; RuntimeError where it was ended. What is not worth a process is made here, before the first
    is told.
    """
    if is_worth_it and "fork" in get_all_start_methods():
        return _made_beside(make)
    return nullcontext(Sent(_made_here(make)))


def _made_here(make: Make) -> Generator[Any, None, Any]:
    sent: list[Any] = []
    result = make(sent.append)
    yield from sent
    return result


@contextmanager
def _made_beside(make: Make) -> Iterator[Sent]:
    ours, theirs = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=_make, args=(make, theirs, ours), daemon=True)
    # The collector writes beside each object it looks at: left alone for good, what both know is kept once for both.
    gc.collect()
    gc.freeze()
    process.start()
    theirs.close()
    try:
        yield Sent(_sent(ours))
    finally:
        _end(process, ours)


def _make(make: Make, to: Connection, other: Connection) -> None:
    # Or it would wait for ever for itself to read, once the process beside it has ended.
    other.close()
    _leave_sockets()
    gc.disable()
    try:
        result = make(lambda told: to.send_bytes(_MADE + marshal.dumps(told)))
        to.send_bytes(_END + marshal.dumps(result))
    except BrokenPipeError:
        pass  # nobody waits for it any more
    except Exception as error:
        to.send_bytes(_REFUSED + _kept(error))


def _leave_sockets() -> None:
    """Let go of databases and browsers: who waits at the other end of a socket must see it closed when we are not done.

    Their numbers lead nowhere, rather than to what is opened next.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for place in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # the listing was open too, and is no more
            if stat.S_ISSOCK(os.fstat(place).st_mode):
                os.dup2(nowhere, place)


def _kept(error: Exception) -> bytes:
    """An error that can be sent whole, or one that tells its kind."""
    try:
        told = pickle.dumps(error)
        pickle.loads(told)  # noqa: S301 - what this line's neighbour wrote
    except Exception:
        return pickle.dumps(RuntimeError(type(error).__name__))
    return told


def _sent(ours: Connection) -> Generator[Any, None, Any]:
    while True:
        try:
            told = ours.recv_bytes()
        except EOFError:
            raise RuntimeError("the process beside this one was ended") from None
        kind, rest = told[:1], memoryview(told)[1:]
        if kind == _END:
            return marshal.loads(rest)  # noqa: S302 - what our own process wrote
        if kind == _REFUSED:
            raise pickle.loads(rest)  # noqa: S301 - what our own process wrote
        yield marshal.loads(rest)  # noqa: S302 - what our own process wrote


def _end(process: BaseProcess, ours: Connection) -> None:
    ours.close()
    process.kill()
    process.join()
    process.close()
