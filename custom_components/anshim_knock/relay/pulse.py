"""Tells the relay, at its own interval, how the home fares, and asks how the relay fares."""

import asyncio
from datetime import timedelta
import logging

from .client import RelayClient
from .envelope import heartbeat_of
from .errors import RelayError
from .health import Health, pause_s
from .home import Home

_LOGGER = logging.getLogger(__name__)


class Pulse:
    """One loop; woken when the district asks for a report, or a consent is given or withdrawn.

    The relay hands on at once what it is told before its turn.
    """

    def __init__(self, client: RelayClient, home: Home, health: Health) -> None:
        self._client = client
        self._home = home
        self._health = health
        self._woken = asyncio.Event()
        self._failures = 0

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while True:
            pause = await self.beat()
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def beat(self) -> float:
        """One heartbeat. Answers how many seconds to pause."""
        self._woken.clear()
        reading, condition, clock_set = self._home.condition()
        event = heartbeat_of(condition, self._home.household, reading, clock_set=clock_set)
        try:
            interval: timedelta = await self._client.post(event)
            await self._health.said(await self._client.status())
        except RelayError as err:
            self._failures += 1
            _LOGGER.debug("No heartbeat: %s", err)
            await self._health.failed(err)
            return pause_s(self._failures)
        self._failures = 0
        return interval.total_seconds()
