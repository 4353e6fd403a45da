"""Payment files: drafted by one person, released by another, taken to the bank, executed; and our own account."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import queries as accounts
from coopgov.core.policy import Permission
from coopgov.members.rules import mask_iban
from coopgov.treasury import queries as money_queries
from coopgov.treasury.banking import queries, service
from coopgov.treasury.banking.forms import AccountForm, DropForm, ExecutionForm, FileForm
from coopgov.treasury.banking.queries import FileRow
from coopgov.treasury.banking.rules import FileState
from coopgov.treasury.queries import OwedBack
from coopgov.treasury.views.blueprint import bp
from coopgov.web.acts import begin_act, reading, rulebook, today
from coopgov.web.filters import day as day_text
from coopgov.web.filters import money
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires


@bp.get("/files")
@requires(Permission.SHARES_SEE)
def files() -> ResponseReturnValue:
    """Every payment file, the newest first."""
    rows, next_key = queries.list_files(reading(), after=request.args.get("after"))
    return render_template(
        "treasury/files.html", rows=rows, next_key=next_key, is_first="after" not in request.args,
        account=_own_account(), may_record=_may(Permission.SHARES_RECORD),
    )  # fmt: skip


@bp.route("/files/new", methods=["GET", "POST"])
@requires(Permission.SHARES_RECORD)
def draft_file() -> ResponseReturnValue:
    """Choose whom to pay back, and draft the file."""
    owed, on = money_queries.owed_on(reading(), today(), rulebook()), today()
    form = FileForm(pay_on=on, payees=[one.member_id for one in owed if one.due_on <= on])
    form.payees.choices = _choices(owed)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            with refusals_on(form), begin_act() as act:
                made = service.draft_file(act, member_ids=form.payees.data, pay_on=form.pay_on.data)
                flash(_("The payment file is drafted. A second person releases it now."), "success")
                return redirect(url_for("treasury.file", file_id=made), 303)
    return render_template("treasury/draft_file.html", form=form, owed=owed, account=_own_account()), status


@bp.get("/files/<uuid:file_id>")
@requires(Permission.SHARES_SEE)
def file(file_id: UUID) -> ResponseReturnValue:
    """One payment file: who is paid how much, where it stands, what comes next."""
    return _file_page(queries.get_file(reading(), file_id), BaseForm())


@bp.post("/files/<uuid:file_id>/release")
@requires(Permission.PAYMENTS_RELEASE)
def release_file(file_id: UUID) -> ResponseReturnValue:
    """Let a file go to the bank, as the second person."""
    form = BaseForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.release_file(act, file_id=file_id)
            flash(_("The payment file is released: it can be taken to the bank."), "success")
            return redirect(url_for("treasury.file", file_id=file_id), 303)
    return _file_page(queries.get_file(reading(), file_id), form), 422


@bp.post("/files/<uuid:file_id>/take")
@requires(Permission.SHARES_RECORD)
def take_file(file_id: UUID) -> ResponseReturnValue:
    """Give the file for the bank; the journal says who took it."""
    form, row = BaseForm(), queries.get_file(reading(), file_id)
    headers = {"Content-Disposition": f'attachment; filename="{row.message_id}.xml"', "Cache-Control": "no-store"}
    if form.validate():
        with refusals_on(form), begin_act() as act:
            content = service.take_file(act, file_id=file_id)
            return Response(content, mimetype="application/xml", headers=headers)
    return _file_page(row, form), 422


@bp.route("/files/<uuid:file_id>/execute", methods=["GET", "POST"])
@requires(Permission.SHARES_RECORD)
def execute_file(file_id: UUID) -> ResponseReturnValue:
    """Tell what the bank did with a file; what it paid is booked."""
    row, lines = queries.get_file(reading(), file_id), queries.lines_of(reading(), file_id)
    form = ExecutionForm(executed_on=min(row.pay_on, today()))
    form.failed.choices = [(line.line, f"{line.name} – {money(line.cents)}") for line in lines]
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.execute_file(
                    act, file_id=file_id, executed_on=form.executed_on.data, failed=form.failed.data or ()
                )  # fmt: skip
                flash(_("The payments of this file are booked."), "success")
                return redirect(url_for("treasury.file", file_id=file_id), 303)
    return render_template("treasury/execute_file.html", form=form, file=row), status


@bp.route("/files/<uuid:file_id>/drop", methods=["GET", "POST"])
@requires(Permission.SHARES_RECORD)
def drop_file(file_id: UUID) -> ResponseReturnValue:
    """Give a file up, with the reason."""
    form, status = DropForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.drop_file(act, file_id=file_id, reason=form.reason.data)
                flash(_("The payment file is dropped. Nobody in it was paid by it."), "success")
                return redirect(url_for("treasury.file", file_id=file_id), 303)
    return render_template("treasury/drop_file.html", form=form, file=queries.get_file(reading(), file_id)), status


@bp.route("/account", methods=["GET", "POST"])
@requires(Permission.SHARES_RECORD)
def own_account() -> ResponseReturnValue:
    """Write down the cooperative's own bank account."""
    known, status = queries.find_account(reading()), 200
    form = AccountForm(holder=known.holder, iban=known.iban, bic=known.bic) if known else AccountForm()
    if request.method == "POST":
        status = 422
        if form.validate():
            with refusals_on(form), begin_act() as act:
                service.write_account(act, holder=form.holder.data, iban=form.iban.data, bic=form.bic.data or "")
                flash(_("The account is written down."), "success")
                return redirect(url_for("treasury.files"), 303)
    return render_template("treasury/own_account.html", form=form, known=known), status


def _file_page(row: FileRow, form: BaseForm) -> str:
    lines, actor = queries.lines_of(reading(), row.id), current_actor()
    people = [UUID(who) for who in (row.drafted_by, row.released_by) if who and "-" in who]
    return render_template(
        "treasury/file.html",
        file=row,
        form=form,
        lines=[(line, mask_iban(line.iban)) for line in lines],
        own_iban=mask_iban(row.iban),
        names={str(account_id): name for account_id, name in accounts.names_of(reading(), people).items()},
        is_drafter=row.drafted_by == actor.pseudonym,
        may_release=actor.may(Permission.PAYMENTS_RELEASE) and row.state is FileState.DRAFTED,
        may_record=actor.may(Permission.SHARES_RECORD),
        is_released=row.state is FileState.RELEASED,
    )


def _choices(owed: Sequence[OwedBack]) -> list[tuple[UUID, str]]:
    """One choice for each person, with all that is owed to her."""
    found: dict[UUID, list[Any]] = {}
    for one in owed:
        known = found.setdefault(one.member_id, [one.name, 0, one.due_on])
        known[1] += one.cents
    return [
        (member_id, _("%(name)s: %(amount)s, to be paid by %(day)s", name=name, amount=money(cents), day=day_text(due)))
        for member_id, (name, cents, due) in found.items()
    ]


def _own_account() -> str:
    known = queries.find_account(reading())
    return f"{known.holder}, {mask_iban(known.iban)}" if known else ""


def _may(permission: Permission) -> bool:
    return current_actor().may(permission)
