"""Plain lives for a rhythm: days as like as two peas, and those that the benchmark makes up."""

from collections.abc import Iterable, Iterator
from itertools import count

from benchmarks.rhythm.residents import Event, Span, drawn, life
from custom_components.anshim_knock.logic.rhythm import Place, Rhythm
from custom_components.anshim_knock.logic.rhythm.backtest import Sign, feed
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR, MINUTE

# A Monday, midnight.
MONDAY = 4 * DAY + 2600 * 7 * DAY

BY_DAY = ("kitchen", "bathroom", "living")


def plain_day(day: float, *, up: float = 7.0, bed: float = 22.0) -> Iterator[Sign]:
    """Something every 25 minutes from morning to night; rising wanders a little with the day."""
    wander = (day / DAY * 7 % 5) * 6 * MINUTE
    at = day + up * HOUR + wander
    for turn in count():
        if at > day + bed * HOUR:
            break
        yield Sign(at, BY_DAY[turn % len(BY_DAY)])
        at += 25 * MINUTE


def plain_life(days: int, *, first: int = 0, up: float = 7.0, bed: float = 22.0) -> list[Sign]:
    return [
        sign
        for day in range(first, first + days)
        for sign in plain_day(MONDAY + day * DAY, up=up, bed=bed)
    ]


def outings(days: int, door: str = "front") -> list[Sign]:
    """The same life with an outing of some hours each day, through a door that nobody named."""
    signs = []
    for number in range(days):
        day = MONDAY + number * DAY
        leave, back = day + 10 * HOUR, day + (12.5 + number % 3) * HOUR
        inside = [s for s in plain_day(day) if not leave - 600 < s.at < back + 600]
        through = [Sign(at + s, door, Place.DOOR) for at in (leave, back) for s in (0, 12)]
        signs += sorted([*inside, *through])
    return signs


def fed(signs: Iterable[Sign], rhythm: Rhythm | None = None) -> Rhythm:
    rhythm = rhythm or Rhythm()
    for sign in signs:
        feed(rhythm, sign)
    return rhythm


def made_up(seed: int, days: int) -> list[Sign]:
    """A resident of the benchmark, with presence known."""
    events, absences = life(drawn(seed), days, seed + 1000)
    return sorted([*_signs(events), *_presence(absences)])


def _signs(events: Iterable[Event]) -> Iterator[Sign]:
    for at, source, kind, _ in events:
        yield Sign(at, source, Place.DOOR if kind == "door" else Place.INSIDE)


def _presence(absences: Iterable[Span]) -> Iterator[Sign]:
    for leave, back in absences:
        yield Sign(leave + 30, "phone", home=False)
        yield Sign(back - 1, "phone", home=True)
