"""The rehearsal of the votes: the same ballot papers and codes on the real roll, and nothing of it is kept."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.assemblies import queries, rehearsals, service
from coopgov.assemblies.forms import ActionForm, CodesForm, SheetForm, ballot_name, codes_form, sheet_form
from coopgov.assemblies.queries import AssemblyRow, ItemRow, VoteFor
from coopgov.assemblies.queries.suspending import scrutins_of
from coopgov.assemblies.rules import ItemState, State
from coopgov.assemblies.service.rehearsing import check_rehearsable
from coopgov.assemblies.views.shared import bp, me, my_membership, tell_of_unreached, visible
from coopgov.assemblies.views.straight import MOST_TOKEN
from coopgov.assemblies.views.voting import TOKEN_BYTES, Sheet
from coopgov.ballots import queries as ballots
from coopgov.ballots import rehearsing
from coopgov.ballots.queries import Result, ScrutinRow, TellersOf
from coopgov.ballots.rehearsing import Rehearsal
from coopgov.ballots.rules import Channel, Level
from coopgov.ballots.rules import State as VoteState
from coopgov.ballots.said import how_lines, told_lines
from coopgov.core.errors import NotFound, refuse_if
from coopgov.core.policy import Permission
from coopgov.members.queries import MemberRow
from coopgov.web.acts import begin_act, reading, runtime
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires

Response = ResponseReturnValue


def rehearsal_of(assembly_id: UUID) -> Rehearsal:
    """The rehearsal of an assembly, whether it goes on or not."""
    return rehearsals.rehearsal_of(current_app.extensions["coopgov.config"].data_dir, runtime(), assembly_id)


def rehearses(assembly: AssemblyRow) -> bool:
    """Whether a rehearsal goes on now."""
    return assembly.state is State.CONVENED and rehearsal_of(assembly.id).exists


@dataclass(frozen=True, slots=True)
class Trial:
    """A rehearsal as one page shows it, read in one go: its file may be gone at the next."""

    votes: Mapping[UUID, ScrutinRow]
    """By resolution."""
    turnouts: Mapping[UUID, int]
    results: Mapping[UUID, Result]
    tellers: TellersOf | None
    voted: frozenset[tuple[UUID, UUID]]

    @property
    def is_counted(self) -> bool:
        """Whether it was counted."""
        return any(one.state is not VoteState.ROOM_OPENED for one in self.votes.values())


def _trial(assembly: AssemblyRow, voters: Sequence[VoteFor]) -> Trial | None:
    rehearsal, items = rehearsal_of(assembly.id), queries.agenda(reading(), assembly.id)
    if assembly.state is not State.CONVENED or not rehearsal.exists:
        return None
    by_scrutin = {item.scrutin_id: item.id for item in items if item.scrutin_id is not None}
    with rehearsal.reading() as session:
        found = {by_scrutin[real]: row for real, row in rehearsing.rehearsed(session, list(by_scrutin)).items()}
        ids = [row.id for row in found.values()]
        secret = next((row.id for row in found.values() if row.level is Level.SECRET), None)
        return Trial(
            found, ballots.turnouts(session, ids), ballots.results(session, ids),
            ballots.tellers_of(session, secret) if secret else None,
            ballots.voted_ids(session, ids, [one.voter_id for one in voters]),
        )  # fmt: skip


def _voters(assembly: AssemblyRow, member: MemberRow | None) -> list[VoteFor]:
    return [] if member is None else queries.my_votes(reading(), assembly, member.id, member.name)


def _sheet(assembly: AssemblyRow, member: MemberRow, trial: Trial) -> Sheet:
    """The sheet of a real vote, on the rehearsal's votes."""
    items = [_on_trial(item, trial) for item in queries.agenda(reading(), assembly.id) if item.id in trial.votes]
    voters = [
        replace(one, voted=frozenset(vote for vote, voter in trial.voted if voter == one.voter_id))
        for one in _voters(assembly, member)
    ]
    forms = {item_id: row.form for item_id, row in trial.votes.items() if row.form is not None}
    return Sheet(assembly, member, items, items, voters, Channel.ROOM, forms, request.form)


def _on_trial(item: ItemRow, trial: Trial) -> ItemRow:
    return replace(item, scrutin_id=trial.votes[item.id].id, state=ItemState.VOTING)


@bp.get("/<uuid:assembly_id>/rehearsal")
@requires(Permission.ASSEMBLIES_SEE)
def rehearsal(assembly_id: UUID) -> Response:
    """What a rehearsal is; the ballot papers to try while one goes on; its count, for who runs votes."""
    return _page(assembly_id, None)


def _page(assembly_id: UUID, failed: BaseForm | None) -> str:
    assembly, member = visible(assembly_id), me()
    trial = _trial(assembly, _voters(assembly, member))
    sheet = None if trial is None or member is None or trial.is_counted else _sheet(assembly, member, trial)
    runs = current_actor().may(Permission.BALLOTS_RUN)
    return render_template(
        "assemblies/rehearsal.html", assembly=assembly, trial=trial, sheet=sheet, runs=runs,
        form=failed if isinstance(failed, SheetForm) else sheet_form(sheet.open_names) if sheet else None,
        codes=failed if isinstance(failed, CodesForm) else codes_form(_needed(trial)),
        failed=failed, items=queries.agenda(reading(), assembly_id), name_of=ballot_name, told=_told,
        marked=sheet.open_marked if sheet else {}, token=secrets.token_urlsafe(TOKEN_BYTES),
        how={item_id: how_lines(form) for item_id, form in (sheet.forms if sheet else {}).items()},
        may_begin=assembly.state is State.CONVENED and current_actor().may(Permission.ASSEMBLIES_PREPARE),
    )  # fmt: skip


