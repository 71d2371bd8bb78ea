"""Moves everything from one database into another: from SQLite to PostgreSQL, or back.

Called by the command line while no district runs. All of it or nothing: the goal gets one commit,
after every row was read from it again and found to be the same.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import hashlib
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, func, insert, inspect, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from . import given
from .backups import put_in_place, remove
from .engines import is_postgresql, sqlite_file, writing_engine
from .migrate import NEWEST, metadata, migrate, upgrade
from .workers import who_is_here

_AT_ONCE: Final = 1000
_SUM: Final = 2**256
# each relay says hello again and is told what is here, as after a restore: what went astray between
# the last commit and the first start of the new one is sent again
_LEFT_BEHIND: Final = frozenset({"sessions"})
_IN_ORDER: Final = [table for table in metadata.sorted_tables if table.name not in _LEFT_BEHIND]
# the other side waits while one is read or written
_NO_TIMES: Final = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)
_COUNT_ON: Final = text(
    "SELECT setval(pg_get_serial_sequence(:table, :column), greatest(:highest, 1), :highest > 0)"
)


class MoveError(Exception):
    """Nothing was moved; says why, and what to do."""


@dataclass(slots=True)
class Seen:
    """How many rows there are, and a sum that is the same whatever their order."""

    rows: int = 0
    sum: int = 0

    def add(self, row: Sequence[object]) -> None:
        self.rows += 1
        one = hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest()
        self.sum = (self.sum + int.from_bytes(one)) % _SUM


def move(source: str, goal: str, told: Callable[[str, int], None]) -> int:
    """1. the newest schema on both  2. all rows, what is referred to first  3. read again, compare.

    With the numbers that are never given again, though their rows are gone.

    `told` each table and its rows. The number of all rows.
    """
    if source == goal:
        raise MoveError("Both options name the same database.")
    if not is_postgresql(source) and not _file(source).exists():
        raise MoveError(f"There is no database {_file(source)} to move.")
    with _of_a_district(source) as old, _empty(goal) as new:
        copied = {table: _copy(old, new, table, told) for table in _IN_ORDER}
        for table in _IN_ORDER:
            _count_on(new, table)
        for table, seen in copied.items():
            if _read_again(new, table) != seen:
                raise MoveError(f"What arrived in the table {table.name} is not what was sent.")
        for table in given.GIVEN_ONCE:
            given.carry(new, table, given.highest(old, table))
    return sum(seen.rows for seen in copied.values())


@contextmanager
def _of_a_district(where: str) -> Iterator[Connection]:
    """Nobody is at work on it, and nobody can begin to write until it is read."""
    engine = writing_engine(where)
    try:
        with engine.connect() as connection:
            _nobody_is_here(connection)
        migrate(engine)
        # never committed: it is read only
        with engine.connect() as connection:
            _take_time(connection)
            _nobody_is_here(connection)
            yield connection
    finally:
        engine.dispose()


def _nobody_is_here(connection: Connection) -> None:
    if at_work := len(who_is_here(connection)):
        raise MoveError(f"The district is running ({at_work} workers). Stop them all first.")


@contextmanager
def _empty(where: str) -> Iterator[Connection]:
    """With the tables of today, and kept only if all goes well."""
    if is_postgresql(where):
        with _made(where) as connection:
            yield connection
        return
    file = _file(where)
    if file.exists():
        raise MoveError(f"There is a database {file} already. Put it away first.")
    half = file.with_name(f"{file.name}.half")
    remove(half)
    try:
        with _made(sqlite_file(half)) as connection:
            yield connection
    except BaseException:
        remove(half)
        raise
    put_in_place(half, file)


@contextmanager
def _made(where: str) -> Iterator[Connection]:
    engine = writing_engine(where)
    try:
        with engine.begin() as connection:
            _take_time(connection)
            if inspect(connection).get_table_names():
                raise MoveError("The database to move to is not empty. Make a new one for this.")
            upgrade(connection, NEWEST)
            yield connection
    finally:
        engine.dispose()


def _take_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for statement in _NO_TIMES:
            connection.exec_driver_sql(statement)


def _copy(old: Connection, new: Connection, table: Table, told: Callable[[str, int], None]) -> Seen:
    seen = Seen()
    try:
        for rows in _all_of(old, table):
            moved = [tuple(_as_both_keep(value) for value in row) for row in rows]
            for row in moved:
                seen.add(row)
            names = table.columns.keys()
            new.execute(insert(table), [dict(zip(names, row, strict=True)) for row in moved])
    except SQLAlchemyError as error:
        because = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise MoveError(f"The table {table.name} cannot be moved: {because}.") from error
    told(table.name, seen.rows)
    return seen


def _read_again(connection: Connection, table: Table) -> Seen:
    seen = Seen()
    for rows in _all_of(connection, table):
        for row in rows:
            seen.add(row)
    return seen


def _all_of(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    options = {"yield_per": _AT_ONCE}
    with connection.execute(select(table), execution_options=options) as result:
        yield from result.partitions()


def _as_both_keep(value: object) -> object:
    """PostgreSQL keeps no NUL; its engine replaces it as well."""
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


def _count_on(connection: Connection, table: Table) -> None:
    """The next row gets the next number; SQLite sees to that itself."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return
    highest = connection.scalar(select(func.coalesce(func.max(column), 0)))
    values = {"table": table.name, "column": column.name, "highest": highest}
    connection.execute(_COUNT_ON, values)


def _file(where: str) -> Path:
    return Path(make_url(where).database or "")
