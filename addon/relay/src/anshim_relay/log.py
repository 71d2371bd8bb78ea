"""JSON lines on standard output, in words that are the same everywhere and name no person."""

from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
import logging
import sys
import traceback
from typing import override

import orjson


class Level(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


type Fact = str | int | float | bool | None

# The latest that was no mere information, for the report that a technician takes along.
noteworthy: deque[str] = deque(maxlen=60)


def write(level: Level, what: str, /, **facts: Fact) -> None:
    write_all(level, what, [facts])


def write_all(level: Level, what: str, several: Iterable[Mapping[str, Fact]]) -> None:
    """A line of each, handed on together."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    same = {"at": at, "level": level, "what": what}
    lines = [orjson.dumps({**same, **facts}).decode() for facts in several]
    if level is not Level.INFO:
        noteworthy.extend(lines)
    # Nobody may be able to read any more, on a full disk for one; a call for help still goes out.
    with suppress(OSError):
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()


def info(what: str, /, **facts: Fact) -> None:
    write(Level.INFO, what, **facts)


def warning(what: str, /, **facts: Fact) -> None:
    write(Level.WARNING, what, **facts)


def error(what: str, /, **facts: Fact) -> None:
    write(Level.ERROR, what, **facts)


def critical(what: str, /, **facts: Fact) -> None:
    write(Level.CRITICAL, what, **facts)


def bug(what: str, error: Exception) -> None:
    """An error nobody foresaw, with the way to it but without the values on the way."""
    write(
        Level.CRITICAL, what, error=type(error).__name__, path=path_to(error), do="report this line"
    )


def path_to(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames)


class Libraries(logging.Handler):
    """What libraries complain of, by its kind alone.

    Their own words quote what a stranger or a home has sent: the token of the house, too.
    """

    @override
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        line = f"{record.module}:{record.lineno}"
        facts: dict[str, Fact] = {"library": record.name, "line": line}
        if error is not None:
            facts |= {"error": type(error).__name__, "path": path_to(error)}
        write(Level.ERROR if record.levelno >= logging.ERROR else Level.WARNING, "library", **facts)


def speak_for_libraries() -> None:
    """Before anything else is done: nothing but lines of JSON leaves the program."""
    logging.basicConfig(handlers=[Libraries()], level=logging.WARNING, force=True)
