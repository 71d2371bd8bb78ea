"""What kind of time it is where the district is: a weekday's day or night, a weekend, a holiday.

Pure. Public holidays with their substitute days come from `holidays`; proclaimed days, and days on
which a district works all the same, are written down by people.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

_OPENS: Final = time(9)
_CLOSES: Final = time(18)
_SATURDAY: Final = 5


class Period(StrEnum):
    WEEKDAY_DAY = "weekday_day"
    WEEKDAY_NIGHT = "weekday_night"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class Special(StrEnum):
    """What people wrote about a day."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


type SpecialDays = Mapping[date, Special]


@cache
def _public(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("KR", years=year))


def is_off(day: date, special: SpecialDays) -> Period | None:
    """`None` for a day on which the office is open."""
    written = special.get(day)
    if written is Special.WORKDAY:
        return None
    if written is Special.HOLIDAY or day in _public(day.year):
        return Period.HOLIDAY
    return Period.WEEKEND if day.weekday() >= _SATURDAY else None


def period_of(moment: datetime, zone: ZoneInfo, special: SpecialDays) -> Period:
    here = moment.astimezone(zone)
    off = is_off(here.date(), special)
    if off is not None:
        return off
    return Period.WEEKDAY_DAY if _OPENS <= here.time() < _CLOSES else Period.WEEKDAY_NIGHT


def next_change(moment: datetime, zone: ZoneInfo, special: SpecialDays) -> datetime:
    """When it is next another kind of time; looked up, not counted down."""
    now = period_of(moment, zone, special)
    here = moment.astimezone(zone)
    for days in range(32):
        day = here.date() + timedelta(days=days)
        for clock in (time(0), _OPENS, _CLOSES):
            at = datetime.combine(day, clock, zone)
            if at > here and period_of(at, zone, special) is not now:
                return at
    return moment + timedelta(days=32)
