from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.anshim_knock.logic.ghost import Ghost, Habit, Slot, Thing, started
from tests.logic.habits import (
    DAY,
    by_the_clock,
    compressor,
    hob,
    person,
    restless,
    thermostat,
    timer,
    wakeful,
)


def lived(
    starts: list[datetime], habit: Habit | None = None, *, thing: Thing = Thing.APPLIANCE
) -> list[tuple[datetime, Ghost | None]]:
    """The verdict after each start."""
    habit, verdicts = habit or Habit(), []
    for at in starts:
        habit = started(habit, at, thing)
        verdicts.append((at, habit.found))
    return verdicts


def after(starts: list[datetime], *, thing: Thing = Thing.APPLIANCE) -> Habit:
    habit = Habit()
    for at in starts:
        habit = started(habit, at, thing)
    return habit


def found_after(starts: list[datetime], *, thing: Thing = Thing.APPLIANCE) -> timedelta | None:
    verdicts = lived(starts, thing=thing)
    return next((at - starts[0] for at, ghost in verdicts if ghost is not None), None)


def ever(starts: list[datetime], *, thing: Thing = Thing.APPLIANCE) -> set[Ghost | None]:
    return {ghost for _, ghost in lived(starts, thing=thing)}


@pytest.mark.parametrize("minutes", [15, 25, 40, 60, 90, 120, 180, 240])
@pytest.mark.parametrize("spread", [0.02, 0.1, 0.25])
def test_a_fridge_is_found_within_ten_days_and_stays_found(minutes: int, spread: float) -> None:
    starts = compressor(minutes, days=60, spread=spread)
    when = found_after(starts)
    assert when is not None
    assert when <= 10 * DAY
    assert {ghost for at, ghost in lived(starts) if at - starts[0] > when} == {Ghost.EVEN}


@pytest.mark.parametrize("minutes", [15, 25, 40, 60, 90])
@pytest.mark.parametrize("spread", [0.02, 0.1, 0.2])
def test_a_compressor_that_never_rests_is_found_on_its_second_day(
    minutes: int, spread: float
) -> None:
    when = found_after(compressor(minutes, days=20, spread=spread))
    assert when is not None
    assert 1.5 * DAY <= when <= 1.75 * DAY


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("a_day", "nights"), [(8, 1), (20, 3), (60, 6), (200, 12)])
def test_somebody_up_day_and_night_with_a_plug_is_not_taken_at_once(
    a_day: float, nights: int, seed: int
) -> None:
    when = found_after(person(days=60, a_day=a_day, seed=seed, nights=nights))
    assert when is None or when > 3 * DAY


def test_a_lamp_on_a_plug_used_every_two_hours_of_the_night_is_not_taken_at_once() -> None:
    when = found_after(wakeful(days=30, a_day=12))
    assert when is None or when > 3 * DAY


def test_a_fridge_on_the_kettles_plug_is_found_within_ten_days() -> None:
    kettle = person(days=20, a_day=8, seed=4)
    fridge = [at + 20 * DAY for at in compressor(40, days=20)]
    when = found_after(kettle + fridge)
    assert when is not None
    assert when - 20 * DAY <= 10 * DAY


def test_a_fridge_that_a_person_opens_all_day_is_still_found() -> None:
    """Its lamp and its longer runs come on top of the compressor."""
    starts = sorted(compressor(70, days=20) + person(days=20, a_day=15, seed=3))
    assert found_after(starts) is not None


def test_a_fridge_is_found_although_the_power_failed_for_an_evening() -> None:
    starts = compressor(50, days=12)
    out = starts[0] + 2.4 * DAY
    starts = [at for at in starts if not out < at < out + timedelta(hours=8)]
    when = found_after(starts)
    assert when is not None
    assert when <= 10 * DAY


def test_a_coffee_machine_on_its_thermostat_is_found_by_its_cycling() -> None:
    assert ever(thermostat(days=10)) == {None, Ghost.CYCLING}


def test_motion_again_and_again_is_a_person_at_home_and_no_thermostat() -> None:
    assert ever(thermostat(days=30), thing=Thing.SENSOR) == {None}


@pytest.mark.parametrize("drift_s", [-70, -30, 0, 30, 70])
def test_a_lamp_on_a_timer_is_found_within_ten_days_also_when_it_follows_the_sun(
    drift_s: int,
) -> None:
    """In Korea sunset moves by 70 s a day at most."""
    starts = timer(days=40, drift=timedelta(seconds=drift_s))
    when = found_after(starts)
    assert when is not None
    assert when <= 10 * DAY
    assert lived(starts)[-1][1] is Ghost.TIMED


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("a_day", "nights"), [(3, 0), (8, 0), (8, 1), (20, 2), (200, 3)])
def test_a_person_is_no_ghost_not_even_one_who_is_up_at_night(
    a_day: float, nights: int, seed: int
) -> None:
    starts = person(days=60, a_day=a_day, seed=seed, nights=nights)
    assert ever(starts, thing=Thing.SENSOR) == {None}


@pytest.mark.parametrize("seed", range(8))
def test_a_person_of_fixed_habits_is_no_timer(seed: int) -> None:
    assert ever(by_the_clock(days=60, minutes=8.0, seed=seed)) == {None}


