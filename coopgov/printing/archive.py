"""Issue a document from frozen facts, render it once after the commit, serve the archived bytes ever after."""

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from coopgov.core import journal
from coopgov.core.act import Act
from coopgov.core.canonical import canonical_json
from coopgov.core.db import one_at_a_time
from coopgov.core.errors import NotFound
from coopgov.core.ids import new_id
from coopgov.core.journal import Fault
from coopgov.printing.models import IssuedDocument, RenderedDocument

# Any constant will do; it only has to be the same for every writer. One for all series: two could wait for each other.
_NUMBERS_LOCK = 0x6E756D62


@dataclass(frozen=True, slots=True)
class Document:
    """An issued document as pages see it; `sha256` is None until its bytes are archived."""

    id: UUID
    kind: str
    series: str
    number: int
    about: str
    owner: str
    title: str
    language: str
    issued_at: datetime
    facts_sha256: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Paper:
    """What is asked of the printer: which paper, about what, with which facts."""

    kind: str
    series: str
    about: str
    title: str
    template: str
    facts: Mapping[str, Any]
    owner: str = ""
    language: str = "fr"
    replaces: UUID | None = None


def issue(act: Act, paper: Paper) -> UUID:
    """Freeze a paper's facts under the next number of its series; the bytes follow after the commit.

    `facts` must be plain values (text, whole numbers, lists, dicts, days, instants, ids, fractions).
    """
    document_id = new_id()
    facts = canonical_json(paper.facts)
    document = IssuedDocument(
        id=document_id, kind=paper.kind, series=paper.series, number=_next_number(act.session, paper.series),
        about=paper.about, owner=paper.owner, title=paper.title, language=paper.language,
        template=paper.template, facts=facts.decode(), facts_sha256=hashlib.sha256(facts).hexdigest(),
        issued_at=act.now, replaces_id=paper.replaces,
    )  # fmt: skip
    # Written at once, so that a second paper of the same series in this act takes the next number.
    act.keep(document)
    return document_id


def _next_number(session: Session, series: str) -> int:
    one_at_a_time(session, _NUMBERS_LOCK)  # else two acts would read the same last number
    last = session.scalar(select(func.max(IssuedDocument.number)).where(IssuedDocument.series == series))
    return (last or 0) + 1


def documents_about(session: Session, about: str, *, kind: str | None = None) -> list[Document]:
    """The documents about one thing, oldest first."""
    query = _documents().where(IssuedDocument.about == about).order_by(IssuedDocument.issued_at, IssuedDocument.number)
    if kind is not None:
        query = query.where(IssuedDocument.kind == kind)
    return [_document(*row) for row in session.execute(query)]


def documents_to_cite(session: Session, about: str, *, kind: str, limit: int = 30) -> list[Document]:
    """What an act may cite: the documents about one thing, and the latest of a kind, newest first."""
    cited = or_(IssuedDocument.about == about, IssuedDocument.kind == kind)
    query = _documents().where(cited).order_by(IssuedDocument.issued_at.desc(), IssuedDocument.number.desc())
    return [_document(*row) for row in session.execute(query.limit(limit))]


def get_document(session: Session, document_id: UUID) -> Document:
    """One document; raises NotFound."""
    row = session.execute(_documents().where(IssuedDocument.id == document_id)).first()
    if row is None:
        raise NotFound
    return _document(*row)


def get_facts(session: Session, document_id: UUID) -> dict[str, Any]:
    """The frozen facts of a document; raises NotFound."""
    document = session.get(IssuedDocument, document_id)
    if document is None:
        raise NotFound
    facts: dict[str, Any] = json.loads(document.facts)
    return facts


def unrendered(session: Session, *, limit: int) -> list[UUID]:
    """Documents whose bytes are still to be made, oldest first."""
    return list(
        session.scalars(
            select(IssuedDocument.id)
            .outerjoin(RenderedDocument, RenderedDocument.document_id == IssuedDocument.id)
            .where(RenderedDocument.document_id.is_(None))
            .order_by(IssuedDocument.issued_at, IssuedDocument.series, IssuedDocument.number)
            .limit(limit)
        )
    )


