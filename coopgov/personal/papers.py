"""What is kept of somebody, as JSON, as sheets in one archive, and on paper."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from coopgov.core.canonical import canonical_json
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
    return [(column, _text(row[column])) for column in section.columns if row[column] not in {None, ""}]
