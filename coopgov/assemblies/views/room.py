"""Pages of the bureau: who is there, the session, each vote, ballots entered by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from coopgov.accounts import queries as accounts
from coopgov.assemblies import queries, service
from coopgov.assemblies.forms import (
    ActionForm,
    BureauForm,
    IncidentForm,
    PaperProxyForm,
    ReasonForm,
    SheetForm,
    ballot_name,
    sheet_form,
)
from coopgov.assemblies.queries import AssemblyRow, ItemRow
from coopgov.assemblies.rules import ItemState, State
from coopgov.assemblies.views.shared import ITEM_PILLS, RESULT_WORDS, STATE_PILLS, bp, people_in_room
from coopgov.ballots import queries as ballots
from coopgov.ballots.deciding import waiting_for_chair
from coopgov.ballots.rules import Channel, Choice
from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, RuleBroken
from coopgov.core.i18n import N_
from coopgov.core.policy import Permission, Role
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.members.rules import Status
from coopgov.web.acts import begin_act, now, reading, rulebook, today
from coopgov.web.forms import refusals_on
from coopgov.web.guard import current_actor, requires

Response = ResponseReturnValue
FOUND = 20
PAGE = 50
MOST_CHOICES = 200


@bp.get("/<uuid:assembly_id>/room")
@requires(Permission.ASSEMBLIES_RUN)
def room(assembly_id: UUID) -> Response:
    """The room as the bureau runs it."""
    return _room_page(assembly_id)


def _room_page(assembly_id: UUID, **forms: Any) -> str:
    session, text = reading(), request.args.get("q", "").strip()
    assembly, items = queries.get_assembly(session, assembly_id), queries.agenda(session, assembly_id)
    scrutins = [item.scrutin_id for item in items if item.scrutin_id is not None]
    found = members.list_members(session, text=text, status=Status.MEMBER, limit=FOUND).rows if text else ()
    shown = {
        "paper": PaperProxyForm(formdata=None), "incident": IncidentForm(formdata=None),
        "aside": ReasonForm(formdata=None), "aside_of": None,
    } | forms  # fmt: skip
    return render_template(
        "assemblies/room.html",
        assembly=assembly,
        items=items,
        text=text,
        found=found,
        present=queries.are_present(session, assembly_id, [row.id for row in found]),
        quorum=queries.quorum_now(session, assembly_id, rulebook()) if assembly.roll_id else None,
        turnouts=ballots.told_turnouts(session, scrutins),
        results=ballots.results(session, scrutins),
        to_open=any(item.state is ItemState.URN_CLOSED for item in items),
        for_chair=_for_chair(items),
        officers=queries.officers(session, assembly_id),
        may_begin=assembly.state is State.CONVENED and now() >= assembly.held_at,
        may_attend=_may_attend(assembly),
        is_done=not any(item.state in _NOT_DONE for item in items),
        second=queries.find_second_call(session, assembly_id),
        pills=STATE_PILLS,
        item_pills=ITEM_PILLS,
        words=RESULT_WORDS,
        **shown,
    )


def _for_chair(items: Sequence[ItemRow]) -> set[UUID]:
    """The counted votes whose equal votes the chair has to settle."""
    counted = [item for item in items if item.form and item.scrutin_id and item.state is ItemState.COUNTED]
    found = {item.id: ballots.find_count(reading(), item.scrutin_id) for item in counted if item.scrutin_id}
    return {item_id for item_id, count in found.items() if count and count.form and waiting_for_chair(count.form)}


_NOT_DONE = (ItemState.PLANNED, ItemState.VOTING, ItemState.URN_CLOSED, ItemState.COUNTED)


def _may_attend(assembly: AssemblyRow) -> bool:
    return assembly.state is State.OPEN or (assembly.state is State.CONVENED and today() >= assembly.held_on)


@bp.get("/<uuid:assembly_id>/quorum")
@requires(Permission.ASSEMBLIES_SEE)
def quorum(assembly_id: UUID) -> Response:
    """The quorum now, as a piece of the page that is asked for again every few seconds."""
    assembly = queries.get_assembly(reading(), assembly_id)
    if assembly.roll_id is None:
        raise NotFound
    found = queries.quorum_now(reading(), assembly_id, rulebook())
    return render_template("assemblies/_quorum.html", assembly=assembly, quorum=found)


def _do(assembly_id: UUID, command: Callable[[Act], object], anchor: str = "") -> Response:
    """One button of the room: do it and come back."""
    if ActionForm().validate():
        with begin_act() as act:
            command(act)
    return redirect(url_for(".room", assembly_id=assembly_id) + anchor, 303)


@bp.post("/<uuid:assembly_id>/room/arrive/<uuid:member_id>")
@requires(Permission.ASSEMBLIES_RUN)
def arrive(assembly_id: UUID, member_id: UUID) -> Response:
    """Note an arrival."""
    if ActionForm().validate():
        with begin_act() as act:
            ended = service.arrive(act, assembly_id=assembly_id, member_id=member_id)
        if ended:
            flash(_("This member had given a proxy: it has ended. Ballots already cast with it stand."), "warning")
    return redirect(url_for(".room", assembly_id=assembly_id) + "#attendance", 303)


@bp.post("/<uuid:assembly_id>/room/leave/<uuid:member_id>")
@requires(Permission.ASSEMBLIES_RUN)
def leave(assembly_id: UUID, member_id: UUID) -> Response:
    """Note a departure."""
    return _do(
        assembly_id, lambda act: service.leave(act, assembly_id=assembly_id, member_id=member_id), "#attendance"
    )  # fmt: skip


@bp.get("/<uuid:assembly_id>/room/open")
@requires(Permission.ASSEMBLIES_RUN)
def choose_bureau(assembly_id: UUID) -> Response:
    """Choose the bureau, before the session opens."""
    return _bureau_page(assembly_id, _bureau_form(assembly_id))


def _bureau_form(assembly_id: UUID) -> BureauForm:
    form, session, on = BureauForm(), reading(), today()
    board, secretaries = accounts.holders_of(session, Role.BOARD, on), accounts.holders_of(session, Role.SECRETARY, on)
    form.chair.choices = {str(row.id): row.name for row in board}
    named = {str(row.id): row.name for row in [*secretaries, *board]}
    form.secretary.choices = named
    tellers = {str(row.id): row.name for row in accounts.holders_of(session, Role.TELLER, on)}
    people = people_in_room(assembly_id)
    present = queries.are_present(session, assembly_id, [row.id for row in people])
    there = {str(row.account_id): row.name for row in people if row.account_id is not None and row.id in present}
    form.tellers.choices = dict(islice((tellers | there).items(), MOST_CHOICES))
    return form


def _bureau_page(assembly_id: UUID, form: BureauForm) -> str:
    assembly = queries.get_assembly(reading(), assembly_id)
    needed = rulebook().find_figure("assembly.tellers", on=assembly.held_on)
    found = queries.quorum_now(reading(), assembly_id, rulebook())
    return render_template("assemblies/bureau.html", assembly=assembly, form=form, needed=needed, quorum=found)


@bp.post("/<uuid:assembly_id>/room/open")
@requires(Permission.ASSEMBLIES_RUN)
def open_session(assembly_id: UUID) -> Response:
    """Open the session."""
    form = _bureau_form(assembly_id)
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.open_assembly(
                act, assembly_id=assembly_id, chair=UUID(form.chair.data), secretary=UUID(form.secretary.data),
                tellers=[UUID(teller) for teller in form.tellers.data or []],
            )  # fmt: skip
            flash(_("The session is open."), "success")
            return redirect(url_for(".room", assembly_id=assembly_id), 303)
    return _bureau_page(assembly_id, form), 422


@bp.post("/<uuid:assembly_id>/room/no-quorum")
@requires(Permission.ASSEMBLIES_RUN)
def no_quorum(assembly_id: UUID) -> Response:
    """Note that the quorum is missing."""
    return _do(assembly_id, lambda act: service.note_no_quorum(act, assembly_id=assembly_id))


@bp.post("/<uuid:assembly_id>/room/sheet")
@requires(Permission.ASSEMBLIES_RUN)
def attendance_sheet(assembly_id: UUID) -> Response:
    """Print the attendance sheet as it stands."""
    if ActionForm().validate():
        with begin_act() as act:
            service.issue_attendance_sheet(act, assembly_id=assembly_id)
        flash(_("The attendance sheet is being prepared, among the papers of the assembly."), "success")
    return redirect(url_for(".show", assembly_id=assembly_id) + "#papers", 303)


@bp.post("/<uuid:assembly_id>/room/close")
@requires(Permission.ASSEMBLIES_RUN)
def close_session(assembly_id: UUID) -> Response:
    """Close the session."""
    if ActionForm().validate():
        with begin_act() as act:
            service.close_assembly(act, assembly_id=assembly_id)
        flash(_("The session is closed. The minutes can be written."), "success")
    return redirect(url_for(".show", assembly_id=assembly_id), 303)


@bp.post("/<uuid:assembly_id>/room/incident")
@requires(Permission.ASSEMBLIES_RUN)
def incident(assembly_id: UUID) -> Response:
    """Note an incident."""
    form = IncidentForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.note_incident(act, assembly_id=assembly_id, text=form.text.data or "")
            flash(_("It is noted, with the hour, for the minutes."), "success")
            return redirect(url_for(".room", assembly_id=assembly_id) + "#incidents", 303)
    return _room_page(assembly_id, incident=form), 422


@bp.post("/<uuid:assembly_id>/room/paper-proxy")
@requires(Permission.ASSEMBLIES_RUN)
def paper_proxy(assembly_id: UUID) -> Response:
    """Record a signed paper handed to the bureau."""
    form = PaperProxyForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            grantor, holder = (_by_number(act, field) for field in (form.grantor, form.holder))
            service.give_proxy(
                act, assembly_id=assembly_id, grantor_id=grantor.id, holder_id=holder.id, on_paper=True
            )  # fmt: skip
            flash(
                _("%(holder)s carries the proxy of %(grantor)s.", holder=holder.name, grantor=grantor.name), "success"
            )
            return redirect(url_for(".room", assembly_id=assembly_id) + "#attendance", 303)
    return _room_page(assembly_id, paper=form), 422


def _by_number(act: Act, field: Field) -> MemberRow:
    found = members.find_by_number(act.session, field.data)
    if found is None:
        sentence = N_("No member has the number %(number)s. Read the paper again.")
        raise RuleBroken([Breach("number_unknown", sentence, {"number": field.data}, field=field.name)])
    return found


@bp.post("/items/<uuid:item_id>/vote/<any(open, close, proclaim):what>")
@requires(Permission.BALLOTS_RUN)
def run_vote(item_id: UUID, what: str) -> Response:
    """Open, close or proclaim the vote on a resolution."""
    commands: dict[str, Callable[..., object]] = {
        "open": service.open_vote,
        "close": service.close_vote,
        "proclaim": service.proclaim,
    }
    assembly_id = queries.get_item(reading(), item_id).assembly_id
    return _do(assembly_id, lambda act: commands[what](act, item_id=item_id), f"#item-{item_id}")


@bp.post("/items/<uuid:item_id>/set-aside")
@requires(Permission.ASSEMBLIES_RUN)
def set_aside(item_id: UUID) -> Response:
    """Take a resolution off the session."""
    form, item = ReasonForm(), queries.get_item(reading(), item_id)
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.set_aside(act, item_id=item_id, reason=form.reason.data or "")
            return redirect(url_for(".room", assembly_id=item.assembly_id) + f"#item-{item_id}", 303)
    return _room_page(item.assembly_id, aside=form, aside_of=item_id), 422


@dataclass(frozen=True, slots=True)
class Table:
    """The ballots a teller enters on one page: who has not voted yet, in the room."""

    item: ItemRow
    assembly: AssemblyRow
    people: Sequence[MemberRow]
    proxies: Mapping[UUID, str]
    waiting: int
    text: str

    @property
    def names(self) -> dict[str, tuple[UUID, UUID]]:
        """The fields of the page."""
        return {ballot_name(self.item.id, person.id): (self.item.id, person.id) for person in self.people}


@bp.get("/items/<uuid:item_id>/ballots")
@requires(Permission.BALLOTS_RUN)
def ballots_table(item_id: UUID) -> Response:
    """Enter the ballots of a show of hands or on paper, with the keyboard."""
    table = _table(item_id)
    return _table_page(table, sheet_form(table.names))


def _table(item_id: UUID) -> Table:
    session, text = reading(), request.args.get("q", "").strip()
    item = queries.get_item(session, item_id)
    if item.form is not None:
        raise NotFound  # each marks her own ballot, on a screen
    people = people_in_room(item.assembly_id)
    voted = (
        ballots.voted_ids(session, [item.scrutin_id], [row.id for row in people]) if item.scrutin_id else frozenset()
    )
    left = [row for row in people if (item.scrutin_id, row.id) not in voted]
    shown = [row for row in left if text.casefold() in row.name.casefold() or text == str(row.number)][:PAGE]
    held = {row.grantor_id: row.holder_name for row in queries.list_proxies(session, item.assembly_id)}
    return Table(item, queries.get_assembly(session, item.assembly_id), shown, held, len(left), text)


def _table_page(table: Table, form: SheetForm) -> str:
    return render_template("assemblies/ballots.html", table=table, form=form, name_of=ballot_name)


@bp.post("/items/<uuid:item_id>/ballots")
@requires(Permission.BALLOTS_RUN)
def enter_ballots(item_id: UUID) -> Response:
    """Put the ballots of the page in the urn."""
    table = _table(item_id)
    form = sheet_form(table.names)
    actor = current_actor()
    if form.validate() and actor.account_id is not None:
        answers = form.answers(table.names)
        if form.rest.data in set(Choice):
            answers = {pair: answers.get(pair, Choice(form.rest.data)) for pair in table.names.values()}
        with refusals_on(form), begin_act() as act:
            cast = service.cast_all(act, cast_by=actor.account_id, choices=answers, channel=Channel.ROOM)
            flash(_("%(count)s ballots are in the urn.", count=len(cast)), "success")
            return redirect(url_for(".ballots_table", item_id=item_id), 303)
    return _table_page(table, form), 422
