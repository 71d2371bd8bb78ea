from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from custom_components.anshim_knock.logic.activity import Change, Why
from custom_components.anshim_knock.logic.appliance import (
    FIRST_MARKS,
    same_use_s,
)
from custom_components.anshim_knock.logic.source import Source, observe
from custom_components.anshim_knock.logic.words import Role

START = datetime(2026, 3, 2, tzinfo=UTC)
POLL = timedelta(seconds=40)
type Draws = list[tuple[float, float]]


class Plug:
    """A plug that is polled, with 1 W of jitter, as most are."""

    def __init__(self, *, seed: int = 1) -> None:
        self.source = Source(role=Role.PLUG, available=True, tested=START - timedelta(days=1))
        self.now, self.shown = START, "0.0"
        self.starts: list[datetime] = []
        self.whys: set[Why] = set()
        self._random = Random(seed)

    def draws(self, watts: float, *, minutes: float, jitter: float = 0.7) -> None:
        until = self.now + timedelta(minutes=minutes)
        while self.now < until:
            self.now += POLL
            wobble = self._random.uniform(-jitter, jitter) if watts else 0.0
            self.reads(f"{max(watts + wobble, 0.0):.1f}")

    def reads(self, text: str) -> None:
        old = START - timedelta(hours=1)
        change = Change(old=self.shown, new=text, at=self.now, started=old)
        seen = observe(self.source, change)
        self.source, self.shown = seen.source, text
        self.whys.add(seen.finding.why)
        if seen.finding.activity:
            self.starts.append(self.now)


def use(plug: Plug, rest: float, watts: float, *, days: int, minutes: float, a_day: int = 3) -> int:
    """So many days of use at somewhat different hours; how often a start was seen."""
    random, before = Random(2), len(plug.starts)
    for _ in range(days):
        for _ in range(a_day):
            plug.draws(rest, minutes=random.uniform(200, 480))
            plug.draws(watts, minutes=minutes)
    plug.draws(rest, minutes=60)
    return len(plug.starts) - before


@pytest.mark.parametrize(
    ("rest", "watts", "minutes"),
    [(0.3, 1850, 2.0), (0.0, 1200, 5.0), (0.5, 90, 180.0), (1.5, 45, 90.0), (0.4, 22, 120.0)],
    ids=["kettle", "microwave", "TV", "radio", "lamp"],
)
def test_every_use_of_an_appliance_is_seen_once_from_the_first_day(
    rest: float, watts: float, minutes: float
) -> None:
    assert use(Plug(), rest, watts, days=14, minutes=minutes) == 42


def test_a_lamp_of_six_watts_is_seen_once_its_plug_has_learnt() -> None:
    plug = Plug()
    use(plug, 0.3, 6.0, days=4, minutes=150)
    assert use(plug, 0.3, 6.0, days=5, minutes=150) == 15


def test_a_television_behind_a_strip_that_draws_25_watts_at_rest_is_seen() -> None:
    plug = Plug()
    use(plug, 25.0, 115.0, days=3, minutes=150)
    assert use(plug, 25.0, 115.0, days=5, minutes=150) == 15
    assert FIRST_MARKS.on < plug.source.appliance.marks.off


@pytest.mark.parametrize("rest", [0.0, 0.4, 3.0, 7.0, 14.0, 15.0, 25.0, 60.0])
def test_jitter_at_rest_is_never_a_start_after_the_first_hour(rest: float) -> None:
    plug = Plug()
    plug.draws(rest, minutes=60, jitter=1.5)
    plug.starts.clear()
    plug.draws(rest, minutes=3 * 1440, jitter=1.5)
    assert plug.starts == []


def test_a_charger_that_tapers_off_slowly_starts_once() -> None:
    plug = Plug()
    for _ in range(6):
        plug.draws(0.2, minutes=1200)
        for watts in (60, 50, 40, 30, 22, 17, 14, 11, 9, 7, 5, 3, 2, 1):
            plug.draws(float(watts), minutes=15)
    assert len(plug.starts) == 6


@pytest.mark.parametrize("poll_s", [30, 40, 45])
def test_a_kettle_of_90_seconds_is_never_missed_whenever_it_is_polled(poll_s: int) -> None:
    for late in range(0, poll_s, 5):
        plug = Plug()
        for second in range(-600 + late, 900, poll_s):
            plug.now = START + timedelta(seconds=second)
            plug.reads("1850" if 0 <= second < 90 else "0.3")
        assert len(plug.starts) == 1


def test_a_thermostat_counts_when_it_is_switched_on_and_not_for_its_own_rounds() -> None:
    plug = Plug()
    plug.draws(0.0, minutes=600)
    for _ in range(100):
        plug.draws(1000.0, minutes=1.5)
        plug.draws(2.0, minutes=2.0)
    assert len(plug.starts) == 1
    assert Why.CYCLE in plug.whys


def test_a_slow_thermostat_is_learnt_and_its_rounds_stop_counting() -> None:
    plug = Plug()
    for _ in range(40):
        plug.draws(900.0, minutes=2.0)
        plug.draws(0.0, minutes=5.0)
    early = len(plug.starts)
    for _ in range(200):
        plug.draws(900.0, minutes=2.0)
        plug.draws(0.0, minutes=5.0)
    assert early <= 5
    assert len(plug.starts) == early
    plug.draws(0.0, minutes=90.0)
    plug.draws(900.0, minutes=2.0)
    assert len(plug.starts) == early + 1


def test_what_was_drawn_while_nobody_heard_the_plug_is_not_guessed() -> None:
    plug = Plug()
    plug.draws(90.0, minutes=5)
    plug.reads("unavailable")
    before = sum(plug.source.appliance.levels)
    plug.now += timedelta(minutes=50)
    plug.reads("0.2")
    assert sum(plug.source.appliance.levels) == before


def test_the_same_use_goes_on_after_a_short_pause_or_a_few_missing_rounds() -> None:
    assert same_use_s(None) == same_use_s(timedelta(hours=2)) == 180.0
    assert same_use_s(timedelta(minutes=2)) == 720.0


def test_two_levels_that_a_meter_cannot_tell_apart_are_one() -> None:
    plug = Plug()
    for _ in range(40):
        plug.draws(5.0, minutes=90, jitter=1.5)
        plug.draws(8.0, minutes=60, jitter=1.5)
    assert plug.starts == []


def test_a_radio_on_the_strip_of_the_kettle_is_seen_as_well() -> None:
    plug = Plug()
    for _ in range(10):
        plug.draws(0.3, minutes=500)
        plug.draws(1850.0, minutes=3)
        plug.draws(0.3, minutes=500)
        plug.draws(70.0, minutes=60)
    assert len(plug.starts) == 20


def test_a_router_that_goes_on_as_before_is_no_life_when_its_line_is_drawn_anew() -> None:
    plug = Plug()
    plug.draws(0.0, minutes=300, jitter=0.0)
    # Below the first line, above the one that is drawn once a day has been seen.
    plug.draws(12.5, minutes=2000, jitter=0.3)
    assert plug.source.appliance.marks.on < 12.0 < FIRST_MARKS.on
    assert plug.starts == []
