"""Several statements in one message to PostgreSQL: by the library under the driver, which costs a third of it.

Each is prepared the first time it is sent on a connection. The driver would send each by itself; here all of them leave
together, the beginning of the transaction before the first.
"""

from collections.abc import Callable, Generator, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Binary
from psycopg.adapt import Transformer
from psycopg.errors import DataError, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.waiting import Ready, Wait
from sqlalchemy import Connection, Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

Statement = tuple[str, Sequence[Any]]
# Statements are told to the library with their parameters numbered.
NUMBERED: Final[Dialect] = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
COMMIT: Final[Statement] = ("COMMIT", ())
_BEGIN: Final = {None: "BEGIN", True: "BEGIN READ ONLY", False: "BEGIN READ WRITE"}
_NAMES: Final = "coopgov_prepared"
_WENT_WELL: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def as_bytes(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it; bytes are themselves, and must be told to be so."""
    if value is None:
        return None
    write = _WRITTEN.get(type(value))
    return str(value).encode() if write is None else write(value)


def _text_as_bytes(value: str) -> bytes:
    if "\0" in value:
        raise DataError("a text of PostgreSQL cannot hold a NUL")
    return value.encode()


def _list_as_bytes(values: Sequence[Any]) -> bytes:
    return b"{%s}" % b",".join(as_bytes(value) or b"NULL" for value in values)


_WRITTEN: Final[dict[type, Callable[[Any], bytes]]] = {
    UUID: lambda value: b"%032x" % value.int,
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    bytes: bytes,
    Binary: lambda value: bytes(value.obj),
    str: _text_as_bytes,
    int: b"%d".__mod__,
    # Of identifiers only: texts would have to be quoted.
    list: _list_as_bytes,
}

_NO_TEXT: Final = (bytes, Binary)


def send_together(connection: Connection, statements: Sequence[Statement]) -> list[Any]:
    """Send all of it in one message; gives the answers, in order. Raises what the driver raises."""
    driver: Any = connection.connection.driver_connection
    library, names = driver.pgconn, connection.info.setdefault(_NAMES, {})
    asked = [(text, *_written(values)) for text, values in (*_beginning(driver), *statements)]
    # Nobody knows a name before it is answered that the statement is prepared.
    new = [text for text in dict.fromkeys(text for text, *_values in asked) if text not in names]
    known = names | {text: b"together_%d" % number for number, text in enumerate(new, start=len(names))}
    library.enter_pipeline_mode()
    try:
        for text in new:
            library.send_prepare(known[text], text.encode())
        for text, values, formats in asked:
            library.send_query_prepared(known[text], values, formats)
        library.pipeline_sync()
        results = driver.wait(_answers(library, len(new) + len(asked)))
        library.exit_pipeline_mode()
    except BaseException:
        # Half sent, half answered: nobody may use it again.
        driver.close()
        raise
    wrong = next((result for result in results if result.status not in _WENT_WELL), None)
    prepared = len(new) if wrong is None else min(results.index(wrong), len(new))
    names.update((text, known[text]) for text in new[:prepared])
    if wrong is not None:
        raise error_from_result(wrong)
    return results[-len(statements) :]  # type: ignore[no-any-return]  # the driver is untyped here


def read_rows(connection: Connection, result: Any) -> list[tuple[Any, ...]]:
    """The rows of an answer, as the driver gives them."""
    reader = Transformer(connection.connection.driver_connection)
    reader.set_pgresult(result)
    return reader.load_rows(0, result.ntuples, tuple)


def _beginning(driver: Any) -> list[Statement]:
    if driver.autocommit or driver.pgconn.transaction_status != TransactionStatus.IDLE:
        return []
    return [(_BEGIN[driver.read_only], ())]


def _written(values: Sequence[Any]) -> tuple[list[bytes | None], list[int]]:
    return [as_bytes(value) for value in values], [int(type(value) in _NO_TEXT) for value in values]


def _answers(library: Any, number: int) -> Generator[Wait, Ready, list[Any]]:
    while library.flush():
        if (yield Wait.RW) & Ready.R:
            library.consume_input()
    found = []
    for _ in range(number):
        found.append((yield from _next(library)))
        # Nothing more of this one.
        yield from _next(library)
    # The end of the message.
    yield from _next(library)
    return found


def _next(library: Any) -> Generator[Wait, Ready, Any]:
    while library.is_busy():
        if (yield Wait.R):
            library.consume_input()
    return library.get_result()
