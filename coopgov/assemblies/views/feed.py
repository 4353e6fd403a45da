"""One's own dates as a calendar to subscribe to: its secret address, and what a program reads there."""

import hashlib
from datetime import datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from coopgov.accounts import login
from coopgov.accounts import queries as accounts
from coopgov.accounts import service as accounts_service
from coopgov.assemblies import ics, queries
from coopgov.assemblies.forms import ActionForm
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.rules import Deadline, plan_deadlines
from coopgov.assemblies.views.deadlines import about_in_calendar, words_of
from coopgov.assemblies.views.shared import sees_preparation
from coopgov.core import journal
from coopgov.core.dates import paris_instant
from coopgov.core.errors import NotFound
from coopgov.core.policy import Actor, Permission
from coopgov.members import queries as members
from coopgov.statutes import queries as statutes
from coopgov.web.acts import begin_act, now, reading, rulebook, today
from coopgov.web.guard import public, requires
from coopgov.web.mails import address_of

calendar_bp = Blueprint("calendar", __name__)

# Past assemblies stay in a calendar for a year: their minutes and their accounts are still due.
KEPT = timedelta(days=366)
REFRESH = timedelta(hours=6)
# What a member's calendar tells of an assembly: the session, and the end of each way to vote before it.
_FOR_MEMBERS = frozenset({"assembly", "remote_vote", "paper_forms"})


# The page


@calendar_bp.get("/me/calendar")
@requires(Permission.ACCOUNT_OWN)
def mine() -> ResponseReturnValue:
    """What a calendar to subscribe to is, and whether there is an address."""
    return _page(ActionForm())


@calendar_bp.post("/me/calendar")
@requires(Permission.ACCOUNT_OWN)
def make() -> ResponseReturnValue:
    """Make an address, or another one; it is shown on this answer and never again."""
    form = ActionForm()
    if not form.validate():
        return _page(form), 422
    with begin_act() as act:
        token = accounts_service.make_calendar_address(act, account_id=login.current_account_id())
    return _page(form, address_of("calendar.feed", token=token))


@calendar_bp.post("/me/calendar/revoke")
@requires(Permission.ACCOUNT_OWN)
def revoke() -> ResponseReturnValue:
    """End the address: whoever holds it reads nothing any more."""
    form = ActionForm()
    if not form.validate():
        return _page(form), 422
    with begin_act() as act:
        accounts_service.revoke_calendar_address(act, account_id=login.current_account_id())
    flash(_("This address opens nothing any more."), "success")
    return redirect(url_for(".mine"), 303)


def _page(form: ActionForm, address: str = "") -> str:
    made_at = accounts.find_calendar_made_at(reading(), login.current_account_id())
    # Calendar programs open this kind of address by subscribing to it.
    subscribing = "webcal:" + address.partition(":")[2] if address else ""
    return render_template(
        "assemblies/calendar.html", form=form, made_at=made_at, address=address, subscribing=subscribing
    )


# The calendar


@calendar_bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """The dates of whoever made this address, with the offices of the day; an unknown or ended one is not there."""
    reader = accounts.find_calendar_reader(reading(), token, today())
    if reader is None:
        raise NotFound
    assemblies = _assemblies_of(reader.actor)
    changed = journal.last_about(reading(), [row.about for row in assemblies])
    with force_locale(reader.language):
        lines = _lines(reader.actor, assemblies, changed)
        body = ics.calendar_file(_name(), lines, refresh=REFRESH)
    # What is due follows from the figures in force on the day: at midnight all of it may have changed.
    midnight = paris_instant(today(), time())
    return _answer(body, max(reader.made_at, midnight, *changed.values()))


def _answer(body: bytes, changed_at: datetime) -> Response:
    answer = Response(body, content_type=ics.MEDIA_TYPE)
    answer.set_etag(hashlib.sha256(body).hexdigest())
    answer.last_modified = changed_at
    answer.cache_control.private = True
    answer.cache_control.no_cache = True  # keep it, but ask each time whether it is still so
    answer.make_conditional(request)
    return answer


def _name() -> str:
    return str(_("Assemblies – %(cooperative)s", cooperative=statutes.statutes_on(reading(), today()).name))


def _assemblies_of(actor: Actor) -> list[AssemblyRow]:
    """The assemblies of the last year and those to come: for offices all they may see, else those that convened her."""
    found = queries.assemblies_since(reading(), now() - KEPT)
    if sees_preparation(actor):
        return found
    if actor.may(Permission.REGISTERS_SEE):
        return [row for row in found if row.convened_at is not None]
    convened = _convened(actor, [row.id for row in found])
    return [row for row in found if row.id in convened]


def _convened(actor: Actor, ids: list[UUID]) -> set[UUID]:
    assert actor.account_id is not None  # noqa: S101 - a calendar is read for an account
    member = members.find_by_account(reading(), actor.account_id)
    return queries.convened_to(reading(), member.id, ids) if member else set()


def _lines(actor: Actor, assemblies: list[AssemblyRow], changed: dict[str, datetime]) -> list[ics.Line]:
    meetings, figures = queries.meetings(reading(), assemblies, today()), rulebook()
    return [
        ics.Line(about, one, words_of(row, one), changed[row.about])
        for row, meeting in zip(assemblies, meetings, strict=True)
        for about in [about_in_calendar(row, address_of("assemblies.deadlines", assembly_id=row.id))]
        for one in plan_deadlines(figures, meeting, now=now())
        if _concerns(actor, one)
    ]


def _concerns(actor: Actor, deadline: Deadline) -> bool:
    return actor.may(Permission.REGISTERS_SEE) or deadline.code in _FOR_MEMBERS
