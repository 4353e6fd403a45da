"""The prepared way to canonical text gives the same bytes, from what each engine's driver gives."""

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Uuid
from sqlalchemy.dialects import postgresql, sqlite

from coopgov.core.canonical import canonical_json, quick_json
from coopgov.core.db import Base, Instant
from coopgov.core.prepared import form_of
from coopgov.shares import book as shares
from coopgov.shares.chain import link, link_told
from coopgov.shares.models import ShareTx
from coopgov.treasury import book as money
from coopgov.treasury.models import CapitalTx

DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}
BOOKS = ((ShareTx, shares), (CapitalTx, money))
VALUES = {
    "str": st.text(max_size=20), "int": st.integers(-(2**53) + 1, 2**53 - 1), "date": st.dates(),
    "UUID": st.uuids(), "datetime": st.datetimes(timezones=st.just(UTC)),
}  # fmt: skip
ENDS = st.text("0123456789abcdef", min_size=64, max_size=64)


def value_of(column):
    enum = getattr(column.type, "enum_class", None)
    name = "datetime" if isinstance(column.type, Instant) else column.type.python_type.__name__
    some = st.sampled_from(enum) if enum else VALUES[name]
    return st.none() | some if column.nullable else some


def driven(column, value, dialect):
    """A value as the driver of an engine gives it back."""
    if value is None:
        return None
    if isinstance(column.type, Uuid):
        return value.hex if dialect == "sqlite" else str(value)
    processor = column.type.dialect_impl(DIALECTS[dialect]).bind_processor(DIALECTS[dialect])
    return processor(value) if processor else value


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=40)
@given(st.data(), ENDS)
def test_the_prepared_way_to_canonical_text_gives_the_same_bytes(dialect, data, prev):
    for model, book in BOOKS:
        table = Base.metadata.tables[model.__tablename__]
        columns = {name: table.c[name] for name in (*book.HEADER, "recorded_at", "late_for")}
        row = {name: data.draw(value_of(column)) for name, column in columns.items()}
        header = book.header_facts(row)
        form = form_of(dialect, columns, optional="late_for")
        told = form.fill([driven(columns[name], row[name], dialect) for name in sorted(row)])
        assert told.encode() == canonical_json(header) == quick_json(header)
        assert link_told(prev, told, [told, told]) == link(prev, header, [header, header])
