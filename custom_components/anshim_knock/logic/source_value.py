"""One source of life signs as a value, and the same on its way to and from disk.

`source` has the rules. What is set up for a source lives with its subentry and is not stored here:
two copies could differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from .appliance import WATTS, Appliance, Marks
from .battery import KEPT, Battery
from .effects import Json
from .evidence import Via
from .ghost import GAPS, KEPT_DAYS, Day, Ghost, Habit, Slot
from .histogram import Counts, Scale
from .reporting import AGES, Reporting
from .stored import count, flag, iso, items, mapping, maybe, moment, number, seconds, span
from .words import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`weight` is its decayed number of activities as of `weighed`."""

    role: Role
    available: bool = False
    changed: datetime | None = None
    heard: datetime | None = None
    # Up to when it was heard before it or we were away, as long as it has said nothing since.
    heard_before: datetime | None = None
    last_activity: datetime | None = None
    weight: float = 0.0
    weighed: datetime | None = None
    running: bool | None = None
    # Set up, not learnt: the walk test's proof for this very device, and the technician's word
    # that it is no ghost.
    tested: datetime | None = None
    overruled: bool = False
    # What the radio says, as of the last evidence.
    via: Via | None = None
    check_in: timedelta | None = None
    link: int | None = None
    battery: float | None = None
    reachable: bool | None = None
    # Learnt.
    habit: Habit = field(default_factory=Habit)
    appliance: Appliance = field(default_factory=Appliance)
    reporting: Reporting = field(default_factory=Reporting)
    cell: Battery = field(default_factory=Battery)

    @property
    def ghost(self) -> bool:
        """Whether it goes on by itself: then its reports prove that it works, and nothing else."""
        return self.habit.found is not None and not self.overruled

    @property
    def shows_life(self) -> bool:
        """Whether it is an eye of the home: proved, and no ghost. A button shows nothing."""
        return self.role is not Role.BUTTON and self.tested is not None and not self.ghost


def moved(source: Source, since: datetime, by: timedelta) -> Source:
    """The wall clock was set: what happened since `since` is on its new scale, too."""

    def of(moment: datetime | None) -> datetime | None:
        return moment if moment is None or moment < since else moment + by

    habit, appliance, reporting = source.habit, source.appliance, source.reporting
    slots = tuple(replace(slot, at=of(slot.at) or slot.at) for slot in habit.slots)
    return replace(
        source,
        changed=of(source.changed),
        heard=of(source.heard),
        heard_before=of(source.heard_before),
        last_activity=of(source.last_activity),
        weighed=of(source.weighed),
        habit=replace(habit, last=of(habit.last), restless=of(habit.restless), slots=slots),
        appliance=replace(
            appliance,
            read=of(appliance.read),
            learnt=of(appliance.learnt),
            stopped=of(appliance.stopped),
        ),
        reporting=replace(reporting, since=of(reporting.since), looked=of(reporting.looked)),
    )


def source_to_dict(source: Source) -> dict[str, Json]:
    """Plain JSON values; what is asked anew after a restart, availability say, is not kept."""
    return {
        "role": source.role,
        "heard": iso(source.heard),
        "last_activity": iso(source.last_activity),
        "weight": source.weight,
        "weighed": iso(source.weighed),
        "running": source.running,
        "via": source.via,
        "check_in": seconds(source.check_in),
        "link": source.link,
        "battery": source.battery,
        "habit": _habit_to_dict(source.habit),
        "appliance": _appliance_to_dict(source.appliance),
        "reporting": {
            "ages": list(source.reporting.ages),
            "since": iso(source.reporting.since),
            "looked": iso(source.reporting.looked),
        },
        "cell": [[day, percent] for day, percent in source.cell.days],
    }


