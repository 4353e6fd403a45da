"""A module of ours as a program of its own, for what takes long: two processors for one piece of work."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from typing import IO


@contextmanager
def second_program(module: str, *, stdout: int | IO[bytes]) -> Iterator["Popen[bytes]"]:
    """Start a module, told by its standard input what to do; it is ended with the block.

    A new program, not a fork: whoever asks for it may be one thread among others, and holds the database. Ctrl-C is for
    the site, which finishes what is under way; without its pipe the program ends by itself.
    """
    path = os.pathsep.join(filter(None, sys.path))
    command, env = [sys.executable, "-m", module], {**os.environ, "PYTHONPATH": path}
    with Popen(command, env=env, stdin=PIPE, stdout=stdout, start_new_session=True) as second:  # noqa: S603 - our own line
        try:
            yield second
        finally:
            second.kill()
