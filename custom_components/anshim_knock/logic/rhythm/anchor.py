"""Keeps the limit from growing in silence.

Forgetting over weeks would follow a person who does a little less every week, until hardly any
silence were too long. So the limits of the day, by the hour a silence begins, are held near those
that once were accepted; growing beyond needs a person's word. Shrinking needs none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .parameters import Parameters


@dataclass(slots=True, kw_only=True)
class Anchor:
    """`accepted` limits in seconds, by hour of the day; empty until the home is well known."""

    accepted: list[float] = field(default_factory=list)
    # Hours of the day whose limit is being held now.
    held: int = 0

    def new_day(self, limits: Sequence[float], parameters: Parameters) -> None:
        """Follow shorter limits slowly, longer ones not at all."""
        p = parameters
        if not self.accepted:
            self.accepted = list(limits)
        self.held = sum(
            now > old + p.anchor_slack for now, old in zip(limits, self.accepted, strict=True)
        )
        self.accepted = [
            old + min(now - old, 0.0) * p.anchor_follows
            for now, old in zip(limits, self.accepted, strict=True)
        ]

    def accept(self) -> None:
        """A person says that this is how life is now."""
        self.accepted, self.held = [], 0

    def longest(self, hour: int, parameters: Parameters) -> float:
        """What a silence that begins in this hour may reach."""
        return self.accepted[hour] + parameters.anchor_slack if self.accepted else float("inf")
