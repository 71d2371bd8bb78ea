"""The rungs after quiet: what moves them on, what puts them off, what ends them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.inputs import (
    Coming,
    Input,
    KnockNow,
    Life,
    Ok,
    Person,
    Place,
)
from custom_components.anshim_knock.logic.rungs import Why
from custom_components.anshim_knock.logic.words import Answer, Cause, Kind, Said, Stage

from .home import (
    NOON,
    SETTINGS,
    Home,
    a_home,
    a_knocked_home,
    a_lapsed_visit,
    a_quiet_home,
    a_visited_home,
    an_emergency,
    an_owned_visit,
)

ASKED = [a_quiet_home, a_knocked_home, a_visited_home]


def test_the_ladder_moves_on_by_itself() -> None:
    home = a_home()
    home.wait(hours=14)
    assert home.kinds() == [Kind.QUIET, Kind.KNOCK, Kind.VISIT, Kind.VISIT, Kind.VISIT]
    assert [said for _, said in home.sayings()] == ["first", "first", "first", "again", "again"]
    assert {e.data["episode"] for e in home.said} == {home.state.episode}


def test_the_rungs_come_at_their_times() -> None:
    home = a_quiet_home()
    assert home.due - home.machine.wall == SETTINGS.knock_after
    home.wait_for_deadline()
    assert home.due - home.machine.wall == SETTINGS.visit_after
    home.wait_for_deadline()
    assert home.due - home.machine.wall == SETTINGS.visit_again


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("place", [Place.INSIDE, Place.PHONE, Place.ELSEWHERE])
def test_a_sign_of_life_ends_a_silence_that_nobody_has_taken(
    asked: Callable[[], Home], place: Place
) -> None:
    home = asked()
    home.wait(minutes=1)
    home.life(place)
    assert home.stage is Stage.CALM
    assert home.state.last_sign == home.machine.wall
    assert home.kinds()[-1] is Kind.RESOLVED
    assert home.due == home.machine.wall + timedelta(hours=12)


@pytest.mark.parametrize("asked", ASKED)
def test_the_resident_says_that_all_is_well(asked: Callable[[], Home]) -> None:
    home = asked()
    home.give(Ok(person=Person.RESIDENT))
    assert home.stage is Stage.CALM
    assert home.newest(Kind.RESOLVED)["by"] == "resident"


def test_the_outer_door_ends_a_quiet() -> None:
    home = a_quiet_home()
    home.life(Place.OUTER_DOOR)
    assert home.stage is Stage.CALM


def test_the_outer_door_only_puts_a_knock_off_and_at_most_twice() -> None:
    home = a_knocked_home()
    opened = home.machine.wall
    for _ in range(4):
        home.wait(minutes=10)
        assert home.life(Place.OUTER_DOOR).why is Why.DOOR_ALONE
    assert home.stage is Stage.KNOCK
    assert home.due == opened + timedelta(minutes=50)
    assert home.state.last_sign == NOON


def test_an_outer_door_is_a_note_on_a_visit() -> None:
    home = a_visited_home()
    due = home.due
    home.life(Place.OUTER_DOOR)
    assert home.stage is Stage.VISIT
    assert home.sayings()[-1] == (Kind.VISIT, Said.NOTE)
    assert home.due == due
    assert home.state.last_sign == NOON


@pytest.mark.parametrize("place", list(Place))
def test_an_officers_door_in_an_owned_visit_moves_nothing(place: Place) -> None:
    home = an_owned_visit()
    before = home.state
    home.wait(minutes=5)
    home.life(place)
    after = home.state
    assert after.stage is Stage.VISIT
    assert after.owned
    assert after.last_sign == before.last_sign
    assert after.silent_since == before.silent_since
    assert after.due == before.due
    assert home.sayings()[-1] == (Kind.VISIT, Said.NOTE)


@pytest.mark.parametrize("place", list(Place))
def test_an_officer_still_inside_when_the_hold_lapses_ends_nothing_by_moving(place: Place) -> None:
    home = a_lapsed_visit()
    before = home.state
    home.wait(minutes=5)
    home.life(place)
    after = home.state
    assert after.stage is Stage.VISIT
    assert (after.last_sign, after.silent_since) == (before.last_sign, before.silent_since)
    assert after.due == before.due
    assert home.sayings()[-1] == (Kind.VISIT, Said.NOTE)
    home.wait_for_deadline()
    assert home.sayings()[-1] == (Kind.VISIT, Said.AGAIN)


@pytest.mark.parametrize("place", [Place.INSIDE, Place.OUTER_DOOR])
@pytest.mark.parametrize("asked", ASKED)
def test_a_guardian_who_comes_and_walks_in_is_not_the_resident(
    asked: Callable[[], Home], place: Place
) -> None:
    home = asked()
    stage, before = home.stage, home.state
    home.give(Coming())
    home.later(minutes=10)
    home.life(place)
    assert home.stage is stage
    assert home.state.last_sign == before.last_sign
    assert home.state.silent_since == before.silent_since


def test_what_a_guardian_moves_at_a_visit_is_noted_and_puts_nothing_off() -> None:
    home = a_visited_home()
    due = home.due
    home.give(Coming())
    home.life()
    assert home.due == due
    assert home.sayings()[-1] == (Kind.VISIT, Said.NOTE)
    home.wait_for_deadline()
    assert home.sayings()[-1] == (Kind.VISIT, Said.AGAIN)


def test_an_ok_of_the_guardian_who_came_makes_their_steps_no_more_than_steps() -> None:
    home = a_visited_home()
    home.give(Coming())
    home.later(minutes=10)
    home.give(Ok(person=Person.GUARDIAN))
    home.life()
    assert home.stage is Stage.VISIT


@pytest.mark.parametrize(
    "given",
    [
        Ok(person=Person.RESIDENT),
        Ok(person=Person.PHONE),
        Life(place=Place.PHONE, at=NOON + timedelta(hours=12, minutes=50)),
    ],
)
def test_the_resident_ends_it_while_a_guardian_comes(given: Input) -> None:
    home = a_visited_home()
    home.give(Coming())
    home.later(minutes=10)
    home.give(given)
    assert home.stage is Stage.CALM


@pytest.mark.parametrize("asked", ASKED)
def test_an_hour_after_a_guardian_said_so_life_is_life_again(asked: Callable[[], Home]) -> None:
    home = asked()
    home.give(Coming())
    home.later(minutes=60)
    home.life()
    assert home.stage is Stage.CALM


def test_a_guardian_who_came_is_not_expected_in_the_next_silence() -> None:
    home = a_quiet_home()
    home.give(Coming())
    home.give(Ok(person=Person.RESIDENT))
    assert home.state.guardian_comes is None


def test_a_restart_knows_that_a_guardian_comes() -> None:
    home = a_visited_home()
    home.give(Coming())
    home.restart()
    home.life()
    assert home.stage is Stage.VISIT


def test_a_case_that_was_given_back_ends_by_life_again() -> None:
    for answer, outcome in ((Answer.HANDLED, "nobody_opened"), (Answer.REFUSED, None)):
        home = an_owned_visit()
        home.answer(answer, outcome=outcome)
        home.life()
        assert home.stage is Stage.CALM


def test_a_case_is_noted_once_and_not_for_every_step_of_an_officer() -> None:
    home = an_owned_visit()
    for _ in range(20):
        home.wait(seconds=30)
        home.life()
    assert home.sayings().count((Kind.VISIT, Said.NOTE)) == 1


@pytest.mark.parametrize("asked", ASKED)
def test_a_guardian_puts_the_next_step_off_at_most_twice(asked: Callable[[], Home]) -> None:
    home = asked()
    stage, start = home.stage, home.machine.wall
    for _ in range(3):
        assert home.give(Ok(person=Person.GUARDIAN)).why is Why.OK_PUTS_OFF
        home.wait(minutes=10)
    assert home.stage is stage
    assert home.due <= start + timedelta(minutes=10) + SETTINGS.defer
    assert home.state.last_sign == NOON
    home.wait(minutes=30)
    assert (home.stage is not stage) or home.sayings()[-1][1] is Said.AGAIN


def test_a_guardian_and_a_door_share_the_two_deferrals_of_an_episode() -> None:
    home = a_quiet_home()
    home.give(Ok(person=Person.GUARDIAN))
    home.give(Ok(person=Person.GUARDIAN))
    home.wait_for_deadline()
    due = home.due
    home.life(Place.OUTER_DOOR)
    home.give(Ok(person=Person.GUARDIAN))
    assert home.due == due


def test_a_new_episode_has_its_own_deferrals() -> None:
    home = a_quiet_home()
    home.give(Ok(person=Person.GUARDIAN))
    home.give(Ok(person=Person.GUARDIAN))
    home.life()
    home.wait_for_deadline()
    home.give(Ok(person=Person.GUARDIAN))
    assert home.due == home.machine.wall + SETTINGS.defer


def test_a_guardian_without_an_alert_changes_nothing() -> None:
    home = a_home()
    home.wait(hours=2)
    home.give(Ok(person=Person.GUARDIAN))
    assert home.due == NOON + timedelta(hours=12)
    assert home.state.last_sign == NOON


def test_the_district_asks_a_calm_home_to_knock() -> None:
    home = a_home()
    home.give(KnockNow())
    assert home.stage is Stage.KNOCK
    assert home.newest(Kind.KNOCK)["cause"] == Cause.COMMAND


def test_the_district_hurries_a_quiet_home_in_the_same_episode() -> None:
    home = a_quiet_home()
    episode = home.state.episode
    home.give(KnockNow())
    assert home.stage is Stage.KNOCK
    assert home.state.episode == episode
    assert home.state.cause is Cause.SILENCE


@pytest.mark.parametrize("asked", [a_knocked_home, a_visited_home, an_owned_visit, an_emergency])
def test_a_knock_command_never_calms_or_restarts(asked: Callable[[], Home]) -> None:
    home = asked()
    before = home.state
    home.give(KnockNow())
    assert (home.stage, home.state.due) == (before.stage, before.due)
    assert home.state.outbox == before.outbox


def test_a_record_from_before_the_districts_question_does_not_answer_it() -> None:
    home = a_home()
    home.wait(hours=1)
    home.give(KnockNow())
    home.give(Life(place=Place.ELSEWHERE, at=NOON + timedelta(minutes=30)))
    assert home.stage is Stage.KNOCK


def test_a_record_from_before_the_last_sign_ends_no_alert() -> None:
    home = a_home()
    home.give(KnockNow())
    home.give(Life(place=Place.ELSEWHERE, at=NOON - timedelta(hours=1)))
    assert home.stage is Stage.KNOCK


def test_after_a_resolved_silence_the_next_one_is_a_new_episode() -> None:
    home = a_quiet_home()
    first = home.state.episode
    home.life()
    assert home.state.episodes == ()
    home.wait(hours=12)
    assert (home.state.episode or 0) > (first or 0) > 0