def source_from_dict(data: Mapping[str, Any]) -> Source:
    """What `source_to_dict` wrote, now or before it learnt as much as it does today.

    Raises `KeyError`, `TypeError` or `ValueError` when damaged.
    """
    weight = number(data["weight"])
    if weight < 0:
        raise ValueError(f"no weight: {weight}")
    return Source(
        role=Role(data["role"]),
        heard=maybe(moment, data["heard"]),
        last_activity=maybe(moment, data["last_activity"]),
        weight=weight,
        weighed=maybe(moment, data["weighed"]),
        running=maybe(flag, data["running"]),
        via=maybe(Via, data.get("via")),
        check_in=maybe(span, data.get("check_in")),
        link=maybe(count, data.get("link")),
        battery=maybe(number, data.get("battery")),
        habit=maybe(_habit_from_dict, data.get("habit")) or Habit(),
        appliance=maybe(_appliance_from_dict, data.get("appliance")) or Appliance(),
        reporting=maybe(_reporting_from_dict, data.get("reporting")) or Reporting(),
        cell=maybe(_cell_from_list, data.get("cell")) or Battery(),
    )


def _habit_to_dict(habit: Habit) -> dict[str, Json]:
    return {
        "last": iso(habit.last),
        "number": habit.number,
        "today": _day_to_list(habit.today),
        "hour": habit.hour,
        "in_hour": habit.in_hour,
        "busy_hour": habit.busy_hour,
        "stretch": habit.stretch,
        "days": [_day_to_list(day) for day in habit.days],
        "hours": list(habit.hours),
        "gaps": list(habit.gaps),
        "slots": [[slot.at.isoformat(), slot.run] for slot in habit.slots],
        "restless": iso(habit.restless),
        "found": habit.found,
    }


def _habit_from_dict(value: Any) -> Habit:
    data = mapping(value)
    return Habit(
        last=maybe(moment, data["last"]),
        number=int(number(data["number"])),
        today=_day_from_list(data["today"]),
        hour=int(number(data["hour"])),
        in_hour=count(data["in_hour"]),
        busy_hour=int(number(data["busy_hour"])),
        stretch=count(data["stretch"]),
        days=tuple(_day_from_list(day) for day in items(data["days"])[-KEPT_DAYS:]),
        hours=_numbers(data["hours"], 24),
        gaps=_counts(data["gaps"], GAPS),
        slots=tuple(Slot(at=moment(at), run=count(run)) for at, run in items(data["slots"])),
        restless=maybe(moment, data.get("restless")),
        found=maybe(Ghost, data["found"]),
    )


def _day_to_list(day: Day) -> list[Json]:
    return [day.starts, day.longest, day.busy, day.timed, day.partial]


def _day_from_list(value: Any) -> Day:
    starts, longest, busy, timed, partial = items(value)
    return Day(
        starts=count(starts),
        longest=number(longest),
        busy=count(busy),
        timed=count(timed),
        partial=flag(partial),
    )


def _appliance_to_dict(appliance: Appliance) -> dict[str, Json]:
    return {
        "watts": appliance.watts,
        "read": iso(appliance.read),
        "levels": list(appliance.levels),
        "marks": [appliance.marks.on, appliance.marks.off],
        "learnt": iso(appliance.learnt),
        "stopped": iso(appliance.stopped),
    }


def _appliance_from_dict(value: Any) -> Appliance:
    data = mapping(value)
    on, off = _numbers(data["marks"], 2)
    return Appliance(
        watts=maybe(number, data["watts"]),
        read=maybe(moment, data["read"]),
        levels=_counts(data["levels"], WATTS),
        marks=Marks(on=on, off=off),
        learnt=maybe(moment, data["learnt"]),
        stopped=maybe(moment, data["stopped"]),
    )


def _reporting_from_dict(value: Any) -> Reporting:
    data = mapping(value)
    return Reporting(
        ages=_counts(data["ages"], AGES),
        since=maybe(moment, data["since"]),
        looked=maybe(moment, data["looked"]),
    )


def _cell_from_list(value: Any) -> Battery:
    return Battery(
        days=tuple((int(number(day)), number(percent)) for day, percent in items(value)[-KEPT:])
    )


def _counts(value: Any, scale: Scale) -> Counts:
    return _numbers(value, scale.bins)


def _numbers(value: Any, length: int) -> tuple[float, ...]:
    found = tuple(number(item) for item in items(value))
    if len(found) != length or min(found) < 0.0:
        raise ValueError(f"no {length} counts: {value}")
    return found
