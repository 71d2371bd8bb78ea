"""The district with its one promise broken: commits are not synced. The control of the experiment.

If cutting the power of this one loses nothing, the cuts prove nothing about the other.
"""

from collections.abc import Sequence

from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from anshim_district import cli
from anshim_district.storage import engines

_prepare = engines._prepare  # noqa: SLF001 - sabotage is the purpose


def unsynced(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    _prepare(connection, _entry)
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def main(arguments: Sequence[str]) -> int:
    engines._prepare = unsynced  # noqa: SLF001 - sabotage is the purpose
    return cli.main(arguments)
