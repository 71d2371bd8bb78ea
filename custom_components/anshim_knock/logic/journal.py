"""The household's diary of signs: what was seen of which source, and what could be seen, and when.

A value and its compact text. `journal` keeps it on the disk; the rhythm learns from it. One line is
one block, written at once and checked by a sum of its own, so damage costs one block:

    SUM UNTIL FIRST =SOURCE MARK+SECONDS MARK+SECONDS =SOURCE MARK+SECONDS ...

Times are seconds: `UNTIL` (up to which everything is in) and `FIRST` since the epoch, every other
one since the one before of the same block, in base 36. A source is named once in a block.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
import re
from zlib import crc32


class Mark(StrEnum):
    """What was noted. Each is one letter in the text."""

    ACTIVITY = "activity"
    LIVE = "live"
    LATE = "late"
    LOST = "lost"
    # What it did before went on by itself; or a technician says that it was a person after all.
    GHOST = "ghost"
    BELIEVED = "believed"
    # The watch went away at the moment up to which we know of it, and was resumed.
    STOPPED = "stopped"
    STARTED = "started"
    AWAY = "away"
    HOME = "home"
    GUEST = "guest"
    # A person says that the longer silences of late are how life is now.
    ACCEPTED = "accepted"


_LETTERS = {
    Mark.ACTIVITY: "a",
    Mark.LIVE: "v",
    Mark.LATE: "t",
    Mark.LOST: "x",
    Mark.GHOST: "o",
    Mark.BELIEVED: "b",
    Mark.STOPPED: "p",
    Mark.STARTED: "s",
    Mark.AWAY: "w",
    Mark.HOME: "h",
    Mark.GUEST: "g",
    Mark.ACCEPTED: "c",
}
_MARKS = {letter: mark for mark, letter in _LETTERS.items()}
# A mark of the whole home.
HOUSEHOLD = "-"
_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
# No block is longer: a whole busy day fits, a file that is no journal does not.
MOST_ENTRIES = 20_000
# Within this the same hand does the same thing.
ONE_HAND = timedelta(seconds=10)
# A verdict is made of the last ten days with starts; a machine may stand still at weekends. What
# stood on the same plug before that may have been a kettle.
GHOST_BEFORE = timedelta(days=14)


class DamagedError(ValueError):
    """A line that was not written whole, or not by us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One note, to the second. `source` is the subentry's id, or `HOUSEHOLD`."""

    at: datetime
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What was written at once. `until`: nothing of before is missing."""

    until: datetime
    entries: tuple[Entry, ...]


def line_of(block: Block) -> str:
    """The block as one line, without its end. Entries come back by source, then by time."""
    body = " ".join(_words(block))
    return f"{crc32(body.encode()):08x} {body}"


def block_of(line: str) -> Block:
    """What `line_of` wrote. Raises `DamagedError`."""
    total, _, body = line.partition(" ")
    if total != f"{crc32(body.encode()):08x}":
        raise DamagedError("the sum does not match")
    words = body.split(" ")
    try:
        until = _moment(words[0])
        return Block(until=until, entries=tuple(_entries(words[1:])))
    except (IndexError, KeyError, OverflowError, ValueError) as err:
        raise DamagedError(str(err)) from err


def says_something(before: Entry | None, entry: Entry) -> bool:
    """Whether an entry after the one before of its source is worth its place."""
    if before is None or entry.mark is not Mark.ACTIVITY or before.mark is not Mark.ACTIVITY:
        return True
    return not timedelta(0) <= entry.at - before.at < ONE_HAND


def without_ghosts(entries: Sequence[Entry]) -> list[Entry]:
    """In their order, without the signs of what was known soon afterwards to go on by itself."""
    found: dict[str, list[datetime]] = {}
    for entry in entries:
        if entry.mark is Mark.GHOST:
            found.setdefault(entry.source, []).append(entry.at)
        elif entry.mark is Mark.BELIEVED:
            found.pop(entry.source, None)
    return [entry for entry in entries if not _was_a_ghosts(entry, found)]


def _was_a_ghosts(entry: Entry, found: Mapping[str, Sequence[datetime]]) -> bool:
    return entry.mark is Mark.ACTIVITY and any(
        timedelta(0) <= at - entry.at <= GHOST_BEFORE for at in found.get(entry.source, ())
    )


def gaps(entries: Iterable[Entry]) -> Iterator[tuple[datetime, datetime]]:
    """When nobody watched: from each stop to the start after it."""
    stopped: datetime | None = None
    for entry in sorted(entries, key=lambda e: e.at):
        if entry.mark is Mark.STOPPED and stopped is None:
            stopped = entry.at
        elif entry.mark is Mark.STARTED and stopped is not None:
            yield stopped, entry.at
            stopped = None


def in_order(entry: Entry) -> tuple[datetime, bool]:
    """By time; at the same moment somebody must watch before anything can be seen."""
    return entry.at, entry.source != HOUSEHOLD


def whole_second(at: datetime) -> datetime:
    """As the journal counts: what is noted is at once what will be read again."""
    return at.replace(microsecond=0)


def _words(block: Block) -> Iterator[str]:
    yield _base36(_seconds(block.until))
    ordered = sorted(block.entries, key=lambda e: (e.source, e.at))
    if not ordered:
        return
    last = _seconds(min(e.at for e in ordered))
    yield _base36(last)
    for source, entries in groupby(ordered, key=attrgetter("source")):
        yield f"={source}"
        for entry in entries:
            at = _seconds(entry.at)
            yield _LETTERS[entry.mark] + _signed(at - last)
            last = at


def _entries(words: list[str]) -> Iterator[Entry]:
    if not words:
        return
    if len(words) > 2 * MOST_ENTRIES:
        raise ValueError("too long")
    last, source = int(words[0], 36), ""
    for word in words[1:]:
        if word.startswith("="):
            source = word[1:]
        elif not _NAME.fullmatch(source):
            raise ValueError(f"no source: {source}")
        else:
            last += int(word[1:], 36)
            yield Entry(at=_EPOCH + last * _SECOND, source=source, mark=_MARKS[word[:1]])


def _seconds(at: datetime) -> int:
    return (at - _EPOCH) // _SECOND


def _moment(word: str) -> datetime:
    return _EPOCH + int(word, 36) * _SECOND


def _signed(number: int) -> str:
    return f"-{_base36(-number)}" if number < 0 else _base36(number)


def _base36(number: int) -> str:
    if number < 0:
        return _signed(number)
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if number == 0:
            return digits
