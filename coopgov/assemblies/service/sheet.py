"""The attendance sheet (*feuille de présence*): everybody who took part, in parts that a printer can bear."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from coopgov.assemblies import documents, queries
from coopgov.assemblies.documents import ROWS_PER_SHEET, AttendanceSheet, Rule, SheetRow
from coopgov.assemblies.queries import AssemblyRow, Participant
from coopgov.core.act import Act
from coopgov.core.dates import paris_day
from coopgov.members import queries as members
from coopgov.members.queries import MemberRow
from coopgov.printing import archive
from coopgov.shares import queries as shares
from coopgov.statutes import queries as statutes


def issue_sheet(act: Act, assembly_id: UUID) -> list[UUID]:
    """Issue the sheet, one document for each thousand lines; the last day's offices may read it."""
    assembly = queries.get_assembly(act.session, assembly_id)
    rows = _rows(act, assembly)
    parts = [rows[start : start + ROWS_PER_SHEET] for start in range(0, len(rows), ROWS_PER_SHEET)] or [[]]
    common = _common(act, assembly)
    return [_issue(act, assembly, common, part, n, len(parts)) for n, part in enumerate(parts, start=1)]


def _rows(act: Act, assembly: AssemblyRow) -> list[SheetRow]:
    people = list(queries.attendees(act.session, assembly.id))
    known = members.get_members(act.session, [person.member_id for person in people])
    rows = [_row(person, known[person.member_id]) for person in people]
    return sorted(rows, key=lambda row: row.number)


def _row(person: Participant, member: MemberRow) -> SheetRow:
    mode = "present" if person.present else "represented" if person.holder_id and not person.remote else "remote"
    given_on = paris_day(person.proxy_given_at) if person.proxy_given_at else None
    return SheetRow(
        number=member.number, name=member.name, address=", ".join(member.postal_address) or member.town, mode=mode,
        holder=person.holder_name if mode != "present" else "", proxy_given_on=given_on,
    )  # fmt: skip


def _common(act: Act, assembly: AssemblyRow) -> AttendanceSheet:
    found = statutes.statutes_on(act.session, assembly.held_on)
    quorum = queries.quorum_now(act.session, assembly.id, act.rulebook)
    required = act.rulebook.find_figure("assembly.attendance_sheet_required", on=assembly.held_on)
    previous = queries.find_assembly(act.session, assembly.previous_id) if assembly.previous_id else None
    return AttendanceSheet(
        cooperative=documents.letterhead(found, shares.capital_on(act.session, act.today)),
        meeting=documents.meeting(assembly, previous), rows=(), part=1, parts=1, first=1, present=quorum.present,
        represented=quorum.represented, remote=quorum.remote, enrolled=quorum.enrolled,
        quorum=Rule(str(quorum.needed), documents.articles(quorum.citations)), quorum_heads=quorum.heads_needed,
        bureau=[{"office": o.office.value, "name": o.name} for o in queries.officers(act.session, assembly.id)],
        articles=documents.articles(required.citations) if required is not None else (), roll_hash=assembly.roll_hash,
    )  # fmt: skip


def _issue(
    act: Act, assembly: AssemblyRow, common: AttendanceSheet, rows: Sequence[SheetRow], part: int, parts: int
) -> UUID:
    sheet = replace(common, rows=rows, part=part, parts=parts, first=(part - 1) * ROWS_PER_SHEET + 1)
    counted = f" ({part}/{parts})" if parts > 1 else ""
    return archive.issue(
        act,
        archive.Paper(
            kind="attendance_sheet", series="attendance_sheet", about=assembly.about,
            title=f"Feuille de présence{counted} – {assembly.title}"[:200], template="attendance_sheet.html",
            facts=documents.facts(sheet), owner="offices",
        ),
    )  # fmt: skip
