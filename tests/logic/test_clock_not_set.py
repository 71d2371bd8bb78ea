"""Clocks that boot in 1970, at their last save, jump, or run years ahead: silence stays silence.

The promise: a person is asked no later than the ceiling of true time, as far as any clock of the
machine could measure it. Only time for which the machine was off counts later: when the clock is
set.
"""

from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.clock import TOLERANCE
from custom_components.anshim_knock.logic.household import new_household
from custom_components.anshim_knock.logic.inputs import Life, Place
from custom_components.anshim_knock.logic.words import Kind, Stage, Watch

from .home import (
    CONSENT,
    EPOCH,
    NOON,
    Home,
    Machine,
    a_home,
    a_visited_home,
    an_emergency,
)
from .silences import about, clock_troubles, silence, true_silence


def test_a_power_cut_with_a_good_clock_counts_whole_and_unwatched() -> None:
    home = a_home()
    home.wait(hours=3)
    home.power_cut(off=timedelta(hours=5))
    assert about(silence(home), timedelta(hours=8))
    assert about(home.state.watched, timedelta(hours=0))
    assert clock_troubles(home) == []


def test_a_power_cut_beyond_the_ceiling_asks_at_once() -> None:
    home = a_home()
    home.power_cut(off=timedelta(days=3))
    assert home.kinds() == [Kind.UNKNOWN]


def test_a_boot_in_1970_is_told_and_what_is_said_then_has_no_time() -> None:
    home = a_home()
    home.power_cut(off=timedelta(hours=1), wall=EPOCH)
    assert clock_troubles(home) == [("clock_unset", "raised")]
    home.wait(hours=25)
    asked = next(e for e in home.said if e.kind is Kind.UNKNOWN)
    assert asked.at is None
    assert asked.uptime > 0
    assert asked.data["last_sign_hour"] is None


def test_a_boot_in_1970_is_asked_by_the_ceiling_of_the_time_it_could_measure() -> None:
    home = a_home()
    home.wait(hours=10)
    home.tick()
    home.power_cut(off=timedelta(hours=2), wall=EPOCH)
    assert about(silence(home), timedelta(hours=10))
    home.wait(hours=14, minutes=1)
    assert home.stage is Stage.QUIET


def test_the_time_off_counts_as_soon_as_the_clock_is_set() -> None:
    home = a_home()
    home.wait(hours=10)
    home.tick()
    home.power_cut(off=timedelta(days=2), wall=EPOCH)
    home.wait(minutes=5)
    assert home.stage is Stage.CALM
    home.clock_becomes_right()
    assert home.kinds()[-1] in {Kind.UNKNOWN, Kind.TROUBLE}
    assert Kind.UNKNOWN in home.kinds()
    assert ("clock_unset", "cleared") in clock_troubles(home)
    assert about(silence(home), true_silence(home))


def test_the_silence_across_a_boot_in_1970_is_whole_even_if_the_last_sign_was_the_last_save() -> (
    None
):
    home = a_home()
    home.power_cut(off=timedelta(hours=20), wall=EPOCH)
    home.wait(minutes=3)
    home.clock_becomes_right()
    assert about(silence(home), true_silence(home))


def test_life_seen_in_1970_is_as_old_as_it_is_when_the_clock_is_set() -> None:
    home = a_home()
    home.power_cut(off=timedelta(days=4), wall=EPOCH)
    home.wait(minutes=2)
    home.life()
    home.wait(hours=1)
    home.clock_becomes_right()
    assert about(silence(home), timedelta(hours=1))
    assert home.stage is Stage.CALM


def test_two_boots_without_a_clock_never_shorten_a_silence() -> None:
    home = a_home()
    home.wait(hours=2)
    home.tick()
    home.power_cut(off=timedelta(hours=4), wall=EPOCH)
    home.wait(hours=1)
    home.tick()
    home.power_cut(off=timedelta(hours=4), wall=EPOCH)
    assert about(silence(home), timedelta(hours=3))
    home.wait(hours=1)
    home.clock_becomes_right()
    assert about(silence(home), true_silence(home))


