"""How much may go into quarantine: a bucket for each kit and one for all keys nobody knows.

Held in memory by intake.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

_DEPTH: Final = 60.0
_REFILL: Final = timedelta(hours=1)
_MOST_LANES: Final = 20_000


@dataclass(slots=True)
class _Bucket:
    left: float
    looked: datetime


@dataclass(slots=True)
class Lane:
    """Full at first; what is taken comes back within the hour."""

    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def admits(self, kit: str | None, now: datetime) -> bool:
        name = kit or ""
        if len(self._buckets) > _MOST_LANES:
            self._buckets.clear()
        bucket = self._buckets.setdefault(name, _Bucket(left=_DEPTH, looked=now))
        refilled = max(timedelta(0), now - bucket.looked) / _REFILL * _DEPTH
        bucket.left = min(_DEPTH, bucket.left + refilled)
        bucket.looked = now
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True
