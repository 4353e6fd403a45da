"""Canonical JSON of rows as the driver gives them, by forms made ready: for proofs that read a million lines.

The bytes are those of `canonical_json`; an object for each value, and a dictionary for each row, took most of the time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring
from operator import call
from typing import Any

from sqlalchemy import Date, DateTime, Integer, String, Text, Uuid, cast, type_coerce

from coopgov.core.db import Instant

# So many texts of values are kept, of those that come again and again.
MOST_KEPT = 20_000
Tell = Callable[[Any], str]


class _Kept(dict[Any, str]):
    """The text of each value, made once."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, value: Any) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        text = self[value] = "null" if value is None else self._tell(value)
        return text


@dataclass(frozen=True, slots=True)
class Form:
    """An object of canonical JSON, filled from rows whose first columns are its values in the order of their names."""

    columns: tuple[Any, ...]
    _tells: tuple[Tell, ...]
    _whole: str
    # The same without the one name that is left out while it has no value, and where that stands.
    _short: str
    _at: int | None

    def fill(self, row: Any) -> str:
        """The object of this row."""
        texts = [*map(call, self._tells, row)]
        if self._at is not None and texts[self._at] == "null":
            del texts[self._at]
            return self._short % tuple(texts)
        return self._whole % tuple(texts)


def form_of(dialect: str, columns: Mapping[str, Any], *, optional: str | None = None) -> Form:
    """The form of these columns, under these names; one of them may be left out of the object where it is empty."""
    names = sorted(columns)
    prepared = [_prepare(columns[name], dialect) for name in names]
    return Form(
        tuple(column.label(name) for name, (column, _tell) in zip(names, prepared, strict=True)),
        tuple(tell for _column, tell in prepared),
        _object(names), _object([name for name in names if name != optional]),
        names.index(optional) if optional is not None else None,
    )  # fmt: skip


def _object(names: list[str]) -> str:
    return f"{{{','.join(f'{encode_basestring(name)}:%s' for name in names)}}}"


def _prepare(column: Any, dialect: str) -> tuple[Any, Tell]:
    """The column as its driver gives it, and how such a value stands in JSON."""
    kind = column.type
    if isinstance(kind, Integer):
        return column, _Kept(str).__getitem__ if column.nullable else str
    if isinstance(kind, Uuid):
        return _ids(column, dialect)
    if isinstance(kind, Instant):
        return _instants(column, dialect)
    if isinstance(kind, Date):
        return _days(column, dialect)
    assert isinstance(kind, String), kind  # noqa: S101 - the books hold nothing else
    return type_coerce(column, String), _Kept(encode_basestring).__getitem__


def _ids(column: Any, dialect: str) -> tuple[Any, Tell]:
    if dialect == "sqlite":
        return type_coerce(column, String), _Kept(_hyphened).__getitem__
    return cast(column, Text), _Kept(encode_basestring).__getitem__


def _hyphened(digits: str) -> str:
    return encode_basestring(f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}")


def _days(column: Any, dialect: str) -> tuple[Any, Tell]:
    if dialect == "sqlite":
        return type_coerce(column, String), _Kept(encode_basestring).__getitem__
    return column, _Kept(lambda day: f'"{day.isoformat()}"').__getitem__


def _instants(column: Any, dialect: str) -> tuple[Any, Tell]:
    if dialect == "sqlite":
        return type_coerce(column, String), _Kept(_instant_of_sqlite).__getitem__
    return type_coerce(column, DateTime(timezone=True)), _Kept(_instant).__getitem__


def _instant_of_sqlite(written: str) -> str:
    day, blank, time = written.partition(" ")
    return encode_basestring(f"{day}{blank and 'T'}{time.removesuffix('.000000')}+00:00")


def _instant(at: datetime) -> str:
    return f'"{at.astimezone(UTC).isoformat()}"'
