"""The screen of the room, for the projector: where the assembly is, in large letters; it names nobody."""

from datetime import timedelta
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries
from coopgov.assemblies.queries import AssemblyRow, ItemRow
from coopgov.assemblies.rules import ItemState
from coopgov.assemblies.rules.screen import next_on_screen, on_screen
from coopgov.assemblies.views.shared import ITEM_PILLS, RESULT_WORDS, STATE_PILLS, bp, visible
from coopgov.ballots import queries as ballots
from coopgov.ballots.plots import drawn
from coopgov.core.policy import Permission
from coopgov.web.acts import now, reading, rulebook
from coopgov.web.guard import requires

_AN_HOUR, _A_MINUTE, _A_DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


@bp.get("/<uuid:assembly_id>/screen")
@requires(Permission.ASSEMBLIES_SEE)
def screen(assembly_id: UUID) -> ResponseReturnValue:
    """The screen; it asks for itself again every few seconds."""
    assembly, session = visible(assembly_id), reading()
    items = queries.agenda(session, assembly_id)
    item = on_screen(items)
    result = ballots.find_result(session, item.scrutin_id) if item and item.scrutin_id else None
    return render_template(
        "assemblies/screen.html", assembly=assembly, items=items, item=item, next_item=next_on_screen(items, item),
        quorum=queries.quorum_now(session, assembly_id, rulebook()) if assembly.roll_id else None,
        turnout=_turnout(item), result=result, drawn=None if result is None else drawn(result),
        left=_left(assembly), since=_since(item), words=RESULT_WORDS, pills=STATE_PILLS, item_pills=ITEM_PILLS,
    )  # fmt: skip


def _turnout(item: ItemRow | None) -> int | None:
    """How many have voted, as far as it may be told: of a secret vote, from three and half of the roll on."""
    if item is None or item.scrutin_id is None:
        return None
    return ballots.told_turnouts(reading(), [item.scrutin_id]).get(item.scrutin_id)


def _left(assembly: AssemblyRow) -> str | None:
    """How long ballots are still taken remotely."""
    if assembly.remote_closes_at is None or not assembly.takes_remote(now()):
        return None
    return _span(assembly.remote_closes_at - now())


def _since(item: ItemRow | None) -> str | None:
    """How long the vote of the room has been open: it closes when the chair says so."""
    if item is None or item.state is not ItemState.VOTING or item.opened_at is None:
        return None
    return _span(max(now() - item.opened_at, timedelta(0)))


def _span(span: timedelta) -> str:
    if span >= _A_DAY:
        return str(_("%(days)s d %(hours)s h", days=span.days, hours=(span % _A_DAY) // _AN_HOUR))
    minutes = span % _AN_HOUR // _A_MINUTE
    if span >= _AN_HOUR:
        return str(_("%(hours)s h %(minutes)s min", hours=span // _AN_HOUR, minutes=minutes))
    return str(_("%(minutes)s min", minutes=minutes))
