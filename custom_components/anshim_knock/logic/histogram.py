"""A small logarithmic histogram: what a source usually does, in a few dozen numbers for ever.

`appliance`, `reporting` and `ghost` learn with it. Every bin is √2 times the one before; old
weight fades, because everything is halved whenever the whole grows beyond its bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

type Counts = tuple[float, ...]

_STEPS_PER_OCTAVE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Bin 0 holds all up to `first`, the last bin all above; `most` bounds the whole weight."""

    first: float
    bins: int
    most: float

    @property
    def empty(self) -> Counts:
        return (0.0,) * self.bins

    def bin_of(self, value: float) -> int:
        if value <= self.first:
            return 0
        return min(int(_STEPS_PER_OCTAVE * log2(value / self.first)) + 1, self.bins - 1)

    def upper(self, index: int) -> float:
        """The upper edge of a bin: an estimate that errs to more."""
        return float(self.first * 2.0 ** (index / _STEPS_PER_OCTAVE))


def added(counts: Counts, scale: Scale, value: float, weight: float = 1.0) -> Counts:
    """With one more value."""
    changed = list(counts)
    changed[scale.bin_of(value)] += weight
    if sum(changed) > scale.most:
        changed = [count / 2 for count in changed]
    return tuple(changed)


def quantile(counts: Sequence[float], scale: Scale, share: float) -> float | None:
    """Below this lies `share` of the weight; `None` while there is none."""
    left = share * sum(counts)
    if left <= 0.0:
        return None
    for index, count in enumerate(counts):
        left -= count
        if left <= 0.0:
            return scale.upper(index)
    return scale.upper(len(counts) - 1)