def render(session: Session, document_id: UUID) -> bytes | None:
    """The bytes of a document from its frozen facts, or None when they are archived already.

    This takes seconds and ends the session's reading: never inside an act, where every other writer would wait.
    """
    from coopgov.printing.render import render_pdf  # noqa: PLC0415 - WeasyPrint is heavy and may be absent

    document = session.get(IssuedDocument, document_id)
    if document is None or session.get(RenderedDocument, document_id) is not None:
        return None
    facts, stamp = document.facts, _stamp(document)
    template, language, title = document.template, document.language, document.title
    # A reader's lock too would hold back every writer of SQLite for as long as the press runs.
    session.rollback()
    context = {**json.loads(facts), "document": stamp}
    return render_pdf(template, context, language=language, title=title, attachment=facts.encode())


def keep(act: Act, document_id: UUID, pdf: bytes, folder: Path) -> None:
    """Archive the bytes of one document for ever; does nothing when some are there already."""
    if act.session.get(RenderedDocument, document_id) is not None:
        return
    _store(folder, pdf)
    sha256 = hashlib.sha256(pdf).hexdigest()
    act.keep(RenderedDocument(document_id=document_id, sha256=sha256, size=len(pdf), rendered_at=act.now))
    act.record("document.archived", f"document:{document_id}", {"sha256": sha256})


def read_bytes(document: Document, folder: Path) -> bytes:
    """The archived bytes of a document; raises NotFound before they are made or when they are lost or damaged."""
    if document.sha256 is None or _fault_of_bytes(folder, document.sha256) is not None:
        raise NotFound
    return path_of(folder, document.sha256).read_bytes()


def path_of(folder: Path, sha256: str) -> Path:
    """Where bytes of that SHA-256 are kept."""
    return folder / sha256[:2] / f"{sha256}.pdf"


def verify(session: Session, folder: Path) -> Iterator[Fault]:
    """Tell every issued document whose facts or archived bytes are not what was issued."""
    rows = session.execute(
        select(IssuedDocument, RenderedDocument.sha256)
        .outerjoin(RenderedDocument, RenderedDocument.document_id == IssuedDocument.id)
        .order_by(IssuedDocument.series, IssuedDocument.number)
        .execution_options(yield_per=500)
    )
    last: dict[str, int] = {}
    for document, sha256 in rows:
        where = f"document {document.series} {document.number}"
        if document.number != last.get(document.series, 0) + 1:
            yield Fault(where, "the number before it is missing")
        last[document.series] = document.number
        if hashlib.sha256(document.facts.encode()).hexdigest() != document.facts_sha256:
            yield Fault(where, "its facts do not give their hash")
        fault = _fault_of_bytes(folder, sha256)
        if fault is not None:
            yield Fault(where, fault)
    yield from journal.check_kept(session, IssuedDocument, RenderedDocument)


def _fault_of_bytes(folder: Path, sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    path = path_of(folder, sha256)
    if not path.exists():
        return "its archived file is missing"
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        return "its archived file is not what was issued"
    return None


def _store(folder: Path, pdf: bytes) -> None:
    path = path_of(folder, hashlib.sha256(pdf).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    with draft.open("wb") as file:
        file.write(pdf)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _make_durable(path.parent)


def _make_durable(folder: Path) -> None:
    # The row will be durable: the file's name in its folder must be so before it.
    for place in (folder, folder.parent):
        opened = os.open(place, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _stamp(document: IssuedDocument) -> dict[str, Any]:
    return {
        "number": document.number,
        "series": document.series,
        "issued_at": document.issued_at,
        "facts_sha256": document.facts_sha256,
    }


def _documents() -> Any:
    return select(IssuedDocument, RenderedDocument.sha256).outerjoin(
        RenderedDocument, RenderedDocument.document_id == IssuedDocument.id
    )


def _document(row: IssuedDocument, sha256: str | None) -> Document:
    return Document(
        id=row.id, kind=row.kind, series=row.series, number=row.number, about=row.about, owner=row.owner,
        title=row.title, language=row.language, issued_at=row.issued_at, facts_sha256=row.facts_sha256, sha256=sha256,
    )  # fmt: skip
