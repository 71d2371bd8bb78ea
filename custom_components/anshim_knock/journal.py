"""Keeps the household's journal on the disk: a file a day, appended to, ninety of them.

The tracker and the coordinator note; a block is written at most every quarter of an hour and when
the household stops. A power cut or a kill costs at most what came since, and the gap is noted with
it: the next start says up to when everything is in. The rhythm reads.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
import logging
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import write_utf8_file_atomic

from .const import DOMAIN
from .logic.journal import (
    HOUSEHOLD,
    Block,
    DamagedError,
    Entry,
    Mark,
    block_of,
    in_order,
    line_of,
    says_something,
    whole_second,
    without_ghosts,
)

_LOGGER = logging.getLogger(__name__)

KEPT = timedelta(days=90)
WRITE_EVERY = timedelta(minutes=15)
# A home in which nothing happens says at least so.
_SAY_NOTHING_EVERY = timedelta(hours=1)
# Bounds a day whatever a broken sensor does: beyond it nothing more of that day is kept.
_MOST_BYTES_A_DAY = 128 * 1024
# What waits for a disk that fails: a day of a busy home.
_MOST_WAITING = 5000
_ENDING = ".log"
_DAMAGED = ".damaged"
# Of what Home Assistant recorded before the journal began; no day's file.
_PAST = "past"


def journal_path(hass: HomeAssistant, entry_id: str) -> Path:
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.journal"))


class JournalFiles:
    """Used in the executor only, one call at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, block: Block) -> None:
        """To the day of its end. Raises `OSError`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._file(block.until.date())
        new = not file.exists()
        text = line_of(block) + "\n"
        if not new and file.stat().st_size + len(text) > _MOST_BYTES_A_DAY:
            return
        with file.open("a", encoding="ascii") as stream:
            # A line that a power cut tore must not swallow this one.
            stream.write(text if new else f"\n{text}")
        if new:
            self._forget(block.until)

    def blocks(self, since: datetime, until: datetime) -> Iterator[Block]:
        """What is readable. A day with damage is copied aside once, and the rest of it used."""
        if (past := self._folder / _PAST).exists():
            yield from self._read(past)
        for file in sorted(self._folder.glob(f"*{_ENDING}")):
            day = _day_of(file)
            if day is not None and since.date() <= day <= until.date():
                yield from self._read(file)

    def last(self, now: datetime) -> Block | None:
        """The newest of the past."""
        for file in sorted(self._folder.glob(f"*{_ENDING}"), reverse=True):
            day = _day_of(file)
            if day is None or day > now.date():
                continue
            blocks = [b for b in self._read(file) if b.until <= now]
            if blocks:
                return max(blocks, key=lambda block: block.until)
        return None

    def began(self) -> datetime | None:
        """Its own first entry, not that of the past it was given."""
        for file in sorted(self._folder.glob(f"*{_ENDING}")):
            entries = [e.at for block in self._read(file) for e in block.entries]
            if entries:
                return min(entries)
        return None

    def past(self) -> list[Entry]:
        """What was there before its own beginning."""
        file = self._folder / _PAST
        if not file.exists():
            return []
        return [entry for block in self._read(file) for entry in block.entries]

    def put_past(self, entries: Iterable[Entry]) -> None:
        """In the place of the past it had. Raises `OSError`."""
        days = groupby(sorted(entries, key=in_order), key=lambda entry: entry.at.date())
        blocks = [tuple(of_day) for _, of_day in days]
        lines = [line_of(Block(until=block[-1].at, entries=block)) for block in blocks]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_utf8_file_atomic(str(self._folder / _PAST), "\n".join(lines), private=True)

    def remove(self) -> None:
        """Nothing of it stays."""
        if self._folder.is_dir():
            for file in self._folder.iterdir():
                file.unlink(missing_ok=True)
            self._folder.rmdir()

    def _read(self, file: Path) -> Iterator[Block]:
        damaged = 0
        try:
            content = file.read_bytes()
        except OSError as err:
            _LOGGER.warning("%s of the journal cannot be read, the rest is used: %s", file, err)
            return
        for line in content.decode("ascii", errors="replace").split("\n"):
            if not line:
                continue
            try:
                yield block_of(line)
            except DamagedError:
                damaged += 1
        if damaged:
            self._put_aside(file, damaged)

    def _put_aside(self, file: Path, damaged: int) -> None:
        aside = file.with_suffix(_DAMAGED)
        if aside.exists():
            return
        _LOGGER.warning("%d lines of the journal of %s cannot be read", damaged, file.stem)
        try:
            aside.write_bytes(file.read_bytes())
        except OSError as err:
            _LOGGER.warning("They cannot be copied aside: %s", err)

    def _forget(self, now: datetime) -> None:
        """What is too old, and what a clock that was not set has put into the future."""
        oldest, newest = (now - KEPT).date(), (now + timedelta(days=1)).date()
        for file in [*self._folder.glob(f"*{_ENDING}"), *self._folder.glob(f"*{_DAMAGED}")]:
            day = _day_of(file)
            if day is None or not oldest <= day <= newest:
                file.unlink(missing_ok=True)
        if max((entry.at.date() for entry in self.past()), default=newest) < oldest:
            (self._folder / _PAST).unlink(missing_ok=True)

    def _file(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}{_ENDING}"


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
        entry = Entry(at=whole_second(at), source=source, mark=mark)
        if says_something(self._last.get(source), entry):
            self._last[source] = entry
            self._waiting.append(entry)
            for listener in self._listeners:
                listener(entry)

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


def _day_of(file: Path) -> date | None:
    try:
        return date.fromisoformat(file.stem)
    except ValueError:
        return None
