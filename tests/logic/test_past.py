"""What was recorded before: today's rules hold for it, and for the restarts of then."""

from datetime import UTC, datetime, timedelta

from custom_components.anshim_knock.logic.journal import HOUSEHOLD, Mark
from custom_components.anshim_knock.logic.past import (
    Past,
    Recorded,
    Run,
    household_marks,
    past_of,
)
from custom_components.anshim_knock.logic.source import Source
from custom_components.anshim_knock.logic.words import Role

DAY = datetime(2026, 11, 10, tzinfo=UTC)
BEGAN = DAY + timedelta(days=9)


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def shown(*states: tuple[float, str]) -> list[Recorded]:
    return [Recorded(at=at(hours), state=state) for hours, state in states]


def read(role: Role, states: list[Recorded], *runs: tuple[float, float]) -> Past:
    recorded = [Run(since=at(begin), until=at(end)) for begin, end in runs or ((0, 100),)]
    return past_of("door", Source(role=role, tested=BEGAN), states, recorded, BEGAN)


def hours_of(past: Past, mark: Mark) -> list[float]:
    return [(e.at - DAY) / timedelta(hours=1) for e in past.entries if e.mark is mark]


def test_a_door_that_was_used_then_was_life_then() -> None:
    past = read(Role.DOOR, shown((0, "off"), (7, "on"), (7.5, "off")))
    assert hours_of(past, Mark.ACTIVITY) == [7, 7.5]


def test_a_door_that_flipped_while_home_assistant_started_was_nobody() -> None:
    states = shown((0, "off"), (10, "off"), (10.02, "on"), (10.04, "off"), (12, "on"))
    past = read(Role.DOOR, states, (0, 9), (10, 100))
    assert hours_of(past, Mark.ACTIVITY) == [12]


def test_a_door_found_open_after_a_power_cut_was_nobody() -> None:
    past = read(Role.DOOR, shown((0, "off"), (10, "on")), (0, 5), (10, 100))
    assert hours_of(past, Mark.ACTIVITY) == []


def test_a_sensor_that_came_back_then_was_nobody() -> None:
    states = shown((0, "off"), (5, "unavailable"), (6, "on"), (6.001, "off"), (8, "on"))
    past = read(Role.DOOR, states)
    assert hours_of(past, Mark.ACTIVITY) == [8]


def test_what_a_command_switched_then_was_nobody() -> None:
    states = shown((0, "0"), (5.01, "60"), (6, "0"), (9, "60"))
    order = Recorded(at=at(5), state="on", asked=True, own=False)
    past = read(Role.PLUG, sorted([*states, order], key=lambda state: state.at))
    assert hours_of(past, Mark.ACTIVITY) == [9]


def test_a_sensor_that_died_then_was_late_and_lost_in_its_time() -> None:
    past = read(Role.DOOR, shown((0, "off"), (1, "on")))
    # That it showed something at first was the memory of its hub.
    assert hours_of(past, Mark.LIVE) == [1]
    assert hours_of(past, Mark.LATE) == [27]
    assert hours_of(past, Mark.LOST) == [0, 53]


def test_what_the_journal_saw_itself_is_not_told_again() -> None:
    late = (BEGAN - DAY) / timedelta(hours=1)
    past = read(Role.DOOR, shown((0, "off"), (late - 1, "on"), (late + 1, "off")), (0, late + 2))
    assert hours_of(past, Mark.ACTIVITY) == [late - 1]


def test_a_home_was_watched_only_while_it_was_recorded() -> None:
    runs = [Run(since=at(0), until=at(5)), Run(since=at(9), until=BEGAN + timedelta(days=1))]
    marks = household_marks(runs, BEGAN)
    assert {e.source for e in marks} == {HOUSEHOLD}
    assert [(e.at, e.mark) for e in marks] == [
        (at(0), Mark.STARTED),
        (at(5), Mark.STOPPED),
        (at(9), Mark.STARTED),
        (BEGAN, Mark.STOPPED),
    ]
