"""A part of a commit that is taken back by itself when it fails.

In the driver's words: SQLAlchemy writes its own savepoints anew each time, which costs a short
commit as much as three of its statements.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

_BEGIN: Final = "SAVEPOINT part"
_KEEP: Final = ("RELEASE SAVEPOINT part",)
_TAKE_BACK: Final = ("ROLLBACK TO SAVEPOINT part", "RELEASE SAVEPOINT part")


class LostCommitError(OperationalError):
    """The database has given up the whole commit, as on a full disk: nothing of it is kept.

    Whoever goes on writes outside of it, and whoever wrote before would be told that it is kept.
    """


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Whatever is raised within takes back what was written within, and goes on."""
    connection.exec_driver_sql(_BEGIN)
    try:
        yield
    except BaseException:
        _say(connection, _TAKE_BACK)
        raise
    _say(connection, _KEEP)


def _say(connection: Connection, words: tuple[str, ...]) -> None:
    for one in words:
        try:
            connection.exec_driver_sql(one)
        except DBAPIError as error:
            raise LostCommitError(one, None, error) from error
