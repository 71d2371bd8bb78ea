"""Many rows written by one statement: they go as one value of JSON, which the database takes apart.

With a statement for each row the writer hands the interpreter over at each, and waits until it has
it back. So the database works on all of them while others go on, and PostgreSQL is asked once.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSON

from .tables import UtcDeadline, UtcTime, milliseconds, passed_at

type Row = Mapping[str, Any]
type Given = dict[str, ColumnElement[Any]]

_PILE: Final = bindparam("pile", type_=Text)
_UTF8: Final[ColumnElement[str]] = literal_column("'UTF8'")
_POSTGRESQL: Final = "postgresql"


def insert_all(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """In this order. All have the same names; what is binary has to be UTF-8."""
    if rows:
        text = _insert(table, tuple(rows[0]), connection.dialect)
        _execute(connection, text, _packed(table, rows))


def update_all(
    connection: Connection,
    table: Table,
    key: str,
    rows: Sequence[Row],
    *,
    keeping: Collection[str] = (),
) -> None:
    """Each is found by its `key`. Where a value of `keeping` is empty, what was there stays."""
    if rows:
        text = _update(table, key, tuple(rows[0]), frozenset(keeping), connection.dialect)
        _execute(connection, text, _packed(table, rows))


def _execute(connection: Connection, text: str, pile: str) -> None:
    positional = connection.dialect.positional
    connection.exec_driver_sql(text, (pile,) if positional else {_PILE.key: pile})


@cache
def _insert(table: Table, names: Sequence[str], dialect: Dialect) -> str:
    """Written once, as the driver takes it: each commit needs several of these."""
    given = _given(table, names, dialect.name)
    statement = insert(table).from_select(names, select(*given.values()))
    return str(statement.compile(dialect=dialect))


@cache
def _update(
    table: Table, key: str, names: Sequence[str], keeping: frozenset[str], dialect: Dialect
) -> str:
    given = _given(table, names, dialect.name)
    found = given.pop(key)
    for name in keeping:
        given[name] = func.coalesce(given[name], table.c[name])
    statement = update(table).where(table.c[key] == found).values(given)
    return str(statement.compile(dialect=dialect))


def _given(table: Table, names: Sequence[str], dialect: str) -> Given:
    """By name, as the database finds them in the pile."""
    return _from_array(table, names) if dialect == _POSTGRESQL else _from_json(table, names)


def _from_json(table: Table, names: Sequence[str]) -> Given:
    row = func.json_each(_PILE).table_valued("value", name="row").c.value
    given: Given = {name: row.op("->>")(literal_column(f"'{name}'")) for name in names}
    return {
        name: cast(value, LargeBinary) if _is_binary(table, name) else value
        for name, value in given.items()
    }


def _from_array(table: Table, names: Sequence[str]) -> Given:
    kinds = [column(name, _kind(table, name)) for name in names]
    rows = func.json_to_recordset(cast(_PILE, JSON)).table_valued(*kinds, name="row")
    row = rows.render_derived(with_types=True).c
    return {
        name: func.convert_to(row[name], _UTF8) if _is_binary(table, name) else row[name]
        for name in names
    }


def _kind(table: Table, name: str) -> Any:
    """As it is in the pile."""
    kind = table.c[name].type
    if _is_binary(table, name):
        return Text()
    return BigInteger() if isinstance(kind, UtcTime) else kind


def _is_binary(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, LargeBinary)


def _packed(table: Table, rows: Sequence[Row]) -> str:
    for name in _deadlines(table, tuple(rows[0])):
        rows = [{**row, name: passed_at(row[name])} for row in rows]
    return orjson.dumps(rows, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


@cache
def _deadlines(table: Table, names: Sequence[str]) -> Sequence[str]:
    return [name for name in names if isinstance(table.c[name].type, UtcDeadline)]


def _plain(value: object) -> object:
    match value:
        case datetime():
            return milliseconds(value)
        case bytes():
            return str(value, "utf-8")
        case _:
            raise TypeError(f"{type(value).__name__} in a pile")
