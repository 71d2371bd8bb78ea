"""`python -m benchmarks.state_changes [CHANGES]`: a year of a busy home in a real event loop.

The same reports go through Home Assistant twice, without the household and with it. The
difference is ours: all of it, also what runs later in the loop because of a change. It is the
loop's own time on a processor, so that neighbours on the machine do not count. A year has a
million changes unless another number is given.

Not in it: what the executor does (files), the link to the relay, and timers that fall due between
two changes.
"""

from array import array
import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
import logging
from pathlib import Path
from statistics import fmean, median, quantiles
import sys
import tempfile
from time import thread_time_ns
from types import MappingProxyType
from unittest.mock import patch

# Before Home Assistant's test plugin puts a store in place that keeps nothing.
import custom_components.anshim_knock  # isort: skip
from aiohttp import ThreadedResolver
from homeassistant import loader
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import aiohttp_client
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from benchmarks.state_changes.busy_home import FRONT_DOOR, SOURCES, Report, reports
from benchmarks.state_changes.virtual_time import VirtualTime
from custom_components.anshim_knock.relay.link import RelayLink
from tests.integration.fake_relay import FakeRelay
from tests.integration.flows import household_entry
from tests.integration.house import HOUSEHOLD, TOKEN

CHANGES = 1_000_000
LIMIT_US, LIMIT_MB_A_DAY = 30.0, 2.0
_PAGE = 4096
_OURS = Path(custom_components.anshim_knock.__file__)
_CHECKPOINTS = 12
# Of the loop: as many as a sign of life needs to be decided, kept, shown and armed for.
_TURNS = 6
# Files in memory, where there is such a place: a card's patience is not what is measured.
_FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- a folder of our own in it


class _Resolver(ThreadedResolver):
    """With the ending that Home Assistant gives its own."""

    real_close = ThreadedResolver.close


@dataclass(kw_only=True)
class Run:
    """Nanoseconds of every change, and what the process held and wrote on the way."""

    took: array[int] = field(default_factory=lambda: array("q"))
    resident_mb: list[float] = field(default_factory=list)
    written: int = 0


async def run(changes: int, *, household: bool) -> Run:
    """One year, with or without us."""
    clock, found = VirtualTime(), Run()
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder, ExitStack() as stack:
        Path(folder, "custom_components").symlink_to(_OURS.parents[1])  # noqa: ASYNC240 -- nothing runs yet
        async with async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            # Home Assistant's own would look for names by multicast; nobody is asked here.
            stack.enter_context(
                patch.object(aiohttp_client, "_async_make_resolver", return_value=_Resolver())
            )
            # A request lasts hours of this clock. What the link does has a pace of its own anyway.
            stack.enter_context(patch.object(RelayLink, "start"))
            stack.enter_context(clock.everywhere())
            await _live(hass, clock, found, changes, household=household)
            await hass.async_stop(force=True)
    return found


async def _live(
    hass: HomeAssistant, clock: VirtualTime, found: Run, changes: int, *, household: bool
) -> None:
    _first_states(hass)
    if household:
        entry = household_entry(FakeRelay(HOUSEHOLD, TOKEN))
        await hass.config_entries.async_add(entry)
        for role, name in SOURCES:
            hass.config_entries.async_add_subentry(entry, _source(role, name))
        await _settled(hass)
    written = _written()
    for number, report in enumerate(reports(changes)):
        # What the disk was asked for, and what is due by then, is not the price of this change.
        await _settled(hass)
        clock.passed += report.after
        await _settled(hass)
        found.took.append(await _one(hass, report))
        if number % (changes // _CHECKPOINTS) == 0:
            found.resident_mb.append(_resident_mb())
    found.written = _written() - written


def _source(role: str, name: str) -> ConfigSubentry:
    data = {
        "role": role,
        "entity": name,
        "tested": "2026-01-04T00:00:00+00:00",
        "tested_device": name,
    }
    return ConfigSubentry(
        data=MappingProxyType(data), subentry_type="source", title=name, unique_id=name
    )


def _first_states(hass: HomeAssistant) -> None:
    for _, name in SOURCES:
        is_number = name.startswith("sensor.")
        hass.states.async_set(name, "0" if is_number else "off")
    hass.states.async_set(FRONT_DOOR, "off")


async def _one(hass: HomeAssistant, report: Report) -> int:
    begin = thread_time_ns()
    hass.states.async_set(report.entity_id, report.state)
    await _done(hass)
    return thread_time_ns() - begin


async def _done(_: HomeAssistant) -> None:
    """What the change began on the loop; a disk that works meanwhile is not waited for."""
    for _turn in range(_TURNS):
        await asyncio.sleep(0)


async def _settled(hass: HomeAssistant) -> None:
    """Timers that are due, and what the disk was asked for."""
    for _turn in range(_TURNS):
        await asyncio.sleep(0)
    # What is under way in Home Assistant is known nowhere else.
    while waiting := [*hass._tasks, *filter(_in_executor, hass._background_tasks)]:  # noqa: SLF001
        await asyncio.wait(waiting)


def _in_executor(task: asyncio.Future[object]) -> bool:
    return not isinstance(task, asyncio.Task)


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6


def _written() -> int:
    """Bytes that this process gave to write calls, whether they reached a disk or not."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("wchar")).split()[1])


def report_of(changes: int, before: Run, after: Run) -> str:
    """As a table that can stand in the documentation."""
    days = changes / (CHANGES / 365)
    ours = [b - a for a, b in zip(before.took, after.took, strict=True)]
    by_kind: dict[str, list[int]] = {}
    for report, took in zip(reports(changes), ours, strict=True):
        by_kind.setdefault(report.kind, []).append(took)
    rows = [("all", ours), *sorted(by_kind.items())]
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}: {changes} changes, {days:.0f} days, {len(SOURCES)} sources",
        "",
        "| change | share | median µs | mean µs | 99 % µs |",
        "|---|---|---|---|---|",
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
        "Memory over the year, MB: " + " ".join(f"{mb:.0f}" for mb in after.resident_mb),
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    logging.disable(logging.WARNING)
    changes = int(arguments[0]) if arguments else CHANGES
    before = asyncio.run(run(changes, household=False))
    after = asyncio.run(run(changes, household=True))
    print(report_of(changes, before, after))
    ours = [b - a for a, b in zip(before.took, after.took, strict=True)]
    return int(median(ours) / 1e3 > LIMIT_US)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
