"""Who is on duty when: kinds, hours and Korean holidays. Asked by the route to a control centre.

Pure: what a holiday is, the calendar is told. What a government proclaims at short notice is
written into the options.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SATURDAY = 5

type IsHoliday = Callable[[date], bool]


class Days(StrEnum):
    EVERY = "every"
    WORKING = "working"
    FREE = "free"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """From `start` up to `end`; beyond midnight when the end is not later. No kinds: all of them.

    A night belongs to the day on which it begins.
    """

    days: Days
    start: time
    end: time
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Working days and free days, with what the options say about single days."""

    is_holiday: IsHoliday
    free: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()

    def fits(self, day: date, days: Days) -> bool:
        return days is Days.EVERY or self.is_free(day) is (days is Days.FREE)

    def is_free(self, day: date) -> bool:
        if day in self.free or day in self.working:
            return day in self.free
        return day.weekday() >= SATURDAY or self.is_holiday(day)


@dataclass(frozen=True, kw_only=True)
class Duty:
    rules: Sequence[Rule]
    calendar: Calendar
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Seoul"))

    def is_on(self, kind: str, now: datetime | None) -> bool:
        """Nobody knows the time, or nobody wrote hours down: always."""
        if now is None or not self.rules:
            return True
        local = now.astimezone(self.zone)
        return any(
            self._holds(rule, local) for rule in self.rules if not rule.kinds or kind in rule.kinds
        )

    def _holds(self, rule: Rule, local: datetime) -> bool:
        today, at = local.date(), local.time()
        if rule.start < rule.end:
            return rule.start <= at < rule.end and self.calendar.fits(today, rule.days)
        if at >= rule.start:
            return self.calendar.fits(today, rule.days)
        return at < rule.end and self.calendar.fits(today - timedelta(days=1), rule.days)
