"""When a silence is too long: watched silence by the limit, any silence by the ceiling."""

from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.inputs import Life, Place, ShortenLimit
from custom_components.anshim_knock.logic.settings import Settings
from custom_components.anshim_knock.logic.words import Cause, Kind, Stage, Watch

from .home import EPOCH, NOON, SETTINGS, a_home, a_knocked_home, a_quiet_home

HALF_A_DAY = timedelta(hours=12)


def test_watched_silence_becomes_quiet_at_the_limit() -> None:
    home = a_home()
    home.wait(hours=11, minutes=59)
    assert home.said == []
    home.wait(minutes=1)
    assert home.stage is Stage.QUIET
    assert home.kinds() == [Kind.QUIET]
    assert home.state.cause is Cause.SILENCE


def test_the_deadline_is_the_limit_while_the_home_is_seen() -> None:
    assert a_home().due == NOON + HALF_A_DAY


def test_a_sign_of_life_starts_the_silence_anew() -> None:
    home = a_home()
    home.wait(hours=11)
    home.life()
    assert home.due == NOON + timedelta(hours=23)
    assert home.state.last_sign == NOON + timedelta(hours=11)
    assert home.said == []


def test_a_kettle_in_the_second_of_the_limit_knocks_at_nobody() -> None:
    home = a_home()
    home.later(hours=12)
    home.life()
    assert home.stage is Stage.CALM
    assert home.said == []


def test_a_blind_home_is_asked_about_at_the_ceiling_as_unknown() -> None:
    home = a_home(watch=Watch.BLIND)
    home.wait(hours=23, minutes=59)
    assert home.kinds() == [Kind.TROUBLE]
    home.wait(minutes=1)
    assert home.stage is Stage.QUIET
    assert Kind.UNKNOWN in home.kinds()
    assert home.newest(Kind.UNKNOWN)["cause"] == Cause.CEILING


def test_an_unknown_home_climbs_the_ladder_like_any_other() -> None:
    home = a_home(watch=Watch.BLIND)
    home.wait(hours=25)
    assert [k for k in home.kinds() if k is not Kind.TROUBLE] == [
        Kind.UNKNOWN,
        Kind.KNOCK,
        Kind.VISIT,
    ]


def test_a_ceiling_without_margin_asks_a_blind_home_at_the_limit() -> None:
    home = a_home(watch=Watch.BLIND, settings=Settings(ceiling_margin=timedelta(0)))
    home.wait(hours=12)
    assert home.stage is Stage.QUIET


def test_the_silence_of_a_dim_home_counts_half() -> None:
    home = a_home(watch=Watch.DIM)
    home.wait(hours=8)
    home.watching(Watch.SEEING)
    assert home.state.watched == timedelta(hours=4)
    assert home.due == home.machine.wall + timedelta(hours=8)


def test_a_dim_home_is_asked_by_the_ceiling_at_the_latest() -> None:
    home = a_home(watch=Watch.DIM, settings=Settings(ceiling_margin=timedelta(hours=4)))
    home.wait(hours=16)
    assert home.kinds() == [Kind.UNKNOWN]


def test_hours_of_blindness_put_the_limit_off_and_not_the_ceiling() -> None:
    home = a_home()
    home.wait(hours=6)
    home.watching(Watch.BLIND)
    assert home.due == NOON + timedelta(hours=6, minutes=10)
    home.wait(hours=2)
    home.watching(Watch.SEEING)
    assert home.due == NOON + timedelta(hours=14)


def test_a_sensor_that_dies_in_the_second_of_the_limit_puts_nothing_off() -> None:
    home = a_home()
    home.later(hours=12, seconds=1)
    home.watching(Watch.BLIND)
    assert home.stage is Stage.QUIET
    assert home.state.cause is Cause.SILENCE


def test_time_while_home_assistant_was_down_was_not_watched() -> None:
    home = a_home()
    home.wait(hours=5)
    home.tick()
    home.restart(away=timedelta(hours=3))
    home.watching(Watch.SEEING)
    assert home.state.watched == timedelta(hours=5)
    assert home.due == NOON + timedelta(hours=15)


def test_a_restarted_home_sees_nothing_until_a_source_reports() -> None:
    home = a_home()
    home.restart()
    assert home.state.watch is Watch.BLIND
    home.wait(minutes=9)
    assert home.said == []


def test_a_home_whose_radio_does_not_return_after_a_restart_is_reported() -> None:
    home = a_home()
    home.restart()
    home.wait(minutes=10)
    assert home.newest(Kind.TROUBLE) == {"code": "blind", "state": "raised"}


def test_a_restart_beyond_the_ceiling_asks_at_once() -> None:
    home = a_home()
    home.tick()
    home.restart(away=timedelta(hours=24))
    assert home.kinds() == [Kind.UNKNOWN]


def test_a_restart_does_not_rush_through_the_rungs() -> None:
    home = a_quiet_home()
    home.restart(away=timedelta(hours=10))
    assert home.stage is Stage.KNOCK
    assert home.state.due == home.machine.wall + SETTINGS.visit_after


def test_the_district_shortens_the_limit() -> None:
    home = a_home()
    home.give(ShortenLimit(hours=6.0))
    assert home.due == NOON + timedelta(hours=6)