def test_cooking_three_meals_on_a_pulsing_hob_is_no_thermostat() -> None:
    assert ever(hob(days=30)) == {None}


def test_cooking_for_an_hour_at_every_meal_is_no_thermostat() -> None:
    assert ever(hob(days=30, minutes=57)) == {None}


def test_somebody_who_is_up_every_two_hours_of_the_night_is_no_machine() -> None:
    """Never at rest for long: what tells is that the day is fuller than the night."""
    assert ever(wakeful(days=60, a_day=120), thing=Thing.SENSOR) == {None}


@pytest.mark.parametrize("seed", range(4))
def test_somebody_who_sleeps_at_other_hours_every_day_is_no_machine(seed: int) -> None:
    """No hour of the day is quieter than another: what tells is that somebody sleeps."""
    assert ever(restless(days=60, a_day=25, asleep_h=4.0, seed=seed), thing=Thing.SENSOR) == {None}


def test_a_fridge_that_is_heard_only_on_some_days_is_found_all_the_same() -> None:
    """Every other afternoon its plug falls silent for a day, so no day is seen whole."""
    starts = compressor(190, days=20)
    heard = timedelta(hours=22)
    kept = [at for at in starts if (at - starts[0] - timedelta(hours=13)) % (2 * DAY) < heard]
    assert ever(kept) == {None, Ghost.EVEN}


def test_a_plug_that_changes_from_the_fridge_to_the_kettle_is_believed_again() -> None:
    fridge = compressor(40, days=20)
    kettle = [at + 20 * DAY for at in person(days=20, a_day=8, seed=4)]
    verdicts = lived(fridge + kettle)
    lifted = next(at for at, ghost in verdicts if at > fridge[-1] and ghost is None)
    assert lifted - fridge[-1] <= 10 * DAY
    assert verdicts[-1][1] is None


def test_a_lamp_that_left_its_timer_is_believed_again() -> None:
    hand = [at + 15 * DAY for at in person(days=15, a_day=6, seed=2)]
    assert lived(timer(days=15) + hand)[-1][1] is None


def test_one_odd_day_does_not_lift_a_verdict() -> None:
    starts = compressor(40, days=30)
    odd = starts[0] + 20 * DAY
    kept = [at for at in starts if not odd < at < odd + timedelta(hours=9)]
    verdicts = [ghost for at, ghost in lived(kept) if at > odd]
    assert set(verdicts) == {Ghost.EVEN}


def opened_and_closed(openings: list[datetime]) -> list[datetime]:
    """Somebody closes a door again after some seconds."""
    return sorted(at + timedelta(seconds=s) for at in openings for s in (0, 9))


@pytest.mark.parametrize(("minutes", "spread"), [(20, 0.1), (20, 0.4), (60, 0.2), (150, 0.2)])
def test_a_door_contact_that_flutters_day_and_night_is_found(minutes: int, spread: float) -> None:
    when = found_after(compressor(minutes, days=30, spread=spread), thing=Thing.DOOR)
    assert when is not None
    assert when <= 7 * DAY


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("a_day", "nights"), [(3, 0), (8, 1), (20, 2), (60, 3), (120, 4)])
def test_the_fridge_door_of_a_living_person_is_never_found_however_often_they_are_up(
    a_day: float, nights: int, seed: int
) -> None:
    used = opened_and_closed(person(days=60, a_day=a_day, seed=seed, nights=nights))
    assert ever(used, thing=Thing.DOOR) == {None}


def test_a_bathroom_door_moved_every_two_hours_of_the_night_is_a_persons() -> None:
    used = opened_and_closed(wakeful(days=60, a_day=40))
    assert ever(used, thing=Thing.DOOR) == {None}


def test_a_door_that_is_opened_at_the_same_minute_every_day_is_a_persons() -> None:
    assert ever(opened_and_closed(timer(days=40)), thing=Thing.DOOR) == {None}


def test_a_door_whose_contact_was_mended_is_believed_again() -> None:
    used = [at + 15 * DAY for at in person(days=15, a_day=8, seed=2)]
    fluttered = compressor(20, days=15)
    assert lived(fluttered + opened_and_closed(used), thing=Thing.DOOR)[-1][1] is None


@given(
    seconds=st.one_of(st.integers(60, 5 * 3600), st.sampled_from([43_200, 86_400])),
    offset=st.integers(0, 86_400),
)
@settings(max_examples=60, deadline=None)
def test_what_only_repeats_itself_is_never_acquitted(seconds: int, offset: int) -> None:
    step = timedelta(seconds=seconds)
    first = compressor(60, days=1)[0] + timedelta(seconds=offset)
    count = min(int(14 * DAY / step), 8000)
    found = [ghost is not None for _, ghost in lived([first + n * step for n in range(count)])]
    assert all(later or not earlier for earlier, later in pairwise(found))
    if step * count >= 10 * DAY:
        assert found[-1]


@given(st.lists(st.datetimes(compressor(60, days=1)[0].replace(tzinfo=None)), max_size=60))
def test_a_clock_that_jumps_neither_raises_nor_grows_the_memory(times: list[datetime]) -> None:
    habit = after([at.replace(tzinfo=compressor(60, days=1)[0].tzinfo) for at in times])
    assert len(habit.days) <= 10
    assert len(habit.slots) <= 6
    assert all(isinstance(slot, Slot) for slot in habit.slots)
