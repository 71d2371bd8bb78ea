"""The time of day, read at the edges only (web handlers, the overseer's loop).

Everything behind takes `now`.
"""

from datetime import UTC, datetime
from typing import Protocol, override


class Clock(Protocol):
    """Where the edges read the time."""

    def now(self) -> datetime: ...


class SystemClock(Clock):
    @override
    def now(self) -> datetime:
        return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and `Z`, as the contract writes times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
