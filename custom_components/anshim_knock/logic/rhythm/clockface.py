"""Between moments and the home's wall clock, on which a rhythm is written.

Seconds of the wall clock are counted as if it were UTC. Twice a year, where clocks are changed, a
silence is an hour longer or shorter there than it was; every limit is long beside that.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from math import isinf

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def wall(at: datetime, zone: tzinfo) -> float:
    """What the clock on the kitchen wall shows at a moment."""
    return (at.astimezone(zone).replace(tzinfo=UTC) - _EPOCH) / _SECOND


def moment(at: float, zone: tzinfo) -> datetime | None:
    """When the wall clock shows this, in UTC; `None` for never."""
    if isinf(at):
        return None
    return (_EPOCH + at * _SECOND).replace(tzinfo=zone).astimezone(UTC)
