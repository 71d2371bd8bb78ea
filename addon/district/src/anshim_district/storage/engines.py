"""How the two databases are opened: SQLite in a file, or PostgreSQL for several workers.

On both there is one writer at a time: every decision is made on what is there now, so no home can
get two cases from two workers. SQLite does so by itself; on PostgreSQL each commit takes one
advisory lock. Commits are made in groups, so that the lock is no narrower than the disk.
"""

from contextlib import closing
import logging
from pathlib import Path
from typing import Any, Final, override

from psycopg.types.string import StrDumper
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

_LOG: Final = logging.getLogger(__name__)
# any number, the same in all workers
_WRITERS: Final = 7_460_119
# of a worker whose machine is gone the server hears nothing: it lets go of what that one held
LIVES: Final = (
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=11000 "
)
# what all homes of a district say and are is read again at each heartbeat: it stays in memory
_CACHE_KIB: Final = 32 * 1024
# a worker that hangs, or whose machine is gone, must not keep the others from writing
_TIMES: Final = (
    f"{LIVES}"
    "-c idle_in_transaction_session_timeout=10s -c lock_timeout=30s -c statement_timeout=120s "
    # whatever the server is set to: what was answered is on the disk
    "-c synchronous_commit=on"
)
# the writer finds rows by their key, also where PostgreSQL has not yet counted how many there are
_BY_KEY: Final = " -c enable_seqscan=off"


def is_postgresql(where: str) -> bool:
    try:
        return make_url(where).get_backend_name() == "postgresql"
    except ArgumentError:
        return False


def writing_engine(where: str) -> Engine:
    if is_postgresql(where):
        engine = _postgresql(where, settings=_TIMES + _BY_KEY)
        event.listen(engine, "begin", _alone)
        return engine
    # a writer that began as a reader could not go on once another process has written
    return _sqlite(where, begin="BEGIN IMMEDIATE")


def reading_engine(where: str) -> Engine:
    """What one question reads is of one moment."""
    if is_postgresql(where):
        return _postgresql(where).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    return _sqlite(where, begin="BEGIN")


def sqlite_file(path: Path) -> str:
    return f"sqlite:///{path}"


def plain_url(where: str) -> str:
    """As psycopg itself reads it."""
    return make_url(where).set(drivername="postgresql").render_as_string(hide_password=False)


def _postgresql(where: str, *, settings: str = _TIMES) -> Engine:
    url = make_url(where).set(drivername="postgresql+psycopg")
    engine = create_engine(
        url,
        pool_pre_ping=True,
        connect_args={"options": settings, "connect_timeout": 10},
        # what fails is logged: never with the numbers and names in it
        hide_parameters=True,
    )
    event.listen(engine, "connect", _take_every_text)
    return engine


class _EveryText(StrDumper):
    """PostgreSQL keeps no NUL; what somebody sent with one is kept all the same."""

    @override
    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\x00", "\ufffd"))


def _take_every_text(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.adapters.register_dumper(str, _EveryText)


def _alone(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def empty_log(engine: Engine) -> None:
    """What was overwritten leaves SQLite's log of newest changes as well."""
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection:
        busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            _LOG.warning("the write-ahead log is in use; it is emptied at the next stop or erasure")


def _sqlite(where: str, *, begin: str) -> Engine:
    engine = create_engine(where, connect_args={"timeout": 30}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # the driver's own transactions would swallow savepoints
    connection.isolation_level = None
    cursor = connection.cursor()
    # what is erased is overwritten, not only given free
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    cursor.close()
