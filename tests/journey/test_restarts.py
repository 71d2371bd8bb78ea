"""Restarting Home Assistant at every stage neither loses a step nor makes a second case."""

from collections.abc import Callable

import pytest

from stage.processes import Program
from tests.journey.day import Day
from tests.street import FIRST_STREET, SECOND_STREET

type End = Callable[[Program], int]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(Program.stop, id="SIGTERM", marks=pytest.mark.xdist_group(FIRST_STREET)),
        pytest.param(Program.kill, id="kill -9", marks=pytest.mark.xdist_group(SECOND_STREET)),
    ],
)
def test_a_home_that_restarts_at_every_stage_goes_on_where_it_was_with_one_case(
    day: Day, end: End
) -> None:
    cases = len(day.cases())
    for stage in ("calm", "quiet", "knock", "visit"):
        if stage != "calm":
            day.silence_until(stage)
        restart(day, end, at=stage)
    case = day.welfare_case("visit")
    day.hold(case)
    restart(day, end, at="visit")
    assert day.home.attribute("stage", "owned")
    day.home.press("help")
    day.home.until_stage("emergency")
    restart(day, end, at="emergency")
    emergency = day.welfare_case("emergency")
    day.hold(emergency)
    day.handle(emergency)
    day.until_everything_is_delivered()
    # One for the silence and one for the call, however often Home Assistant was restarted.
    assert len(day.cases()) == cases + 2


def restart(day: Day, end: End, *, at: str) -> None:
    day.home.until_stage(at)
    end(day.street.home.program)
    day.street.home.program.start()
    assert day.home.until_stage("calm", "quiet", "knock", "visit", "emergency") == at
