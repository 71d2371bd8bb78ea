"""Every message a home can write is one that the contract accepts, and says no more than needed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from custom_components.anshim_knock.logic.effects import Effect
from custom_components.anshim_knock.logic.inputs import (
    ComeBack,
    ConsentWithdrawn,
    GuestsStay,
    KnockNow,
    Leave,
    StartDrill,
    Trouble,
)
from custom_components.anshim_knock.logic.messages import iso
from custom_components.anshim_knock.logic.settings import Settings
from custom_components.anshim_knock.logic.words import Answer, Kind, Watch
from tests.contract.contract_files import faults

from .home import CONSENT, EPOCH, NOON, Home, a_home, an_emergency


def event(effect: Effect) -> dict[str, Any]:
    """The whole event, as the relay client sends it."""
    household = "h-7f3k9d2m5q"
    found: dict[str, Any] = {
        "specversion": "1.0",
        "id": effect.id_of(household),
        "source": f"urn:anshim:home:{household}",
        "subject": household,
        "type": f"kr.anshim.knock.{effect.kind}.v1",
        "bootid": effect.boot,
        "uptime": effect.uptime,
        "datacontenttype": "application/json",
        "priority": effect.priority,
        "householdversion": effect.version,
        "data": dict(effect.data),
    }
    if effect.at is not None:
        found["time"] = iso(effect.at)
    return found


def a_whole_life(home: Home) -> Home:
    """Everything that a home can say, in one go."""
    home.give(GuestsStay(until=home.machine.wall + timedelta(hours=2)))
    home.give(Leave(until=home.machine.wall + timedelta(hours=2)))
    home.give(ComeBack())
    home.give(Leave(until=home.machine.wall + timedelta(hours=2)))
    home.wait(hours=3)
    home.life()
    home.give(StartDrill(id="d-1"))
    home.wait(minutes=3)
    home.give(StartDrill(id="d-2"))
    home.give(KnockNow())
    home.wait(hours=1)
    home.answer(Answer.HOLD)
    home.life()
    home.help()
    home.life()
    home.answer(Answer.HANDLED, outcome="seen_well")
    home.watching(Watch.BLIND)
    home.wait(hours=25)
    home.give(Trouble(code="store", raised=True))
    home.answer(Answer.HANDLED, outcome="seen_well")
    home.give(ConsentWithdrawn(text_version="ko-1", recorded_by="resident"))
    home.give(CONSENT)
    return home


def with_a_clock() -> Home:
    return a_whole_life(a_home())


def in_1970() -> Home:
    home = a_home()
    home.power_cut(off=timedelta(hours=1), wall=EPOCH)
    home.watching(Watch.SEEING)
    return a_whole_life(home)


def with_a_limit_of_a_minute() -> Home:
    home = a_home(settings=Settings(limit=timedelta(seconds=10)))
    home.wait(minutes=50)
    return home


@pytest.mark.parametrize("lived", [with_a_clock, in_1970, with_a_limit_of_a_minute])
def test_the_contract_accepts_whatever_a_home_says(lived: Callable[[], Home]) -> None:
    for effect in lived().said:
        assert faults(effect.kind, event(effect)) == set(), effect


@pytest.mark.parametrize("lived", [with_a_clock, in_1970])
def test_a_whole_life_says_every_kind(lived: Callable[[], Home]) -> None:
    assert set(lived().kinds()) | {Kind.QUIET} == set(Kind)


def test_the_last_sign_leaves_only_as_an_hour() -> None:
    home = a_home()
    home.wait(minutes=47)
    home.life()
    home.wait(hours=12)
    assert home.newest(Kind.QUIET)["last_sign_hour"] == "2026-11-22T12:00:00Z"


def test_an_emergency_says_nothing_about_the_day() -> None:
    (effect,) = an_emergency().said
    assert set(effect.data) == {"cause", "episode", "said"}


def test_rungs_are_counted_from_the_message_that_names_them() -> None:
    home = a_home()
    home.wait(hours=13)
    assert home.newest(Kind.QUIET)["rungs"] == {"knock_in_s": 900, "visit_in_s": 2700}
    assert home.newest(Kind.KNOCK)["rungs"] == {"visit_in_s": 1800}
    assert "rungs" not in home.newest(Kind.VISIT)


def test_what_was_watched_is_told_in_hours() -> None:
    home = a_home()
    home.wait(hours=6)
    home.watching(Watch.DIM)
    home.wait(hours=4)
    home.watching(Watch.SEEING)
    home.wait(hours=4)
    quiet = home.newest(Kind.QUIET)
    assert (quiet["limit_h"], quiet["watched_h"]) == (12.0, 12.0)
    assert home.state.since == NOON + timedelta(hours=14)
