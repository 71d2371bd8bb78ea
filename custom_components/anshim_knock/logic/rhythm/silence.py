"""The present silence of a home: since when, how much of it was watched, what was due in it."""

from dataclasses import dataclass, field

from .hazard import Pace
from .parameters import Rung
from .verdict import Verdict


@dataclass(slots=True, kw_only=True)
class Silence:
    """`score` counts signs of life that were due up to `counted`.

    `rate`: the share of the home's life that can be heard. `unseen`: seconds that nobody watched.
    `reached`: limits that were over before less could be seen; only life takes that back.
    """

    since: float
    counted: float
    score: float = 0.0
    rate: float = 1.0
    # How much oftener than others the source that spoke last begins long ones, as a log.
    lift: float = 0.0
    seen: bool = True
    # Whoever showed life was said to be away and may be: a mat that was trodden on once.
    doubted: bool = False
    unseen: float = 0.0
    reached: dict[Rung, Verdict] = field(default_factory=dict)

    @property
    def begun(self) -> float:
        """When it would have begun, had it been watched all the time."""
        return self.since + self.unseen

    def begin_again(self, at: float, *, blind: bool) -> None:
        """One more sign of life in the quarter of an hour in which it began."""
        self.since = self.counted = at
        self.score, self.unseen, self.seen = 0.0, 0.0, not blind
        self.reached.clear()

    def count(self, at: float, pace: Pace, *, blind: bool) -> None:
        """Settle the score up to now, at the rate that held so far."""
        if at <= self.counted:
            return
        if blind:
            self.unseen += at - self.counted
        else:
            self.score += self.rate * pace.score(self.begun, self.counted, at)
        self.counted = at
