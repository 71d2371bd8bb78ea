"""Keeps the household's journal: what was seen of which source, for the rhythm to learn from.

The tracker and the coordinator note; a block is written at most every quarter of an hour and when
the household stops. A power cut or a kill costs at most what came since, and the gap is noted with
it: the next start says up to when everything is in. The rhythm reads.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
import logging

from homeassistant.core import HomeAssistant

from .journal_files import JournalFiles
from .logic.journal import (
    HOUSEHOLD,
    Block,
    Entry,
    Mark,
    in_order,
    says_something,
    whole_second,
    without_ghosts,
)

_LOGGER = logging.getLogger(__name__)

WRITE_EVERY = timedelta(minutes=15)
# A home in which nothing happens says at least so.
_SAY_NOTHING_EVERY = timedelta(hours=1)
# What waits for a disk that fails: a day of a busy home.
_MOST_WAITING = 5000


class Journal:
    """What is noted waits in memory until `keep`. Losing a write is no trouble of the household."""

    def __init__(self, hass: HomeAssistant, files: JournalFiles) -> None:
        self._hass = hass
        self._files = files
        self._waiting: list[Entry] = []
        self._last: dict[str, Entry] = {}
        self._kept_at: datetime | None = None
        self._writing = False
        self._listeners: list[Callable[[Entry], None]] = []

    def listen(self, listener: Callable[[Entry], None]) -> Callable[[], None]:
        """Hear of every entry when it is noted, until what is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def note(self, at: datetime, source: str, mark: Mark) -> None:
        """Raises nothing: who notes a sign of life, or a call for help, has yet to act on it."""
        try:
            self._note(at, source, mark)
        except Exception:
            _LOGGER.exception("Something cannot be noted in the journal")

    def _note(self, at: datetime, source: str, mark: Mark) -> None:
        entry = Entry(at=whole_second(at), source=source, mark=mark)
        if says_something(self._last.get(source), entry):
            self._last[source] = entry
            self._waiting.append(entry)
            for listener in self._listeners:
                self._tell(listener, entry)

    def _tell(self, listener: Callable[[Entry], None], entry: Entry) -> None:
        """Who learns from it may be at fault: the others hear of it all the same."""
        try:
            listener(entry)
        except Exception:
            _LOGGER.exception("What was noted in the journal cannot be learnt")

    async def resume(self, now: datetime) -> None:
        """From here on somebody watches again; and up to when somebody did before."""
        last = await self._hass.async_add_executor_job(self._files.last, now)
        if last is not None:
            self.note(last.until, HOUSEHOLD, Mark.STOPPED)
        self.note(now, HOUSEHOLD, Mark.STARTED)

    def move(self, since: datetime, by: timedelta) -> None:
        """The wall clock was set: what waits since then happened on its new scale."""
        self._waiting = [
            e if e.at < since else Entry(at=e.at + by, source=e.source, mark=e.mark)
            for e in self._waiting
        ]
        self._last.clear()

    def due(self, now: datetime) -> bool:
        if self._kept_at is None or now < self._kept_at:
            return True
        wait = WRITE_EVERY if self._waiting else _SAY_NOTHING_EVERY
        return now - self._kept_at >= wait

    async def keep(self, now: datetime) -> None:
        """Write what waits. What cannot be written waits on, but not for ever."""
        if self._writing:
            return
        block = Block(until=now, entries=tuple(self._waiting))
        self._writing = True
        try:
            await self._hass.async_add_executor_job(self._files.append, block)
        except OSError as err:
            _LOGGER.warning("The journal cannot be written: %s", err)
            self._waiting = self._waiting[-_MOST_WAITING:]
        else:
            self._waiting = self._waiting[len(block.entries) :]
            self._kept_at = now
        finally:
            self._writing = False

    async def read(self, since: datetime, until: datetime) -> list[Entry]:
        """Everything of a time, in its order, also what is not written yet.

        What was noted of a source before it was known for a ghost is left out: it was nobody.
        """
        waiting = list(self._waiting)
        return await self._hass.async_add_executor_job(self._entries, since, until, waiting)

    async def began(self, now: datetime) -> datetime:
        """Since when this household has kept it."""
        kept = await self._hass.async_add_executor_job(self._files.began)
        return min([e.at for e in self._waiting] + [kept or now])

    async def past(self) -> list[Entry]:
        return await self._hass.async_add_executor_job(self._files.past)

    async def put_past(self, entries: Iterable[Entry]) -> None:
        """What Home Assistant recorded before. Raises `OSError` or `WriteError`."""
        await self._hass.async_add_executor_job(self._files.put_past, list(entries))

    async def wipe(self) -> None:
        """The kit goes to another home."""
        self._waiting, self._kept_at = [], None
        self._last.clear()
        await self._hass.async_add_executor_job(self._files.remove)

    def _entries(self, since: datetime, until: datetime, waiting: list[Entry]) -> list[Entry]:
        # An entry lies in the file of the day on which it was written.
        blocks = self._files.blocks(since, until + timedelta(days=1))
        kept = [e for block in blocks for e in block.entries if since <= e.at < until]
        # What waited may have been written meanwhile.
        known = set(kept) if waiting else set()
        more = [e for e in waiting if since <= e.at < until and e not in known]
        return without_ghosts(sorted([*kept, *more], key=in_order))
