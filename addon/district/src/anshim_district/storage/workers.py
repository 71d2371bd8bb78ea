"""Which workers are at work on one PostgreSQL, and which of them does what only one may do.

Both are advisory locks of a session, which the server lets go of when the connection ends, however
a worker ends. A file of SQLite has one process: it is alone, and does everything.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
import secrets
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text

from .engines import LIVES, is_postgresql, plain_url

_LOG: Final = logging.getLogger(__name__)
# any numbers, the same in all workers
_HERE: Final = 7_460_120
_TURN: Final = 7_460_121
_LOOKS_S: Final = 2.0
# A worker that hangs, or whose machine is gone, must make room. The server ends its session when
# nothing is asked in it for so long; it is asked something every two seconds.
_SILENT_S: Final = 10
_OPTIONS: Final = f"{LIVES}-c idle_session_timeout={_SILENT_S}s"
_WHO_IS_HERE: Final = text(
    "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = :here AND objsubid = 2 "
    "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def new_number() -> int:
    return secrets.randbelow(2**31 - 1) + 1


def be_here(connection: psycopg.Connection[Any], number: int) -> None:
    """For as long as this connection lasts. Shared: one that was just lost may still hold it."""
    connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", (_HERE, number))


def who_is_here(connection: Connection) -> frozenset[int]:
    """The numbers of all workers that are at work on this database now."""
    if connection.dialect.name != "postgresql":
        return frozenset()
    return frozenset(connection.scalars(_WHO_IS_HERE, {"here": _HERE}))


def at_work(connection: Connection, own: int) -> frozenset[int]:
    """Whoever asks is, also where there is no other, or while its own sign is being renewed."""
    return who_is_here(connection) | {own}


async def at_one_worker(where: str, work: Callable[[], Awaitable[None]]) -> None:
    """Does the work for ever, at one of all workers; when that one ends another goes on.

    Within four seconds when its process ends, within a quarter of a minute when it hangs or its
    machine is gone.
    """
    if not is_postgresql(where):
        await work()
        return
    while True:
        try:
            await _in_turn(where, work)
        except psycopg.Error:
            _LOG.exception("whose turn it is cannot be told; tried again")
        await asyncio.sleep(_LOOKS_S)


async def _in_turn(where: str, work: Callable[[], Awaitable[None]]) -> None:
    """1. wait for the turn  2. work while it is ours  3. stop before another can begin twice."""
    connect = psycopg.AsyncConnection.connect
    async with await connect(
        plain_url(where), autocommit=True, options=_OPTIONS, connect_timeout=10
    ) as connection:
        while not await _is_ours(connection):  # noqa: ASYNC110 - nobody is told when it is free
            await asyncio.sleep(_LOOKS_S)
        working = asyncio.ensure_future(work())
        try:
            while not working.done():
                await asyncio.wait({working}, timeout=_LOOKS_S)
                async with asyncio.timeout(_SILENT_S):
                    await connection.execute("SELECT 1")
        except TimeoutError as error:
            raise psycopg.OperationalError("the database does not answer") from error
        finally:
            working.cancel()
            await asyncio.wait({working})
        working.result()


async def _is_ours(connection: psycopg.AsyncConnection[Any]) -> bool:
    asked = await connection.execute("SELECT pg_try_advisory_lock(%s, 0)", (_TURN,))
    row = await asked.fetchone()
    return row is not None and bool(row[0])
