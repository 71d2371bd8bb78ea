"""Residents who do not exist: long records of ordinary days, to hold budgets against.

Each draws habits of their own (when to rise and retire and how exactly, naps, outings, how lively
the sensors are) and then lives them day by day. Written from what is known of older people's days,
before any real record was looked at through it; nothing in it is fitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import random

DAY, HOUR, MINUTE = 86400.0, 3600.0, 60.0
# 1 January 2024, a Monday.
START = 1704067200.0
_FRIDAY = 4

type Event = tuple[float, str, str, float]
type Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Habits:
    """One resident and the sensors of the home. Hours of the day, chances per day."""

    rises: float
    rises_within: float
    retires: float
    retires_within: float
    lies_in: float
    naps: float
    goes_out: float
    stays_out: float
    visits_at_night: float
    # Signs of life an hour while about, and while resting.
    about: float
    resting: float
    rests: float
    front_door: bool
    rooms: tuple[tuple[str, str, float], ...]
    season: float
    # Hours that they rise later on Saturdays and Sundays.
    weekend: float


def drawn(seed: int, *, sparse: bool = False, weekend: float = 0.0) -> Habits:
    """A resident; `sparse`: a home of three plugs and nothing else."""
    rng = random.Random(seed)
    rooms = (
        [("kettle", "plug", 5.0), ("tv", "plug", 2.0), ("microwave", "plug", 3.0)]
        if sparse
        else [
            ("kitchen", "motion", rng.uniform(2, 8)),
            ("fridge", "item", rng.uniform(1, 4)),
            ("bathroom", "door", rng.uniform(1, 4)),
            ("living", "motion", rng.uniform(0, 6)),
            ("kettle", "plug", rng.uniform(0.3, 1)),
        ]
    )
    pace = rng.uniform(0.8, 1.6) if sparse else rng.uniform(3, 14)
    return Habits(
        rises=rng.uniform(5.5, 8.5),
        rises_within=rng.uniform(0.3, 1.0),
        retires=rng.uniform(21, 24),
        retires_within=rng.uniform(0.3, 0.9),
        lies_in=rng.uniform(0.0, 0.06),
        naps=rng.uniform(0.0, 0.7),
        goes_out=rng.uniform(0.3, 1.2),
        stays_out=rng.uniform(0.8, 2.2),
        visits_at_night=0.0 if sparse else rng.uniform(0.2, 2.0),
        about=pace,
        resting=pace * rng.uniform(0.08, 0.25),
        rests=rng.uniform(0.3, 0.6),
        front_door=not sparse,
        rooms=tuple(rooms),
        season=rng.uniform(0.0, 0.7),
        weekend=weekend,
    )


def life(habits: Habits, days: int, seed: int) -> tuple[list[Event], list[Span]]:
    """The events and the absences of so many days."""
    rng = random.Random(seed)
    events: list[Event] = []
    absences: list[Span] = []
    up = _rising(habits, 0, rng)
    for day in range(days):
        bed = START + day * DAY + HOUR * rng.gauss(habits.retires, habits.retires_within)
        outings = list(_outings(habits, day, up, bed, rng))
        absences += outings
        for begin, end in _at_home(up, bed, outings):
            events += _about(habits, begin, end, rng)
        for leave, back in outings if habits.front_door else ():
            events += _through_the_door(leave, rng) + _through_the_door(back, rng)
        following = _rising(habits, day + 1, rng)
        events += _night(habits, bed, following, rng)
        up = max(following, bed + 2 * HOUR)
    return sorted(events), absences


def _rising(habits: Habits, day: int, rng: random.Random) -> float:
    season = habits.season * (1 if day % 360 < 180 else -1)
    late = rng.uniform(0.5, 2.5) if rng.random() < habits.lies_in else 0.0
    late += habits.weekend if day % 7 > _FRIDAY else 0.0
    hour = rng.gauss(habits.rises + season / 2, habits.rises_within) + late
    return START + day * DAY + HOUR * hour


def _outings(habits: Habits, day: int, up: float, bed: float, rng: random.Random) -> Iterator[Span]:
    """Errands, and now and then a whole day; at most two a day."""
    free = up + HOUR
    for _ in range(2):
        if rng.random() > habits.goes_out / 2:
            continue
        leave = rng.uniform(max(free, START + day * DAY + 8 * HOUR), START + day * DAY + 19 * HOUR)
        length = HOUR * min(rng.lognormvariate(0, 0.7) * habits.stays_out, 10.0)
        back = min(leave + length, bed - 20 * MINUTE)
        if leave > free and back > leave + 10 * MINUTE:
            yield leave, back
            free = back + 30 * MINUTE


def _at_home(up: float, bed: float, outings: list[Span]) -> Iterator[Span]:
    begin = up
    for leave, back in outings:
        yield begin, leave - MINUTE
        begin = back + MINUTE
    yield begin, bed


def _about(habits: Habits, begin: float, end: float, rng: random.Random) -> Iterator[Event]:
    """Up and about, resting or napping by turns; the first and the last moment are seen."""
    yield _sign(habits, begin, rng)
    at = begin
    while at < end:
        napping = rng.random() < habits.naps / 8 and 12 <= (at % DAY) / HOUR < 17
        resting = rng.random() < habits.rests
        until = min(at + MINUTE * rng.uniform(*((40, 130) if napping else (20, 90))), end)
        pace = 0.05 if napping else habits.resting if resting else habits.about
        while True:
            at += rng.expovariate(pace / HOUR)
            if at >= until:
                break
            yield _sign(habits, at, rng)
        at = until
    yield _sign(habits, end, rng)


def _night(habits: Habits, bed: float, up: float, rng: random.Random) -> Iterator[Event]:
    expected = habits.visits_at_night
    at = bed
    while expected:
        at += rng.expovariate(expected / (7 * HOUR))
        if at >= up - 15 * MINUTE:
            break
        yield at, "bathroom", "door", 1.0
        yield at + 4 * MINUTE, "bathroom", "door", 0.0


def _through_the_door(at: float, rng: random.Random) -> list[Event]:
    return [(at, "front", "door", 1.0), (at + rng.uniform(5, 20), "front", "door", 0.0)]


def _sign(habits: Habits, at: float, rng: random.Random) -> Event:
    name, kind, _ = rng.choices(habits.rooms, [weight for *_, weight in habits.rooms])[0]
    return at, name, kind, 1.0
