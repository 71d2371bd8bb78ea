"""Tells the administrators, and the outside, of a telephone line that the PBX does not know.

A step, and a wait. Run by the server where the line is registered at all.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ..clock import Clock
from ..duty import lines
from ..storage.database import After, Database
from ..storage.workers import at_work
from .sip.registration import Registration

_LOG: Final = logging.getLogger(__name__)
_EVERY_S: Final = 1.0
# one whose sign was lost for a moment may have been taken for gone, and its errand given up
_SAID_AGAIN: Final = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class LineWatch:
    registration: Registration
    database: Database
    clock: Clock
    patience: timedelta
    # nobody knows at the start what was told before it
    _told: bool | None = None
    _at: datetime | None = None

    async def run(self) -> None:
        while True:
            try:
                await self.step(self.clock.now())
            except SQLAlchemyError:
                _LOG.exception("the line's state is not kept yet")
            await asyncio.sleep(_EVERY_S)

    async def step(self, now: datetime) -> None:
        """Begins, or ends, what the administrators are told of this worker's own line."""
        since = self.registration.down_since
        is_down = since is not None and now - since >= self.patience
        if not (is_down or self.registration.is_up) or self._is_told(now, is_down=is_down):
            return
        await self.database.write(
            lambda connection, after: self._tell(connection, after, now, is_down=is_down)
        )
        self._told, self._at = is_down, now

    def _is_told(self, now: datetime, *, is_down: bool) -> bool:
        if is_down is not self._told:
            return False
        return not is_down or self._at is None or abs(now - self._at) < _SAID_AGAIN

    def _tell(self, connection: Connection, after: After, now: datetime, *, is_down: bool) -> None:
        """What another worker's line does is that one's to say, for as long as it is there."""
        own = self.database.worker
        here = at_work(connection, own)
        lines.keep(connection, here if is_down else here - {own})
        if is_down:
            lines.begin(connection, own, now)
        after.board = after.board or is_down is not self._told
