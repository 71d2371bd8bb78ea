"""A clock that jumps while the machine runs: durations hold, dates stay dates."""

from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.inputs import Leave, Ok, Person
from custom_components.anshim_knock.logic.words import Kind, Presence, Stage

from .home import (
    EPOCH,
    NOON,
    a_home,
    a_quiet_home,
)
from .silences import about, clock_troubles, silence, true_silence


def test_a_machine_that_was_held_still_for_a_day_has_been_silent_for_a_day() -> None:
    home = a_home()
    home.wait(hours=1)
    home.tick()
    home.machine.booted += timedelta(hours=30)
    home.later(hours=30)
    home.tick()
    assert Kind.UNKNOWN in home.kinds()
    assert home.state.watched <= timedelta(hours=1)


@pytest.mark.parametrize("hours", [-2.0, -26.0, -24.0 * 400])
def test_a_step_back_forgets_no_silence(hours: float) -> None:
    home = a_home()
    home.wait(hours=6)
    home.wall_jumps(hours=hours)
    assert about(silence(home), timedelta(hours=6))
    assert home.state.watched == timedelta(hours=6)
    home.wait(hours=6, minutes=1)
    assert Kind.QUIET in home.kinds()


def test_a_glitch_of_ten_years_asks_nobody_and_leaves_nothing_behind() -> None:
    home = a_home()
    home.wait(hours=6)
    home.wall_jumps(days=3650)
    assert home.kinds() == [Kind.TROUBLE]
    home.wait(hours=1)
    home.wall_jumps(days=-3650)
    assert home.stage is Stage.CALM
    assert about(silence(home), timedelta(hours=7))
    assert home.state.last_sign == NOON


def test_a_home_whose_clock_ran_years_ahead_trusts_it_again_a_day_after_the_next_boot() -> None:
    home = a_home()
    home.wall_jumps(days=3650)
    home.power_cut(off=timedelta(minutes=1), wall=home.machine.true)
    assert ("clock_unset", "raised") in clock_troubles(home)
    home.life()
    home.wait(hours=23)
    home.life()
    home.later(hours=2)
    home.tick()
    assert home.state.clock.trusted
    assert about(silence(home), timedelta(hours=2))


def test_a_clock_that_falls_to_1970_while_it_runs_and_boots_there_is_set_without_an_alarm() -> None:
    home = a_home()
    home.wait(hours=2)
    home.wall_jumps(days=-20_000)
    home.wait(hours=1)
    home.tick()
    home.power_cut(off=timedelta(minutes=30), wall=EPOCH)
    home.wait(minutes=5)
    home.clock_becomes_right()
    assert home.stage is Stage.CALM
    assert about(silence(home), true_silence(home))


def test_a_jump_of_an_hour_is_told_once_and_taken_back() -> None:
    home = a_home()
    home.wall_jumps(hours=1)
    home.later(minutes=5)
    home.tick()
    assert clock_troubles(home) == [("clock_jumped", "raised"), ("clock_jumped", "cleared")]


def test_seconds_of_drift_are_nobodys_trouble() -> None:
    home = a_home()
    for _ in range(100):
        home.later(minutes=5)
        home.machine.wrong_by += timedelta(seconds=2)
        home.tick()
    assert clock_troubles(home) == []
    assert home.state.watched <= silence(home)


def test_what_was_watched_before_a_jump_stays_watched() -> None:
    home = a_home()
    home.later(hours=5)
    home.wall_jumps(hours=2)
    assert home.state.watched == timedelta(hours=5)


@pytest.mark.parametrize("hours", [-5.0, 24.0 * 365 * 10])
def test_rungs_keep_their_pace_while_the_clock_jumps(hours: float) -> None:
    home = a_quiet_home()
    home.wait(minutes=5)
    home.wall_jumps(hours=hours)
    assert Kind.KNOCK not in home.kinds()
    home.wait(minutes=10)
    assert home.stage is Stage.KNOCK


def test_an_absence_ends_on_its_date_although_the_machine_lost_its_clock() -> None:
    home = a_home()
    until = NOON + timedelta(days=5)
    home.give(Leave(until=until))
    home.wait(hours=1)
    home.tick()
    home.power_cut(off=timedelta(days=1), wall=EPOCH)
    home.wait(hours=1)
    home.clock_becomes_right()
    assert home.state.stay.until is not None
    assert about(home.state.stay.until - until, timedelta(0))


def test_an_absence_until_a_real_date_is_not_moved_into_the_next_century() -> None:
    home = a_home()
    home.power_cut(off=timedelta(hours=1), wall=home.machine.wall - timedelta(hours=20))
    until = home.machine.true + timedelta(days=3)
    home.give(Leave(until=until))
    home.wait(minutes=5)
    home.clock_becomes_right()
    assert home.state.stay.until == until


def test_an_absence_of_56_years_is_refused() -> None:
    home = a_home()
    home.power_cut(off=timedelta(hours=1), wall=EPOCH)
    assert home.give(Leave(until=NOON + timedelta(days=3))).refused
    assert home.state.stay.kind is Presence.HOME


# A clock that is at its last save each time tells nobody that it ran ahead.
@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(("right", "right"), ("right", "1970"), ("right", "last save")),
        *(("1970", "right"), ("1970", "1970"), ("1970", "last save")),
        *(("last save", "right"), ("last save", "1970")),
    ],
)
def test_a_date_that_ran_ahead_and_was_believed_does_not_date_what_came_after_it(
    first: str, second: str
) -> None:
    home = a_home()
    home.wall_jumps(hours=-2)
    home.wall_jumps(hours=30)
    for off, boots_at in ((5, first), (12, second)):
        wall = {"right": None, "1970": EPOCH, "last save": home.machine.wall}[boots_at]
        home.power_cut(off=timedelta(hours=off), wall=wall)
    home.give(Ok(person=Person.RESIDENT))
    home.power_cut(off=timedelta(hours=12))
    assert silence(home) >= timedelta(hours=12)


def test_a_date_that_has_stood_for_a_day_dates_what_comes_after_it() -> None:
    home = a_home()
    home.power_cut(off=timedelta(hours=3))
    for _ in range(30):
        home.life()
        home.wait(hours=1)
    home.tick()
    home.power_cut(off=timedelta(hours=1), wall=EPOCH)
    home.life()
    home.power_cut(off=timedelta(hours=2))
    assert about(silence(home), timedelta(hours=3))


def test_winter_and_summer_time_are_nothing_to_a_clock_in_utc() -> None:
    home = a_home()
    for _ in range(400):
        home.wait(hours=11)
        home.life()
    assert home.said == []
