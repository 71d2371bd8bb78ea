"""Keeps the limit from growing in silence.

Forgetting over weeks would follow a person who does a little less every week, until hardly any
silence were too long. So the limits of the day, by the hour a silence begins, are held near those
that once were accepted; growing beyond needs a person's word. Shrinking needs none.
Only dead sources excuse longer ones: one that is live and silent is used no more, as in a decline.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .parameters import Parameters

_AS_ACCEPTED = (1.0,) * 24


@dataclass(slots=True, kw_only=True)
class Anchor:
    """`accepted` limits in seconds, by hour of the day; empty until the home is well known."""

    accepted: list[float] = field(default_factory=list)
    # How much longer they are while some of the sources are dead; empty while none is missed.
    # Whoever hears all of them again holds to what was accepted, as if nothing had been.
    stretched: list[float] = field(default_factory=list)
    # Hours of the day whose limit is being held now.
    held: int = 0

    def new_day(self, limits: Sequence[float], parameters: Parameters) -> None:
        """Follow shorter limits slowly, longer ones not at all."""
        p = parameters
        longer = self._longer()
        limits = [now / by for now, by in zip(limits, longer, strict=True)]
        slack = [p.anchor_slack / by for by in longer]
        self.held = sum(
            now > old + more for now, old, more in zip(limits, self.accepted, slack, strict=True)
        )
        self.accepted = [
            old + min(now - old, 0.0) * p.anchor_follows
            for now, old in zip(limits, self.accepted, strict=True)
        ]

    def hears(self, whole: Sequence[float], dimmed: Sequence[float]) -> None:
        """The same life, heard by other ears: the limits with all sources, and without the dead.

        Made anew at each change: ratios that are multiplied drift, and only ever upwards.
        """
        self.stretched = [now / then for then, now in zip(whole, dimmed, strict=True)]

    def accept(self) -> None:
        """A person says that this is how life is now."""
        self.accepted, self.stretched, self.held = [], [], 0

    def longest(self, hour: int, parameters: Parameters) -> float:
        """What a silence that begins in this hour may reach."""
        if not self.accepted:
            return float("inf")
        return self.accepted[hour] * self._longer()[hour] + parameters.anchor_slack

    def _longer(self) -> Sequence[float]:
        return self.stretched or _AS_ACCEPTED
