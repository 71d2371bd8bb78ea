from datetime import UTC, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from custom_components.anshim_knock.logic.rhythm.clockface import moment, wall
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")


def test_the_kitchen_clock_in_seoul_is_nine_hours_ahead() -> None:
    assert wall(datetime(2026, 3, 3, 5, 20, tzinfo=UTC), SEOUL) % DAY == 14 * HOUR + 20 * 60


@given(at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001  # hypothesis adds no zone here
def test_a_moment_comes_back(at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    back = moment(wall(at, SEOUL), SEOUL)
    assert back is not None
    assert abs(back - at) < timedelta(milliseconds=1)


def test_the_morning_after_the_clocks_were_changed_is_still_the_morning() -> None:
    at = moment(wall(datetime(2026, 3, 28, 22, tzinfo=UTC), BERLIN) + 10 * HOUR, BERLIN)
    assert at == datetime(2026, 3, 29, 7, tzinfo=UTC)


def test_never_is_no_moment() -> None:
    assert moment(inf, SEOUL) is None
