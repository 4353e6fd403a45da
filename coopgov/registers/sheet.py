"""The sheet of one member (*fiche d’associé*): what the registers hold about her, on paper, as of today."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.members import queries as members
from coopgov.members.labels import BODY_LABELS, CATEGORY_LABELS, EVENT_LABELS, STATUS_LABELS
from coopgov.members.queries import MemberFile
from coopgov.members.rules import PartyKind, entered_late
from coopgov.printing import archive
from coopgov.printing.archive import Paper
from coopgov.registers.documents import letterhead_of
from coopgov.registers.queries import closed_registers
from coopgov.shares import book
from coopgov.shares import queries as shares
from coopgov.shares.queries import LotHeld
from coopgov.treasury import queries as treasury
from coopgov.treasury.queries import MemberAccount

TITLES = {"fr": "Fiche d’associé", "en": "Member sheet"}


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the membership, in words."""

    on: date
    what: str
    decision: str
    # When it was written, where the register of its day was closed already.
    late_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemberSheet:
    """What a member's sheet says."""

    cooperative: Mapping[str, Any]
    on: date
    name: str
    number: int
    is_organisation: bool
    birth_date: date | None
    birth_place: str
    siren: str
    representative: str
    address: Sequence[str]
    email: str
    email_consent_on: date | None
    status: str
    category: str
    college: str
    events: Sequence[Told]
    lots: Sequence[LotHeld]
    account: MemberAccount
    line: int
    hash: str


def issue_sheet(act: Act, *, member_id: UUID, language: str = "fr") -> UUID:
    """Issue the sheet of one member as of today; gives the document's id."""
    file = members.get_file(act.session, member_id)
    with force_locale(language):
        facts = _sheet(act, file, language)
    about = f"member:{member_id}"
    paper = Paper(
        kind="member_sheet", series="fiche-associe", about=about, template="member_sheet.html",
        title=f"{TITLES[language]} – {file.member.name}"[:200], facts=asdict(facts), owner=about, language=language,
    )  # fmt: skip
    document_id = archive.issue(act, paper)
    act.record("registers.sheet_issued", about, {"document": document_id})
    return document_id


def _sheet(act: Act, file: MemberFile, language: str) -> MemberSheet:
    member, person, end = file.member, file.person, book.head(act.session)
    return MemberSheet(
        cooperative=letterhead_of(act.session, act.today, language), on=act.today, name=member.name,
        number=member.number, is_organisation=person.kind is PartyKind.ORGANISATION, birth_date=person.birth_date,
        birth_place=person.birth_place, siren=person.siren, representative=person.representative,
        address=member.postal_address, email=member.email,
        email_consent_on=file.consents[-1].on_day if file.consents_to_email else None,
        status=str(STATUS_LABELS[member.status]), category=str(CATEGORY_LABELS[member.category]),
        college=member.college, events=_events(act.session, file),
        lots=shares.lots_held(act.session, member.id, act.today),
        account=treasury.account_of(act.session, member_id=member.id, on=act.today), line=end.seq, hash=end.hash,
    )  # fmt: skip


def _events(session: Session, file: MemberFile) -> list[Told]:
    undone = {event.reverses_id for event in file.events}
    closes = closed_registers(session)
    return [
        Told(
            event.effective_on, str(EVENT_LABELS[event.kind]),
            event.decision or (str(BODY_LABELS[event.decided_by]) if event.decided_by else ""),
            entered_late(event.effective_on, event.recorded_at, closes),
        )
        for event in file.events
        if event.id not in undone and event.reverses_id is None
    ]  # fmt: skip
