"""Numbers that are given once and never again, however the rows that had them go.

A control centre sends people to the home that its receiver knows by a number. The database's own
counter is lost in a move, and an older one comes back with a backup; so the highest number ever
given is kept among the settings. Called inside the write that gives one, by a move and a restore.
"""

from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Final

from sqlalchemy import Connection, Table, text

from .duty_tables import centre_homes, centre_signals
from .settings import keep, kept

GIVEN_ONCE: Final = (centre_homes, centre_signals)
# more than are given between a backup and the day that it is laid back
_AHEAD: Final = 1000
# receivers know homes by four digits
_LAST_HOME: Final = 9999
_COUNTER: Final = {
    "sqlite": text("SELECT seq FROM sqlite_sequence WHERE name = :table"),
    "postgresql": text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, 'n'))"),
}


def give(connection: Connection, table: Table) -> int:
    """The next number, for whoever writes its row in the same commit."""
    number = highest(connection, table) + 1
    keep(connection, _name(table), str(number))
    return number


def highest(connection: Connection, table: Table) -> int:
    """Ever given; by the database's own counter where nothing was kept yet."""
    counter = connection.scalar(_COUNTER[connection.dialect.name], {"table": table.name})
    return max(int(kept(connection, _name(table)) or 0), counter or 0)


def carry(new: Connection, table: Table, number: int) -> None:
    """Into a database that knows only the rows that are left."""
    if highest(new, table) < number:
        keep(new, _name(table), str(number))


def jump_ahead(copy: Path) -> None:
    """In a copy of a backup: nobody knows which numbers were given since it was taken."""
    with closing(sqlite3.connect(copy)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if not {"settings", centre_homes.name} <= tables:
            return  # from before there were such numbers
        for table in GIVEN_ONCE:
            (number,) = connection.execute(
                "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0), "
                "coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE name = ?), 0))",
                (table.name, _name(table)),
            ).fetchone()
            connection.execute(
                "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
                (_name(table), str(number + _ahead(table, number))),
            )
        connection.commit()


def _ahead(table: Table, number: int) -> int:
    """Of the homes' numbers no more than half of what is left: those to come need theirs."""
    if table is centre_signals or number >= _LAST_HOME:
        return _AHEAD
    return min(_AHEAD, (_LAST_HOME - number + 1) // 2)


def _name(table: Table) -> str:
    return f"{table.name}.highest"
