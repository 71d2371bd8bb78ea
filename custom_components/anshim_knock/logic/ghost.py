"""Finds a source that goes on by itself: a fridge, a thermostat, a timer's lamp, a loose contact.

`source.observe` tells it every start that a hand could have made. Three marks, each of physics or
of people, none of a certain appliance:

- *even*: people sleep, or leave, or sit still; whatever they use rests for some hours of the day.
  A compressor does not: its longest pause stays near its usual one, and no quarter of the day is
  quiet.
- *cycling*: a thermostat switches many times an hour, for hours on end. A person cooks, boils or
  washes for an hour or two, and pauses until the next meal.
- *timed*: a timer keeps its minute (or moves with the sunset, a minute a day); people do not.

A door is judged by *even* alone: its contact may flutter or its battery die by jerks, but whoever
moves it all day long, and at a fixed minute, is a person.

A day is judged when the next one has begun. Only the obvious is found sooner: a plug or door that
has not rested for a day and a half, which holds a night whenever somebody sleeps, and keeps its
pace. Each mark is given up later than it was found, so that a verdict does not flutter; when the
appliance on the plug is changed, days of another habit lift it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from statistics import median

from .histogram import Counts, Scale, added, quantile

_DAY = 86400.0
_HOUR = 3600.0
_HOURS = 24
# Verdicts look back this far, and need this many days with starts: three nights at the least.
KEPT_DAYS = 10
ENOUGH_DAYS = 4
# Half of the weight of an hour of the day is gone after three days.
_FADE = 0.8

# Even: the shortest night's rest of a person's appliance is longer, a defrosting fridge's is not.
SHORT_REST_S = 2.5 * 3600
# A slow compressor rests for hours, but never much longer than it always does.
USUAL_RESTS = 2.0
# Found at once: no rest of a person's length through a day and the nights beside it, at one pace.
# Of somebody who is up day and night, one gap in ten is minutes and one in ten is hours.
RESTLESS_S = 36 * 3600.0
ONE_PACE = 4.0
# Beyond this even the slowest compressor has started again.
LONGEST_REST_S = 6 * 3600.0
# A quarter of the day holds a quarter of an even source's starts, and next to none of a person's.
QUIET_HOURS = 6
QUIET_SHARE = 0.10
_FEWEST_STARTS = 4

# Cycling: this many starts make an hour busy, and this many busy hours with short breaks between
# them a stretch that nobody cooks or washes through.
BUSY_STARTS = 4
BUSY_HOURS = 5
_BREAK_HOURS = 3

# Timed: a cheap timer and a plug's poll together are this punctual.
PUNCTUAL_S = 120.0
TIMED_DAYS = 7
_TIMED_SETTLED = 5
_TIMED_LAST_DAYS = 3
_SLOTS = 6
_SAME_ACT_S = 600.0

_MOST_DAYS_RIGHT = 0.8
# What was found is given up only well below what finds it.
_KEEPS = 0.7

GAPS = Scale(first=15.0, bins=28, most=600.0)


class Ghost(StrEnum):
    """By what a source was found out."""

    EVEN = "even"
    CYCLING = "cycling"
    TIMED = "timed"


class Thing(Enum):
    """What is judged: each by the marks that its makers and its users allow.

    Motion sensors trigger again and again while somebody moves; they are never judged by cycling.
    """

    APPLIANCE = frozenset(Ghost)
    SENSOR = frozenset({Ghost.EVEN, Ghost.TIMED})
    DOOR = frozenset({Ghost.EVEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day with starts. `longest` pause (s) that ended in it; `timed` starts kept a timer's.

    `busy`: the busy hours of its longest stretch, which may have begun the day before. `partial`:
    beside it lies a day or more of which nothing is known.
    """

    starts: int = 0
    longest: float = 0.0
    busy: int = 0
    timed: int = 0
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A minute of the day that was kept on `run` days in a row, last at `at`."""

    at: datetime
    run: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What is remembered of a source's starts; bounded, whatever it does."""

    last: datetime | None = None
    number: int = 0
    today: Day = Day()
    hour: int = 0
    in_hour: int = 0
    busy_hour: int = 0
    stretch: int = 0
    days: tuple[Day, ...] = ()
    hours: Counts = (0.0,) * _HOURS
    gaps: Counts = GAPS.empty
    slots: tuple[Slot, ...] = ()
    # Since when it has not rested.
    restless: datetime | None = None
    found: Ghost | None = None


