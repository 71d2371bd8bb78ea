"""What a limit must stand: ghosts, a dead sensor, a cold home, new habits."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from math import exp, sqrt

from benchmarks.rhythm.detectors import Make, fixed, learned
from benchmarks.rhythm.measured import Data, Event, Result, together
from benchmarks.rhythm.residents import drawn, life
from custom_components.anshim_knock.logic.rhythm import Rung

DAY = 86400.0
GHOSTS = ("fridge_d32131", "fridge_d331da", "fridge_98c08a", "coffee_735e9d")
HAUNTED = ("kasteren_a", "kasteren_c", "mit_1", "mit_2", "ordonez_a")
# A day with less was no whole day of the recording.
FEWEST_A_DAY = 8
# Needless alarms are few: in 40 homes the ratio is chance.
DEAD_HOMES = 200
DIES_ON_DAY = 30


def ghosts(data: Data) -> None:
    """Share of collapses found within 24 h while a fridge or a thermostat goes on."""
    made = data.harness.ghost_events
    try:
        for name in ("made up", *GHOSTS):
            if name != "made up":
                trace, _ = data.harness.load("tracebase_plugs", name)
                data.harness.ghost_events = _haunting(trace)
            delays, alarms, days = [], 0, 0.0
            for home in HAUNTED:
                events, _, away = data.home(home)
                told = data.harness.with_presence(events, away)
                found = data.harness.eval_ghost(learned(), told, away, warm_days=11, n=24)
                delays += [float(d) / 3600 for d in found["delays"]]
                alarms, days = alarms + found["fa"], days + found["days"]
            within = sum(delay <= 24 for delay in delays)
            print(
                f"{name:16} {within} of {len(delays)} within 24 h, slowest {max(delays):.1f} h; "
                f"{alarms} needless alarms in {days:.0f} days",
                flush=True,
            )
    finally:
        data.harness.ghost_events = made


def _haunting(trace: list[Event]) -> Callable[..., list[Event]]:
    return lambda t0, t1, *_: [*_overlaid(trace, t0, t1)]


def _overlaid(trace: list[Event], t0: float, t1: float) -> Iterator[Event]:
    """The trace's days with data, at their own hours, over and over: its logger had outages."""
    days = [list(day) for _, day in groupby(trace, key=lambda event: event[0] // DAY)]
    whole = [day for day in days if len(day) >= FEWEST_A_DAY]
    for number in range(int((t1 - t0) // DAY) + 1):
        for at, _, _, value in whole[number % len(whole)]:
            yield t0 // DAY * DAY + number * DAY + at % DAY, "ghost", "plug", value


def dead(data: Data) -> None:
    """False alarms after the busiest sensors died, against the same days with them alive."""
    alive = died = 0
    for home in HAUNTED:
        events, _, away = data.home(home)
        told = data.harness.with_presence(events, away)
        found = data.harness.eval_dead(learned(), told, away, warm_days=8)
        alive += found["base"] * len(found["dead"])
        died += sum(count for _, count in found["dead"])
        print(f"{home:12} {found['days']:5.0f} d, alive {found['base']}, dead {found['dead']}")
    print(f"{'real homes':12} alive {alive}, dead {died}")
    for rung in Rung:
        runs: dict[str, list[Result]] = {"alive": [], "dead": []}
        for i in range(DEAD_HOMES):
            events, away = life(drawn(i), 90, 1000 + i)
            told = data.harness.with_presence(events, away)
            for how, heard in ("alive", told), ("dead", _without_the_busiest(told)):
                options = {"warm_days": DIES_ON_DAY, "per_hour": 1}
                runs[how].append(data.run(learned(rung), heard, away, **options))
            if (i + 1) % 40 == 0:
                _compared(f"made up, {rung}, {i + 1} homes", runs)


def _without_the_busiest(events: list[Event]) -> list[Event]:
    """It says nothing more from one day on, and nobody is told."""
    dies = events[0][0] + DIES_ON_DAY * DAY
    ((busiest, _),) = Counter(sensor for _, sensor, *_ in events).most_common(1)
    return [event for event in events if event[1] != busiest or event[0] <= dies]


def _compared(name: str, runs: dict[str, list[Result]]) -> None:
    """The ratio with its 95 % interval, as if the two counts were independent."""
    alive, died = together(runs["alive"]), together(runs["dead"])
    ratio = died.alarms / max(alive.alarms, 1)
    spread = exp(1.96 * sqrt(1 / max(alive.alarms, 1) + 1 / max(died.alarms, 1)))
    print(
        f"{name}, {alive.days:.0f} days: alive {alive.alarms}, busiest dead {died.alarms}: "
        f"{ratio:.2f} times ({ratio / spread:.2f}-{ratio * spread:.2f}); found after "
        f"{alive.delay(0.5):.1f} h, dead {died.delay(0.5):.1f} h (95 %: {alive.delay(0.95):.1f}, "
        f"{died.delay(0.95):.1f}; slowest {alive.delay(1.0):.1f}, {died.delay(1.0):.1f})",
        flush=True,
    )


def cold(data: Data) -> None:
    """The first four weeks of homes that nobody knows yet."""
    people = [life(drawn(500 + i, sparse=i % 2 > 0), 29, 7000 + i) for i in range(60)]
    for name, make in {"fixed 12 h": fixed(12), "learned": learned()}.items():
        for known in (True, False):
            weeks = [0, 0, 0, 0]
            slowest = 0.0
            for events, away in people:
                told = data.harness.with_presence(events, away) if known else events
                found = data.harness.evaluate(make, told, away, per_hour=1, warm_days=0.5)
                alarms = found["fa_home"] if known else found["fa"]
                for at in alarms:
                    weeks[min(int((at - events[0][0]) / DAY / 7), 3)] += 1
                first = _first_days(data, make, told, away)
                slowest = max(slowest, first)
            print(
                f"{name:12} presence {'known' if known else 'unknown':8} alarms by week {weeks}, "
                f"slowest of the first ten days {slowest:.1f} h",
                flush=True,
            )


def _first_days(
    data: Data, make: Make, events: list[Event], away: list[tuple[float, float]]
) -> float:
    early = [event for event in events if event[0] < events[0][0] + 10 * DAY]
    found = data.harness.evaluate(make, early, away, per_hour=1, warm_days=0.5)
    return max((float(delay) / 3600 for delay in found["delays"]), default=0.0)


def drift(data: Data) -> None:
    """Life moves by three hours on day 90: alarms a fortnight, before and after."""
    fortnights = [0] * 13
    for i in range(20):
        events, away = life(drawn(i), 180, 1000 + i)
        moved = [(at + 3 * 3600 * (at > events[0][0] + 90 * DAY), *rest) for at, *rest in events]
        spans = [(a + 3 * 3600 * (a > events[0][0] + 90 * DAY), b) for a, b in away]
        spans = [(a, b + 3 * 3600 * (b > events[0][0] + 90 * DAY)) for a, b in spans]
        told = data.harness.with_presence(moved, spans)
        found = data.harness.evaluate(learned(), told, spans, want_delay=False)
        for at in found["fa_home"]:
            fortnights[int((at - events[0][0]) / DAY / 14)] += 1
    print(f"20 homes, needless calls by fortnight (moved in the seventh): {fortnights}")
