"""Starts of appliances and of people, made up with a seed, for the tests of ghosts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

FIRST = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def compressor(minutes: float, *, days: int, spread: float = 0.1, seed: int = 1) -> list[datetime]:
    """Start to start `minutes`, with the spread that door openings and room temperature make."""
    random, at, starts = Random(seed), FIRST, []
    while at < FIRST + days * DAY:
        starts.append(at)
        at += timedelta(minutes=max(random.gauss(minutes, spread * minutes), minutes / 4))
    return starts


def thermostat(*, days: int, hours: tuple[int, int] = (8, 18), minutes: int = 2) -> list[datetime]:
    """Switched on by a person in the morning and off in the evening; it cycles in between."""
    return [
        midnight + timedelta(hours=hours[0], minutes=minutes * n)
        for midnight in _midnights(days)
        for n in range((hours[1] - hours[0]) * 60 // minutes)
    ]


def timer(*, days: int, drift: timedelta = timedelta(0), jitter_s: float = 40.0) -> list[datetime]:
    """On at 18:00 and off at 23:00, polled within a minute; `drift` a day follows the sunset."""
    random = Random(5)
    return [
        midnight + timedelta(hours=hour, seconds=random.uniform(0, jitter_s)) + n * drift
        for n, midnight in enumerate(_midnights(days))
        for hour in (18, 23)
    ]


def person(*, days: int, a_day: float, seed: int, nights: int = 0) -> list[datetime]:
    """Somebody up from about seven to about half past ten, and `nights` times in the night."""
    random, starts = Random(seed), []
    for midnight in _midnights(days):
        up, down = random.gauss(7.0, 0.7), random.gauss(22.5, 0.7)
        count = max(1, round(random.gauss(a_day, a_day**0.5)))
        awake = [random.uniform(up, down) for _ in range(count)]
        asleep = [random.uniform(down, up + 24.0) for _ in range(nights)]
        starts += [midnight + timedelta(hours=hour) for hour in (*awake, *asleep)]
    return sorted(starts)


def by_the_clock(*, days: int, minutes: float, seed: int) -> list[datetime]:
    """A person of fixed habits: tea at seven, at four and at nine, give or take."""
    random = Random(seed)
    return [
        midnight + timedelta(hours=hour, minutes=random.gauss(0.0, minutes))
        for midnight in _midnights(days)
        for hour in (7, 16, 21)
    ]


def wakeful(*, days: int, a_day: float) -> list[datetime]:
    """Somebody who is up every two hours of the night."""
    night = [
        midnight + timedelta(hours=hour)
        for midnight in _midnights(days)
        for hour in (1.0, 2.9, 4.8, 6.5, 23.2)
    ]
    return sorted(person(days=days, a_day=a_day, seed=1) + night)


def restless(*, days: int, a_day: int, asleep_h: float, seed: int) -> list[datetime]:
    """Somebody who sleeps once a day, but never at the same hours."""
    random, starts = Random(seed), []
    for midnight in _midnights(days):
        asleep = random.uniform(0.0, 24.0 - asleep_h)
        hours = (random.uniform(0.0, 24.0) for _ in range(a_day))
        awake = (hour for hour in hours if not asleep <= hour < asleep + asleep_h)
        starts += [midnight + timedelta(hours=hour) for hour in awake]
    return sorted(starts)


def hob(*, days: int, minutes: int = 30) -> list[datetime]:
    """Three meals a day; while one is cooked, the hob pulses every 20 s."""
    random = Random(9)
    return [
        midnight + timedelta(hours=hour, minutes=late, seconds=20 * n)
        for midnight in _midnights(days)
        for hour in (8, 12, 18)
        for late in (random.uniform(0.0, 40.0),)
        for n in range(3 * minutes)
    ]


def _midnights(days: int) -> Iterator[datetime]:
    midnight = FIRST.replace(hour=0, minute=0)
    return (midnight + n * DAY for n in range(1, days + 1))
