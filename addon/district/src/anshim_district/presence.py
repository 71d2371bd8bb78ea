"""That this worker can still write: a row of its own, changed on the disk by the writer of all.

Asked by health checks and before somebody outside is told that all is well. An empty commit would
tell nothing: it reaches no disk.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import uuid4

from sqlalchemy import Connection, delete

from .storage.database import Database
from .storage.tables import workers
from .storage.upsert import upsert

# probes come from everywhere: together they cost one small write a second
_FRESH: Final = timedelta(seconds=1)
_FORGOTTEN: Final = timedelta(days=1)
PATIENCE_S: Final = 8.0


class Stepping(Protocol):
    @property
    def stepped(self) -> datetime | None: ...


class Presence:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._id = uuid4().hex
        self._one_at_a_time = asyncio.Lock()
        self._proved: datetime | None = None

    async def prove(self, now: datetime) -> None:
        """Raises what keeps us from writing; TimeoutError when the writer does not come to it."""
        async with asyncio.timeout(PATIENCE_S), self._one_at_a_time:
            if self._proved is not None and timedelta(0) <= now - self._proved < _FRESH:
                return
            await self._database.write(lambda connection, _: self._write(connection, now))
            self._proved = now

    def _write(self, connection: Connection, now: datetime) -> None:
        row = upsert(connection, workers).values(id=self._id, seen=now)
        connection.execute(row.on_conflict_do_update(index_elements=["id"], set_={"seen": now}))
        connection.execute(delete(workers).where(workers.c.seen < now - _FORGOTTEN))
