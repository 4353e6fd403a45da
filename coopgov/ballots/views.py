"""The page where anybody checks a vote: its seal, its urn, its result, and one's own ballot."""

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.ballots import queries
from coopgov.ballots.queries import OwnBallot, ScrutinRow
from coopgov.ballots.rules import COUNTABLE, State
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.web.acts import reading
from coopgov.web.filters import instant
from coopgov.web.guard import current_actor, requires

bp = Blueprint("ballots", __name__, url_prefix="/ballots")


@bp.get("/<uuid:scrutin_id>")
@requires(Permission.ASSEMBLIES_SEE)
def show(scrutin_id: UUID) -> ResponseReturnValue:
    """One vote: what was sealed, where it stands, what it decided, and the reader's own ballots."""
    session = reading()
    scrutin = queries.get_scrutin(session, scrutin_id)
    return render_template(
        "ballots/show.html", scrutin=scrutin, roll=queries.get_roll(session, scrutin.roll_id),
        urn=queries.find_urn(session, scrutin_id), turnout=queries.turnout(session, scrutin_id),
        result=queries.find_result(session, scrutin_id), mine=_own_ballots(scrutin), steps=_steps(scrutin),
        may_export=scrutin.state in COUNTABLE and current_actor().may(Permission.BALLOTS_RUN),
    )  # fmt: skip


@bp.get("/<uuid:scrutin_id>/ballots.jsonl")
@requires(Permission.BALLOTS_RUN)
def export(scrutin_id: UUID) -> ResponseReturnValue:
    """The closed urn, for the second counting program or anybody else's."""
    lines: Iterator[str] = queries.export_ballots(reading(), scrutin_id)
    # Whole before it is sent: the session of this request ends with it.
    return Response(
        "".join(f"{line}\n" for line in lines),
        mimetype="application/jsonl",
        headers={"Content-Disposition": f'attachment; filename="ballots-{scrutin_id}.jsonl"'},
    )


def _own_ballots(scrutin: ScrutinRow) -> list[OwnBallot]:
    account_id = current_actor().account_id
    member = members.find_by_account(reading(), account_id) if account_id is not None else None
    return [] if member is None else queries.own_ballots(reading(), scrutin, member.id)


def _steps(scrutin: ScrutinRow) -> list[dict[str, str | None]]:
    labels = {
        State.SEALED: _("Vote sealed"), State.ROOM_OPENED: _("Opened in the room"), State.ROOM_CLOSED: _("Vote closed"),
        State.COUNTED: _("Counted by two programs"), State.PROCLAIMED: _("Result proclaimed"),
        State.CANCELLED: _("Cancelled before its end"),
    }  # fmt: skip
    if scrutin.state is State.CANCELLED:
        return [_step(scrutin, taken.step, labels[taken.step]) for taken in scrutin.steps]
    return [_step(scrutin, state, label) for state, label in labels.items() if state is not State.CANCELLED]


def _step(scrutin: ScrutinRow, state: State, label: str) -> dict[str, str | None]:
    at = scrutin.at(state)
    if at is None:
        return {"label": label, "state": "todo", "when": None, "detail": None}
    done = "failed" if state is State.CANCELLED else "done"
    return {"label": label, "state": done, "when": instant(at), "detail": None}
