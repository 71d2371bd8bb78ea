"""How far limits could go: the front between alarms and hours, and what more ears would move."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import ClassVar

from benchmarks.rhythm.detectors import Make, fixed, learned
from benchmarks.rhythm.measured import PER_HOUR, TRACKS, Data, Event, Result, Span, together
from benchmarks.rhythm.residents import drawn, life
from benchmarks.rhythm.tables import HEADS, lived, row
from replay.home import Home, Line

DAY, HOUR = 86400.0, 3600.0
WARM_UP = 14 * DAY
# The tracks of which an aim is not reached.
SHORT = ("known", "plugs", "steps")
FIXED = (8, 9, 10, 11, 12, 14, 16)
BUDGETS = (10, 20, 30, 60, 90, 120, 180, 365, 730)
# "About this hour", to each side, and how much longer than the longest of the other days.
ABOUT = 1.5 * HOUR
FACTORS = (0.9, 1.0, 1.1, 1.25, 1.5)
# The sources of the made-up homes, in the order in which they are added.
EARS = ("kettle", "fridge", "bathroom", "kitchen", "living", "front")
BED_MATS = ("mat_bed_right_pressure_mat_5", "bed_mat_left_pressure_mat_39")

type Silence = tuple[float, float]
type Judged = tuple[list[Event], list[Span]]


@dataclass(kw_only=True)
class Foretold:
    """`limit` in seconds of a silence that begins then, by whoever knows what is still to come."""

    MIN_SILENCE: ClassVar[float] = 0.0
    limit: Callable[[float], float]
    home: Home = field(default_factory=Home)
    last: float = -inf
    away: bool = False

    def observe(self, t: float, sensor: str, kind: str, value: float) -> None:
        for sign in self.home.signs(Line(t, sensor, kind, value)):
            self.last = sign.at
            if sign.home is not None:
                self.away = not sign.home

    def deadline(self) -> float:
        return inf if self.away else self.last + self.limit(self.last)


def front(data: Data) -> None:
    """Needless calls against hours: fixed limits, ours by budget, and two that know the future."""
    for track in SHORT:
        print(f"{track:34} {HEADS}")
        for name, make in _limits().items():
            print(f"{name:34} {row(data.track(track, make))}", flush=True)
        for factor in FACTORS:
            result = _foretold(data, track, lambda homes, f=factor: _other_days(homes, f))
            print(f"{f'longest of the other days x {factor:g}':34} {row(result)}", flush=True)
        print(f"{'every silence known beforehand':34} {row(_foretold(data, track, _hindsight))}\n")


def _limits() -> dict[str, Make]:
    return {
        **{f"fixed {hours} h": fixed(hours) for hours in FIXED},
        **{f"learned, call, 1 in {days} d": learned(call_budget=days) for days in BUDGETS},
    }


def _foretold(
    data: Data, track: str, makes: Callable[[Sequence[Judged]], Sequence[Make]]
) -> Result:
    """One limit for each turned recording of a home, made from all of them."""
    names, known = TRACKS[track]
    runs = []
    for name in names:
        events, _, absences = data.home(name)
        turned = [
            (data.harness.with_presence(lived, away) if known else lived, away)
            for lived, away in data.harness.rotations(events, absences)
        ]
        runs += [
            data.run(make, told, away, per_hour=PER_HOUR[track])
            for make, (told, away) in zip(makes(turned), turned, strict=True)
        ]
    return together(runs)


def _hindsight(turned: Sequence[Judged]) -> Sequence[Make]:
    """By the hour in which they begin: just longer than any silence of the days that are judged.

    No limit that goes by the hour alone and calls nobody in vain on these days is shorter.
    """
    longest = [0.0] * 24
    for events, away in turned:
        for since, lasted in _silences(events, away):
            if since + lasted > events[0][0] + WARM_UP:
                hour = int(since % DAY // HOUR)
                longest[hour] = max(longest[hour], lasted + 1.0)
    return [lambda: Foretold(limit=lambda at: longest[int(at % DAY // HOUR)])] * len(turned)


def _other_days(turned: Sequence[Judged], factor: float) -> Sequence[Make]:
    """What the longest silence about this hour was on all other days, earlier and later."""
    return [_leaving_out([*_silences(events, away)], factor) for events, away in turned]


def _leaving_out(silences: Sequence[Silence], factor: float) -> Make:
    known: dict[int, float] = {}

    def limit(at: float) -> float:
        quarter = int(at // (HOUR / 4))
        if quarter not in known:
            others = (s for s in silences if s[0] // DAY != at // DAY)
            known[quarter] = max((s[1] for s in others if _about(s[0], at)), default=0.0)
        return max(factor * known[quarter], 4 * HOUR)

    return lambda: Foretold(limit=limit)


def _about(one: float, other: float) -> bool:
    apart = abs(one - other) % DAY
    return min(apart, DAY - apart) <= ABOUT


def _silences(events: Sequence[Event], away: Sequence[Span]) -> Iterator[Silence]:
    """Since when and how long at home: whoever leaves ends one."""
    home = Home()
    signs = [sign for event in events for sign in home.signs(Line(*event))]
    for before, after in pairwise(signs):
        gone = [a for a, b in away if a < after.at and b > before.at]
        lasted = min([after.at, *gone]) - before.at
        if lasted > 0.0 and before.home is not False:
            yield before.at, lasted


def ears(data: Data) -> None:
    """The same lives heard by more sources: made-up residents, and a real one's bed."""
    print(f"{'':34} {HEADS}")
    people = [life(drawn(i), 270, 1000 + i) for i in range(10)]
    for number in range(1, len(EARS) + 1):
        heard = [(_heard(events, EARS[:number]), away) for events, away in people]
        name = f"made up, {number} of {len(EARS)} sources"
        print(f"{name:34} {row(lived(data, learned(), heard))}", flush=True)
    events, _, absences = data.home("kasteren_c")
    names = {sensor for _, sensor, *_ in events}
    for name, sensors in {"with": names, "without": names - {*BED_MATS}}.items():
        runs = []
        for turned, away in data.harness.rotations(_heard(events, sensors), absences):
            told = data.harness.with_presence(turned, away)
            runs.append(data.run(learned(), told, away, per_hour=PER_HOUR["known"]))
        print(f"{f'kasteren_c {name} its bed mats':34} {row(together(runs))}", flush=True)


def _heard(events: Sequence[Event], sensors: Sequence[str] | set[str]) -> list[Event]:
    return [event for event in events if event[1] in sensors]
