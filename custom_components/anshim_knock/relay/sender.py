"""Tells the relay what the household wants said, until the relay has it on its disk.

`deliver_due` does the work; the loop only waits for work, time or stop.
"""

import asyncio
import logging

from ..logic.effects import Effect
from ..logic.words import Priority
from .client import RelayClient
from .envelope import event_of
from .errors import (
    RelayConflictError,
    RelayError,
    RelayFullError,
    RelayRefusedError,
    RelayUnauthorisedError,
    RelayUnreachableError,
)
from .health import Health, pause_s
from .home import Home

_LOGGER = logging.getLogger(__name__)


class Sender:
    """One loop; woken by every new effect."""

    def __init__(self, client: RelayClient, home: Home, health: Health) -> None:
        self._client = client
        self._home = home
        self._health = health
        self._woken = asyncio.Event()
        self._greeted = False
        self._failures = 0
        # Never again as they are; a restart, perhaps after an update, tries them once more.
        self._refused: set[str] = set()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while True:
            pause = await self.deliver_due()
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def deliver_due(self) -> float | None:
        """Post whatever waits. Answers how long to pause; `None`: until woken."""
        self._woken.clear()
        try:
            await self._greet()
            full = await self._deliver()
        except RelayConflictError as err:
            _LOGGER.warning("The relay knows a newer history of this home: going on above it")
            await self._home.outrun(err.version, conflict=True)
            return self._pause(None)
        except RelayError as err:
            _LOGGER.debug("Not delivered: %s", err)
            await self._health.failed(err)
            return self._pause(err)
        self._home.relay_full(full=full)
        if full:
            return self._pause(None)
        self._failures = 0
        return None

    async def _greet(self) -> None:
        """Ask once what the relay has of us: this state may come from a backup."""
        if self._greeted:
            return
        try:
            status = await self._client.status()
        except RelayUnreachableError, RelayUnauthorisedError:
            raise
        except RelayError as err:
            # An alert does not wait for a status page that is broken.
            _LOGGER.debug("No status: %s", err)
            return
        await self._health.said(status)
        await self._home.outrun(status.version, conflict=False)
        self._greeted = True

    async def _deliver(self) -> bool:
        """True when the relay's disk had no room for something."""
        full = False
        while effect := self._next(skip_ordinary=full):
            try:
                await self._client.post(event_of(effect, self._home.household))
            except RelayFullError:
                full = True
            except RelayRefusedError as err:
                _LOGGER.warning("The relay refuses a message for good: %s", err)
                self._refused.add(effect.id_of(self._home.household))
                self._home.relay_refuses(err.code)
            else:
                await self._health.answered()
                await self._home.delivered(effect)
        return full

    def _next(self, *, skip_ordinary: bool) -> Effect | None:
        """Asked anew after each one: an emergency that came meanwhile goes first."""
        for effect in self._home.waiting():
            if skip_ordinary and effect.priority is not Priority.EMERGENCY:
                continue
            if effect.id_of(self._home.household) not in self._refused:
                return effect
        return None

    def _pause(self, error: RelayError | None) -> float:
        self._failures += 1
        waiting = self._home.waiting()
        at_least = error.retry_after if isinstance(error, RelayUnreachableError) else None
        urgent = any(e.priority is Priority.EMERGENCY for e in waiting)
        return pause_s(self._failures, urgent=urgent, at_least=at_least)