def test_a_boot_without_a_clock_between_two_with_one_never_shortens_a_silence() -> None:
    home = a_home()
    home.power_cut(off=timedelta(hours=4), wall=EPOCH)
    home.wait(hours=1)
    home.tick()
    home.power_cut(off=timedelta(hours=4))
    assert about(silence(home), true_silence(home))
    assert home.state.clock.trusted


def test_a_household_made_in_1970_is_not_56_years_silent_when_the_clock_is_set() -> None:
    machine = Machine()
    machine.set_wall(EPOCH)
    fresh = Home(state=new_household("h-7f3k9d2m5q", machine.reading()), machine=machine)
    fresh.give(CONSENT)
    fresh.watching(Watch.SEEING)
    for _ in range(2):
        fresh.wait(hours=1)
        fresh.tick()
        fresh.power_cut(off=timedelta(minutes=2), wall=EPOCH)
    fresh.wait(minutes=5)
    fresh.clock_becomes_right()
    assert fresh.stage is Stage.CALM
    assert silence(fresh) <= timedelta(hours=3)


def test_a_machine_that_boots_at_its_last_save_learns_the_gap_when_the_network_comes() -> None:
    home = a_home()
    home.wait(hours=2)
    home.tick()
    home.power_cut(off=timedelta(hours=30), wall=home.machine.wall + timedelta(seconds=5))
    home.wait(minutes=4)
    assert home.said == []
    home.clock_becomes_right()
    assert Kind.UNKNOWN in home.kinds()
    assert about(silence(home), true_silence(home))


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(seconds=80), timedelta(minutes=40)])
def test_a_kettle_after_such_a_boot_is_not_taken_for_one_before_it(behind: timedelta) -> None:
    home = a_home()
    home.wait(hours=2)
    home.tick()
    home.power_cut(off=timedelta(hours=30), wall=home.machine.wall - behind)
    home.wait(minutes=2)
    home.life()
    home.wait(minutes=20)
    home.clock_becomes_right()
    assert home.stage is Stage.CALM
    assert about(silence(home), timedelta(minutes=20))


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(seconds=80), timedelta(minutes=40)])
def test_a_last_sign_before_such_a_boot_is_not_taken_for_one_after_it(behind: timedelta) -> None:
    home = a_home()
    home.power_cut(off=timedelta(hours=30), wall=home.machine.wall - behind)
    home.wait(minutes=5)
    home.clock_becomes_right()
    assert home.stage is not Stage.CALM
    assert silence(home) >= true_silence(home) - TOLERANCE


def test_a_visit_and_an_emergency_survive_a_boot_in_1970() -> None:
    for home in (a_visited_home(), an_emergency()):
        stage, said = home.stage, len(home.said)
        home.power_cut(off=timedelta(hours=3), wall=EPOCH)
        assert home.stage is stage
        home.wait(minutes=31)
        assert home.kinds()[said:].count(home.kinds()[said - 1]) >= 1


def test_an_emergency_in_1970_is_heard_at_once_and_again() -> None:
    home = a_home()
    home.power_cut(off=timedelta(hours=1), wall=EPOCH)
    home.help()
    home.wait(minutes=6)
    emergencies = [e for e in home.said if e.kind is Kind.EMERGENCY]
    assert [e.data["said"] for e in emergencies] == ["first", "again"]
    assert all(e.at is None and e.boot == "boot-2" for e in emergencies)


def test_a_record_of_the_district_has_no_age_in_1970() -> None:
    home = a_home()
    home.power_cut(off=timedelta(days=2), wall=EPOCH)
    home.give(Life(place=Place.ELSEWHERE, at=NOON))
    home.give(Life(place=Place.ELSEWHERE, at=EPOCH - timedelta(hours=1)))
    home.wait(minutes=1)
    home.clock_becomes_right()
    assert Kind.UNKNOWN in home.kinds()


def test_yesterdays_record_is_not_taken_for_todays_by_a_clock_that_is_a_day_behind() -> None:
    home = a_home()
    home.wait(hours=2)
    home.tick()
    home.power_cut(off=timedelta(hours=30), wall=home.machine.wall - timedelta(minutes=40))
    home.wait(hours=1)
    home.give(Life(place=Place.ELSEWHERE, at=NOON + timedelta(hours=2)))
    home.clock_becomes_right()
    assert Kind.UNKNOWN in home.kinds()
    assert about(silence(home), true_silence(home))
