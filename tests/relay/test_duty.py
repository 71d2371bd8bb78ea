"""Who is on duty when, on Korean days. Times below are Korean time."""

from datetime import date, datetime
import sys
from zoneinfo import ZoneInfo

import pytest

from anshim_relay.centre import duty_from
from anshim_relay.duty import Duty
from anshim_relay.korea import Korea
from anshim_relay.option_values import BadOptionsError

SEOUL = ZoneInfo("Asia/Seoul")
NIGHTS_AND_FREE_DAYS = [
    {"days": "working", "from": "18:00", "to": "09:00"},
    {"days": "free", "from": "00:00", "to": "24:00"},
]


def duty(**options: object) -> Duty:
    return duty_from({"centre_hours": NIGHTS_AND_FREE_DAYS} | options)


@pytest.mark.parametrize(
    ("when", "on"),
    [
        ("2026-11-23 10:00", False),  # a Monday
        ("2026-11-23 17:59", False),
        ("2026-11-23 18:00", True),
        ("2026-11-24 08:59", True),
        ("2026-11-24 09:00", False),
        ("2026-11-28 12:00", True),  # a Saturday
        ("2026-11-30 08:59", False),  # Monday morning: Sunday's watch has ended at midnight
        ("2026-09-25 12:00", True),  # Chuseok
        ("2026-08-17 12:00", True),  # a substitute for Liberation Day, which was a Saturday
        ("2026-06-03 12:00", True),  # local elections
        ("2026-09-28 12:00", False),
    ],
)
def test_the_centre_is_on_duty_at_night_and_on_free_days(when: str, on: bool) -> None:
    assert duty().is_on("knock", datetime.fromisoformat(when).replace(tzinfo=SEOUL)) is on


def test_a_day_proclaimed_at_short_notice_is_written_into_the_options() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=SEOUL)
    assert duty(free_days=["2026-11-24"]).is_on("knock", noon)
    chuseok = datetime(2026, 9, 25, 12, tzinfo=SEOUL)
    assert not duty(working_days=["2026-09-25"]).is_on("knock", chuseok)


def test_a_rule_may_be_for_some_kinds_only() -> None:
    rows = [{"days": "every", "from": "00:00", "to": "24:00", "kinds": "emergency, visit"}]
    noon = datetime(2026, 11, 24, 12, tzinfo=SEOUL)
    assert duty(centre_hours=rows).is_on("visit", noon)
    assert not duty(centre_hours=rows).is_on("knock", noon)


def test_while_nobody_knows_the_time_the_centre_is_on_duty() -> None:
    assert duty().is_on("knock", None)


def test_without_hours_the_centre_is_always_on_duty() -> None:
    assert duty(centre_hours=[]).is_on("knock", datetime(2026, 11, 24, 12, tzinfo=SEOUL))


def test_the_calendar_knows_what_a_holiday_is() -> None:
    assert duty().calendar.is_free(date(2026, 12, 25))
    assert not duty().calendar.is_free(date(2026, 12, 24))


def test_each_year_has_its_holidays_whenever_it_is_asked_for() -> None:
    """Chuseok and its substitute day, a general election, a year far ahead."""
    korea = Korea()
    days = {"2025-10-03", "2025-10-08", "2024-04-10", "2031-03-01", "2026-06-03"}
    assert {day for day in days if korea(date.fromisoformat(day))} == days
    assert not any(korea(date(year, 11, 24)) for year in range(2024, 2032))


def test_where_no_process_can_be_had_the_holidays_are_known_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert Korea()(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"centre_hours": [{"from": "18:00"}]}, "to must be a time like"),
        ({"centre_hours": [{"from": "25:00", "to": "09:00"}]}, "from must be a time like"),
        ({"centre_hours": [{"days": "sunday", "from": "1", "to": "2"}]}, "days must be every"),
        ({"centre_hours": ["always"]}, "must have days, from and to"),
        ({"centre_hours": "always"}, "must be a list"),
        (
            {"centre_hours": [{"from": "18:00", "to": "09:00", "kinds": "quiet"}]},
            "there is no kind quiet",
        ),
        ({"free_days": ["yesterday"]}, "free_days must be a list of days"),
    ],
)
def test_hours_that_cannot_be_read_are_one_clear_sentence(
    options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(BadOptionsError, match=sentence):
        duty(**options)
