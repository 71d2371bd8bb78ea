"""How often a home is to be heard, and when its silence is too long (contract §7).

Pure; used by heartbeats and enrolment.
"""

from datetime import datetime, timedelta
from typing import Final

_MISSED: Final = 3
_SHORTEST: Final = timedelta(seconds=15)
_LONGEST: Final = timedelta(hours=24)
# a technician enrols in the office and installs the same day
_PATIENCE: Final = timedelta(hours=6)
USUAL_LIMIT: Final = timedelta(hours=24)
_TO_INSTALL: Final = timedelta(hours=24)


def interval(usual: timedelta, limit: timedelta | None) -> timedelta:
    """The district's usual pace.

    Quicker where three missed heartbeats would be longer than a quarter of the limit.
    """
    wanted = min(usual, limit / (4 * _MISSED)) if limit else usual
    return max(_SHORTEST, min(wanted, _LONGEST))


def silent_after(pace: timedelta, limit: timedelta | None) -> timedelta:
    """min(3 missed, limit/4), but never so soon that a single late heartbeat is a silence."""
    wanted = min(_MISSED * pace, limit / 4) if limit else _MISSED * pace
    return max(wanted, 2 * pace)


def asked_after(limit: timedelta | None) -> timedelta:
    """How long its silence may stay only technical (contract §7): 6 h, or half the limit if less.

    A home that is not near its ceiling is at least so far from it.
    """
    return min(_PATIENCE, (limit or USUAL_LIMIT) / 2)


def first_due(enrolled: datetime) -> datetime:
    return enrolled + _TO_INSTALL
