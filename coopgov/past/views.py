"""Taking over a past: send it, say how it is read, look at the sandbox, seal it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.past import export, queries, service, working
from coopgov.past.columns import COLUMNS, SheetMap, guess_columns
from coopgov.past.command import faults_csv
from coopgov.past.forms import FilesForm, MappingForm, SealForm
from coopgov.past.queries import BatchRow
from coopgov.past.report import PAGE, Report
from coopgov.past.rules.found import Weight
from coopgov.past.rules.kinds import SHEET_LABELS, SheetKind
from coopgov.past.rules.states import BatchState
from coopgov.past.rules.values import DayOrder
from coopgov.past.scratch import opened
from coopgov.printing.sheets import CSV_TYPE, Column, Kind, write_csv
from coopgov.web.acts import begin_act, reading
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import requires
from coopgov.web.numbers import kept_number

bp = Blueprint("past", __name__, url_prefix="/past")
REFUSED = 422
REFRESH_SECONDS = "3"
TOLD_SHEETS = (SheetKind.MEMBERS, SheetKind.EVENTS, SheetKind.MOVEMENTS)
DAY_ORDERS = {DayOrder.DAY_FIRST: "31/12/2024", DayOrder.MONTH_FIRST: "12/31/2024"}


# Sending ------------------------------------------------------------------------------------------


@bp.get("/")
@requires(Permission.SHARES_RECORD)
def index() -> ResponseReturnValue:
    """What was sent, how to send more, and what a file must hold."""
    return _index(FilesForm())


@bp.post("/")
@requires(Permission.SHARES_RECORD)
def send() -> ResponseReturnValue:
    """Keep files that can be read, and ask how they are to be read."""
    form = FilesForm()
    if form.validate():
        files = [(file.filename or "", file.read()) for file in request.files.getlist("files") if file.filename]
        with refusals_on(form), begin_act() as act:
            batch_id = service.keep(act, files=files)
            return redirect(url_for("past.mapping", batch_id=batch_id), 303)
    return _index(form), REFUSED


def _index(form: BaseForm) -> str:
    batches = queries.list_batches(reading())
    columns = {kind: COLUMNS[kind] for kind in (*TOLD_SHEETS, SheetKind.BALANCE)}
    return render_template("past/index.html", form=form, batches=batches, columns=columns, labels=SHEET_LABELS)


@bp.get("/model/<sheet>.csv")
@requires(Permission.SHARES_RECORD)
def model_file(sheet: str) -> ResponseReturnValue:
    """A file with the right columns and one line of example."""
    if sheet not in COLUMNS or sheet == SheetKind.IGNORED:
        raise NotFound
    columns = COLUMNS[SheetKind(sheet)]
    rows = [[column.example for column in columns]]
    return _csv(f"modele-{sheet}.csv", write_csv([Column(column.title) for column in columns], rows))


@bp.get("/export/<sheet>.csv")
@requires(Permission.SHARES_RECORD)
def export_file(sheet: str) -> ResponseReturnValue:
    """What the books hold, in a sheet that can be taken over elsewhere."""
    if sheet not in TOLD_SHEETS:
        raise NotFound
    kind = SheetKind(sheet)
    pieces = write_csv(export.columns_of(kind), export.rows_of(reading(), kind))
    return _csv(f"{export.FILE_NAMES[kind]}.csv", pieces)


# Reading ------------------------------------------------------------------------------------------


@bp.get("/<uuid:batch_id>/mapping")
@requires(Permission.SHARES_RECORD)
def mapping(batch_id: UUID) -> ResponseReturnValue:
    """How each sheet is read, as it was guessed or last corrected."""
    batch = _open_batch(batch_id)
    return _mapping_page(batch, batch.maps, MappingForm(balance=batch.balance))


@bp.post("/<uuid:batch_id>/mapping")
@requires(Permission.SHARES_RECORD)
def read(batch_id: UUID) -> ResponseReturnValue:
    """Take the mapping a person corrected, and read the files into the sandbox."""
    batch, form = _open_batch(batch_id), MappingForm()
    maps = [_chosen(place, sheet) for place, sheet in enumerate(batch.maps)]
    if form.validate() and not any(_is_other(place) for place in range(len(maps))):
        waits = batch.size > service.AT_ONCE
        with refusals_on(form), begin_act() as act:
            service.set_mapping(act, batch_id=batch_id, maps=maps, balance=form.balance.data or "", waits=waits)
        if not form.breaches:
            if not waits:
                working.examine_batch(batch_id, _data_dir(), begin_act)
            return redirect(url_for("past.batch", batch_id=batch_id), 303)
    return _mapping_page(batch, maps, form), REFUSED if form.breaches or form.errors else 200


def _chosen(place: int, sheet: SheetMap) -> SheetMap:
    """What a person chose for one sheet; another kind of sheet has other columns, guessed anew."""
    word = request.form.get(f"kind-{place}")
    if word is None:
        return sheet
    kind = SheetKind(word) if word in set(SheetKind) else sheet.kind
    order = request.form.get(f"order-{place}", sheet.day_order)
    if _is_other(place):
        columns = guess_columns(kind, sheet.headings)
    else:
        told = {column.key: request.form.get(f"column-{place}-{column.key}", "") for column in COLUMNS[kind]}
        columns = {key: heading for key, heading in told.items() if heading in sheet.headings and heading}
    day_order = DayOrder(order) if order in set(DayOrder) else sheet.day_order
    return SheetMap(sheet.file, sheet.sheet, sheet.headings, kind, columns, day_order)


def _is_other(place: int) -> bool:
    """Whether another kind was chosen for a sheet than the page showed: then its columns are to be looked at first."""
    return request.form.get(f"kind-{place}") != request.form.get(f"was-{place}")


def _mapping_page(batch: BatchRow, maps: tuple[SheetMap, ...] | list[SheetMap], form: BaseForm) -> str:
    return render_template(
        "past/mapping.html", form=form, batch=batch, maps=maps, kinds=SHEET_LABELS, columns=COLUMNS, orders=DAY_ORDERS
    )


# Looking ------------------------------------------------------------------------------------------


@bp.get("/<uuid:batch_id>")
@requires(Permission.SHARES_RECORD)
def batch(batch_id: UUID) -> ResponseReturnValue:
    """What was found, what would be, and what stands in the way of the seal."""
    found = queries.get_batch(reading(), batch_id)
    if found.state is BatchState.SENT:
        return redirect(url_for("past.mapping", batch_id=batch_id), 303)
    if found.state is BatchState.SEALED:
        return render_template("past/sealed.html", batch=found, seal=queries.find_seal(reading(), batch_id))
    if found.is_at_work or found.state is BatchState.FAILED:
        return _waiting_page(found)
    if not working.sandbox_of(_data_dir(), batch_id).exists():
        flash(_("The sandbox of this past is gone. Let it be read again."), "warning")
        return redirect(url_for("past.mapping", batch_id=batch_id), 303)
    return _batch_page(found, SealForm())


def _waiting_page(batch: BatchRow) -> ResponseReturnValue:
    done, total = working.progress_of(_data_dir(), batch.id)
    page = render_template("past/waiting.html", batch=batch, done=done, total=total)
    return Response(page, headers={"Refresh": REFRESH_SECONDS} if batch.is_at_work else {})


def _batch_page(batch: BatchRow, form: BaseForm) -> str:
    with opened(working.sandbox_of(_data_dir(), batch.id)) as scratch:
        report = Report(scratch, _maps(batch))
        return render_template(
            "past/batch.html", form=form, batch=batch, summary=report.summary(), faults=report.groups(Weight.FAULT),
            follows=report.groups(Weight.CONSEQUENCE), doubts=report.groups(Weight.DOUBT), years=report.years(),
            balance=report.balance(), differing=report.count_differing(), typed=request.form,
        )  # fmt: skip


@bp.get("/<uuid:batch_id>/accounts")
@requires(Permission.SHARES_RECORD)
def accounts(batch_id: UUID) -> ResponseReturnValue:
    """The register as it would be: what everybody would have, beside what the older register says."""
    found, differing = _read_batch(batch_id), "differing" in request.args
    after = _after()
    with opened(working.sandbox_of(_data_dir(), batch_id)) as scratch:
        rows = Report(scratch, _maps(found)).accounts(after=after, differing=differing, limit=PAGE + 1)
    next_after = rows[PAGE - 1].number if len(rows) > PAGE else None
    return render_template(
        "past/accounts.html", batch=found, rows=rows[:PAGE], next_after=next_after, differing=differing
    )  # fmt: skip


def _after() -> int:
    try:
        return kept_number(request.args.get("after", "0"))
    except ValueError:
        return 0


@bp.get("/<uuid:batch_id>/accounts/<int:number>")
@requires(Permission.SHARES_RECORD)
def account(batch_id: UUID, number: int) -> ResponseReturnValue:
    """Every line of one member, and what she would have after each."""
    found = _read_batch(batch_id)
    with opened(working.sandbox_of(_data_dir(), batch_id)) as scratch:
        report = Report(scratch, _maps(found))
        row, steps = report.account(number), report.steps(number)
    if row is None:
        raise NotFound
    return render_template("past/account.html", batch=found, row=row, steps=steps)


@bp.get("/<uuid:batch_id>/faults.csv")
@requires(Permission.SHARES_RECORD)
def faults_file(batch_id: UUID) -> ResponseReturnValue:
    """Everything that was found, to work through."""
    found = _read_batch(batch_id)
    with opened(working.sandbox_of(_data_dir(), batch_id)) as scratch:
        return _csv("a-corriger.csv", iter(list(faults_csv(Report(scratch, _maps(found))))))


@bp.get("/<uuid:batch_id>/reconciliation.csv")
@requires(Permission.SHARES_RECORD)
def reconciliation_file(batch_id: UUID) -> ResponseReturnValue:
    """Each member: shares and euros of the older register beside ours."""
    found = _read_batch(batch_id)
    numbers = (_("Shares"), _("Shares, older register"))
    amounts = (_("Paid up"), _("Paid up, older register"), _("To pay back"), _("To pay back, older register"))
    columns = [
        Column(_("Number"), Kind.NUMBER), Column(_("Name")), *(Column(title, Kind.NUMBER) for title in numbers),
        *(Column(title, Kind.CENTS) for title in amounts),
    ]  # fmt: skip
    with opened(working.sandbox_of(_data_dir(), batch_id)) as scratch:
        rows = [
            (
                row.number,
                row.name,
                row.shares,
                row.held_told,
                row.paid,
                row.paid_told,
                row.repayable,
                row.repayable_told,
            )
            for row in Report(scratch, _maps(found)).accounts(limit=-1)
        ]
    return _csv("rapprochement.csv", write_csv(columns, rows))


# Sealing ------------------------------------------------------------------------------------------


@bp.post("/<uuid:batch_id>/seal")
@requires(Permission.SHARES_RECORD)
def seal(batch_id: UUID) -> ResponseReturnValue:
    """Write the past into the books for good, whole or not at all."""
    found, form = _read_batch(batch_id), SealForm()
    reasons = {key.removeprefix("reason-"): text for key, text in request.form.items() if key.startswith("reason-")}
    if form.validate():
        with refusals_on(form):
            if found.size > service.AT_ONCE:
                _ask_to_seal(found, reasons)
            else:
                _seal_now(batch_id, reasons)
            return redirect(url_for("past.batch", batch_id=batch_id), 303)
    return _batch_page(found, form), REFUSED


def _seal_now(batch_id: UUID, reasons: dict[str, str]) -> None:
    with begin_act() as act:
        numbers = service.seal_batch(
            act, batch_id=batch_id, reasons=reasons, path=working.sandbox_of(_data_dir(), batch_id),
            tell=lambda _done, _total: None,
        )  # fmt: skip
    flash(_("Sealed: %(members)s members are in the books with their past.", members=numbers.members), "success")


def _ask_to_seal(batch: BatchRow, reasons: dict[str, str]) -> None:
    with opened(working.sandbox_of(_data_dir(), batch.id)) as scratch:
        report = Report(scratch, _maps(batch))
        doubts = [group.code for group in report.groups(Weight.DOUBT)]
        faults = report.count(Weight.FAULT) + report.count(Weight.CONSEQUENCE)
    with begin_act() as act:
        service.ask_to_seal(act, batch_id=batch.id, reasons=reasons, faults=faults, doubts=doubts)


@bp.post("/<uuid:batch_id>/discard")
@requires(Permission.SHARES_RECORD)
def discard(batch_id: UUID) -> ResponseReturnValue:
    """Throw a past away that is not sealed."""
    form = SealForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.discard(act, batch_id=batch_id)
        working.sandbox_of(_data_dir(), batch_id).unlink(missing_ok=True)
    return redirect(url_for("past.index"), 303)


def _open_batch(batch_id: UUID) -> BatchRow:
    found = queries.get_batch(reading(), batch_id)
    if not found.is_open:
        raise NotFound
    return found


def _read_batch(batch_id: UUID) -> BatchRow:
    """A past whose sandbox is there to be looked at; raises NotFound."""
    found = queries.get_batch(reading(), batch_id)
    if found.state is not BatchState.EXAMINED or not working.sandbox_of(_data_dir(), batch_id).exists():
        raise NotFound
    return found


def _maps(batch: BatchRow) -> list[SheetMap]:
    return service.Past({}, batch.maps, batch.balance).all_maps()


def _data_dir() -> Path:
    found = current_app.extensions["coopgov.config"].data_dir
    assert isinstance(found, Path)  # noqa: S101 - narrows Flask's untyped extensions
    return found


def _csv(name: str, pieces: Iterator[str]) -> Response:
    # Read to the end here: the session that reads is closed before a stream would be.
    body = "".join(pieces).encode()
    return Response(
        body, mimetype=CSV_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )  # fmt: skip
