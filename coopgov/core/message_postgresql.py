"""Several statements in one message to PostgreSQL: by the library under the driver, which costs a third of it.

Each is prepared the first time it is sent on a connection. The driver would send each by itself; here all of them leave
together, the beginning of the transaction before the first.
"""

from collections.abc import Callable, Generator, Sequence
from datetime import date, datetime
from types import NoneType
from typing import Any, Final
from uuid import UUID

from psycopg import Binary
from psycopg.adapt import Transformer
from psycopg.errors import DataError, UniqueViolation, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.waiting import Ready, Wait
from sqlalchemy import Connection, Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

__all__ = ["COMMIT", "NUMBERED", "UniqueViolation", "read_rows", "send_together"]

Statement = tuple[str, Sequence[Any]]
# Statements are told to the library with their parameters numbered.
NUMBERED: Final[Dialect] = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
COMMIT: Final[Statement] = ("COMMIT", ())
_BEGIN: Final = {None: "BEGIN", True: "BEGIN READ ONLY", False: "BEGIN READ WRITE"}
_NAMES: Final = "coopgov_prepared"
_WENT_WELL: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def _text_as_bytes(value: str) -> bytes:
    if "\0" in value:
        raise DataError("a text of PostgreSQL cannot hold a NUL")
    return value.encode()


def _list_as_bytes(values: Sequence[UUID]) -> bytes:
    return b"{%s}" % b",".join(b"%032x" % value.int for value in values)


def _other_as_bytes(value: Any) -> bytes:
    return str(value).encode()


# How PostgreSQL reads a value; bytes are themselves, and it must be told so.
_WRITTEN: Final[dict[type, Callable[[Any], bytes | None]]] = {
    NoneType: lambda _value: None,
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
    if not result.ntuples:
        return []
    reader = Transformer(connection.connection.driver_connection)
    reader.set_pgresult(result)
    return reader.load_rows(0, result.ntuples, tuple)


def _beginning(driver: Any) -> list[Statement]:
    if driver.autocommit or driver.pgconn.transaction_status != TransactionStatus.IDLE:
        return []
    return [(_BEGIN[driver.read_only], ())]


def _written(values: Sequence[Any]) -> tuple[list[bytes | None], list[int]]:
    find, other = _WRITTEN.get, _other_as_bytes
    kinds = [type(value) for value in values]
    told = [find(kind, other)(value) for kind, value in zip(kinds, values, strict=True)]
    return told, [int(kind in _NO_TEXT) for kind in kinds]


def _answers(library: Any, number: int) -> Generator[Wait, Ready, list[Any]]:
    while library.flush():
        if (yield Wait.RW) & Ready.R:
            library.consume_input()
    found = []
    # After each answer comes the end of it, after all the end of the message.
    for _ in range(2 * number + 1):
        while library.is_busy():
            if (yield Wait.R):
                library.consume_input()
        found.append(library.get_result())
    return found[:-1:2]
