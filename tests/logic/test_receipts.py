"""A person's answer to a case: hold, handled, refused, and answers that come too late."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.inputs import Answered
from custom_components.anshim_knock.logic.rungs import Why
from custom_components.anshim_knock.logic.words import SEEN_ALIVE, Answer, Kind, Said, Stage

from .home import (
    EPOCH,
    NOON,
    SETTINGS,
    Home,
    a_home,
    a_knocked_home,
    a_quiet_home,
    a_visited_home,
    an_emergency,
    an_owned_visit,
)

EVERY_ALERT = [a_quiet_home, a_knocked_home, a_visited_home, an_owned_visit, an_emergency]
UNSEEN = ["nobody_opened", "not_reached", "guardian_informed", "technical", "code_of_2031", None]


@pytest.mark.parametrize("asked", EVERY_ALERT)
@pytest.mark.parametrize("outcome", sorted(SEEN_ALIVE))
def test_whoever_saw_or_spoke_to_the_resident_closes(
    asked: Callable[[], Home], outcome: str
) -> None:
    home = asked()
    home.answer(Answer.HANDLED, outcome=outcome)
    assert home.stage is Stage.CALM
    assert home.state.episodes == ()
    assert not home.state.owned
    assert home.newest(Kind.RESOLVED)["by"] == "staff"
    assert home.due == home.machine.wall + timedelta(hours=12)


@pytest.mark.parametrize("asked", EVERY_ALERT)
def test_whoever_was_found_dead_is_no_sign_of_life_and_is_asked_after_no_more(
    asked: Callable[[], Home],
) -> None:
    home = asked()
    last_sign = home.state.last_sign
    home.answer(Answer.HANDLED, outcome="deceased")
    assert home.stage is Stage.CALM
    assert home.newest(Kind.RESOLVED)["by"] == "staff"
    assert home.state.last_sign == last_sign
    # Nobody is asked again at once: somebody was there just now.
    assert home.due == home.machine.wall + timedelta(hours=12)


@pytest.mark.parametrize("asked", EVERY_ALERT)
@pytest.mark.parametrize("outcome", UNSEEN)
def test_whoever_saw_nobody_closes_nothing_and_is_asked_again_within_four_hours(
    asked: Callable[[], Home], outcome: str | None
) -> None:
    home = asked()
    stage, last_sign = home.stage, home.state.last_sign
    home.answer(Answer.HANDLED, outcome=outcome)
    assert home.stage is stage
    assert not home.state.owned
    assert home.state.last_sign == last_sign
    wait = home.due - home.machine.wall
    assert wait <= timedelta(hours=4)
    home.wait(seconds=wait.total_seconds())
    assert home.said[-1].data["said"] in {Said.FIRST, Said.AGAIN}


def test_an_emergency_seen_by_nobody_is_asked_again_within_half_an_hour() -> None:
    home = an_emergency()
    home.answer(Answer.HANDLED, outcome="nobody_opened")
    assert home.due == home.machine.wall + timedelta(minutes=30)


def test_a_hold_stops_the_clock_of_a_visit_until_its_end() -> None:
    home = a_visited_home()
    home.answer(Answer.HOLD, until=home.machine.wall + timedelta(minutes=20))
    assert home.state.owned
    assert home.due == home.machine.wall + timedelta(minutes=20)
    assert home.state.receipt is not None
    assert home.state.receipt.answer is Answer.HOLD


def test_a_hold_without_end_or_too_long_lasts_half_an_hour() -> None:
    for until in (None, NOON + timedelta(days=3)):
        home = a_visited_home()
        home.answer(Answer.HOLD, until=until)
        assert home.due == home.machine.wall + SETTINGS.longest_hold


def test_a_hold_that_lapses_is_said_again() -> None:
    home = an_owned_visit()
    home.wait(minutes=30)
    assert home.sayings()[-1] == (Kind.VISIT, Said.AGAIN)
    assert not home.state.owned
    assert home.due == home.machine.wall + SETTINGS.visit_again


def test_a_held_emergency_that_lapses_sounds_again_every_five_minutes() -> None:
    home = an_emergency()
    home.answer(Answer.HOLD)
    home.wait(minutes=36)
    assert [said for _, said in home.sayings()] == ["first", "again", "again"]


@pytest.mark.parametrize("asked", EVERY_ALERT)
def test_a_hold_that_arrives_after_its_end_changes_no_deadline(
    asked: Callable[[], Home],
) -> None:
    home = asked()
    before = home.state
    home.answer(Answer.HOLD, until=home.machine.wall - timedelta(minutes=1))
    assert (home.stage, home.state.due) == (before.stage, before.due)
    assert home.state.owned == before.owned
    assert home.state.outbox == before.outbox
    assert home.state.receipt is not None


def test_a_hold_on_a_quiet_home_is_no_dead_end() -> None:
    home = a_quiet_home()
    home.answer(Answer.HOLD)
    home.wait(minutes=30)
    assert home.stage is Stage.KNOCK
    assert not home.state.owned


@pytest.mark.parametrize("asked", EVERY_ALERT)
def test_a_refusal_puts_nothing_off(asked: Callable[[], Home]) -> None:
    home = asked()
    due = home.due
    assert home.answer(Answer.REFUSED).why is Why.NOT_TAKEN
    assert home.due <= due
    assert not home.state.owned


def test_an_emergency_given_back_is_said_again_as_soon_as_an_unowned_one() -> None:
    home = an_emergency()
    home.answer(Answer.HOLD)
    home.wait(minutes=1)
    home.answer(Answer.REFUSED)
    assert home.due == home.machine.wall + SETTINGS.emergency_again


@pytest.mark.parametrize("asked", EVERY_ALERT)
@pytest.mark.parametrize("answer", list(Answer))
def test_an_answer_to_another_episode_does_nothing(
    asked: Callable[[], Home], answer: Answer
) -> None:
    home = asked()
    before = home.state
    decision = home.answer(answer, outcome="seen_well", episode=9_999)
    assert decision.why is Why.OTHER_EPISODE
    assert home.state.stage is before.stage
    assert home.state.due == before.due
    assert home.state.owned == before.owned
    assert home.state.outbox == before.outbox


def test_an_answer_to_a_case_without_episode_closes_none() -> None:
    home = a_visited_home()
    episode = home.state.episode
    home.give(
        Answered(
            episode=None,
            answer=Answer.HANDLED,
            by="staff",
            at=home.machine.wall,
            outcome="seen_well",
        )
    )
    assert home.state.episode == episode


def test_an_answer_to_the_silence_before_does_not_close_the_emergency_after() -> None:
    home = a_visited_home()
    silence = home.state.episode
    home.help()
    home.answer(Answer.HANDLED, outcome="seen_well", episode=silence)
    assert home.stage is Stage.EMERGENCY


def test_yesterdays_answer_does_not_close_todays_silence() -> None:
    home = a_visited_home()
    yesterday = home.state.episode
    home.answer(Answer.HANDLED, outcome="spoken_well")
    home.wait(hours=13)
    assert home.stage is Stage.VISIT
    home.answer(Answer.HANDLED, outcome="spoken_well", episode=yesterday)
    assert home.stage is Stage.VISIT


def test_an_answer_to_a_calm_home_is_no_life() -> None:
    home = a_home()
    home.wait(hours=3)
    home.answer(Answer.HANDLED, outcome="seen_well", episode=1)
    assert home.due == home.machine.wall + timedelta(hours=9)


def test_an_answer_that_was_long_on_its_way_hides_none_of_the_silence_since() -> None:
    home = a_visited_home()
    home.later(hours=9)
    home.answer(Answer.HANDLED, outcome="seen_well", ago=timedelta(hours=8))
    assert home.stage is Stage.CALM
    assert home.state.last_sign == home.machine.wall - timedelta(hours=8)
    assert home.due == home.machine.wall + timedelta(hours=4)


def test_an_answer_from_before_another_whole_limit_closes_its_case_and_opens_the_next() -> None:
    home = a_visited_home()
    seen = home.machine.wall
    home.later(hours=13)
    home.answer(Answer.HANDLED, outcome="seen_well", ago=timedelta(hours=13))
    assert home.state.last_sign == seen
    assert home.newest(Kind.RESOLVED)["by"] == "staff"
    assert home.stage is Stage.QUIET


def test_without_a_clock_an_answer_counts_from_the_rung_that_it_answers() -> None:
    home = a_visited_home()
    asked = home.machine.true
    home.power_cut(off=timedelta(minutes=5), wall=EPOCH)
    home.later(hours=3)
    home.answer(Answer.HANDLED, outcome="seen_well")
    assert home.stage is Stage.CALM
    home.clock_becomes_right()
    assert home.state.last_sign is not None
    assert home.state.last_sign <= home.machine.wall - timedelta(hours=3)
    assert home.state.last_sign >= asked - timedelta(seconds=1)


def test_a_district_whose_clock_runs_ahead_makes_no_life_in_the_future() -> None:
    home = a_visited_home()
    home.answer(Answer.HANDLED, outcome="seen_well", ago=timedelta(minutes=-20))
    assert home.state.last_sign == home.machine.wall
