from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from custom_components.anshim_knock.logic.battery import KEPT, Battery, days_left, measured
from custom_components.anshim_knock.logic.source import (
    Evidence,
    LivenessWhy,
    Source,
    condition,
    told,
)
from custom_components.anshim_knock.logic.words import Role

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def after(days: int, percent: Callable[[float], float]) -> tuple[Battery, datetime]:
    """Read every hour; `percent` of the days that have passed."""
    battery, now = Battery(), START
    for hour in range(days * 24):
        now = START + hour * HOUR
        level = round(min(max(percent(hour / 24), 0.0), 100.0), 1)
        battery = measured(battery, level, now)
    return battery, now


def cold(random: Random, day: float) -> float:
    """The night takes up to six percent, some nights more than others."""
    return -random.uniform(2.0, 6.0) if day % 1 < 0.4 else 0.0


def test_a_steady_fall_tells_about_how_many_days_are_left() -> None:
    battery, now = after(20, lambda day: 60.0 - 2.0 * day)
    left = days_left(battery, now)
    assert left is not None
    assert left == pytest.approx((22.0 - 5.0) / 2.0, abs=2.0)


@pytest.mark.parametrize("seed", range(5))
def test_cold_nights_do_not_hide_the_fall(seed: int) -> None:
    random = Random(seed)
    battery, now = after(20, lambda day: 60.0 - 1.5 * day + cold(random, day))
    left = days_left(battery, now)
    assert left is not None
    assert left == pytest.approx((31.5 - 5.0) / 1.5, rel=0.25)


@pytest.mark.parametrize("seed", range(20))
def test_cold_nights_alone_are_no_fall(seed: int) -> None:
    random = Random(seed)
    battery, now = after(30, lambda day: 80.0 + cold(random, day) + random.uniform(-2.0, 2.0))
    assert days_left(battery, now) is None


@pytest.mark.parametrize("percent", [100.0, 42.0])
def test_a_cell_that_always_says_the_same_until_it_dies_gets_no_promise(percent: float) -> None:
    battery, now = after(40, lambda _: percent)
    assert days_left(battery, now) is None


def test_the_cliff_of_a_lithium_cell_is_seen_in_its_last_weeks() -> None:
    battery, now = after(30, lambda day: 100.0 if day < 23 else 100.0 - 6.0 * (day - 23))
    left = days_left(battery, now)
    assert left is not None
    assert left < 15.0


def test_a_meter_that_cannot_decide_between_two_readings_shows_no_fall() -> None:
    days = "6666556656 5565655655".replace(" ", "")
    battery, now = after(20, lambda day: 10.0 * int(days[int(day)]))
    assert days_left(battery, now) is None


def test_a_new_cell_starts_anew() -> None:
    battery, now = after(21, lambda day: 50.0 - 2.0 * day if day < 20 else 100.0)
    assert days_left(battery, now) is None
    assert len(battery.days) == 1


def test_a_fall_of_a_season_is_no_date() -> None:
    battery, now = after(40, lambda day: 90.0 - 0.3 * day)
    assert days_left(battery, now) is None


def test_the_days_that_nothing_was_read_are_gone_as_well() -> None:
    battery, now = after(20, lambda day: 60.0 - 2.0 * day)
    first, later = days_left(battery, now), days_left(battery, now + timedelta(days=4))
    assert first is not None
    assert later == pytest.approx(first - 4.0)
    assert days_left(battery, now + timedelta(days=400)) == 0.0


@pytest.mark.parametrize("percent", [-1.0, 101.0, 200.0, float("nan"), float("inf")])
def test_what_is_no_percentage_is_not_kept(percent: float) -> None:
    source = Source(role=Role.DOOR, available=True, tested=START, battery=80.0)
    assert told(source, Evidence(battery=percent), START) == source


def test_the_memory_is_bounded_and_a_wrong_clock_does_not_stop_it() -> None:
    battery, now = after(60, lambda day: 90.0 - day / 10)
    assert len(battery.days) == KEPT
    battery = measured(battery, 80.0, now + timedelta(days=4000))
    battery = measured(battery, 80.0, now)
    assert battery.days == ((int(now.timestamp() // 86_400), 80.0),)


def test_a_silent_sensor_with_an_empty_cell_says_why() -> None:
    source = Source(role=Role.DOOR, available=True, tested=START, heard=START)
    source = told(source, Evidence(battery=6.0), START)
    assert condition(source, START).why is LivenessWhy.HEARD
    assert condition(source, START + timedelta(hours=30)).why is LivenessWhy.FLAT_BATTERY
