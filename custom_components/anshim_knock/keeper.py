"""Keeps the household's state on the disk for the coordinator, and remembers whether that works."""

import asyncio
from dataclasses import replace
from datetime import timedelta
import logging

from homeassistant.core import HomeAssistant
from homeassistant.util.file import WriteError

from .logic.clock import Reading
from .logic.household import Household
from .store import Kept, StateFile

_LOGGER = logging.getLogger(__name__)

KEEP_AT_LEAST_EVERY = timedelta(minutes=15)
# A dying card may hold a write for minutes; an alert does not wait for it.
_PATIENCE_S = 10.0


class Keeper:
    """`heard` is the downlink number that is safely on the disk."""

    def __init__(self, hass: HomeAssistant, file: StateFile, heard: int) -> None:
        self._hass = hass
        self._file = file
        self._writing: asyncio.Future[None] | None = None
        self._hangs = False
        self._kept_at: float | None = None
        self.ok = True
        self.heard = heard

    def due(self, reading: Reading) -> bool:
        """Even a change that may wait has waited long enough; or the last write failed."""
        if self._kept_at is None or not self.ok:
            return True
        return reading.steady - self._kept_at >= KEEP_AT_LEAST_EVERY.total_seconds()

    async def keep(self, kept: Kept, reading: Reading) -> bool:
        """True when it is on the disk."""
        try:
            await self._write(kept)
        except (OSError, WriteError) as err:
            # `TimeoutError` is an `OSError`. Without its traceback, which the writer has logged.
            _LOGGER.error(  # noqa: TRY400 -- see above
                "The household's state cannot be saved, going on from memory: %r", err
            )
            self.ok = False
        else:
            self.ok, self._kept_at, self.heard = True, reading.steady, kept.heard
        return self.ok

    async def _write(self, kept: Kept) -> None:
        """A write that hangs is left alone, and no other is queued behind it."""
        if self._hangs and not self._writing_done():
            raise TimeoutError("the write before hangs")
        # Whoever waited for it may have been cancelled; the write itself never is.
        await self._written()
        self._writing = self._hass.async_add_executor_job(self._file.write, kept)
        await self._written()
        self._writing.result()

    async def _written(self) -> None:
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_PATIENCE_S)
        self._hangs = not self._writing_done()
        if self._hangs:
            raise TimeoutError("the disk does not answer")

    def _writing_done(self) -> bool:
        return self._writing is None or self._writing.done()


def must_keep(before: Household, after: Household) -> bool:
    """Whether more than the passing of time, and of life, lies between the two."""
    return after != replace(
        before,
        clock=after.clock,
        counted=after.counted,
        watched=after.watched,
        watch=after.watch,
        blind_since=after.blind_since,
        last_sign=after.last_sign,
        silent_since=after.silent_since,
    )
