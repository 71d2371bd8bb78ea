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
from ..duty import errands
from ..duty.errands import Kind
from ..storage.database import After, Database
from .sip.registration import Registration

_LOG: Final = logging.getLogger(__name__)
_EVERY_S: Final = 1.0


@dataclass(slots=True, kw_only=True)
class LineWatch:
    registration: Registration
    database: Database
    clock: Clock
    patience: timedelta
    # nobody knows at the start what was told before it
    _told: bool | None = None

    async def run(self) -> None:
        while True:
            try:
                await self.step(self.clock.now())
            except SQLAlchemyError:
                _LOG.exception("the line's state is not kept yet")
            await asyncio.sleep(_EVERY_S)

    async def step(self, now: datetime) -> None:
        """Begins, or ends, what the administrators are told; only where that changes."""
        since = self.registration.down_since
        is_down = since is not None and now - since >= self.patience
        if is_down is self._told or not (is_down or self.registration.is_up):
            return
        await self.database.write(
            lambda connection, after: _tell(connection, after, now, is_down=is_down)
        )
        self._told = is_down


def _tell(connection: Connection, after: After, now: datetime, *, is_down: bool) -> None:
    if is_down:
        errands.begin_line(connection, now)
    else:
        errands.give_up(connection, {Kind.LINE})
    after.board = True