def started(habit: Habit, at: datetime, thing: Thing) -> Habit:
    """One more start; of a door, one more opening or closing."""
    hour = int(at.timestamp() // _HOUR)
    number = hour // _HOURS
    gap = 0.0 if habit.last is None else (at - habit.last).total_seconds()
    # A day without it says nothing about its rhythm, nor does a clock that was set back.
    known = 0.0 < gap < _DAY
    if number != habit.number:
        habit = _next_day(habit, number, thing, after_a_gap=not known)
    in_hour = habit.in_hour + 1 if hour == habit.hour else 1
    busy_hour, stretch = habit.busy_hour, habit.stretch
    if in_hour == BUSY_STARTS:
        stretch = stretch + 1 if 0 < hour - busy_hour <= _BREAK_HOURS else 1
        busy_hour = hour
    slots, timed = habit.slots, False
    # What follows at once belongs to the same act; only its beginning can be a timer's.
    if not 0.0 < gap < _SAME_ACT_S:
        slots, timed = _in_slots(slots, at)
    today = habit.today
    hours = list(habit.hours)
    hours[hour % _HOURS] += 1.0
    restless = habit.restless if 0.0 < gap <= SHORT_REST_S else None
    now = Habit(
        last=at,
        number=habit.number,
        today=Day(
            starts=today.starts + 1,
            longest=max(today.longest, gap) if known else today.longest,
            busy=max(today.busy, stretch) if in_hour == BUSY_STARTS else today.busy,
            timed=today.timed + timed,
            partial=today.partial,
        ),
        hour=hour,
        in_hour=in_hour,
        busy_hour=busy_hour,
        stretch=stretch,
        days=habit.days,
        hours=tuple(hours),
        gaps=added(habit.gaps, GAPS, gap) if known else habit.gaps,
        slots=slots,
        restless=restless or at,
        found=habit.found,
    )
    # Asked at every start: what hardly any source does comes first, and is quickly known.
    obvious = _restlessness(now) >= 1.0 and _at_once(now, thing) >= 1.0
    return replace(now, found=Ghost.EVEN) if obvious else now


def usual_gap(habit: Habit) -> timedelta | None:
    """From start to start, as often as not."""
    usual = quantile(habit.gaps, GAPS, 0.5)
    return None if usual is None else timedelta(seconds=usual)


def quiet_share(hours: Counts) -> float:
    """How much of it happens in the quietest quarter of the day."""
    whole = sum(hours)
    if whole == 0.0:
        return 0.0
    around = hours + hours[: QUIET_HOURS - 1]
    quietest = min(sum(around[h : h + QUIET_HOURS]) for h in range(_HOURS))
    return quietest / whole


def obviousness(habit: Habit) -> float:
    """How much it goes on without a rest and at one pace; from 1 nobody needs to wait for days."""
    short, long = quantile(habit.gaps, GAPS, 0.1), quantile(habit.gaps, GAPS, 0.9)
    if short is None or long is None:
        return 0.0
    return min(_restlessness(habit), ONE_PACE * short / long)


def _restlessness(habit: Habit) -> float:
    if habit.last is None or habit.restless is None:
        return 0.0
    return (habit.last - habit.restless).total_seconds() / RESTLESS_S


def _at_once(habit: Habit, thing: Thing) -> float:
    """Motion is not found at once: pets and curtains keep no pace, nor do visitors."""
    return 0.0 if thing is Thing.SENSOR else obviousness(habit)


def rest_allowed(habit: Habit) -> float:
    """Up to this pause (s) a day of this source counts as one without rest."""
    usual = quantile(habit.gaps, GAPS, 0.5) or 0.0
    return min(max(SHORT_REST_S, USUAL_RESTS * usual), LONGEST_REST_S)


def _next_day(habit: Habit, number: int, thing: Thing, *, after_a_gap: bool) -> Habit:
    days, today = habit.days, habit.today
    if today.starts:
        ended = replace(today, partial=today.partial or after_a_gap)
        days = (*days, ended)[-KEPT_DAYS:]
    begun = Day(partial=after_a_gap)
    closed = replace(habit, number=number, today=begun, days=days)
    judged = replace(closed, found=_judged(closed, thing))
    return replace(judged, hours=tuple(count * _FADE for count in habit.hours))


def likeness(habit: Habit, thing: Thing) -> Mapping[Ghost, float]:
    """How much its days are like each ghost's that it may be; from 1 it is one."""
    at_once = _at_once(habit, thing)
    if len(habit.days) < ENOUGH_DAYS:
        return {Ghost.EVEN: at_once}
    alike = {
        Ghost.EVEN: max(_evenness(habit), at_once),
        Ghost.CYCLING: median(day.busy for day in habit.days) / BUSY_HOURS,
        Ghost.TIMED: _punctuality(habit),
    }
    return {ghost: much for ghost, much in alike.items() if ghost in thing.value}


def _judged(habit: Habit, thing: Thing) -> Ghost | None:
    enough = 1.0 if habit.found is None else _KEEPS
    alike = likeness(habit, thing).items()
    return next((ghost for ghost, much in alike if much >= enough), None)


def _evenness(habit: Habit) -> float:
    allowed = rest_allowed(habit)
    # A few starts of a day that was not seen whole say nothing about its rest.
    whole = [d for d in habit.days if d.starts >= _FEWEST_STARTS or not d.partial]
    if len(whole) < ENOUGH_DAYS:
        return 0.0
    right = [d.starts >= _FEWEST_STARTS and d.longest <= allowed for d in whole]
    return min(_share(right) / _MOST_DAYS_RIGHT, quiet_share(habit.hours) / QUIET_SHARE)


def _punctuality(habit: Habit) -> float:
    if not any(slot.run >= TIMED_DAYS for slot in habit.slots):
        return 0.0
    lately = habit.days[-_TIMED_LAST_DAYS:]
    return sum(d.timed for d in lately) / sum(d.starts for d in lately) / _MOST_DAYS_RIGHT


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)


def _in_slots(slots: tuple[Slot, ...], at: datetime) -> tuple[tuple[Slot, ...], bool]:
    """The slots with this start, and whether it kept the minute of many days before."""
    for index, slot in enumerate(slots):
        if abs((at - slot.at).total_seconds() - _DAY) <= PUNCTUAL_S:
            kept = Slot(at=at, run=slot.run + 1)
            return (*slots[:index], kept, *slots[index + 1 :]), kept.run >= _TIMED_SETTLED
    if len(slots) < _SLOTS:
        return (*slots, Slot(at=at)), False
    weakest = min(range(_SLOTS), key=lambda i: _worth(slots[i], at))
    return (*slots[:weakest], Slot(at=at), *slots[weakest + 1 :]), False


def _worth(slot: Slot, at: datetime) -> tuple[int, datetime]:
    """A slot that missed its minute is worth nothing; of the others, the longest kept the most."""
    missed = (at - slot.at).total_seconds() > _DAY + PUNCTUAL_S
    return (0 if missed else slot.run, slot.at)
