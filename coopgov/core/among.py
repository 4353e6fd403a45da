"""Whether a column holds one of several identifiers: told as one value, so that the statement is always the same.

A list of parameters is written out anew for each number of them, and the layers above the driver pay for every one.
"""

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Dialect, String, Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class Ids(TypeDecorator[Collection[UUID]]):
    """Several identifiers as one value: an array of PostgreSQL's, a JSON list of what SQLite keeps of each."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the engine keeps them as."""
        return dialect.type_descriptor(ARRAY(Uuid()) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[UUID] | None, dialect: Dialect) -> Any:
        """What the driver is handed."""
        wanted = value or ()
        return list(wanted) if dialect.name == "postgresql" else json.dumps([one.hex for one in wanted])


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True
    # A condition as it stands: SQLite would be asked whether it is 1, and would read the whole table to know.
    _is_implicitly_boolean = True


def among(column: Any, name: str) -> ColumnElement[bool]:
    """The condition; `name` is that of the parameter that takes the identifiers."""
    return _Among(column, bindparam(name, type_=Ids()))


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **how)} = ANY ({compiler.process(ids, **how)})"


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **how)} IN (SELECT value FROM json_each({compiler.process(ids, **how)}))"  # noqa: S608 - our own words
