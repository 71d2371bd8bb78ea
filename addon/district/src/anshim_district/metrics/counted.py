"""What this worker counts itself, since it was started. Told by intake, writer and dispatcher."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

# seconds; the wanted p99 of intake and a whole commit lie at the fourth and the sixth
BOUNDS: Final = (0.003, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0)

HEARTBEATS: Final = "heartbeats"
EVENTS: Final = "events"


class Histogram:
    """One thread alone adds; whoever reads may be one behind."""

    def __init__(self) -> None:
        self.count = 0
        self.total_s = 0.0
        self._first = [0] * (len(BOUNDS) + 1)

    def took(self, seconds: float) -> None:
        self.count += 1
        self.total_s += seconds
        # the first bound that it did not exceed; beyond the last it is in none
        self._first[bisect_left(BOUNDS, seconds)] += 1

    @property
    def within(self) -> Sequence[tuple[float, int]]:
        """How many took at most so long."""
        return list(zip(BOUNDS, accumulate(self._first), strict=False))


@dataclass(slots=True, kw_only=True)
class Figures:
    """`began`, and what the machine's own count of seconds was then."""

    began: datetime
    monotonic: float
    # (heartbeats or events, result, reason): a closed word each
    heard: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    # (text, call or mail, what came of it)
    reached: Counter[tuple[str, str]] = field(default_factory=Counter)
    intake: dict[str, Histogram] = field(
        default_factory=lambda: {HEARTBEATS: Histogram(), EVENTS: Histogram()}
    )
    commits: Histogram = field(default_factory=Histogram)

    def drift(self, now: datetime, monotonic: float) -> timedelta:
        """How far the clock was moved since the start: set right, or wrong."""
        return now - self.began - timedelta(seconds=monotonic - self.monotonic)
