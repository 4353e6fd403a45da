"""Reads of the registers: issued documents, and the three statutory registers as of a day and as known on another."""

from coopgov.registers.queries.certificates import Checked, code_hash, find_certificate
from coopgov.registers.queries.changes import Changes, changes
from coopgov.registers.queries.documents import DocumentLine, DocumentPage, SeriesLine, list_documents, series
from coopgov.registers.queries.mandates import mandate_page, mandate_rows
from coopgov.registers.queries.members import (
    MemberLine,
    MemberPage,
    Totals,
    closed_registers,
    member_page,
    member_rows,
    totals,
)
from coopgov.registers.queries.movements import (
    MovementLine,
    MovementPage,
    late_movements,
    movement_page,
    movement_rows,
    movements_since,
)
from coopgov.registers.queries.proofs import Proof, anomalies_of, find_last_proof, told_reports

__all__ = [
    "Changes",
    "Checked",
    "DocumentLine",
    "DocumentPage",
    "MemberLine",
    "MemberPage",
    "MovementLine",
    "MovementPage",
    "Proof",
    "SeriesLine",
    "Totals",
    "anomalies_of",
    "changes",
    "closed_registers",
    "code_hash",
    "find_certificate",
    "find_last_proof",
    "late_movements",
    "list_documents",
    "mandate_page",
    "mandate_rows",
    "member_page",
    "member_rows",
    "movement_page",
    "movement_rows",
    "movements_since",
    "series",
    "told_reports",
    "totals",
]
