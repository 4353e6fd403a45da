"""What an assembly asks of a member and of the board, for the home page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from coopgov.assemblies.queries.meetings import AssemblyRow, agenda, list_assemblies
from coopgov.assemblies.queries.proxies import my_votes
from coopgov.assemblies.queries.roll import count_waiting, rolls_open
from coopgov.assemblies.queries.suspending import suspended_now
from coopgov.assemblies.rules import State, notice_days
from coopgov.ballots.queries import Suspension
from coopgov.core.dates import paris_instant
from coopgov.core.figures import Figures
from coopgov.core.policy import Actor, Permission
from coopgov.core.waiting import Waiting
from coopgov.law.arithmetic import latest_sending_day
from coopgov.members import queries as members
from coopgov.statutes import queries as statutes
from coopgov.web.filters import instant

_END_OF_DAY = datetime.max.time().replace(microsecond=0)


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """What waits for this actor: votes to cast and assemblies to come, assemblies to prepare and to hold."""
    to_come = list_assemblies(session, to_come=True).rows
    if not to_come:
        return []
    found = [*_for_a_member(session, actor, now, to_come)]
    if actor.may(Permission.ASSEMBLIES_PREPARE):
        figures = statutes.rulebook(session, statutes.the_law())
        found.extend(_disputes_wait(session, to_come))
        found.extend(waiting for row in to_come for waiting in _for_the_board(row, figures, now))
    return found


def _for_a_member(session: Session, actor: Actor, now: datetime, to_come: tuple[AssemblyRow, ...]) -> Iterator[Waiting]:
    if actor.account_id is None or not actor.may(Permission.BALLOTS_CAST):
        return
    member = members.find_by_account(session, actor.account_id)
    if member is None:
        return
    for row in to_come:
        if row.state in (State.CONVENED, State.OPEN) and not row.waits_for_an_end(now):
            yield _member_waits(session, row, member.id, now)
    planned = [row for row in to_come if row.state is State.PLANNED]
    is_open = rolls_open(session, [row.id for row in planned]) if planned else set()
    for row in planned:
        if row.id in is_open:
            title = _("Look whether you are on the roll: %(title)s", title=row.title)
            yield Waiting(title, "assemblies.roll", {"assembly_id": row.id}, row.held_at, "people")


def _disputes_wait(session: Session, to_come: tuple[AssemblyRow, ...]) -> Iterator[Waiting]:
    counts = count_waiting(session, [row.id for row in to_come])
    for row in to_come:
        if row.id in counts:
            title = ngettext(
                "%(num)s dispute of the roll waits for an answer: %(title)s",
                "%(num)s disputes of the roll wait for an answer: %(title)s", counts[row.id], title=row.title,
            )  # fmt: skip
            yield Waiting(title, "assemblies.roll", {"assembly_id": row.id}, row.held_at, "people")


def _member_waits(session: Session, row: AssemblyRow, member_id: UUID, now: datetime) -> Waiting:
    params: dict[str, object] = {"assembly_id": row.id}
    halted = suspended_now(session, row.id)
    if halted is not None:
        return _suspended(row, halted)
    if row.state is State.OPEN:
        title = _("%(title)s is in session: follow it and vote", title=row.title)
        return Waiting(title, "assemblies.show", params, row.held_at, "people")
    if row.takes_remote(now) and _has_left_to_vote(session, row, member_id):
        title = _("Vote before the assembly: %(title)s", title=row.title)
        return Waiting(title, "assemblies.vote", params, row.remote_closes_at, "ballot")
    return Waiting(_("Assembly: %(title)s", title=row.title), "assemblies.show", params, row.held_at, "calendar")


def _suspended(row: AssemblyRow, halted: Suspension) -> Waiting:
    """No end: the time that is lost will put it off."""
    title = _("Votes suspended since %(since)s: %(title)s", since=instant(halted.since), title=row.title)
    detail = _(
        "No ballot is taken until they are taken up again; you will be told. Incident: %(incident)s",
        incident=halted.incident,
    )
    return Waiting(title, "assemblies.show", {"assembly_id": row.id}, icon="warning", detail=detail)


def _has_left_to_vote(session: Session, row: AssemblyRow, member_id: UUID) -> bool:
    count = len(agenda(session, row.id))
    return any(len(voter.voted) < count for voter in my_votes(session, row, member_id))


def _for_the_board(row: AssemblyRow, figures: Figures, now: datetime) -> Iterator[Waiting]:
    params: dict[str, object] = {"assembly_id": row.id}
    if row.state is State.PLANNED:
        days = notice_days(figures, call=row.call, on=row.held_on).as_int()
        last = paris_instant(latest_sending_day(row.held_on, days), _END_OF_DAY)
        yield Waiting(_("Prepare and convene: %(title)s", title=row.title), "assemblies.prepare", params, last, "mail")
    elif row.waits_for_an_end(now):
        title = _("Its day has passed and nobody opened it: %(title)s", title=row.title)
        yield Waiting(title, "assemblies.show", params, row.held_at, "calendar")
    elif row.state is State.OPEN or now >= row.held_at - timedelta(days=1):
        title = _("Hold the assembly: %(title)s", title=row.title)
        yield Waiting(title, "assemblies.room", params, row.held_at, "people")
