"""Reading the register of issued documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from coopgov.printing.models import IssuedDocument, RenderedDocument

PAGE = 50


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One issued document in the register; `sha256` is None until its bytes are archived."""

    id: UUID
    kind: str
    series: str
    number: int
    title: str
    issued_at: datetime
    facts_sha256: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page of the register, the newest first; `next_key` leads to older documents."""

    rows: tuple[DocumentLine, ...]
    next_key: tuple[datetime, UUID] | None


def list_documents(
    session: Session, *, kind: str | None = None, before: tuple[datetime, UUID] | None = None, limit: int = PAGE
) -> DocumentPage:
    """Issued documents, the newest first."""
    query = (
        select(IssuedDocument, RenderedDocument.sha256)
        .outerjoin(RenderedDocument, RenderedDocument.document_id == IssuedDocument.id)
        .order_by(IssuedDocument.issued_at.desc(), IssuedDocument.id.desc())
        .limit(limit + 1)
    )
    if kind is not None:
        query = query.where(IssuedDocument.kind == kind)
    if before is not None:
        query = query.where(tuple_(IssuedDocument.issued_at, IssuedDocument.id) < before)
    found = [_line(row, sha256) for row, sha256 in session.execute(query)]
    rows = tuple(found[:limit])
    return DocumentPage(rows, (rows[-1].issued_at, rows[-1].id) if len(found) > limit else None)


def _line(row: IssuedDocument, sha256: str | None) -> DocumentLine:
    return DocumentLine(row.id, row.kind, row.series, row.number, row.title, row.issued_at, row.facts_sha256, sha256)


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One series of documents: how many were issued, how many bytes are archived."""

    kind: str
    issued: int
    archived: int


def series(session: Session) -> Sequence[SeriesLine]:
    """The series of documents, by kind."""
    rows = session.execute(
        select(IssuedDocument.kind, func.count(), func.count(RenderedDocument.document_id))
        .outerjoin(RenderedDocument, RenderedDocument.document_id == IssuedDocument.id)
        .group_by(IssuedDocument.kind)
        .order_by(IssuedDocument.kind)
    )
    return [SeriesLine(kind, issued, archived) for kind, issued, archived in rows]
