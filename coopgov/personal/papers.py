"""What is kept of somebody, as JSON, as sheets in one archive, and on paper."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coopgov.core.canonical import canonical_json
from coopgov.core.i18n import N_
from coopgov.members.labels import BODY_LABELS, CATEGORY_LABELS, EVENT_LABELS, REASON_LABELS, STATUS_LABELS
from coopgov.members.rules import ContactKind
from coopgov.personal.queries import Section
from coopgov.printing.sheets import Column, write_csv

# The days of a ZIP begin in 1980; the same data give the same bytes.
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def as_json(sections: Sequence[Section], now: datetime) -> bytes:
    """Every row under the name of its table, with the names of the tables in words."""
    told = {
        "taken_at": now.astimezone(UTC).isoformat(),
        "tables": {one.table: {"title": _(one.title), "rows": one.rows} for one in sections},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def as_zip(sections: Sequence[Section]) -> bytes:
    """One sheet for each table that holds something."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sections:
            if one.rows:
                archive.writestr(zipfile.ZipInfo(f"{one.table}.csv", _NO_DAY), "".join(_sheet(one)))
    return buffer.getvalue()


def _sheet(section: Section) -> Iterator[str]:
    rows = ([_text(row[column]) for column in section.columns] for row in section.rows)
    return write_csv([Column(column) for column in section.columns], rows)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def as_facts(
    sections: Sequence[Section], *, name: str, cooperative: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The facts of the paper: each table in words, each row as its columns that hold something."""
    tables = [
        {"title": _(one.title), "rows": [_pairs(one, row) for row in one.rows]} for one in sections if one.rows
    ]  # fmt: skip
    facts: dict[str, Any] = {"cooperative": dict(cooperative), "holder": name, "tables": tables}
    stamp = {
        "number": 1, "series": "donnees", "issued_at": now,
        "facts_sha256": hashlib.sha256(canonical_json(facts)).hexdigest(),
    }  # fmt: skip
    return {**facts, "document": stamp}


def _pairs(section: Section, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What somebody reads of a row: its words, days and sums, not the identifiers by which tables hold together."""
    told = ((column, row[column]) for column in section.columns if not _is_technical(column))
    return [(_name(column), _said(column, value)) for column, value in told if value not in {None, ""}]


def _is_technical(column: str) -> bool:
    return column in _TECHNICAL or column.endswith(("_id", "_hash", "_sha256", "_folded"))


def _name(column: str) -> str:
    found = COLUMN_LABELS.get(column)
    return str(_(found)) if found else column.replace("_", " ")


def _said(column: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if column.endswith("cents"):
        euros, rest = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{euros},{rest:02d} €"
    if isinstance(value, str) and (day := _DAY.match(value)):
        year, month, number, hour = day.groups()
        return f"{number}/{month}/{year}{f' {hour}' if hour else ''}"
    return str(_WORDS.get(value, value))


_TECHNICAL = frozenset({
    "id", "hash", "sort_name", "payload_digest", "legs", "line", "lots", "sealed", "receipt", "token", "device",
    "about", "owner", "recipient", "template", "series_id", "salt", "seq", "tx_seq",
})  # fmt: skip
# A day, or an instant of which the seconds tell a reader nothing.
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}).*)?$", re.ASCII)
_WORDS: Mapping[Any, Any] = {
    ContactKind.EMAIL: _l("E-mail address"),
    ContactKind.PHONE: _l("Telephone"),
    ContactKind.ADDRESS: _l("Address"),
    ContactKind.IBAN: _l("Account number (IBAN)"),
    **{one.value: label for one, label in STATUS_LABELS.items()},
    **{one.value: label for one, label in CATEGORY_LABELS.items()},
    **{one.value: label for one, label in EVENT_LABELS.items()},
    **{one.value: label for one, label in REASON_LABELS.items()},
    **{one.value: label for one, label in BODY_LABELS.items()},
}
COLUMN_LABELS: Mapping[str, str] = {
    "account": N_("Account"), "applied_on": N_("Applied on"), "at": N_("Instant"), "birth_date": N_("Born on"),
    "birth_place": N_("Place of birth"), "body": N_("Text"), "bucket": N_("Account of the money book"),
    "category": N_("Category"), "cents": N_("Amount"), "channel": N_("Channel"), "choice": N_("Choice"),
    "college": N_("College"), "craft": N_("Craft"), "created_at": N_("Recorded on"), "decided_by": N_("Who decided"),
    "decision": N_("Decision"), "effective_on": N_("Day on which it counts"), "email": N_("E-mail address"),
    "from_day": N_("Since"), "given": N_("Given"), "given_names": N_("First name"), "has_shop":
    N_("Sells on the marketplace"), "joined_on": N_("Member since"), "kind": N_("Kind"), "language": N_("Language"),
    "left_on": N_("Left on"), "legal_name": N_("Family name"), "name": N_("Name"), "number": N_("Number"),
    "on_day": N_("Day"), "postal_address": N_("Address"), "proof": N_("Proof"), "qty": N_("Number of shares"),
    "reason": N_("Reason"), "reason_code": N_("Reason, for the record"), "recorded_at": N_("Recorded on"),
    "resolution": N_("Decision"), "role": N_("Office"), "shares_wished": N_("Shares wished"), "siren": N_("SIREN"),
    "state": N_("State"), "status": N_("Status"), "subject": N_("Subject"), "text": N_("Text"), "title": N_("Title"),
    "town": N_("Town"), "unit_cents": N_("Nominal value"), "until_day": N_("Until"), "valid_from": N_("Since"),
    "valid_until": N_("Until"), "value": N_("Value"), "payload": N_("Details"), "issued_at": N_("Issued on"),
    "to_address": N_("Sent to"), "to_name": N_("Name"), "is_cooperative": N_("It is a cooperative itself"),
}  # fmt: skip
