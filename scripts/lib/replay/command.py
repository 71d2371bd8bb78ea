"""What `scripts/replay` does: answers line by line, or tells the story of a whole log."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
import csv
from datetime import UTC, datetime
import gzip
from itertools import islice
from math import isfinite, isinf, nan
from operator import attrgetter
from pathlib import Path
import sys
from typing import TextIO

from custom_components.anshim_knock.logic.rhythm import Rhythm, Rung
from custom_components.anshim_knock.logic.rhythm.backtest import (
    Backtest,
    Limit,
    Sign,
    backtest,
    feed,
)
from custom_components.anshim_knock.logic.rhythm.fixed import Fixed
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR
from custom_components.anshim_knock.logic.rhythm.risk import Item, limit as limit_by_risk

from .home import KINDS, Home, Line

_COLUMNS = ("ts", "sensor", "kind", "value")
# The end of the year 9999.
_LATEST = 253402300800.0


class NoEventError(ValueError):
    """Something that is no sign of life and no presence. Says where, and what is wrong."""


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(prog="scripts/replay", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="ts,sensor,kind,value; .gz or plain")
    parser.add_argument("--stdin", action="store_true", help="answer `E t sensor kind value` lines")
    parser.add_argument("--limit", default="learned", help="learned, hours, or risk:0 to risk:5")
    parser.add_argument("--rung", default=Rung.CALL, type=Rung, choices=list(Rung))
    parser.add_argument("--warm-up", default=14.0, type=float, help="days that only teach")
    given = parser.parse_args(arguments)
    if given.stdin is (given.file is not None):
        parser.error("give either a FILE or --stdin")
    try:
        limit = limit_named(given.limit)
    except ValueError as err:
        parser.error(str(err))
    try:
        if given.stdin:
            answer(limit, given.rung, sys.stdin, sys.stdout)
        else:
            tell(backtest(limit, signs_of(given.file), given.rung, warm_up=given.warm_up * DAY))
    except (NoEventError, OSError, UnicodeDecodeError) as err:
        print(f"scripts/replay: {err}", file=sys.stderr)
        return 2
    return 0


def limit_named(name: str) -> Limit:
    """Raises `ValueError` for a limit that the integration does not know."""
    if name == "learned":
        return Rhythm()
    kind, _, number = name.rpartition(":")
    if kind == "risk" and number.isdecimal() and int(number) <= len(Item):
        return Fixed(limit=limit_by_risk([*islice(Item, int(number))]))
    hours = float(name)
    if not hours > 0:
        raise ValueError(f"no limit: {name}")
    return Fixed(limit=hours * HOUR)


def answer(limit: Limit, rung: Rung, lines: Iterable[str], out: TextIO) -> None:
    """One line of answer for each line of question, at once. Blank lines are not answered.

    A line that is no event ends it: an answer after a misread one would be about another home.
    """
    home = Home()
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        for sign in home.signs(_asked(number, text)):
            feed(limit, sign)
        at = limit.deadline(rung).at
        out.write("inf\n" if isinf(at) else f"{at:.3f}\n")
        out.flush()


def _asked(number: int, text: str) -> Line:
    match text.split():
        case ["E", at, sensor, kind, value]:
            return _line(number, _seconds(number, at), sensor, kind, value)
        case _:
            raise NoEventError(f"line {number}: not `E t sensor kind value`: {text.strip()!r}")


def signs_of(path: Path) -> Iterator[Sign]:
    home = Home()
    for line in sorted(lines_of(path), key=attrgetter("at")):
        yield from home.signs(line)


def lines_of(path: Path) -> Iterator[Line]:
    read = gzip.open if path.suffix == ".gz" else open
    with read(path, "rt", encoding="utf-8") as log:
        rows = csv.DictReader(log)
        if not set(_COLUMNS) <= set(rows.fieldnames or ()):
            raise NoEventError(f"{path}: the first line must be {','.join(_COLUMNS)}")
        for row in rows:
            number = rows.line_num
            if None in row.values():
                raise NoEventError(f"line {number}: {len(_COLUMNS)} columns are needed")
            at = _moment(number, row["ts"])
            yield _line(number, at, row["sensor"], row["kind"], row["value"])


def _line(number: int, at: float, sensor: str, kind: str, value: str) -> Line:
    if kind not in KINDS:
        raise NoEventError(f"line {number}: no kind {kind!r}, only {', '.join(KINDS)}")
    try:
        amount = float(value)
    except ValueError:
        amount = nan
    if not isfinite(amount):
        raise NoEventError(f"line {number}: no value: {value!r}")
    return Line(at, sensor, kind, amount)


def _seconds(number: int, text: str) -> float:
    try:
        at = float(text)
    except ValueError:
        at = nan
    if not abs(at) < _LATEST:
        raise NoEventError(f"line {number}: no time in seconds: {text!r}")
    return at


def _moment(number: int, text: str) -> float:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise NoEventError(f"line {number}: no local time: {text!r}") from None


def tell(found: Backtest) -> None:
    for alarm in found.alarms:
        silent = (alarm.until - alarm.at) / HOUR
        print(f"{_time(alarm.at)}  {alarm.why}, last {alarm.after}, life {silent:.1f} h later")
    print(f"{found.days:.0f} days judged: {len(found.alarms)} needless alarms")
    if found.delays:
        print(
            f"a collapse would be noticed after {found.delay(0.5) / HOUR:.1f} h (median), "
            f"{found.delay(0.95) / HOUR:.1f} h (worst in 20), "
            f"{found.delays[-1] / HOUR:.1f} h (worst)"
        )


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
