from math import inf

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.anshim_knock.logic.rhythm import Parameters, Rhythm, Rung, Verdict, Why
from custom_components.anshim_knock.logic.rhythm.backtest import Sign
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR, MINUTE
from custom_components.anshim_knock.logic.rhythm_snapshot import rhythm_from_dict, rhythm_to_dict
from tests.logic.rhythm.lives import MONDAY, fed, made_up, plain_life

MONTH = 30


def limit_after(rhythm: Rhythm, at: float, rung: Rung = Rung.CALL) -> float:
    rhythm.activity(at, "kitchen")
    return (rhythm.deadline(rung).at - at) / HOUR


def test_a_home_that_never_showed_life_has_no_deadline() -> None:
    assert Rhythm().deadline(Rung.CALL) == Verdict(inf, Why.NOTHING_YET)


@pytest.mark.parametrize("rung", Rung)
def test_a_cold_home_waits_for_a_long_night_and_no_longer(rung: Rung) -> None:
    rhythm = fed([Sign(MONDAY, "kitchen")])
    verdict = rhythm.deadline(rung)
    assert verdict.why is Why.COLD
    assert 12 * HOUR < verdict.at - MONDAY <= 14 * HOUR


@given(days=st.integers(1, 13), hour=st.floats(0, 24))
@settings(max_examples=30)
def test_whoever_falls_silent_in_the_first_fortnight_is_called_within_fourteen_hours(
    days: int, hour: float
) -> None:
    rhythm = fed(plain_life(days))
    at = MONDAY + days * DAY + hour * HOUR
    assert limit_after(rhythm, at) <= 14.0


def test_a_silent_day_is_noticed_sooner_than_a_silent_night() -> None:
    rhythm = fed(plain_life(MONTH))
    limits = rhythm.limits(Rung.CALL)
    assert limits[11] <= 6 * HOUR
    assert limits[21] > limits[11] + 3 * HOUR


def test_no_ordinary_night_is_an_alarm() -> None:
    rhythm = fed(plain_life(MONTH))
    rhythm.activity(MONDAY + MONTH * DAY + 22 * HOUR, "bathroom")
    assert rhythm.deadline(Rung.QUIET).at > MONDAY + (MONTH + 1) * DAY + 7.4 * HOUR


def test_who_lies_in_till_ten_is_asked_later_than_who_rises_at_six() -> None:
    bedtime = MONDAY + MONTH * DAY + 23.9 * HOUR
    early = bedtime + HOUR * limit_after(fed(plain_life(MONTH, up=6)), bedtime)
    late = bedtime + HOUR * limit_after(fed(plain_life(MONTH, up=10, bed=24)), bedtime)
    assert early + 2 * HOUR < late


@given(seed=st.integers(0, 40), days=st.integers(3, 40), hour=st.floats(0, 24))
@settings(max_examples=25)
def test_a_rarer_alarm_comes_later_and_a_call_never_before_the_pre_alarm(
    seed: int, days: int, hour: float
) -> None:
    signs = made_up(seed, days)
    at = signs[-1].at + hour * HOUR
    limits = [
        limit_after(fed(signs, Rhythm(parameters=Parameters(call_budget=budget))), at)
        for budget in (30, 60, 120, 180)
    ]
    assert limits == sorted(limits)
    assert limit_after(fed(signs), at, Rung.QUIET) <= limits[-1]


@given(seed=st.integers(0, 40), days=st.integers(1, 60), hour=st.floats(0, 24))
@settings(max_examples=25)
def test_nobody_is_left_beyond_the_ceiling_or_called_at_once(
    seed: int, days: int, hour: float
) -> None:
    signs = made_up(seed, days)
    rhythm = fed(signs)
    if rhythm.home is not False:
        at = signs[-1].at + hour * HOUR
        assert 4 <= limit_after(rhythm, at) <= 24
        assert 3 <= limit_after(rhythm, at + 1, Rung.QUIET) <= 24


def test_an_unexplained_long_quiet_teaches_nothing() -> None:
    rhythm, told = fed(plain_life(MONTH)), fed(plain_life(MONTH))
    told.activity(told.spoke + 30 * HOUR, "kitchen")
    rhythm.activity(rhythm.spoke + 30 * HOUR, "kitchen")
    assert told.days == rhythm.days == fed(plain_life(MONTH)).days
    assert told.nights == fed(plain_life(MONTH)).nights


def test_new_habits_are_followed_within_a_season() -> None:
    rhythm = fed(plain_life(MONTH, up=9, bed=23))
    before = rhythm.limits(Rung.CALL)[23]
    fed(plain_life(120, first=MONTH, up=6, bed=23), rhythm)
    assert rhythm.limits(Rung.CALL)[23] < before - HOUR


def test_a_slow_decline_is_told_and_not_learnt() -> None:
    """Every week the bed is left ten minutes later and sought as much earlier, for a year."""
    rhythm = fed(plain_life(40))
    before = [*rhythm.anchor.accepted]
    for week in range(50):
        later = min(week / 6, 4.5)
        fed(plain_life(7, first=40 + 7 * week, up=7 + later, bed=22 - later), rhythm)
    held = rhythm.limits(Rung.CALL)
    slack = rhythm.parameters.anchor_slack + 1
    assert all(now <= old + slack for old, now in zip(before, held, strict=True))
    assert rhythm.explain().declining

    rhythm.accept()
    accepted = rhythm.limits(Rung.CALL)
    assert any(now > old + HOUR for old, now in zip(held, accepted, strict=True))
    assert not rhythm.explain().declining


def test_one_odd_day_does_not_change_the_limit_much() -> None:
    rhythm = fed(plain_life(MONTH))
    before = rhythm.limits(Rung.CALL)
    day = MONDAY + MONTH * DAY
    fed([Sign(day + 7 * HOUR, "kitchen"), Sign(day + 15 * HOUR, "kitchen")], rhythm)
    fed(plain_life(3, first=MONTH + 1), rhythm)
    after = rhythm.limits(Rung.CALL)
    assert max(a - b for a, b in zip(after, before, strict=True)) <= 5 * HOUR


def test_the_usual_silence_is_long_at_bedtime_and_short_at_noon() -> None:
    rhythm = fed(plain_life(30))
    bedtime = rhythm.usual()
    rhythm.activity(MONDAY + 30 * DAY + 12 * HOUR, "kitchen")
    noon = rhythm.usual()
    assert bedtime is not None
    assert noon is not None
    assert noon < 2 * HOUR
    assert 9 * HOUR < bedtime < 11 * HOUR


def test_a_bedroom_begins_the_nights_and_a_kitchen_does_not() -> None:
    """The same evening: a silence after the bedroom is a night, one after the kitchen is none."""
    signs = plain_life(40)
    nights = [MONDAY + day * DAY + 22.4 * HOUR for day in range(40)]
    late = [Sign(at - 20 * MINUTE, "kitchen") for at in nights]
    rhythm = fed(sorted([*signs, *late, *(Sign(at, "bedroom") for at in nights)]))
    evening = MONDAY + 40 * DAY + 22.4 * HOUR
    limits = {}
    for source in ("kitchen", "bedroom"):
        other = rhythm_from_dict(rhythm_to_dict(rhythm))
        other.activity(evening, source)
        limits[source] = other.deadline(Rung.CALL).at - evening
    assert limits["kitchen"] < limits["bedroom"]
