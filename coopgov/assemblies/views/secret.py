"""Secret votes in the room: papers put in the urn, their reading by two tellers, the opening of the urns."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries, service
from coopgov.assemblies.forms import CHOICE_LABELS, ActionForm, CodesForm, PaperForm, codes_form, paper_form
from coopgov.assemblies.queries import ItemRow
from coopgov.assemblies.rules import ItemState
from coopgov.assemblies.views.shared import bp, people_in_room
from coopgov.ballots import queries as ballots
from coopgov.ballots import service as votes
from coopgov.ballots.queries import ScrutinRow, TellersOf
from coopgov.ballots.rules import Channel
from coopgov.ballots.secret_rules import PaperReading
from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.members import queries as members
from coopgov.web.acts import begin_act, reading
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

Response = ResponseReturnValue
PAGE = 50


def _secret_item(item_id: UUID, *, answered: bool = False) -> tuple[ItemRow, ScrutinRow]:
    item = queries.get_item(reading(), item_id)
    # Papers that answer a resolution are read in heaps; others are typed one by one (`typed`).
    if item.scrutin_id is None or not item.is_secret or (answered and item.form is not None):
        raise NotFound
    return item, ballots.get_scrutin(reading(), item.scrutin_id)


@bp.get("/items/<uuid:item_id>/papers")
@requires(Permission.BALLOTS_RUN)
def papers_in_urn(item_id: UUID) -> Response:
    """Who is in the room, to note those who put a paper in the urn."""
    item, scrutin = _secret_item(item_id)
    text, people = request.args.get("q", "").strip(), people_in_room(item.assembly_id)
    cast = ballots.ballots_of(reading(), [scrutin.id], [row.id for row in people])
    on_paper = {row.voter_id for row in cast if row.channel is Channel.PAPER}
    found = [row for row in people if text.casefold() in row.name.casefold() or text == str(row.number)]
    held = {row.grantor_id: row.holder_name for row in queries.list_proxies(reading(), item.assembly_id)}
    return render_template(
        "assemblies/papers.html", item=item, text=text, people=found[:PAGE], on_paper=on_paper, proxies=held
    )  # fmt: skip


@bp.post("/items/<uuid:item_id>/papers/<uuid:member_id>")
@requires(Permission.BALLOTS_RUN)
def note_paper(item_id: UUID, member_id: UUID) -> Response:
    """Note that somebody put a paper in the urn."""
    actor, member = current_actor(), members.get_member(reading(), member_id)
    if ActionForm().validate() and actor.account_id is not None:
        with begin_act() as act:
            service.note_paper(act, item_id=item_id, voter_id=member.id, cast_by=actor.account_id)
    return redirect(url_for(".papers_in_urn", item_id=item_id), 303)


@bp.get("/items/<uuid:item_id>/reading")
@requires(Permission.BALLOTS_RUN)
def read_papers(item_id: UUID) -> Response:
    """Enter what one teller read on the papers."""
    item, scrutin = _secret_item(item_id, answered=True)
    return _reading_page(item, scrutin, paper_form(_colleges(scrutin)))


def _colleges(scrutin: ScrutinRow) -> list[str]:
    return sorted(ballots.counted_colleges(reading(), scrutin))


def _reading_page(item: ItemRow, scrutin: ScrutinRow, form: PaperForm) -> str:
    voted = sum(ballots.papers_by_college(reading(), scrutin).values())
    readings = ballots.paper_readings(reading(), scrutin.id, _colleges(scrutin))
    compared = _compared(readings)
    return render_template(
        "assemblies/reading.html", item=item, form=form, voted=voted, compared=compared,
        readers=[one.teller for one in readings],
        corrects=bool(compared) and current_actor().account_id in ballots.paper_readers(reading(), scrutin.id),
    )  # fmt: skip


def _compared(readings: Sequence[PaperReading]) -> list[tuple[str, list[int]]]:
    """What each teller read, line by line; nothing before both did, since each stays blind to the other's."""
    if len(readings) < 2:
        return []
    return [
        (
            f"{label} ({college})" if college else str(label),
            [one.tallies[college].by_choice[choice] for one in readings],
        )
        for college in readings[0].tallies
        for choice, label in CHOICE_LABELS.items()
    ]


@bp.post("/items/<uuid:item_id>/reading")
@requires(Permission.BALLOTS_RUN)
def keep_reading(item_id: UUID) -> Response:
    """Keep what one teller read; the other teller's reading must be the same before the urn is opened."""
    item, scrutin = _secret_item(item_id, answered=True)
    form, actor = paper_form(_colleges(scrutin)), current_actor()
    if form.validate() and actor.account_id is not None:
        with refusals_on(form), begin_act() as act:
            votes.read_paper(
                act, scrutin_id=scrutin.id, by=actor.account_id, tallies=form.tallies, reason=form.reason.data or ""
            )  # fmt: skip
            flash(_("Your reading is kept. Another teller enters hers from her own account."), "success")
            return redirect(_after_reading(item, scrutin), 303)
    return _reading_page(item, scrutin, form), 422


def _after_reading(item: ItemRow, scrutin: ScrutinRow) -> str:
    """Back to the room, unless two readings differ: then to where both are seen."""
    compared = _compared(ballots.paper_readings(reading(), scrutin.id, _colleges(scrutin)))
    if any(len(set(numbers)) > 1 for _label, numbers in compared):
        return url_for(".read_papers", item_id=item.id)
    return url_for(".room", assembly_id=item.assembly_id) + f"#item-{item.id}"


@bp.get("/<uuid:assembly_id>/urns")
@requires(Permission.BALLOTS_RUN)
def urns(assembly_id: UUID) -> Response:
    """The closed urns, and where the tellers type their codes."""
    items, tellers = _closed(assembly_id)
    return _urns_page(assembly_id, items, tellers, codes_form(tellers.needed))


def _closed(assembly_id: UUID) -> tuple[list[ItemRow], TellersOf]:
    items = [item for item in queries.agenda(reading(), assembly_id) if item.state is ItemState.URN_CLOSED]
    first = next((item.scrutin_id for item in items if item.scrutin_id is not None), None)
    tellers = None if first is None else ballots.tellers_of(reading(), first)
    if tellers is None:
        raise NotFound
    return items, tellers


def _urns_page(assembly_id: UUID, items: list[ItemRow], tellers: TellersOf, form: CodesForm) -> str:
    assembly = queries.get_assembly(reading(), assembly_id)
    return render_template("assemblies/urns.html", assembly=assembly, items=items, tellers=tellers, form=form)


@bp.post("/<uuid:assembly_id>/urns")
@requires(Permission.BALLOTS_RUN)
def open_urns(assembly_id: UUID) -> Response:
    """Open the urns with the codes, and count."""
    items, tellers = _closed(assembly_id)
    form = codes_form(tellers.needed)
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.open_urns(act, assembly_id=assembly_id, codes=form.typed)
            flash(_("The urns are open and counted: nothing ties a voter to a ballot any more."), "success")
            return redirect(url_for(".room", assembly_id=assembly_id), 303)
    return _urns_page(assembly_id, items, tellers, form), 422
