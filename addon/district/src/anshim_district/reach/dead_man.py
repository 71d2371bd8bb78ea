"""Once a minute: proves that we can write, and while everything goes on asks somebody outside.

Whoever is asked raises the alarm when we stop asking: a server that is down tells nobody.
"""

import asyncio
from datetime import datetime, timedelta
import logging
from typing import Final

import aiohttp

from ..clock import Clock
from ..presence import Presence, Stepping

_LOG: Final = logging.getLogger(__name__)
_EVERY_S: Final = 60.0
_PATIENCE: Final = aiohttp.ClientTimeout(total=10)
# the overseer looks at least twice a minute, the dispatcher four times
_ALIVE: Final = timedelta(minutes=2)


class DeadMan:
    def __init__(self, url: str, presence: Presence, clock: Clock, *watched: Stepping) -> None:
        """`watched`: whoever looks at deadlines, and whoever tells people of what came of them."""
        self._url = url
        self._presence = presence
        self._clock = clock
        self._watched = watched

    async def run(self) -> None:
        while True:
            await self.step(self._clock.now())
            await asyncio.sleep(_EVERY_S)

    async def step(self, now: datetime) -> bool:
        """Whether somebody outside heard that we are here."""
        try:
            # who cannot write is as good as dead; other workers see that we are here
            await self._presence.prove(now)
            if not self._url or not all(_goes_on(one, now) for one in self._watched):
                return False
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as session,
                session.get(self._url) as answer,
            ):
                if not answer.ok:
                    _LOG.warning("nobody outside heard us", extra={"status": answer.status})
                return answer.ok
        except Exception:  # noqa: BLE001 - the silence that follows is the alarm
            _LOG.exception("nobody outside could be told that we are here")
            return False


def _goes_on(one: Stepping, now: datetime) -> bool:
    return one.stepped is not None and now - one.stepped <= _ALIVE
