"""When nobody can see: a person is asked all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest

from stage.waiting import until
from tests.journey.day import Day

# The district's interval is five minutes; a home with a limit of an hour may miss three.
TWO_HEARTBEATS = timedelta(minutes=11)
LONG_ENOUGH = timedelta(minutes=25)
# The stage's limit of an hour and its margin of half an hour.
CEILING = timedelta(minutes=90)


class Line(NamedTuple):
    """Something that can die, and live again."""

    dies: Callable[[], object]
    lives: Callable[[], object]


def silent_case(day: Day) -> str | None:
    return next((c.id for c in day.open_cases() if c.family == "silent"), None)


def home_assistant(day: Day) -> Line:
    program = day.street.home.program
    return Line(program.kill, program.start)


def relay(day: Day) -> Line:
    program = day.street.relay.program
    return Line(program.kill, program.start)


def line_to_the_district(day: Day) -> Line:
    line = day.street.district_line
    return Line(line.cut, line.mend)


@pytest.mark.parametrize("what", [home_assistant, relay, line_to_the_district])
def test_whatever_lies_dead_between_home_and_district_a_person_is_asked_before_the_ceiling(
    day: Day, what: Callable[[Day], Line]
) -> None:
    last_sign = day.home.moment("last_activity")
    assert last_sign is not None
    day.pass_time(TWO_HEARTBEATS)  # the district knows how the home is
    line = what(day)
    line.dies()
    day.pass_time(LONG_ENOUGH)
    until(lambda: silent_case(day), "a case of a home that is not heard")
    day.pass_time(CEILING - timedelta(minutes=15) - LONG_ENOUGH - TWO_HEARTBEATS)
    case = day.open_welfare_case()
    assert day.now < last_sign + CEILING
    assert case.standing == "free"
    day.close(case)
    line.lives()
    # The home hears that somebody was seen, which is a sign of life although it saw nothing itself.
    until(lambda: day.home.moment("last_activity") not in {None, last_sign}, "news", within=120)
    day.home.until_stage("calm", within=120)
    day.until_everything_is_delivered()
    day.pass_time(TWO_HEARTBEATS)
    until(lambda: not day.open_cases(), "the case to end when the home is heard again")


def test_sensors_that_die_turn_the_home_blind_and_the_ceiling_asks_a_person(day: Day) -> None:
    for device in day.street.devices.all():
        day.street.bridge.available(device, is_online=False)
    until(lambda: day.home.state("watch") == "blind", "the home to be blind")
    day.silence_until("quiet")
    assert day.home.attribute("stage", "cause") == "ceiling"
    case = day.welfare_case("unknown")
    for device in day.street.devices.all():
        day.street.bridge.available(device, is_online=True)
    day.handle(case)
