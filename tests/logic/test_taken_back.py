"""A call for help that was none is taken back within seconds, and told to whoever heard of it."""

from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.inputs import Help, Leave, TakeBack
from custom_components.anshim_knock.logic.rungs import Why
from custom_components.anshim_knock.logic.words import Answer, Cause, Kind, Presence, Said, Stage

from .home import (
    Home,
    a_home,
    a_knocked_home,
    a_lapsed_visit,
    a_quiet_home,
    a_visited_home,
    an_emergency,
    an_owned_visit,
)


def take_back(home: Home, **after: float) -> None:
    home.wait(**after)
    home.give(TakeBack())


def test_a_call_that_is_taken_back_at_once_is_over_and_said_to_be() -> None:
    home = an_emergency()
    episode = home.state.episode
    take_back(home, seconds=8)
    assert home.stage is Stage.CALM
    assert home.kinds() == [Kind.EMERGENCY, Kind.RESOLVED]
    assert home.newest(Kind.RESOLVED) == {"episode": episode, "by": "taken_back"}
    assert home.decision.why is Why.HELP_TAKEN_BACK


def test_the_call_itself_is_never_withheld() -> None:
    home = an_emergency()
    take_back(home, seconds=1)
    assert [e.kind for e in home.state.outbox] == [Kind.EMERGENCY, Kind.RESOLVED]


@pytest.mark.parametrize("seconds", [21, 60, 600])
def test_too_late_it_is_only_put_on_the_case(seconds: int) -> None:
    home = an_emergency()
    take_back(home, seconds=seconds)
    assert home.stage is Stage.EMERGENCY
    note = home.newest(Kind.EMERGENCY)
    assert (note["said"], note["word"], note["word_by"]) == (Said.NOTE, "taken_back", "resident")


def test_whoever_has_it_already_must_close_it() -> None:
    home = an_emergency()
    home.answer(Answer.HOLD)
    take_back(home, seconds=2)
    assert home.stage is Stage.EMERGENCY
    assert home.state.owned


@pytest.mark.parametrize("standing", [an_owned_visit, a_lapsed_visit])
def test_a_call_over_a_case_that_somebody_took_is_not_taken_back(standing: object) -> None:
    assert callable(standing)
    home: Home = standing()
    home.help()
    take_back(home, seconds=2)
    assert home.stage is Stage.EMERGENCY


@pytest.mark.parametrize("standing", [a_quiet_home, a_knocked_home, a_visited_home])
def test_whoever_pressed_the_wrong_button_when_asked_has_answered(standing: object) -> None:
    assert callable(standing)
    home: Home = standing()
    silence = home.state.episode
    home.help()
    take_back(home, seconds=5)
    assert home.stage is Stage.CALM
    ended = [e.data["episode"] for e in home.said if e.kind is Kind.RESOLVED]
    assert len(ended) == 2
    assert ended[0] == silence


def test_a_second_press_does_not_give_more_time() -> None:
    home = an_emergency()
    home.wait(seconds=15)
    home.give(Help(cause=Cause.BUTTON))
    take_back(home, seconds=10)
    assert home.stage is Stage.EMERGENCY


def test_a_new_call_after_one_that_was_taken_back_sounds_like_any_other() -> None:
    home = an_emergency()
    take_back(home, seconds=3)
    home.help()
    assert home.stage is Stage.EMERGENCY
    assert home.newest(Kind.EMERGENCY)["said"] == Said.FIRST


def test_taking_back_survives_a_restart_and_so_does_its_end() -> None:
    home = an_emergency()
    home.restart(away=timedelta(seconds=5))
    home.give(TakeBack())
    assert home.stage is Stage.CALM

    home = an_emergency()
    home.restart(away=timedelta(seconds=40))
    home.give(TakeBack())
    assert home.stage is Stage.EMERGENCY


def test_a_clock_that_jumps_back_gives_no_more_time() -> None:
    home = an_emergency()
    home.wait(seconds=30)
    home.wall_jumps(hours=-2)
    home.give(TakeBack())
    assert home.stage is Stage.EMERGENCY


def test_with_nothing_to_take_back_it_is_the_resident_saying_that_all_is_well() -> None:
    home = a_home()
    home.wait(hours=3)
    home.give(TakeBack())
    assert home.stage is Stage.CALM
    assert home.state.last_sign == home.machine.wall


def test_an_absence_goes_on_when_a_call_is_taken_back() -> None:
    home = a_home()
    home.give(Leave(until=home.machine.wall + timedelta(hours=8)))
    home.help()
    take_back(home, seconds=4)
    assert (home.stage, home.state.stay.kind) == (Stage.CALM, Presence.AWAY)
