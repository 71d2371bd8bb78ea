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
        self._refused: dict[str, str] = {}

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
            left = await self._deliver()
        except RelayConflictError as err:
            _LOGGER.warning("The relay knows a newer history of this home: going on above it")
            await self._home.outrun(err.version, conflict=True)
            # What was renumbered has woken us, but a relay that lies must not keep us running.
            self._woken.clear()
            return self._pause(None)
        except RelayError as err:
            left = err
        if left is not None:
            _LOGGER.debug("Not delivered: %s", left)
            await self._health.failed(left)
            # A full disk is a repair of its own.
            await self._health.behind(behind=not isinstance(left, RelayFullError))
            return self._pause(left)
        self._failures = 0
        await self._health.behind(behind=False)
        return None

    async def _greet(self) -> None:
        """Ask once what the relay has of us: this state may come from a backup."""
        if self._greeted:
            return
        try:
            status = await self._client.status()
        except RelayUnreachableError as err:
            if not err.answered:
                raise
            # An alert does not wait for a status page that is broken.
            _LOGGER.debug("No status: %s", err)
            return
        await self._health.said(status)
        await self._home.outrun(status.version, conflict=False)
        self._greeted = True

    async def _deliver(self) -> RelayError | None:
        """The last error that calls for another try. One message never holds back the others."""
        later: set[str] = set()
        full, error = False, None
        while effect := self._next(later):
            try:
                await self._client.post(event_of(effect, self._home.household))
            except RelayRefusedError as err:
                _LOGGER.warning("The relay refuses a message for good: %s", err)
                self._refused[self._id(effect)] = err.code
            except (RelayFullError, RelayUnreachableError) as err:
                if isinstance(err, RelayUnreachableError) and not err.answered:
                    raise
                later.add(self._id(effect))
                full, error = full or isinstance(err, RelayFullError), err
            else:
                await self._health.answered()
                await self._home.delivered(effect)
        self._home.relay_full(full=full)
        self._home.relay_refuses(next(iter(self._refused.values()), None))
        return error

    def _next(self, later: set[str]) -> Effect | None:
        """Asked anew after each one: an emergency that came meanwhile goes first."""
        for effect in self._home.waiting():
            if self._id(effect) not in later and self._id(effect) not in self._refused:
                return effect
        return None

    def _id(self, effect: Effect) -> str:
        return effect.id_of(self._home.household)

    def _pause(self, error: RelayError | None) -> float:
        self._failures += 1
        waiting = self._home.waiting()
        at_least = error.retry_after if isinstance(error, RelayUnreachableError) else None
        urgent = any(e.priority is Priority.EMERGENCY for e in waiting)
        return pause_s(self._failures, urgent=urgent, at_least=at_least)
