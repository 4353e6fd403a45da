"""Movements of money that one person has prepared: another confirms them, or refuses with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import queries as accounts
from coopgov.core.errors import Citation
from coopgov.core.policy import Permission
from coopgov.core.preflight import Check
from coopgov.members import queries as members
from coopgov.shares.rules import BookName
from coopgov.shares.service import Look, two_persons_clause
from coopgov.treasury import queries, service
from coopgov.treasury.forms import ConfirmationForm
from coopgov.treasury.queries import PreparedRow
from coopgov.treasury.rules import KIND_LABELS, CapitalKind
from coopgov.treasury.views.blueprint import bp
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """For which kinds the statutes ask for two persons, and where."""

    kinds: Sequence[CapitalKind]
    labels: Sequence[str]
    clause: tuple[Citation, ...]


def two_persons() -> TwoPersons:
    """What is prepared by one person and confirmed by another, by the statutes of today."""
    look = Look(reading(), current_actor(), today(), rulebook())
    kinds = queries.two_person_kinds(reading(), today())
    found = [citation for kind in kinds for citation in two_persons_clause(look, BookName.CAPITAL, kind)]
    return TwoPersons(kinds, [KIND_LABELS[kind] for kind in kinds], tuple(dict.fromkeys(found)))


def prepared_for_another(prepared_id: UUID) -> ResponseReturnValue:
    """Show what was prepared, and say who goes on."""
    flash(_("It is prepared: nothing is recorded until another person confirms it."), "success")
    return redirect(url_for("treasury.show_prepared", prepared_id=prepared_id), 303)


@bp.get("/prepared")
@requires(Permission.SHARES_SEE)
def prepared() -> ResponseReturnValue:
    """What waits for another person, the oldest first, and the latest answers."""
    session = reading()
    waiting, done = queries.prepared_waiting(session), queries.prepared_done(session)
    return render_template(
        "treasury/prepared.html", waiting=waiting, done=done, two=two_persons(), names=_names(*waiting, *done),
        people=members.get_members(session, {row.member_id for row in [*waiting, *done] if row.member_id}),
    )  # fmt: skip


@bp.get("/prepared/<uuid:prepared_id>")
@requires(Permission.SHARES_SEE)
def show_prepared(prepared_id: UUID) -> ResponseReturnValue:
    """One prepared movement, and its answer."""
    return _page(queries.get_prepared(reading(), prepared_id), ConfirmationForm())


@bp.post("/prepared/<uuid:prepared_id>/answer")
@requires(Permission.SHARES_APPROVE)
def answer_prepared(prepared_id: UUID) -> ResponseReturnValue:
    """Confirm what another person has prepared, refuse it, or take one's own back."""
    form, step = ConfirmationForm(), request.form.get("step", "")
    if form.validate():
        with refusals_on(form), begin_act() as act:
            match step:
                case "confirm":
                    service.confirm(act, prepared_id=prepared_id)
                    flash(_("It is confirmed and recorded."), "success")
                case "refuse":
                    service.refuse(act, prepared_id=prepared_id, reason=form.reason.data or "")
                    flash(_("It is refused: nothing is recorded."), "success")
                case _:
                    service.take_back(act, prepared_id=prepared_id, reason=form.reason.data or "")
                    flash(_("It is taken back: nothing is recorded."), "success")
            return redirect(url_for("treasury.show_prepared", prepared_id=prepared_id), 303)
    return _page(queries.get_prepared(reading(), prepared_id), form), 422


def _page(row: PreparedRow, form: BaseForm) -> str:
    look = Look(reading(), current_actor(), today(), rulebook())
    return render_template(
        "treasury/prepared_one.html", row=row, form=form, names=_names(row),
        member=members.get_member(reading(), row.member_id) if row.member_id is not None else None,
        is_mine=row.drafted_by == current_actor().pseudonym,
        undone=queries.get_transaction(reading(), row.reverses_seq) if row.reverses_seq is not None else None,
        run=queries.get_run(reading(), row.run_id) if row.run_id is not None else None,
        checks=_broken_by(look, row) if row.is_open else [],
        clause=two_persons_clause(look, BookName.CAPITAL, row.kind),
        may_answer=row.is_open and current_actor().may(Permission.SHARES_APPROVE),
    )  # fmt: skip


def _broken_by(look: Look, row: PreparedRow) -> list[Check]:
    return service.weigh_undoing(
        look, run_id=row.run_id, reverses_seq=row.reverses_seq, effective_on=row.effective_on
    )  # fmt: skip


def _names(*rows: PreparedRow) -> dict[str, str]:
    who = {one for row in rows for one in (row.drafted_by, row.answered_by) if one and "-" in one}
    found = accounts.names_of(reading(), {UUID(one) for one in who})
    return {str(account_id): name for account_id, name in found.items()}
