"""`column IN (a whole group)`, as one statement that stays the same however many are asked for.

With a place for each, every size of a group would be another statement: written anew here, and
planned anew by PostgreSQL.
"""

from collections.abc import Collection
from typing import Any, Self, override

import orjson
from sqlalchemy import Boolean, ColumnElement, Dialect, String, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine


class _Group(TypeDecorator[Collection[str]]):
    """An array where there are arrays, else JSON."""

    impl = Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        array: TypeEngine[Any] = ARRAY(String) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(array)

    @override
    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        group = list(value or ())
        return group if dialect.name == "postgresql" else orjson.dumps(group).decode()


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    @override
    def self_group(self, against: OperatorType | None = None) -> Self:
        """A condition already: SQLite asked whether it *equals 1* would use no index."""
        return self


def among(column: ColumnElement[str], group: str) -> ColumnElement[bool]:
    """`group`: the name by which it is given when the statement is executed."""
    return _Among(column, bindparam(group, type_=_Group))


@compiles(_Among)
def _among(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, group = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({group}))"  # noqa: S608 - both are SQLAlchemy's words


@compiles(_Among, "postgresql")
def _among_in_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, group = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY({group})"
