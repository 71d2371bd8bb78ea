"""Numbers as tables show them."""

from collections.abc import Sequence
import math


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest that so many of them do not exceed: a measured value, never one in between."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
