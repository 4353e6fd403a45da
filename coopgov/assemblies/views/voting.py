"""A member's votes: remotely before the day, from her phone in the room; for herself and for whom she represents."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from coopgov.assemblies import queries, service
from coopgov.assemblies.forms import CHOICE_LABELS, SheetForm, ballot_name, ballot_names, sheet_form
from coopgov.assemblies.paper_forms import Marked
from coopgov.assemblies.queries import AssemblyRow, ItemRow, VoteFor
from coopgov.assemblies.rules import ItemState, State
from coopgov.assemblies.views.shared import bp, my_membership, rule_words, visible
from coopgov.assemblies.views.straight import CAST, straight_first, token_sent
from coopgov.ballots import queries as ballots
from coopgov.ballots.cast import Ballot
from coopgov.ballots.deciding import Form
from coopgov.ballots.rules import Channel, Receipt
from coopgov.ballots.said import how_lines, said, said_in
from coopgov.core.policy import Permission
from coopgov.members.queries import MemberRow
from coopgov.proposals import markdown
from coopgov.web.acts import begin_act, now, reading
from coopgov.web.forms import refusals_on
from coopgov.web.guard import requires

TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a member votes on now: the resolutions, the people she votes for, through which channel."""

    assembly: AssemblyRow
    member: MemberRow
    agenda: list[ItemRow]
    items: list[ItemRow]
    voters: list[VoteFor]
    channel: Channel
    forms: Mapping[UUID, Form]
    sent: MultiDict[str, str]

    @property
    def has_open(self) -> bool:
        """Whether anything can still be voted."""
        return bool(self.open_names or self.open_marked)

    @property
    def open_marked(self) -> dict[tuple[UUID, UUID], Marked]:
        """The ballots on other papers than a resolution's that can still be cast."""
        return {
            (item.id, voter.voter_id): self._marked(item.id, voter.voter_id)
            for item in self.items
            for voter in self.voters
            if item.id in self.forms and (item.is_secret or item.scrutin_id not in voter.voted)
        }

    def _marked(self, item_id: UUID, voter_id: UUID) -> Marked:
        return Marked(ballot_name(item_id, voter_id), self.forms[item_id].paper, self.sent, voter_id)

    @property
    def marked_sent(self) -> dict[tuple[UUID, UUID], Marked]:
        """Such ballots that were sent, open or not."""
        found = {
            (item, voter.voter_id): self._marked(item, voter.voter_id) for item in self.forms for voter in self.voters
        }
        return {pair: marked for pair, marked in found.items() if marked.told is not None}

    @property
    def open_names(self) -> dict[str, tuple[UUID, UUID]]:
        """The ballots that can still be cast."""
        by_voter = {voter.voter_id: voter for voter in self.voters}
        names = ballot_names([item for item in self.items if item.id not in self.forms], list(by_voter))
        items = {item.id: item for item in self.items}
        return {
            name: (item_id, voter_id)
            for name, (item_id, voter_id) in names.items()
            # A sealed ballot may be replaced until the vote closes.
            if items[item_id].is_secret or items[item_id].scrutin_id not in by_voter[voter_id].voted
        }

    def names_sent(self, sent: Mapping[str, str]) -> dict[str, tuple[UUID, UUID]]:
        """The ballots that were sent, open or not: the rules say why one is not taken."""
        answered = [item for item in self.agenda if item.id not in self.forms]
        names = ballot_names(answered, [voter.voter_id for voter in self.voters])
        return {name: pair for name, pair in names.items() if sent.get(name)}


def _sheet(assembly_id: UUID) -> Sheet:
    assembly, member, session = visible(assembly_id), my_membership(), reading()
    is_remote, agenda = assembly.takes_remote(now()), queries.agenda(session, assembly_id)
    items = [item for item in agenda if is_remote or item.state is ItemState.VOTING]
    voters = queries.my_votes(session, assembly, member.id, member.name)
    channel = Channel.ROOM if assembly.state is State.OPEN else Channel.REMOTE
    return Sheet(assembly, member, agenda, items, voters, channel, _forms(agenda), request.form)


def _forms(items: Iterable[ItemRow]) -> dict[UUID, Form]:
    """The ballot papers of the agenda that answer no resolution, as they were sealed."""
    found = {
        item.id: ballots.find_form(reading(), item.scrutin_id)
        for item in items
        if item.form is not None and item.scrutin_id is not None
    }
    return {item_id: form for item_id, form in found.items() if form is not None}


@bp.get("/<uuid:assembly_id>/vote")
@requires(Permission.BALLOTS_CAST)
def vote(assembly_id: UUID) -> ResponseReturnValue:
    """The resolutions open to this member's vote; nothing is answered beforehand."""
    sheet = _sheet(assembly_id)
    return _page(sheet, sheet_form(sheet.open_names))


