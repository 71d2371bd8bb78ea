"""A clock that was set wrong and is set right again: nobody was silent for longer, nor shorter."""

from datetime import timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.anshim_knock.logic.clock import TOLERANCE
from custom_components.anshim_knock.logic.inputs import Leave
from custom_components.anshim_knock.logic.words import Kind, Stage

from .home import Home, a_home
from .silences import about, silence, true_silence

HOUR = timedelta(hours=1)
# After so many minutes the clock is so many hours behind the truth.
wrong_labels = st.lists(st.tuples(st.integers(0, 9), st.integers(-90, 0)), max_size=6)
# After so many minutes it is set, or the machine is held still: for seven minutes beyond whole
# hours, so that no step of the clock is just as long.
steps = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["set", "held"]), st.integers(-90, 0)),
    max_size=6,
)


def set_to(home: Home, hours: float) -> None:
    home.machine.wrong_by = timedelta(hours=hours)
    home.tick()


def held_still(home: Home, hours: float) -> None:
    """No clock of the machine runs on but the wall's."""
    home.machine.booted += timedelta(hours=hours)
    home.later(hours=hours)
    home.tick()


def stood_wrong(home: Home, hours: float, *, minutes: float) -> None:
    set_to(home, hours)
    home.wait(minutes=minutes)
    set_to(home, 0)


@pytest.mark.parametrize("hours", [-1, -24, -24 * 20, -24 * 400])
def test_a_clock_that_was_wrong_for_minutes_and_is_put_right_calls_nobody(hours: int) -> None:
    home = a_home()
    home.wait(hours=1)
    stood_wrong(home, hours, minutes=15)
    assert home.stage is Stage.CALM
    assert Kind.UNKNOWN not in home.kinds()
    assert about(silence(home), true_silence(home))


@given(awake=st.integers(0, 10), labels=wrong_labels)
@settings(max_examples=200, deadline=None)
def test_whatever_wrong_labels_come_right_within_the_hour_silence_is_what_it_is_in_truth(
    awake: int, labels: list[tuple[int, int]]
) -> None:
    home = a_home()
    home.wait(hours=awake)
    for minutes, hours in labels:
        home.wait(minutes=minutes)
        set_to(home, hours)
    set_to(home, 0)
    assert home.stage is Stage.CALM
    assert about(silence(home), true_silence(home))
    home.wait(hours=12 - true_silence(home) / HOUR, minutes=-2)
    assert Kind.QUIET not in home.kinds()
    home.wait(minutes=4)
    assert Kind.QUIET in home.kinds()


@given(done=steps)
@settings(max_examples=300, deadline=None)
def test_however_clocks_are_set_and_machines_held_still_no_silence_is_shortened(
    done: list[tuple[int, str, int]],
) -> None:
    home = a_home()
    for minutes, what, hours in done:
        home.wait(minutes=minutes)
        if what == "set":
            set_to(home, hours)
        else:
            held_still(home, -hours // 8 + 7 / 60)
    home.wait(hours=1, minutes=1)
    home.tick()
    assert silence(home) >= true_silence(home) - TOLERANCE


def test_a_machine_held_still_after_its_clock_was_set_back_was_silent_for_as_long() -> None:
    home = a_home()
    home.wait(hours=1)
    set_to(home, -24)
    held_still(home, 23)
    home.wait(hours=1, minutes=1)
    home.tick()
    assert home.stage is not Stage.CALM
    assert about(silence(home), true_silence(home))


def test_life_after_such_a_step_is_no_older_for_it() -> None:
    home = a_home()
    set_to(home, -24)
    held_still(home, 20)
    home.wait(minutes=5)
    home.life()
    home.wait(hours=2)
    home.tick()
    assert home.stage is Stage.CALM
    assert about(silence(home), 2 * HOUR)


def test_a_clock_that_is_put_right_after_more_than_an_hour_is_believed_as_before() -> None:
    home = a_home()
    stood_wrong(home, -30, minutes=90)
    assert Kind.UNKNOWN in home.kinds()


def test_a_restart_between_the_wrong_and_the_right_time_forgets_nothing() -> None:
    home = a_home()
    set_to(home, -24)
    home.restart()
    set_to(home, 0)
    assert home.stage is Stage.CALM
    assert about(silence(home), true_silence(home))


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("hours", [-1, -24, -24 * 20])
def test_an_absence_ends_when_it_was_meant_to_after_a_clock_that_was_wrong_for_minutes(
    hours: int, *, restarts: bool
) -> None:
    home = a_home()
    until = home.machine.wall + timedelta(days=3)
    home.give(Leave(until=until))
    home.wait(hours=2)
    set_to(home, hours)
    home.wait(minutes=7)
    if restarts:
        home.restart()
    set_to(home, hours / 2)
    home.wait(minutes=7)
    set_to(home, 0)
    assert home.state.stay.until == until
    home.wait(hours=69)
    assert not home.state.episodes
    home.wait(minutes=50)
    assert home.stage is Stage.QUIET


def test_an_end_chosen_under_a_wrong_label_is_no_later_when_it_comes_right() -> None:
    home = a_home()
    home.give(Leave(until=home.machine.wall + timedelta(days=3)))
    set_to(home, -24)
    chosen = home.machine.true + timedelta(days=2)
    home.give(Leave(until=chosen))
    set_to(home, 0)
    assert home.state.stay.until == chosen


def test_an_end_that_was_meant_long_ago_is_not_taken_up_by_a_later_step() -> None:
    home = a_home()
    home.give(Leave(until=home.machine.wall + timedelta(days=9)))
    set_to(home, -24)
    home.wait(hours=2)
    until = home.state.stay.until
    stood = home.machine.wrong_by / HOUR
    set_to(home, stood - 3)
    home.wait(minutes=7)
    set_to(home, stood)
    assert home.state.stay.until == until
