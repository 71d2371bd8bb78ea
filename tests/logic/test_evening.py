"""Nobody is woken to be asked what could have been asked in the evening."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.anshim_knock.logic.evening import Night
from custom_components.anshim_knock.logic.settings import Expected
from custom_components.anshim_knock.logic.words import Cause, Kind, Stage, Watch

from .home import EPOCH, SETTINGS, Home, a_home

SEOUL = ZoneInfo("Asia/Seoul")
EVENING = Night(zone=SEOUL)


def seen_at(hour: int, minute: int = 0, *, limit: float) -> Home:
    """A home that was last seen at this hour of its own day."""
    settings = replace(SETTINGS, limit=timedelta(hours=limit), night=EVENING)
    home = a_home(settings=settings)
    seen = home.machine.true.astimezone(SEOUL).replace(hour=hour, minute=minute)
    while seen <= home.machine.true:
        seen += timedelta(days=1)
    while (left := seen - home.machine.true) > timedelta(0):
        home.wait(seconds=min(left, timedelta(minutes=30)).total_seconds())
        home.life()
    home.said.clear()
    return home


def local(moment: datetime) -> tuple[int, int]:
    there = moment.astimezone(SEOUL)
    return there.hour, there.minute


@pytest.mark.parametrize(("hour", "limit"), [(14, 8.5), (16, 9.75), (18, 5.5), (9, 21.5)])
def test_what_would_be_asked_at_night_is_asked_at_nine_in_the_evening(
    hour: int, limit: float
) -> None:
    home = seen_at(hour, limit=limit)
    assert local(home.due) == (21, 0)
    home.wait_for_deadline()
    assert (home.stage, home.state.cause) == (Stage.QUIET, Cause.SILENCE)


def test_less_than_half_of_the_limit_is_too_soon_to_worry() -> None:
    assert local(seen_at(17, limit=12).due) == (5, 0)


@pytest.mark.parametrize(("hour", "limit", "asked"), [(9, 12, (21, 0)), (9, 12.5, (21, 30))])
def test_what_is_asked_by_day_stays_where_it_is(
    hour: int, limit: float, asked: tuple[int, int]
) -> None:
    assert local(seen_at(hour, limit=limit).due) == asked


def test_whoever_was_seen_late_is_not_asked_early() -> None:
    assert local(seen_at(20, 30, limit=3).due) == (23, 30)


def test_nobody_is_called_earlier_for_having_been_asked_earlier() -> None:
    home = seen_at(14, limit=9)
    home.wait_for_deadline()
    assert local(home.machine.true) == (21, 0)
    quiet = home.newest(Kind.QUIET)
    assert quiet["rungs"] == {"knock_in_s": 8100, "visit_in_s": 9900}
    home.wait_for_deadline()
    assert home.stage is Stage.KNOCK
    assert local(home.machine.true) == (23, 15)


def test_a_home_that_goes_blind_meanwhile_is_called_all_the_same() -> None:
    home = seen_at(14, limit=9)
    home.wait_for_deadline()
    home.watching(Watch.BLIND)
    home.wait(hours=2, minutes=15)
    assert home.stage is Stage.KNOCK


def test_an_evening_that_was_missed_is_not_made_up_for_at_night() -> None:
    home = seen_at(14, limit=9)
    home.later(hours=8, minutes=30)
    home.tick()
    assert local(home.machine.true) == (22, 30)
    assert home.stage is Stage.CALM
    assert local(home.due) == (23, 0)


def test_a_timer_that_fires_a_little_late_still_asks_in_the_evening() -> None:
    home = seen_at(14, limit=9)
    home.later(hours=7, minutes=0, seconds=30)
    home.tick()
    assert home.stage is Stage.QUIET


def test_the_ceiling_waits_for_no_evening() -> None:
    home = seen_at(14, limit=9)
    home.watching(Watch.BLIND)
    home.wait(hours=20)
    # Eleven in the evening and twelve hours more.
    assert home.stage is Stage.CALM
    assert local(home.due) == (11, 0)


def test_a_clock_that_is_not_set_knows_no_evening() -> None:
    home = seen_at(14, limit=9)
    home.power_cut(off=timedelta(minutes=1), wall=EPOCH)
    home.watching(Watch.SEEING)
    silent = home.due - home.state.silent_since
    assert silent > timedelta(hours=8, minutes=50)


def test_a_learned_limit_is_asked_in_the_evening_and_called_at_its_own_time() -> None:
    home = seen_at(14, limit=9)
    home.settings = replace(
        home.settings,
        learned=True,
        expected=Expected(quiet=timedelta(hours=9), call=timedelta(hours=11)),
    )
    home.tick()
    assert local(home.due) == (21, 0)
    home.wait_for_deadline()
    home.wait_for_deadline()
    assert (home.stage, local(home.machine.true)) == (Stage.KNOCK, (1, 0))
