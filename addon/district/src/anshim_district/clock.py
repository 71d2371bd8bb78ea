"""The time of day, read at the edges only (web handlers, the overseer's loop).

Everything behind takes `now`.
"""

from datetime import UTC, datetime
from typing import Final, Protocol, override

_WRITTEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def is_set(now: datetime) -> bool:
    """Not so before this was written: a machine without a clock begins in 1970, for a moment."""
    return now >= _WRITTEN


class Clock(Protocol):
    """Where the edges read the time."""

    def now(self) -> datetime: ...


class SystemClock(Clock):
    @override
    def now(self) -> datetime:
        """In whole milliseconds, as times are kept: what is due now must not come back as later."""
        read = datetime.now(UTC)
        return read.replace(microsecond=read.microsecond // 1000 * 1000)


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and `Z`, as the contract writes times."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def whole_ms(moment: datetime) -> datetime:
    """The millisecond that has begun: no deadline that has passed by then is still to come."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
