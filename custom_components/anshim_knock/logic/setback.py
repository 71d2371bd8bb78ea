"""A label that was moved back and may soon be put right: how much of a step forward is the label.

`clock.reconcile` asks it. A wrong answer of the network sets a clock a day back, the next one sets
it right; nobody was silent for a day. But a machine that was held still steps forward as well, and
its time did pass: what is not put right whole within the hour counts in the end.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# So long it may take until a clock that was set wrong is set right.
_SOON_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """The label lies `by` behind where it was; it was first moved back at `steady` (s since boot).

    `taken` is what steps forward have since been taken for the label's, the last one at `taken_at`
    on the wall clock: time that passed after all if the label does not come right.
    """

    by: timedelta
    steady: float
    taken: timedelta = timedelta(0)
    taken_at: datetime | None = None

    def is_over(self, steady: float) -> bool:
        return steady - self.steady > _SOON_S


def set_back(setback: Setback | None, by: timedelta, steady: float) -> Setback:
    """The label was moved back by so much, perhaps once more."""
    if setback is None:
        return Setback(by=by, steady=steady)
    at = setback.taken_at and setback.taken_at - by
    return replace(setback, by=setback.by + by, taken_at=at)


def put_forward(
    setback: Setback, by: timedelta, wall: datetime, tolerance: timedelta
) -> Setback | None:
    """The label came forward by so much; `None` once it is back where it was."""
    left = setback.by - by
    if left <= tolerance:
        return None
    return replace(setback, by=left, taken=setback.taken + by, taken_at=wall)
