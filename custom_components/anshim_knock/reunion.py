"""Reads the household's state again that the disk did not give out at the start, and has it joined.

The home starts without it at once, so that help can be called; the coordinator comes here each time
its timer rings, until the file is read.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
import logging
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import CONF_HOUSEHOLD, DOMAIN
from .keeper import Keeper
from .logic.inputs import ComeBack, Input, Leave, Life, Ok, Person, Place, TakeBack
from .restore import Found
from .store import Kept, StateDamagedError, StateFile, StateUnreadableError

_LOGGER = logging.getLogger(__name__)

type Join = Callable[[Kept], Awaitable[None]]


class Reunion:
    """What lies unread, and the newest life since: it may end what is found open there."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, file: StateFile, keeper: Keeper, found: Found
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._file = file
        self._keeper = keeper
        self._unread = list(found.unread)
        # Joined, and perhaps not yet safe in the new file.
        self._joined: list[Path] = []
        self._trying: asyncio.Task[None] | None = None
        self.life: Life | None = None
        # Since when whoever was away is home again.
        self.back: datetime | None = None

    @property
    def waits(self) -> bool:
        return bool(self._unread or self._joined)

    def hear(self, given: Input, at: datetime) -> None:
        """The newest sign that ends a silence by itself, at its own time. A word of theirs is."""
        match given:
            case Life(place=Place.INSIDE) | ComeBack():
                self.back = at
            case Leave():
                self.back = None
        match given:
            case Ok(person=Person.RESIDENT) | TakeBack():
                self.life = Life(place=Place.INSIDE, at=at)
            case Ok(person=Person.PHONE):
                self.life = Life(place=Place.PHONE, at=at)
            case Life(place=place) if place is not Place.OUTER_DOOR:
                self.life = given
            case _:
                return

    @callback
    def look(self, join: Join) -> None:
        """Try again, unless a try still hangs."""
        if self.waits and (self._trying is None or self._trying.done()):
            self._trying = self._entry.async_create_background_task(
                self._hass, self._try(join), f"{DOMAIN} reunion"
            )

    async def _try(self, join: Join) -> None:
        """1. Read. 2. Have it joined, once in a run. 3. When that is kept, the old one goes."""
        while (kept := await self._read()) is not None:
            if kept.household.id == self._entry.data[CONF_HOUSEHOLD]:
                await join(kept)
            self._joined.append(self._unread.pop(0))
        if self._keeper.ok and self._joined:
            joined, self._joined = self._joined, []
            await self._hass.async_add_executor_job(_delete, joined)

    async def _read(self) -> Kept | None:
        """The oldest one; `None` while the disk does not give it out, and when there is no more."""
        while self._unread:
            try:
                return await self._hass.async_add_executor_job(
                    self._file.read_again, self._unread[0]
                )
            except StateUnreadableError as err:
                _LOGGER.debug("The household's state still cannot be read: %s", err)
                return None
            except StateDamagedError as err:
                _LOGGER.warning("The household's state was damaged and lies aside: %s", err)
                self._unread.pop(0)
        return None


def _delete(paths: list[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as err:
            # The next start joins it once more: an alert may be said again, none is lost.
            _LOGGER.warning("The household's old state cannot be deleted: %s", err)