@pytest.mark.parametrize("hours", [48.0, 7.0, 1e300, float("inf")])
def test_a_second_wish_of_the_district_never_lengthens_the_limit(hours: float) -> None:
    home = a_home()
    home.give(ShortenLimit(hours=6.0))
    home.give(ShortenLimit(hours=hours))
    assert home.due == NOON + timedelta(hours=6)


def test_a_shorter_limit_ends_when_the_district_said() -> None:
    home = a_home()
    home.give(ShortenLimit(hours=6.0, until=NOON + timedelta(hours=5)))
    assert home.due == NOON + timedelta(hours=6)
    home.wait(hours=6)
    assert (home.stage, home.due) == (Stage.CALM, NOON + HALF_A_DAY)


def test_a_wish_with_an_end_leaves_the_one_for_good_in_force() -> None:
    home = a_home()
    home.give(ShortenLimit(hours=9.0))
    home.give(ShortenLimit(hours=6.0, until=NOON + timedelta(hours=5)))
    home.wait(hours=8)
    assert (home.stage, home.due) == (Stage.CALM, NOON + timedelta(hours=9))


def test_a_shorter_limit_goes_on_where_nobody_knows_the_date() -> None:
    home = a_home()
    home.give(ShortenLimit(hours=6.0, until=NOON + timedelta(hours=5)))
    home.power_cut(off=timedelta(minutes=1), wall=EPOCH)
    home.watching(Watch.SEEING)
    home.wait(hours=6)
    assert home.stage is Stage.QUIET


@pytest.mark.parametrize("hours", [0.0, -3.0, float("nan"), float("-inf")])
def test_a_limit_that_means_nothing_is_refused(hours: float) -> None:
    home = a_home()
    assert home.give(ShortenLimit(hours=hours)).refused
    assert home.due == NOON + HALF_A_DAY


def test_shortening_below_what_has_passed_asks_at_once_even_a_blind_home() -> None:
    home = a_home()
    home.wait(hours=8)
    home.watching(Watch.BLIND)
    home.give(ShortenLimit(hours=6.0))
    assert home.stage is Stage.QUIET


def test_a_fresh_record_from_the_district_ends_the_knock() -> None:
    home = a_knocked_home()
    home.give(Life(place=Place.ELSEWHERE, at=home.machine.wall - timedelta(hours=2)))
    assert home.stage is Stage.CALM
    assert home.state.silent_since == home.machine.wall - timedelta(hours=2)
    assert home.newest(Kind.RESOLVED)["by"] == "elsewhere"


def test_a_record_as_old_as_the_limit_ends_nothing() -> None:
    home = a_knocked_home()
    home.give(Life(place=Place.ELSEWHERE, at=home.machine.wall - HALF_A_DAY))
    assert home.stage is Stage.KNOCK


def test_a_record_is_measured_by_the_shortened_limit() -> None:
    home = a_home()
    home.give(ShortenLimit(hours=3.0))
    home.wait(hours=4)
    home.give(Life(place=Place.ELSEWHERE, at=home.machine.wall - timedelta(hours=3, minutes=30)))
    assert home.stage is not Stage.CALM


def test_a_record_older_than_the_last_sign_is_no_news() -> None:
    home = a_home()
    home.wait(hours=1)
    home.life()
    home.give(Life(place=Place.ELSEWHERE, at=NOON - timedelta(hours=3)))
    assert home.state.last_sign == NOON + timedelta(hours=1)
    assert home.due == NOON + timedelta(hours=13)


def test_a_record_from_the_future_is_not_believed() -> None:
    home = a_knocked_home()
    home.give(Life(place=Place.ELSEWHERE, at=home.machine.wall + timedelta(hours=5)))
    assert home.stage is Stage.KNOCK
    assert home.state.last_sign == NOON


def test_a_record_a_minute_ahead_counts_as_now() -> None:
    home = a_knocked_home()
    home.give(Life(place=Place.ELSEWHERE, at=home.machine.wall + timedelta(minutes=1)))
    assert home.stage is Stage.CALM
    assert home.state.last_sign == home.machine.wall


def test_a_record_learnt_late_takes_its_hours_back_from_the_silence() -> None:
    home = a_home()
    home.wait(hours=10)
    home.give(Life(place=Place.ELSEWHERE, at=NOON + timedelta(hours=7)))
    assert home.state.watched == timedelta(hours=3)
    assert home.due == NOON + timedelta(hours=19)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": timedelta(0)},
        {"limit": timedelta(days=11)},
        {"ceiling_margin": timedelta(hours=13)},
        {"ceiling_margin": timedelta(hours=-1)},
        {"visit_again": timedelta(0)},
        {"emergency_again": timedelta(0)},
        {"drill_step": timedelta(0)},
        {"rearm": timedelta(hours=5)},
        {"emergency_rearm": timedelta(hours=1)},
        {"longest_hold": timedelta(hours=1)},
        {"defer": timedelta(0)},
        {"most_deferrals": -1},
    ],
)
def test_settings_that_could_leave_a_silence_unasked_are_refused(
    wrong: dict[str, timedelta],
) -> None:
    with pytest.raises(ValueError, match=r"must be|must not be"):
        Settings(**wrong)  # type: ignore[arg-type]  # one field at a time, most of them durations
