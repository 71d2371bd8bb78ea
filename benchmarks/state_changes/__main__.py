"""`python -m benchmarks.state_changes [CHANGES]`: a year of a busy home in a real event loop.

The same reports go through Home Assistant twice, without the household and with it. The
difference is ours: all of it, also what runs later in the loop because of a change. It is the
loop's own time on a processor, so that neighbours on the machine do not count. Then a day on which
no device says anything shows what runs by itself.

Not in it: what the executor does (files), the link to the relay, and timers that fall due between
two changes.
"""

import argparse
from array import array
import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
import gc
import logging
import os
from pathlib import Path
import platform
from statistics import fmean, median, quantiles
import sys
from time import thread_time_ns

from homeassistant.core import HomeAssistant

from benchmarks.state_changes.busy_home import SOURCES, Report, reports
from benchmarks.state_changes.quiet_day import HOURS, quiet_day
from benchmarks.state_changes.stand import running, settled, turned, with_household
from benchmarks.state_changes.virtual_time import VirtualTime

A_YEAR = 1_000_000
LIMIT_US, LIMIT_MB_A_DAY = 30.0, 2.0
_PAGE = 4096
_CHECKPOINTS = 12


@dataclass(kw_only=True)
class Run:
    """Nanoseconds of every change, and what the process held and wrote on the way."""

    took: array[int]
    resident_mb: list[float] = field(default_factory=list)
    written: int = 0


async def run(changes: int, *, household: bool) -> Run:
    """So many changes, with or without us."""
    # Its own list is not to grow on the way: what the process holds is measured.
    clock, found = VirtualTime(), Run(took=array("q", [0]) * changes)
    async with running(clock) as hass:
        if household:
            await with_household(hass)
        written = _written()
        for number, report in enumerate(reports(changes)):
            # What the disk was asked for, and what is due by then, is not the price of this change.
            await settled(hass)
            clock.passed += report.after
            await settled(hass)
            found.took[number] = await _one(hass, report)
            if number % (changes // _CHECKPOINTS) == 0:
                gc.collect()
                found.resident_mb.append(_resident_mb())
        found.written = _written() - written
    return found


async def _one(hass: HomeAssistant, report: Report) -> int:
    begin = thread_time_ns()
    hass.states.async_set(report.entity_id, report.state)
    await turned()
    return thread_time_ns() - begin


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6


def _written() -> int:
    """Bytes that this process gave to write calls, whether they reached a disk or not."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("wchar")).split()[1])


def report_of(changes: int, before: Run, after: Run) -> str:
    """As a table that can stand in the documentation."""
    days = changes / (A_YEAR / 365)
    ours = [b - a for a, b in zip(before.took, after.took, strict=True)]
    by_kind: dict[str, list[int]] = {}
    for report, took in zip(reports(changes), ours, strict=True):
        by_kind.setdefault(report.kind, []).append(took)
    rows = [("all", ours), *sorted(by_kind.items())]
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()} with {os.cpu_count()} cores:",
        f"{changes} changes, {days:.0f} days of a busy home, {len(SOURCES)} sources.",
        "",
        "| change | share | median µs | mean µs | 99 % µs |",
        "|---|--:|--:|--:|--:|",
    ]
    for kind, took in rows:
        tail = quantiles(took, n=100)[98]
        lines.append(
            f"| {kind} | {len(took) / changes:.0%} | {median(took) / 1e3:.1f} "
            f"| {fmean(took) / 1e3:.1f} | {tail / 1e3:.1f} |"
        )
    megabytes = (after.written - before.written) / days / 1e6
    lines += [
        "",
        f"Home Assistant alone takes {median(before.took) / 1e3:.1f} µs (median).",
        f"Written: {megabytes:.2f} MB a day (limit {LIMIT_MB_A_DAY}).",
        f"Memory at {_CHECKPOINTS} moments of these {days:.0f} days, MB:",
        "  with the household " + _row(after.resident_mb),
        "  without            " + _row(before.resident_mb),
    ]
    return "\n".join(lines)


def _row(values: list[float]) -> str:
    return " ".join(f"{value:.1f}" for value in values[:_CHECKPOINTS])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.state_changes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "changes", type=int, nargs="?", default=A_YEAR, help="a year has a million (the default)"
    )
    parser.add_argument(
        "--quiet-hours", type=float, default=HOURS, help="how long no device says anything (24)"
    )
    given = parser.parse_args(arguments)
    changes: int = given.changes
    if changes < 100 * _CHECKPOINTS:
        parser.error("fewer changes say nothing")
    logging.disable(logging.WARNING)
    before = asyncio.run(run(changes, household=False))
    after = asyncio.run(run(changes, household=True))
    print(report_of(changes, before, after), "", quiet_day(given.quiet_hours), sep="\n")
    ours = [b - a for a, b in zip(before.took, after.took, strict=True)]
    return int(median(ours) / 1e3 > LIMIT_US)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
