"""The straight way of a sheet that is cast: read without a form, in one transaction with who sends it.

It takes what nearly everybody sends: her own answers to resolutions, remotely, shown to her once more before. The page
itself takes all the rest, and tells whoever is refused why.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Final
from uuid import UUID

from flask import Response
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import MultiDict

from coopgov.accounts.login import token_of_session
from coopgov.accounts.queries import signed_values
from coopgov.assemblies import service
from coopgov.ballots.rules import Choice
from coopgov.ballots.straight import Mine
from coopgov.core.straight import Line, write_straight
from coopgov.web.acts import reading, runtime, stop_reading
from coopgov.web.vote_site import on_vote_site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CAST = "cast"
# What makes a secret ballot sent twice one ballot: it comes back from the page that was sent.
MOST_TOKEN = 64
_BALLOT: Final = re.compile(r"b_([0-9a-f]{32})_([0-9a-f]{32})", re.ASCII)
_BESIDE: Final = frozenset({"csrf_token", "token", "step"})
View = Callable[[UUID], ResponseReturnValue]


class _LongWay(Exception):
    """Indicate that the page itself must take this sheet: all that was written is given up."""


def token_sent(form: Mapping[str, str]) -> bytes:
    """The token of the page that was sent."""
    return form.get("token", "")[:MOST_TOKEN].encode()


def straight_first(view: View) -> View:
    """Try the straight way before a view that casts; its statement asks what the view's own guard does."""

    @wraps(view)
    def tried(assembly_id: UUID) -> ResponseReturnValue:
        token, request = token_of_session(), request_ctx.request
        sheet = read_sheet(assembly_id, request.form) if token else None
        if token is None or sheet is None or not _is_cast(sheet, token):
            return view(assembly_id)
        # Written by hand, as all of this way: to have the address and the page made takes as long as to cast.
        to = f"{request.path.removesuffix('/vote')}/receipts?cast=1"
        return _Seen(status=303, headers=[("Location", to), *_NOTHING_MORE])

    return tried


class _Seen(Response):
    """An answer that is told as it was written: its address is plain, and there is nothing else in it."""

    def get_wsgi_response(self, environ: "WSGIEnvironment") -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        return (), self.status, self.headers.to_wsgi_list()


def read_sheet(assembly_id: UUID, form: MultiDict[str, str]) -> service.OwnSheet | None:
    """What was sent, if it is one voter's answers to resolutions and nothing else."""
    sent = {name: values for name, values in form.lists() if name not in _BESIDE}
    if form.get("step") != CAST or not sent:
        return None
    choices, voters = dict[UUID, Choice](), set[UUID]()
    for name, values in sent.items():
        found = _BALLOT.fullmatch(name)
        if found is None or len(values) != 1 or values[0] not in _CHOICES:
            return None
        choices[UUID(found[1])] = _CHOICES[values[0]]
        voters.add(UUID(found[2]))
    votes = service.sealed_votes(reading, assembly_id, choices)
    if len(voters) > 1 or len(votes) < len(choices):
        return None
    [voter], token = voters, token_sent(form)
    return service.OwnSheet(assembly_id, voter, [Mine(votes[item], voter, choices[item], token) for item in choices])


_NOTHING_MORE: Final = (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "0"))
_CHOICES: Final = {choice.value: choice for choice in Choice}


def _is_cast(sheet: service.OwnSheet, token: str) -> bool:
    """Whether all of it is in the urn now; nothing of it is otherwise."""
    # The demonstration's clock is a table, read once a request: not while this way writes, which waits for readers.
    clock = runtime().clock
    clock()
    stop_reading()
    try:
        write_straight(lambda line: _cast(line, sheet, token, clock()))
    except (_LongWay, DBAPIError):
        # Of a lost connection too: whatever it kept, the same ballots sent again give the same receipts.
        return False
    return True


def _cast(line: Line, sheet: service.OwnSheet, token: str, at: datetime) -> None:
    signed = signed_values(token, at, by_code=on_vote_site())
    with line.together() if len(sheet.ballots) > 1 else nullcontext():
        receipts = service.cast_straight(line, sheet, signed, now=at)
        if len(receipts) < len(sheet.ballots):
            raise _LongWay
