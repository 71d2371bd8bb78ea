"""The journal on the disk: a file a day, appended to, ninety of them, and one of the past before.

Used by `Journal`. What a power cut tore or a card spoilt is kept aside, and the rest is read.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
import logging
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import write_utf8_file_atomic

from .const import DOMAIN
from .logic.journal import Block, DamagedError, Entry, block_of, in_order, line_of

_LOGGER = logging.getLogger(__name__)

KEPT = timedelta(days=90)
# Bounds a day whatever a broken sensor does: beyond it nothing more of that day is kept.
_MOST_BYTES_A_DAY = 128 * 1024
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


def _day_of(file: Path) -> date | None:
    try:
        return date.fromisoformat(file.stem)
    except ValueError:
        return None
