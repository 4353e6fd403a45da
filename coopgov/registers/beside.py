"""A second process that proves some stores while the first one proves the others, where the books are long."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from coopgov.core.journal import Fault
from coopgov.core.programs import second_program
from coopgov.core.reading import is_writing
from coopgov.registers.invariants import Store
from coopgov.treasury import asof as money_asof
from coopgov.treasury import book
from coopgov.treasury import verify as treasury

# From so many lines on, the time is worth what a process costs to start.
LARGE = 20_000
Found = dict[Store, tuple[Fault, ...]]
# About half of the work.
THERE: Mapping[Store, Callable[[Session], Iterator[Fault]]] = {Store.CAPITAL: treasury.verify}


@contextmanager
def proved_beside(session: Session, most: int | None) -> Iterator[Callable[[], Found] | None]:
    """Have the stores of `THERE` proved by another process meanwhile; None where all is to be done here."""
    head = book.head(session)
    # Only this session sees what an act has written so far.
    if head.seq < LARGE or is_writing(session) or (os.cpu_count() or 1) < 2:
        yield None
        return
    with second_program(__name__, stdout=subprocess.PIPE) as second:
        _ask(second, session, most, head)
        yield lambda: _answer(second)


def _ask(second: "subprocess.Popen[bytes]", session: Session, most: int | None, head: Any) -> None:
    # By a pipe: the address holds a password, which a command line would show to everybody.
    address = session.get_bind().engine.url.render_as_string(hide_password=False)
    assert second.stdin is not None  # noqa: S101 - it was asked for
    # One that has ended already tells so by its answer.
    with suppress(BrokenPipeError), second.stdin:
        second.stdin.write(json.dumps([address, most, head.seq, head.hash]).encode())


def _answer(second: "subprocess.Popen[bytes]") -> Found:
    """What it found; nothing where it could not tell, and all is to be done here then."""
    assert second.stdout is not None  # noqa: S101 - it was asked for
    told = second.stdout.read()
    if second.wait() != 0:
        return {}
    return {Store(store): tuple(Fault(*fault) for fault in faults) for store, faults in json.loads(told).items()}


def main() -> None:
    """Read what is asked from one pipe, and tell what is found to the other."""
    address, most, seq, last = json.load(sys.stdin)
    engine = create_engine(address, hide_parameters=True, execution_options={"postgresql_readonly": True})
    with Session(engine) as session:
        if money_asof.hash_of_line(session, seq) != last:
            sys.exit("this is another book")
        found = {store: _faults(session, check, most) for store, check in THERE.items()}
    json.dump(found, sys.stdout)


def _faults(session: Session, check: Callable[[Session], Iterator[Fault]], most: int | None) -> list[tuple[str, str]]:
    found = [(fault.where, fault.what) for fault in islice(check(session), most)]
    session.rollback()
    return found


if __name__ == "__main__":
    main()
