"""The three statutory registers on a page, as files and on paper."""

from collections.abc import Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import secure_filename

from coopgov.core.policy import Permission
from coopgov.members.rules import entered_late
from coopgov.printing import sheets
from coopgov.printing.sheets import Column, write_csv, write_xlsx
from coopgov.registers import documents, queries, service, tables
from coopgov.registers.forms import AsOfForm
from coopgov.registers.rules import AsOf, as_of
from coopgov.registers.sheet import issue_sheet
from coopgov.registers.tables import Register
from coopgov.registers.views.blueprint import bp
from coopgov.web.acts import begin_act, now, reading
from coopgov.web.guard import requires
from coopgov.web.numbers import kept_number

WHICH = "<any(members,movements,mandates):register>"
MOST_LATE = 50


@bp.get("/registers/")
@requires(Permission.REGISTERS_SEE)
def index() -> ResponseReturnValue:
    """Which registers there are."""
    return render_template("registers/index.html")


@bp.get(f"/registers/{WHICH}")
@requires(Permission.REGISTERS_SEE)
def register(register: str) -> ResponseReturnValue:
    """One register as it stood on a day, as it was known on another, a page at a time."""
    form, which = AsOfForm(request.args), Register(register)
    is_valid = form.validate()
    asked = _asked(form) if is_valid else as_of(None, None, now=now())
    text = (form.q.data or "") if is_valid else ""
    kept, found = _kept(form) if is_valid else {}, _PAGES[which](asked, text, is_present=is_valid and form.present.data)
    page = render_template(
        "registers/register.html", register=which, form=form, asked=asked, is_now=_is_now(form, is_valid=is_valid),
        kept=kept, words=tables.words_of(reading(), asked), next_url=_next(which, kept, found.pop("next")), **found,
    )  # fmt: skip
    return page, 200 if is_valid else 422


def _next(which: Register, kept: dict[str, Any], key: dict[str, Any] | None) -> str | None:
    return None if key is None else url_for("registers.register", register=which.value, **kept, **key)


def _members(asked: AsOf, text: str, *, is_present: bool) -> dict[str, Any]:
    after = request.args.get("after")
    page = queries.member_page(reading(), asked, text=text, after=after, is_present=is_present)
    closes = queries.closed_registers(reading())
    late = {row.member_id: entered_late(row.left_on, row.left_recorded_at, closes) for row in page.rows}
    more = {"after": page.next_key} if page.next_key else None
    return {"rows": page.rows, "late": late, "next": more, "is_first": not after}


def _movements(asked: AsOf, text: str, *, is_present: bool) -> dict[str, Any]:
    before = _key()
    page = queries.movement_page(reading(), asked, text=text, before=before)
    more = {"day": page.next_key[0].isoformat(), "seq": page.next_key[1]} if page.next_key else None
    return {
        "rows": page.rows, "next": more, "is_first": before is None,
        "late": [] if before else queries.late_movements(reading(), asked, limit=MOST_LATE), "most_late": MOST_LATE,
    }  # fmt: skip


def _mandates(asked: AsOf, text: str, *, is_present: bool) -> dict[str, Any]:
    after = request.args.get("after", 0, type=kept_number)
    rows, more = queries.mandate_page(reading(), asked, after=after)
    return {"rows": rows, "next": {"after": more} if more else None, "is_first": not after}


_PAGES = {Register.MEMBERS: _members, Register.MOVEMENTS: _movements, Register.MANDATES: _mandates}


def _key() -> tuple[date, int] | None:
    day, seq = request.args.get("day"), request.args.get("seq", type=kept_number)
    if day is None or seq is None:
        return None
    try:
        return date.fromisoformat(day), seq
    except ValueError:
        abort(404)


@bp.get(f"/registers/{WHICH}.<any(csv,xlsx):kind>")
@requires(Permission.REGISTERS_SEE)
def export(register: str, kind: str) -> ResponseReturnValue:
    """One register whole, as a file; `dictionary` gives what its columns mean instead."""
    asked, which = _asked_or_404(), Register(register)
    columns = tables.columns_of(which)
    if "dictionary" in request.args:
        return _sent(f"{documents.SERIES[which]}-colonnes", kind, sheets.DICTIONARY, iter(sheets.dictionary(columns)))
    name = f"{documents.SERIES[which]}-{asked.on}"
    return _sent(name, kind, columns, tables.rows_of(reading(), which, asked))


def _sent(name: str, kind: str, columns: Any, rows: Iterator[Any]) -> Response:
    """A file written row by row on the disk, then sent.

    Sent while it is read, it would keep the database open for as long as the slowest line takes.
    """
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    _WRITERS[kind](file, columns, rows, name)
    reading().rollback()
    file.seek(0)
    mimetype = {"csv": sheets.CSV_TYPE, "xlsx": sheets.XLSX_TYPE}[kind]
    response = send_file(file, mimetype=mimetype, as_attachment=True, download_name=secure_filename(f"{name}.{kind}"))
    response.headers["Cache-Control"] = "no-store"
    return response


def _write_csv(file: IO[bytes], columns: list[Column], rows: Iterator[Any], _name: str) -> None:
    for piece in write_csv(columns, rows):
        file.write(piece.encode())


def _write_xlsx(file: IO[bytes], columns: list[Column], rows: Iterator[Any], name: str) -> None:
    write_xlsx(file, columns, rows, name=name, made_at=now())


_WRITERS = {"csv": _write_csv, "xlsx": _write_xlsx}


@bp.post(f"/registers/{WHICH}/paper")
@requires(Permission.REGISTERS_ISSUE)
def paper(register: str) -> ResponseReturnValue:
    """Print one register: its facts are frozen, its file archived with the ends of the chains on it."""
    facts = documents.register_paper(reading(), Register(register), _asked_or_404())
    with begin_act() as act:
        service.print_register(act, facts)
    flash(_("The register is issued; its PDF is being made."), "success")
    return redirect(url_for("registers.documents", kind="register"), 303)


def _asked(form: AsOfForm) -> AsOf:
    return as_of(form.on.data, form.known.data, now=now())


def _asked_or_404() -> AsOf:
    form = AsOfForm(request.values)
    return _asked(form) if form.validate() else abort(404)


def _is_now(form: AsOfForm, *, is_valid: bool) -> bool:
    return not is_valid or not (form.on.data or form.known.data)


def _kept(form: AsOfForm) -> dict[str, Any]:
    """What the next page and the files are asked with."""
    days = {name: field.data.isoformat() for name, field in (("on", form.on), ("known", form.known)) if field.data}
    return days | ({"q": form.q.data} if form.q.data else {}) | ({"present": "y"} if form.present.data else {})


@bp.post("/registers/members/<uuid:member_id>/sheet")
@requires(Permission.REGISTERS_ISSUE)
def sheet(member_id: UUID) -> ResponseReturnValue:
    """Issue the sheet of one member, on paper."""
    language = "en" if request.form.get("language") == "en" else "fr"
    with begin_act() as act:
        issue_sheet(act, member_id=member_id, language=language)
    flash(_("The sheet is being prepared, among the papers of this page."), "success")
    return redirect(url_for("members.show", member_id=member_id), 303)