def _needed(trial: Trial | None) -> int:
    return trial.tellers.needed if trial is not None and trial.tellers is not None else 0


def _told(result: Result) -> list[str]:
    if result.paper is not None and result.form is not None:
        return told_lines(result.paper, result.form)
    counts = result.counts
    return [
        _(
            "%(for_)s for, %(against)s against, %(abstain)s abstentions, %(blank)s blank", for_=counts.for_,
            against=counts.against, abstain=counts.abstain, blank=counts.blank,
        )
    ]  # fmt: skip


@bp.post("/<uuid:assembly_id>/rehearsal/begin")
@requires(Permission.ASSEMBLIES_PREPARE)
def begin_rehearsal(assembly_id: UUID) -> Response:
    """Seal and open the rehearsal, and tell the voters."""
    form, found, assembly = ActionForm(), rehearsal_of(assembly_id), queries.get_assembly(reading(), assembly_id)
    votes = scrutins_of(reading(), assembly_id)
    if form.validate():
        with refusals_on(form):
            refuse_if(check_rehearsable(assembly, votes, exists=found.exists))
            rehearsing.begin(found, reading(), current_actor(), votes)
            unreached = _announce(assembly_id, found)
            flash(_("The rehearsal is open, and the voters are told. Nothing of it counts."), "success")
            tell_of_unreached(unreached)
            return redirect(url_for(".rehearsal", assembly_id=assembly_id), 303)
    return _page(assembly_id, form), 422


def _announce(assembly_id: UUID, found: Rehearsal) -> Sequence[str]:
    try:
        with begin_act() as act:
            return service.note_rehearsal(act, assembly_id=assembly_id, exists=False)
    except BaseException:
        found.throw_away()
        raise


@bp.post("/<uuid:assembly_id>/rehearsal")
@requires(Permission.BALLOTS_CAST)
def rehearse(assembly_id: UUID) -> Response:
    """Cast trial ballots."""
    assembly, member = visible(assembly_id), my_membership()
    trial = _trial(assembly, _voters(assembly, member))
    if trial is None:
        raise NotFound
    sheet = _sheet(assembly, member, trial)
    form = sheet_form(sheet.open_names)
    marked = {pair: one for pair, one in sheet.open_marked.items() if one.told is not None}
    form.breaches = [replace(breach, field=one.name) for one in marked.values() for breach in one.breaches]
    if not form.validate() or form.breaches:
        return _page(assembly_id, form), 422
    answers = {**form.answers(sheet.open_names), **{pair: one.told for pair, one in marked.items()}}
    if not answers:
        flash(_("Nothing is chosen yet. Choose an answer for one resolution at least."), "warning")
        return _page(assembly_id, form), 422
    with refusals_on(form), rehearsal_of(assembly_id).act(current_actor()) as act:
        count = rehearsing.vote(
            act, choices={(trial.votes[item].id, voter): told for (item, voter), told in answers.items()},
            cast_by=member.id, token=request.form.get("token", "")[:MOST_TOKEN].encode(),
        )  # fmt: skip
        flash(_("Rehearsal: %(count)s trial ballots are in the urn. None of them counts.", count=count), "success")
    if form.breaches:
        return _page(assembly_id, form), 422
    return redirect(url_for(".rehearsal", assembly_id=assembly_id), 303)


@bp.post("/<uuid:assembly_id>/rehearsal/count")
@requires(Permission.BALLOTS_RUN)
def count_rehearsal(assembly_id: UUID) -> Response:
    """Close, open the urns with the codes, and count."""
    assembly, actor = visible(assembly_id), current_actor()
    trial = _trial(assembly, [])
    if trial is None or actor.account_id is None:
        raise NotFound
    form = codes_form(_needed(trial))
    if form.validate():
        with refusals_on(form), rehearsal_of(assembly_id).act(actor) as act:
            rehearsing.count_all(act, votes=list(trial.votes.values()), codes=form.typed, by=actor.account_id)
            flash(_("The rehearsal is counted. Throw it away once you have looked at it."), "success")
        if not form.breaches:
            return redirect(url_for(".rehearsal", assembly_id=assembly_id), 303)
    return _page(assembly_id, form), 422


@bp.post("/<uuid:assembly_id>/rehearsal/end")
@requires(Permission.ASSEMBLIES_PREPARE)
def end_rehearsal(assembly_id: UUID) -> Response:
    """Throw it away, with all its ballots."""
    queries.get_assembly(reading(), assembly_id)
    found = rehearsal_of(assembly_id)
    if ActionForm().validate() and found.exists:
        with begin_act() as act:
            rehearsals.end(act, assembly_id, found)
        flash(
            _("The rehearsal is thrown away, with all its ballots. Only the journal says that it took place."),
            "success",
        )
    return redirect(url_for(".rehearsal", assembly_id=assembly_id), 303)
