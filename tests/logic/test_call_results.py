"""What came of a call is kept and told; by itself it neither ends nor hastens anything."""

from collections.abc import Callable

import pytest

from custom_components.anshim_knock.logic.household import CallReport
from custom_components.anshim_knock.logic.inputs import CallEnded, ConsentWithdrawn
from custom_components.anshim_knock.logic.words import Caller, CallResult, Said, Stage

from .home import Home, a_home, a_knocked_home, a_quiet_home, a_visited_home, an_emergency

ALERTS = (a_quiet_home, a_knocked_home, a_visited_home, an_emergency)


def notes(home: Home) -> list[tuple[object, object]]:
    return [(e.data["word"], e.data["word_by"]) for e in home.said if "word" in e.data]


@pytest.mark.parametrize("make", [a_home, *ALERTS], ids=lambda make: make.__name__)
@pytest.mark.parametrize("by", Caller)
@pytest.mark.parametrize("result", [*CallResult, "word_of_2031"])
def test_a_call_moves_neither_the_stage_nor_the_deadline_nor_the_last_sign(
    make: Callable[[], Home], by: Caller, result: str
) -> None:
    home = make()
    home.wait(minutes=1)
    before = home.state
    home.give(CallEnded(result=result, by=by))
    after = home.state
    assert (after.stage, after.due, after.last_sign) == (before.stage, before.due, before.last_sign)
    assert (after.owned, after.deferrals, after.silent_since) == (
        before.owned,
        before.deferrals,
        before.silent_since,
    )


def test_what_came_of_the_newest_call_is_kept_over_a_restart() -> None:
    home = a_knocked_home()
    home.give(CallEnded(result=CallResult.BAD_NUMBER, by=Caller.DISTRICT))
    at = home.machine.wall
    home.restart()
    assert home.state.call == CallReport(result=CallResult.BAD_NUMBER, by=Caller.DISTRICT, at=at)


@pytest.mark.parametrize("make", ALERTS, ids=lambda make: make.__name__)
def test_the_homes_own_call_is_put_on_the_case(make: Callable[[], Home]) -> None:
    home = make()
    home.give(CallEnded(result=CallResult.NO_ANSWER, by=Caller.HOME))
    assert notes(home) == [("no_answer", "call")]
    assert home.said[-1].data["said"] == Said.NOTE


def test_the_district_is_not_told_of_its_own_call() -> None:
    home = a_knocked_home()
    home.give(CallEnded(result=CallResult.NO_ANSWER, by=Caller.DISTRICT))
    assert notes(home) == []


def test_while_nothing_is_open_a_call_is_only_kept() -> None:
    home = a_home()
    said = len(home.said)
    home.give(CallEnded(result=CallResult.NO_ANSWER, by=Caller.HOME))
    assert (home.stage, len(home.said)) == (Stage.CALM, said)
    assert home.state.call is not None


def test_an_automation_that_reports_in_a_circle_is_told_once() -> None:
    home = a_knocked_home()
    for _ in range(5):
        home.give(CallEnded(result=CallResult.NO_ANSWER, by=Caller.HOME))
        home.wait(seconds=20)
    assert notes(home) == [("no_answer", "call")]
    home.give(CallEnded(result=CallResult.BAD_NUMBER, by=Caller.HOME))
    assert notes(home)[1:] == [("bad_number", "call")]


def test_without_consent_no_call_is_kept() -> None:
    home = a_home_without_consent()
    home.give(CallEnded(result=CallResult.NO_ANSWER, by=Caller.HOME))
    assert home.state.call is None


def a_home_without_consent() -> Home:
    home = a_home()
    home.give(ConsentWithdrawn(text_version="ko-1", recorded_by="resident"))
    return home
