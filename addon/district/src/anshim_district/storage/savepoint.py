"""A part of a commit that is taken back by itself when it fails.

In the driver's words: SQLAlchemy writes its own savepoints anew each time, which costs a short
commit as much as three of its statements.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Whatever is raised within takes back what was written within, and goes on."""
    say = connection.exec_driver_sql
    say("SAVEPOINT part")
    try:
        yield
    except BaseException:
        say("ROLLBACK TO SAVEPOINT part")
        say("RELEASE SAVEPOINT part")
        raise
    say("RELEASE SAVEPOINT part")
