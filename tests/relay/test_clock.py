from datetime import UTC, datetime, timedelta

import pytest

from anshim_relay.clock import Clock, Reading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def reading(wall: datetime, steady: float = 500.0, boot: str = "b") -> Reading:
    return Reading(wall=wall, steady=steady, boot=boot)


@pytest.mark.parametrize(
    ("wall", "is_set"),
    [
        (datetime(1970, 1, 1, 0, 3, tzinfo=UTC), False),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 1, tzinfo=UTC), True),
        (NOW, True),
    ],
)
def test_a_clock_before_this_program_existed_is_not_set(wall: datetime, *, is_set: bool) -> None:
    assert Clock().wall_is_set(reading(wall)) is is_set


def test_a_clock_far_behind_what_is_stored_has_been_set_back() -> None:
    clock = Clock(newest=NOW)
    assert clock.wall_is_set(reading(NOW - timedelta(hours=23)))
    assert clock.now(reading(NOW - timedelta(days=2))) is None


def test_the_districts_time_runs_on_with_the_steady_clock() -> None:
    lost = datetime(1970, 1, 1, tzinfo=UTC)
    clock = Clock().told(NOW, reading(lost, steady=500.0))
    assert clock.now(reading(lost, steady=530.0)) == NOW + timedelta(seconds=30)
    assert clock.offset_s(reading(lost, steady=500.0)) == (NOW - lost).total_seconds()


def test_the_districts_time_ends_with_the_boot_it_came_in() -> None:
    lost = datetime(1970, 1, 1, tzinfo=UTC)
    clock = Clock().told(NOW, reading(lost))
    assert clock.now(reading(lost, boot="another")) is None


def test_a_time_stored_by_a_clock_that_was_ahead_does_not_make_the_right_one_wrong() -> None:
    clock = Clock(newest=NOW + timedelta(days=4000)).told(NOW, reading(NOW))
    assert clock.wall_is_set(reading(NOW))


def test_only_a_signed_time_of_this_boot_says_whether_the_clock_is_right() -> None:
    clock = Clock().told(NOW, reading(NOW + timedelta(days=3650), steady=500.0))
    later = NOW + timedelta(seconds=60)
    assert clock.wall_agrees(reading(later + timedelta(days=3650), steady=560.0)) is False
    assert clock.wall_agrees(reading(later, steady=560.0)) is True
    assert clock.wall_agrees(reading(later, steady=560.0, boot="another")) is None
    assert Clock().wall_agrees(reading(NOW)) is None