def _page(sheet: Sheet, form: SheetForm) -> str:
    scrutins = ballots.get_scrutins(reading(), [item.scrutin_id for item in sheet.items if item.scrutin_id is not None])
    return render_template(
        "assemblies/vote.html", suspended=next((one.suspended for one in scrutins.values() if one.suspended), None),
        sheet=sheet, form=form, name_of=ballot_name, rendered=markdown.render,
        rules={item.id: _rule(scrutins[item.scrutin_id]) for item in sheet.items if item.scrutin_id},
        citations={item.id: scrutins[item.scrutin_id].rule.citations for item in sheet.items if item.scrutin_id},
        cast={(row.scrutin_id, row.voter_id): row for row in _cast(sheet)}, choices=CHOICE_LABELS,
        marked=sheet.open_marked, how={item_id: how_lines(form) for item_id, form in sheet.forms.items()}, said=said_in,
    )  # fmt: skip


def _rule(scrutin: ballots.ScrutinRow) -> str:
    return rule_words(scrutin.rule, weighed=scrutin.college_weights is not None)


def _cast(sheet: Sheet) -> list[ballots.CastRow]:
    scrutins = [item.scrutin_id for item in sheet.items if item.scrutin_id is not None]
    return ballots.ballots_of(reading(), scrutins, [voter.voter_id for voter in sheet.voters])


@bp.post("/<uuid:assembly_id>/vote")
@straight_first
@requires(Permission.BALLOTS_CAST)
def cast_vote(assembly_id: UUID) -> ResponseReturnValue:
    """Show the choices again, then cast them: a named vote cannot be changed."""
    sheet, is_final = _sheet(assembly_id), request.form.get("step") == CAST
    names = sheet.names_sent(request.form) if is_final else sheet.open_names
    form = sheet_form(names)
    marked = sheet.marked_sent if is_final else {p: m for p, m in sheet.open_marked.items() if m.told is not None}
    form.breaches = [replace(breach, field=one.name) for one in marked.values() for breach in one.breaches]
    if not form.validate() or form.breaches:
        return _page(sheet, form), 422
    answers: dict[tuple[UUID, UUID], Ballot] = {**form.answers(names)}
    answers |= {pair: one.told for pair, one in marked.items() if one.told is not None}
    if not answers:
        flash(_("Nothing is chosen yet. Choose an answer for one resolution at least."), "warning")
        return _page(sheet, form), 422
    if not is_final:
        return render_template(
            "assemblies/review.html",
            sheet=sheet,
            form=form,
            answers=answers,
            name_of=ballot_name,
            choices=CHOICE_LABELS,
            marked=marked,
            said={pair: said(one.paper, one.told) for pair, one in marked.items() if one.told is not None},
            left=len(sheet.open_names) + len(sheet.open_marked) - len(answers),
            token=secrets.token_urlsafe(TOKEN_BYTES),
            kinds={item.is_secret for item in sheet.items for pair in answers if pair[0] == item.id},
        )
    with refusals_on(form):
        _cast_all(sheet, answers)
    if form.breaches:
        return _page(sheet, form), 422
    return redirect(url_for(".receipts", assembly_id=assembly_id, cast=1), 303)


@bp.post("/<uuid:assembly_id>/vote/correct")
@requires(Permission.BALLOTS_CAST)
def correct_vote(assembly_id: UUID) -> ResponseReturnValue:
    """The choices again, as they were made, to change something."""
    sheet = _sheet(assembly_id)
    return _page(sheet, sheet_form(sheet.open_names))


def _cast_all(sheet: Sheet, answers: Mapping[tuple[UUID, UUID], Ballot]) -> list[Receipt]:
    with begin_act() as act:
        return service.cast_all(
            act, cast_by=sheet.member.id, choices=answers, channel=sheet.channel, token=token_sent(request.form)
        )


@bp.get("/<uuid:assembly_id>/receipts")
@requires(Permission.BALLOTS_CAST)
def receipts(assembly_id: UUID) -> ResponseReturnValue:
    """The ballots this member cast, or that were cast for her, with their receipts."""
    assembly, member, session = visible(assembly_id), my_membership(), reading()
    items = queries.agenda(session, assembly_id)
    voters = queries.my_votes(session, assembly, member.id, member.name)
    names = {member.id: member.name} | {voter.voter_id: voter.name for voter in voters}
    scrutins = [item.scrutin_id for item in items if item.scrutin_id is not None]
    cast = ballots.ballots_of(session, scrutins, list(names))
    if cast and "cast" in request.args:
        flash(_("%(count)s ballots are in the urn.", count=len(cast)), "success")
    return render_template(
        "assemblies/receipts.html", assembly=assembly, items={item.scrutin_id: item for item in items}, cast=cast,
        names=names, choices=CHOICE_LABELS, member=member, code=_code, said=said_in, forms=_forms(items),
    )  # fmt: skip


def _code(row: ballots.CastRow) -> str:
    return Receipt(row.scrutin_id, row.voter_id, row.choice, row.receipt).code
