"""The list of assemblies, and one assembly as a member reads it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coopgov.assemblies import queries
from coopgov.assemblies.queries import AssemblyRow, ProxyRow, VoteFor
from coopgov.assemblies.rules import ItemState, State
from coopgov.assemblies.views.rehearsal import rehearses
from coopgov.assemblies.views.shared import (
    ITEM_PILLS,
    RESULT_WORDS,
    bp,
    letters,
    me,
    papers,
    pill,
    rule_words,
    sees_preparation,
    visible,
)
from coopgov.ballots import queries as ballots
from coopgov.ballots.changing import running
from coopgov.ballots.queries import CastRow, ScrutinRow
from coopgov.ballots.said import how_lines
from coopgov.core.policy import Permission
from coopgov.members.queries import MemberRow
from coopgov.proposals import markdown
from coopgov.web.acts import now, reading, rulebook
from coopgov.web.guard import current_actor, requires

# Before the session the quorum says nothing yet: the page does not count.
_WITH_QUORUM = frozenset({State.OPEN, State.CLOSED})


@dataclass(frozen=True, slots=True)
class Mine:
    """What one member did and can do in an assembly."""

    member: MemberRow
    votes: list[VoteFor]
    given: ProxyRow | None
    held: list[ProxyRow]
    cast: list[CastRow]
    is_present: bool

    def left_in(self, scrutins: Collection[UUID | None]) -> int:
        """How many ballots she can still bring to these votes."""
        return sum(scrutin not in voter.voted for voter in self.votes for scrutin in scrutins if scrutin is not None)


@bp.get("/")
@requires(Permission.ASSEMBLIES_SEE)
def index() -> ResponseReturnValue:
    """Assemblies to come, those whose day passed without them, then past ones page by page."""
    session, key, at = reading(), _key(request.args.get("after")), now()
    to_come = queries.list_assemblies(session, to_come=True).rows
    if not sees_preparation(current_actor()):
        to_come = tuple(row for row in to_come if row.state is not State.PLANNED)
    return render_template(
        "assemblies/index.html",
        to_come=[row for row in to_come if not row.waits_for_an_end(at)],
        missed=[row for row in to_come if row.waits_for_an_end(at)],
        past=queries.list_assemblies(session, to_come=False, after=key),
        pill=lambda row: pill(row, at),
        first=key is None,
    )


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@bp.get("/<uuid:assembly_id>")
@requires(Permission.ASSEMBLIES_SEE)
def show(assembly_id: UUID) -> ResponseReturnValue:
    """One assembly: when, what is decided, what I can do, what came of it."""
    assembly, session = visible(assembly_id), reading()
    if assembly.state is State.PLANNED and current_actor().may(Permission.ASSEMBLIES_PREPARE):
        return redirect(url_for(".prepare", assembly_id=assembly_id), 303)
    items, member = queries.agenda(session, assembly_id), me()
    scrutins = [item.scrutin_id for item in items if item.scrutin_id is not None]
    sealed = ballots.get_scrutins(session, scrutins)
    return render_template(
        "assemblies/show.html",
        assembly=assembly,
        items=items,
        mine=_mine(assembly, member, scrutins),
        scrutin_ids=scrutins,
        can_vote_remotely=assembly.takes_remote(now()),
        can_give_proxy=assembly.takes_proxies(now()),
        voting=next((item for item in items if item.state is ItemState.VOTING), None),
        results=ballots.results(session, scrutins) if any(item.proclaimed_at for item in items) else {},
        scrutins=sealed,
        turnouts=ballots.told_turnouts(session, scrutins, sealed)
        if current_actor().may(Permission.BALLOTS_RUN)
        else {},
        quorum=queries.quorum_now(session, assembly_id, rulebook()) if assembly.state in _WITH_QUORUM else None,
        documents=papers(assembly, member),
        letters=letters(assembly),
        second=queries.find_second_call(session, assembly_id) if assembly.state is State.INQUORATE else None,
        officers=queries.officers(session, assembly_id) if assembly.opened_at else [],
        rendered=markdown.render,
        rule_words=rule_words,
        how_lines=how_lines,
        pill=pill(assembly, now()),
        is_missed=assembly.waits_for_an_end(now()),
        item_pills=ITEM_PILLS,
        suspended=next((one.suspended for one in sealed.values() if one.suspended), None),
        rehearses=rehearses(assembly),
        put_off=_put_off(assembly, sealed.values()),
        takes_ballots=any(running(one, now()).takes_ballots for one in sealed.values()),
        words=RESULT_WORDS,
    )


def _put_off(assembly: AssemblyRow, sealed: Iterable[ScrutinRow]) -> datetime | None:
    """The end of remote voting that a suspension gave, as long as it matters."""
    ends = [halt.closes_at for one in sealed for halt in one.suspensions if halt.closes_at is not None]
    return max(ends, default=None) if assembly.state is State.CONVENED else None


def _mine(assembly: AssemblyRow, member: MemberRow | None, scrutins: list[UUID]) -> Mine | None:
    session = reading()
    if member is None or assembly.roll_id is None or not ballots.on_roll(session, assembly.roll_id, member.id):
        return None
    votes = queries.my_votes(session, assembly, member.id, member.name)
    return Mine(
        member=member,
        votes=votes,
        given=queries.active_proxy_of(session, assembly.id, member.id),
        held=queries.proxies_of(session, assembly.id, member.id),
        cast=ballots.ballots_of(session, scrutins, [member.id, *(vote.voter_id for vote in votes)]),
        is_present=assembly.state is State.OPEN and _is_present(assembly, member),
    )


def _is_present(assembly: AssemblyRow, member: MemberRow) -> bool:
    return member.id in queries.are_present(reading(), assembly.id, [member.id])
