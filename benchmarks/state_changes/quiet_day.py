"""What runs in a home on a day on which no device says anything: every timer, by whose it is.

Polling would show here: whoever asks again and again has a timer that falls due again and again.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from homeassistant.core import HassJob
from homeassistant.util import dt as dt_util

from benchmarks.state_changes.stand import running, settled, with_household
from benchmarks.state_changes.virtual_time import VirtualTime
from custom_components.anshim_knock.alarm import Alarm
from custom_components.anshim_knock.coordinator import HouseholdCoordinator
from custom_components.anshim_knock.logic.decide import next_deadline

HOURS = 24
# So long that nothing of the ladder falls due.
_PATIENT = {"limit_hours": 72}
_STEP_S = 5.0
_ALARM = Alarm._rings.__qualname__  # noqa: SLF001 -- how the loop knows it
AT_DEADLINE, LOOK = "our alarm, at a deadline", "our alarm, with nothing due"


async def timers(hours: float, *, household: bool) -> Counter[str]:
    """How often each timer fell due, by name."""
    clock = VirtualTime()
    async with running(clock) as hass:
        entry = await with_household(hass, **_PATIENT) if household else None
        home = None if entry is None else entry.runtime_data
        with _counted(asyncio.get_running_loop(), home) as found:
            for _ in range(int(hours * 3600 / _STEP_S)):
                clock.passed += _STEP_S
                await settled(hass)
    return found


@contextmanager
def _counted(
    loop: asyncio.AbstractEventLoop, home: HouseholdCoordinator | None
) -> Iterator[Counter[str]]:
    """Of the timers that are set meanwhile."""
    found, call_at = Counter[str](), loop.call_at

    def counting(when: float, callback: Callable[..., Any], *args: Any, **more: Any) -> Any:
        name = _name_of(callback, args)

        def due(*given: Any) -> None:
            found[name if name != _ALARM else _why(home)] += 1
            callback(*given)

        return call_at(when, due, *args, **more)

    vars(loop)["call_at"] = counting
    try:
        yield found
    finally:
        del vars(loop)["call_at"]


def _why(home: HouseholdCoordinator | None) -> str:
    """What our one timer rings for."""
    if home is None:
        return LOOK
    due = next_deadline(home.state, home.settings), home.outfit.tracker.next_change()
    now = dt_util.utcnow()
    return AT_DEADLINE if any(at is not None and at <= now for at in due) else LOOK


def _name_of(callback: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """Home Assistant's helpers carry what they were asked to call beside them."""
    job = next((arg for arg in args if isinstance(arg, HassJob)), None)
    target: Any = callback if job is None else job.target
    while isinstance(target, partial):
        target = target.func
    name = str(getattr(target, "__qualname__", target))
    if job is None or not name.startswith("_Track"):
        return name
    # What comes back again and again is one helper's, whoever asked for it.
    return str(job.name).partition(":")[0]


def quiet_day(hours: float = HOURS) -> str:
    """As a table that can stand in the documentation."""
    alone = asyncio.run(timers(hours, household=False))
    ours = asyncio.run(timers(hours, household=True)) - alone
    lines = [f"Without a word of any device, in {hours:g} h:", "", "| ran | times |", "|---|--:|"]
    lines += [f"| {name} | {times} |" for name, times in ours.most_common()]
    return "\n".join([*lines, "", f"Home Assistant alone: {alone.total()} timers."])
