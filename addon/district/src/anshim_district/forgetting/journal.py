"""The journal of erasures: a file beside the database that a restore of the database does not undo.

One line for each erased household: a mark of its pseudonym (never the pseudonym), and the public
keys of its kits, by which their late messages are known. A line is on the disk before anything is
erased; whoever restores an old backup erases again by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
import fcntl
import os
from pathlib import Path
from typing import Final

import msgspec

from ..keys import write_private

_FOREIGN: Final = (
    "The journal of erasures {path} is not this database's own. Lay back the one that was kept "
    "with it, or name it in the option erasure_journal."
)
_BEHIND: Final = (
    "The journal of erasures {path} is older than the database, which knows of {n} more. Lay the "
    "newest copy of it back, or run this program once with `new-journal`: what both know is kept."
)
_DAMAGED: Final = "Line {n} of the journal of erasures {path} is damaged. Lay its copy back."
_UNREADABLE: Final = "The journal of erasures {path} cannot be used: {why}. Nothing was erased."


class JournalError(Exception):
    """The journal cannot be used; says why, and what to do."""


class ErasedKit(msgspec.Struct, frozen=True, kw_only=True):
    kit: str
    kid: str
    x: str


class Tombstone(msgspec.Struct, frozen=True, kw_only=True, tag="erased"):
    mark: str
    at: datetime
    by: str
    asked_by: str
    kits: tuple[ErasedKit, ...] = ()


class _Begun(msgspec.Struct, frozen=True, kw_only=True, tag="journal"):
    """The first line. Marks are made with `id`, so that they compare with no other district's."""

    id: str


class _TakenBack(msgspec.Struct, frozen=True, kw_only=True, tag="taken_back"):
    """The database refused the erasure of this mark: its line counts no more."""

    mark: str


type _Line = _Begun | Tombstone | _TakenBack


@dataclass(frozen=True, slots=True)
class Journal:
    path: Path

    def opened(self, known: str | None) -> str:
        """Its id. `known`: as the database remembers it."""
        first = next(iter(self._lines()), None)
        if not isinstance(first, _Begun) or known not in {None, first.id}:
            raise JournalError(_FOREIGN.format(path=self.path))
        return first.id

    def begin(self, id_: str, stones: tuple[Tombstone, ...]) -> None:
        """Whole or not at all."""
        lines: tuple[_Line, ...] = (_Begun(id=id_), *stones)
        try:
            write_private(self.path, b"".join(_written(line) for line in lines))
        except OSError as error:
            raise self._unusable(error) from error

    def stones(self) -> list[Tombstone]:
        """What counts: of a mark its newest line, unless that was taken back."""
        standing: dict[str, Tombstone] = {}
        for line in self._lines():
            match line:
                case Tombstone():
                    standing[line.mark] = line
                case _TakenBack():
                    standing.pop(line.mark, None)
                case _Begun():
                    pass
        return list(standing.values())

    def stones_with(self, marks: set[str]) -> list[Tombstone]:
        """The same; refused where the database knows of erasures that are not in it."""
        stones = self.stones()
        if missing := marks - {stone.mark for stone in stones}:
            raise JournalError(_BEHIND.format(path=self.path, n=len(missing)))
        return stones

    def add(self, stone: Tombstone) -> None:
        self._append(stone)

    def take_back(self, mark: str) -> None:
        self._append(_TakenBack(mark=mark))

    def _append(self, line: _Line) -> None:
        """1. what a crash cut short goes  2. the new line  3. on the disk, or as it was before."""
        try:
            with _held(self.path) as descriptor:
                end, joint = _end_of(self.path.read_bytes())
                os.ftruncate(descriptor, end)
                try:
                    _write(descriptor, joint + _written(line), at=end)
                    os.fsync(descriptor)
                except OSError:
                    with suppress(OSError):
                        os.ftruncate(descriptor, end)
                    raise
        except OSError as error:
            raise self._unusable(error) from error

    def _lines(self) -> list[_Line]:
        try:
            parts = self.path.read_bytes().split(b"\n")
        except OSError as error:
            raise self._unusable(error) from error
        lines = [_read(part) for part in parts]
        # nothing was erased by a last line that a crash cut short: it is written first
        for n, line in enumerate(lines[:-1], 1):
            if line is None:
                raise JournalError(_DAMAGED.format(path=self.path, n=n))
        return [line for line in lines if line is not None]

    def _unusable(self, error: OSError) -> JournalError:
        return JournalError(_UNREADABLE.format(path=self.path, why=error.strerror))


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """Several workers write the same file."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _write(descriptor: int, content: bytes, *, at: int) -> None:
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], at + written)


def _written(line: _Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"


def _read(part: bytes) -> _Line | None:
    try:
        line: _Line = msgspec.json.decode(part, type=_Line)
    except msgspec.DecodeError, UnicodeDecodeError:
        return None
    return line


def _end_of(content: bytes) -> tuple[int, bytes]:
    """Where the last whole line ends, and what joins the next one to it."""
    last = content.rpartition(b"\n")[2]
    if _read(last) is not None:  # whoever copied the file by hand lost its last line break
        return len(content), b"\n"
    return len(content) - len(last), b""
