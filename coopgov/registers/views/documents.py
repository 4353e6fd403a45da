"""Archived documents and their register."""

from datetime import datetime
from io import BytesIO
from uuid import UUID

from flask import abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from coopgov.core.errors import NotFound
from coopgov.core.policy import Actor, Permission
from coopgov.members import queries as members
from coopgov.printing import archive
from coopgov.printing.archive import Document
from coopgov.registers import queries
from coopgov.registers.rules import may_read
from coopgov.registers.views.blueprint import bp, documents_folder
from coopgov.web.acts import reading
from coopgov.web.guard import current_actor, requires

# Seconds until the page of a document that is being prepared looks again.
LOOK_AGAIN = 3
# A browser's reader of PDF styles its own page; scripts and everything else stay shut.
PDF_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@bp.get("/documents/<uuid:document_id>.pdf")
@requires(Permission.DOCUMENTS_SEE)
def document(document_id: UUID) -> ResponseReturnValue:
    """The archived bytes of one document, always the same."""
    found = archive.get_document(reading(), document_id)
    if not may_read(found.owner, current_actor(), _member_of(current_actor(), found)):
        abort(404)
    if found.sha256 is None:
        return _being_prepared(found)
    try:
        return _bytes(found, archive.read_bytes(found, documents_folder()))
    except (NotFound, OSError):
        return render_template("registers/damaged.html", document=found), 500


def _member_of(actor: Actor, found: Document) -> UUID | None:
    # Only a paper of a member asks who the reader is.
    if actor.account_id is None or not found.owner.startswith("member:"):
        return None
    member = members.find_by_account(reading(), actor.account_id)
    return None if member is None else member.id


def _bytes(found: Document, data: bytes) -> ResponseReturnValue:
    response = send_file(
        BytesIO(data), mimetype="application/pdf", download_name=f"{found.series}-{found.number}.pdf", etag=False
    )
    response.headers["Content-Security-Policy"] = PDF_CSP
    if found.owner:
        # Somebody's own paper leaves no copy on a shared computer.
        response.headers["Cache-Control"] = "no-store"
        return response
    response.set_etag(found.sha256 or "")
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _being_prepared(found: Document) -> ResponseReturnValue:
    page = render_template("registers/preparing.html", document=found)
    return page, 503, {"Retry-After": str(LOOK_AGAIN), "Refresh": str(LOOK_AGAIN)}


@bp.get("/documents/")
@requires(Permission.REGISTERS_SEE)
def documents() -> ResponseReturnValue:
    """The register of issued documents, the newest first."""
    kind = request.args.get("kind") or None
    page = queries.list_documents(reading(), kind=kind, before=_key())
    return render_template("registers/documents.html", page=page, kind=kind, series=queries.series(reading()))


def _key() -> tuple[datetime, UUID] | None:
    issued_at, document_id = request.args.get("issued_at"), request.args.get("id")
    if not issued_at or not document_id:
        return None
    try:
        key = datetime.fromisoformat(issued_at), UUID(document_id)
    except ValueError:
        abort(404)
    return key if key[0].tzinfo is not None else abort(404)
