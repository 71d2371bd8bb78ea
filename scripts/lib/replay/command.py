"""What `scripts/replay` does: answers line by line, or tells the story of a whole log."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
import csv
from datetime import UTC, datetime
import gzip
from itertools import islice
from math import isinf
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

from .home import Home, Line


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
    except (KeyError, OSError, ValueError) as err:
        print(f"scripts/replay: no such log: {err!r}", file=sys.stderr)
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
    """One line of answer for each line of question, at once."""
    home = Home()
    for text in filter(str.strip, lines):
        for sign in home.signs(_asked(text)):
            feed(limit, sign)
        at = limit.deadline(rung).at
        out.write("inf\n" if isinf(at) else f"{at:.3f}\n")
        out.flush()


def _asked(text: str) -> Line:
    mark, at, sensor, kind, value = text.split()
    if mark != "E":
        raise ValueError(f"no event: {text!r}")
    return Line(float(at), sensor, kind, float(value))


def signs_of(path: Path) -> Iterator[Sign]:
    home = Home()
    for line in sorted(lines_of(path), key=attrgetter("at")):
        yield from home.signs(line)


def lines_of(path: Path) -> Iterator[Line]:
    read = gzip.open if path.suffix == ".gz" else open
    with read(path, "rt", encoding="utf-8") as log:
        for row in csv.DictReader(log):
            at = datetime.fromisoformat(row["ts"]).replace(tzinfo=UTC).timestamp()
            yield Line(at, row["sensor"], row["kind"], float(row["value"]))


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
