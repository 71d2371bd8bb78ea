"""Help: it works in every state once there is consent, and only a person closes it."""

from collections.abc import Callable

import pytest

from custom_components.anshim_knock.logic.inputs import Help, Ok, Person, Place, StartDrill
from custom_components.anshim_knock.logic.words import (
    Answer,
    Cause,
    Kind,
    Priority,
    Said,
    Stage,
    Watch,
)

from .home import (
    SETTINGS,
    Home,
    a_home,
    a_knocked_home,
    a_quiet_home,
    a_visited_home,
    an_emergency,
    an_owned_visit,
)


@pytest.mark.parametrize(
    "anywhere", [a_home, a_quiet_home, a_knocked_home, a_visited_home, an_owned_visit]
)
def test_help_works_in_every_state(anywhere: Callable[[], Home]) -> None:
    home = anywhere()
    home.help()
    assert home.stage is Stage.EMERGENCY
    assert not home.state.owned
    assert home.said[-1].priority is Priority.EMERGENCY
    assert home.said[-1].data == {
        "cause": "button",
        "episode": home.said[-1].version,
        "said": "first",
    }


def test_help_works_while_the_home_is_blind() -> None:
    home = a_home(watch=Watch.BLIND)
    home.help()
    assert home.stage is Stage.EMERGENCY


def test_help_breaks_a_drill_off() -> None:
    home = a_home()
    home.give(StartDrill(id="d-1"))
    home.help()
    assert home.stage is Stage.EMERGENCY
    assert home.newest(Kind.DRILL)["state"] == "cancelled"
    home.wait(minutes=2)
    assert Kind.DRILL not in home.kinds()[3:]


def test_an_emergency_that_nobody_has_is_said_again_every_five_minutes() -> None:
    home = an_emergency()
    home.wait(minutes=21)
    assert home.sayings() == [(Kind.EMERGENCY, Said.FIRST)] + [(Kind.EMERGENCY, Said.AGAIN)] * 4


@pytest.mark.parametrize("place", list(Place))
def test_life_is_a_note_on_an_emergency(place: Place) -> None:
    home = an_emergency()
    last_sign = home.state.last_sign
    home.wait(minutes=1)
    home.life(place)
    assert home.stage is Stage.EMERGENCY
    assert home.sayings()[-1] == (Kind.EMERGENCY, Said.NOTE)
    assert home.state.last_sign == last_sign


@pytest.mark.parametrize("person", list(Person))
def test_nobody_at_home_can_say_an_emergency_away(person: Person) -> None:
    home = an_emergency()
    home.give(Ok(person=person))
    assert home.stage is Stage.EMERGENCY
    assert home.sayings()[-1] == (Kind.EMERGENCY, Said.NOTE)


def test_a_second_help_takes_the_case_back_and_sounds_again() -> None:
    home = an_emergency()
    home.answer(Answer.HOLD)
    home.help()
    assert not home.state.owned
    assert home.sayings()[-1] == (Kind.EMERGENCY, Said.AGAIN)
    assert home.due == home.machine.wall + SETTINGS.emergency_again


def test_a_second_help_stays_in_the_same_episode() -> None:
    home = an_emergency()
    episode = home.state.episode
    home.give(Help(cause=Cause.SPOKEN))
    assert home.state.episode == episode


def test_help_within_a_silence_is_an_episode_of_its_own_and_both_are_resolved() -> None:
    home = a_visited_home()
    silence = home.state.episode
    home.help()
    emergency = home.state.episode
    assert home.state.episodes == (silence, emergency)
    home.answer(Answer.HANDLED, outcome="seen_care")
    resolved = [e.data["episode"] for e in home.said if e.kind is Kind.RESOLVED]
    assert resolved == [silence, emergency]


def test_an_emergency_survives_restarts() -> None:
    home = an_emergency()
    home.restart()
    assert home.stage is Stage.EMERGENCY
    assert Kind.EMERGENCY in [e.kind for e in home.state.outbox]
