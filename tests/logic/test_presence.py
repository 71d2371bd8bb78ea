"""Away and guests: what silence means meanwhile, and what it means afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.inputs import (
    ComeBack,
    GuestsStay,
    Help,
    KnockNow,
    Leave,
    Life,
    Ok,
    Person,
    Place,
)
from custom_components.anshim_knock.logic.rungs import Why
from custom_components.anshim_knock.logic.words import Answer, Cause, Kind, Presence, Stage, Watch

from .home import NOON, Home, a_home, a_knocked_home, a_quiet_home, a_visited_home, an_emergency

TWO_DAYS = timedelta(days=2)


def an_absent_home() -> Home:
    home = a_home()
    home.wait(hours=1)
    home.give(Leave(until=home.machine.wall + TWO_DAYS))
    return home


def test_silence_means_nothing_while_the_resident_is_away() -> None:
    home = an_absent_home()
    home.wait(hours=47)
    assert home.stage is Stage.CALM
    assert home.newest(Kind.ABSENCE)["state"] == "started"
    assert home.due == NOON + timedelta(hours=49)


def test_an_absence_that_runs_over_is_asked_about() -> None:
    home = an_absent_home()
    home.wait(hours=48)
    assert home.stage is Stage.QUIET
    assert home.state.cause is Cause.OVERRUN
    assert home.newest(Kind.ABSENCE) == {"what": "away", "state": "overrun"}
    assert home.state.stay.kind is Presence.HOME


def test_moving_inside_ends_an_absence() -> None:
    home = an_absent_home()
    home.wait(hours=5)
    assert home.life().why is Why.BACK_HOME
    assert home.state.stay.kind is Presence.HOME
    assert home.due == home.machine.wall + timedelta(hours=12)


def test_the_outer_door_alone_does_not_end_an_absence() -> None:
    home = an_absent_home()
    home.wait(hours=5)
    home.life(Place.OUTER_DOOR)
    assert home.state.stay.kind is Presence.AWAY
    assert home.state.last_sign == NOON


@pytest.mark.parametrize("place", [Place.PHONE, Place.ELSEWHERE])
def test_life_elsewhere_is_life_and_the_absence_goes_on(place: Place) -> None:
    home = an_absent_home()
    home.wait(hours=5)
    home.life(place)
    assert home.state.stay.kind is Presence.AWAY
    assert home.state.last_sign == home.machine.wall


def test_the_resident_away_can_say_that_all_is_well() -> None:
    home = an_absent_home()
    home.wait(hours=5)
    home.give(Ok(person=Person.RESIDENT))
    assert home.state.stay.kind is Presence.AWAY
    assert home.state.last_sign == home.machine.wall


def test_somebody_ends_the_absence_and_silence_goes_on_from_where_it_was() -> None:
    home = an_absent_home()
    home.wait(hours=10)
    home.give(ComeBack())
    assert home.newest(Kind.ABSENCE)["state"] == "ended"
    assert home.due == home.machine.wall + timedelta(hours=11)


def test_a_presence_tracker_that_flaps_does_not_keep_a_silent_home_calm() -> None:
    home = a_home()
    for _ in range(100):
        home.give(Leave(until=home.machine.wall + TWO_DAYS))
        home.wait(minutes=1)
        home.give(ComeBack())
        home.wait(minutes=9)
    assert home.stage is not Stage.CALM


def test_an_absence_made_longer_still_counts_from_its_beginning() -> None:
    home = an_absent_home()
    home.wait(hours=10)
    home.give(Leave(until=home.machine.wall + TWO_DAYS))
    home.wait(hours=10)
    home.give(ComeBack())
    assert home.due == home.machine.wall + timedelta(hours=11)


def test_time_away_is_not_watched_silence() -> None:
    home = an_absent_home()
    home.wait(hours=10)
    home.tick()
    assert home.state.watched == timedelta(hours=1)


def test_an_absence_that_has_already_ended_is_refused() -> None:
    home = a_home()
    assert home.give(Leave(until=NOON - timedelta(days=1))).refused
    assert home.stage is Stage.CALM
    assert home.state.stay.kind is Presence.HOME


@pytest.mark.parametrize("asked", [a_quiet_home, a_knocked_home, a_visited_home, an_emergency])
def test_no_absence_swallows_an_open_alert(asked: Callable[[], Home]) -> None:
    home = asked()
    for given in (Leave(until=NOON + TWO_DAYS), GuestsStay(until=NOON + TWO_DAYS)):
        decision = home.give(given)
        assert decision.refused
        assert decision.why is Why.ALERT_OPEN
    assert home.state.stay.kind is Presence.HOME


def test_an_absence_in_the_second_of_the_limit_comes_too_late() -> None:
    home = a_home()
    home.later(hours=12, seconds=1)
    assert home.give(Leave(until=NOON + TWO_DAYS)).refused
    assert home.stage is Stage.QUIET


def test_the_silence_of_a_home_with_guests_is_asked_about() -> None:
    home = a_home()
    home.give(GuestsStay(until=NOON + TWO_DAYS))
    home.wait(hours=12)
    assert home.newest(Kind.QUIET)["presence"] == "guest"


def test_guests_who_leave_are_nothing() -> None:
    home = a_home()
    home.give(GuestsStay(until=NOON + timedelta(hours=3)))
    home.wait(hours=4)
    assert home.newest(Kind.ABSENCE) == {"what": "guest", "state": "ended"}
    assert home.stage is Stage.CALM
    assert home.due == NOON + timedelta(hours=12)


def test_guests_after_an_absence_are_not_an_alarm() -> None:
    home = a_home()
    home.give(Leave(until=NOON + timedelta(days=9)))
    home.wait(days=5)
    home.give(GuestsStay(until=home.machine.wall + TWO_DAYS))
    assert home.stage is Stage.CALM
    ended, started = home.said[-2:]
    assert (ended.data["what"], ended.data["state"]) == ("away", "ended")
    assert (started.data["what"], started.data["state"]) == ("guest", "started")
    assert ended.id_of(home.state.id) != started.id_of(home.state.id)


def test_help_from_an_absent_home_works() -> None:
    home = an_absent_home()
    home.help()
    assert home.stage is Stage.EMERGENCY


def test_whoever_is_seen_inside_during_a_knock_is_no_longer_away() -> None:
    home = an_absent_home()
    home.machine.true += timedelta(hours=1)
    home.give(KnockNow())
    home.wait(minutes=1)
    home.life()
    assert home.stage is Stage.CALM
    assert home.state.stay.kind is Presence.HOME


def test_a_blind_absence_is_still_reported_as_trouble() -> None:
    home = an_absent_home()
    home.watching(Watch.BLIND)
    home.wait(minutes=10)
    assert home.newest(Kind.TROUBLE)["code"] == "blind"


def test_life_that_is_told_late_ends_an_absence_and_silence_is_counted_from_that_life() -> None:
    home = a_home()
    home.give(Leave(until=NOON + TWO_DAYS))
    home.wait(hours=14)
    back = home.machine.wall
    home.wait(hours=8)
    home.give(Life(place=Place.INSIDE, at=back))
    assert home.state.stay.kind is Presence.HOME
    assert home.state.silent_since == back


@pytest.mark.parametrize("cause", [Cause.BUTTON, Cause.SPOKEN])
def test_who_calls_for_help_at_home_is_not_away_and_is_watched_afterwards(cause: Cause) -> None:
    home = an_absent_home()
    home.wait(hours=5)
    home.give(Help(cause=cause))
    home.answer(Answer.HANDLED, outcome="seen_well")
    home.wait(hours=12)
    assert home.stage is Stage.QUIET


def test_who_calls_for_help_by_phone_may_be_anywhere() -> None:
    home = an_absent_home()
    home.wait(hours=5)
    home.give(Help(cause=Cause.PHONE))
    home.answer(Answer.HANDLED, outcome="spoken_well")
    home.wait(hours=12)
    assert home.stage is Stage.CALM
    assert home.state.stay.kind is Presence.AWAY


@pytest.mark.parametrize("cause", [Cause.PHONE, Cause.PANEL])
def test_whom_staff_met_at_home_is_not_away_and_is_watched_afterwards(cause: Cause) -> None:
    home = an_absent_home()
    home.wait(hours=5)
    home.give(Help(cause=cause))
    home.answer(Answer.HANDLED, outcome="seen_well", at_home=True)
    assert home.state.stay.kind is Presence.HOME
    home.wait(hours=12)
    assert home.stage is Stage.QUIET
