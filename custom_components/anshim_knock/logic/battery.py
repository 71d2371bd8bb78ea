"""How long a battery will last, from one reading a day: a trend where there is one, else nothing.

`source.told` adds readings. A cold night takes some percent and gives them back, so a day is worth
its best reading; a cell that says 100 % until it dies has no trend, and none is made up for it.
"""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

_DAY = 86400.0
KEPT = 20
_NOTHING, _FULL = 0.0, 100.0
# A radio gives up before the cell is empty.
_EMPTY = 5.0
# So much more than lately is a new cell, not a warm room.
_REPLACED = 15.0
# The middle of this many days is how full it is.
_LATELY = 3
# A trend needs this many days and percent, and most pairs of days must agree on it.
_FEWEST_DAYS = 7
_LEAST_DROP = 5.0
_AGREE = 0.8
# A lithium cell is flat for years and falls off in weeks: the last days count by themselves.
_CLIFF_DAYS = 7
_CLIFF_DROP = 10.0
# Beyond this a trend is the season's.
_FARTHEST = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """The best reading of each day, the oldest first: (days since 1970, percent)."""

    days: tuple[tuple[int, float], ...] = ()


def percentage(told: float | None) -> float | None:
    """A percentage, or `None` where what was told is none (255 of 200, not a number)."""
    return told if told is not None and _NOTHING <= told <= _FULL else None


def measured(battery: Battery, percent: float, at: datetime) -> Battery:
    """One more reading."""
    today = int(at.timestamp() // _DAY)
    days = battery.days
    if days and today < days[-1][0] - 1:
        # Read by a clock that was wrong.
        days = ()
    if days and percent >= _level(days) + _REPLACED:
        return Battery(days=((today, percent),))
    if not days or today > days[-1][0]:
        return Battery(days=(*days, (today, percent))[-KEPT:])
    if today == days[-1][0] and percent > days[-1][1]:
        return Battery(days=(*days[:-1], (today, percent)))
    return battery


def days_left(battery: Battery, now: datetime) -> float | None:
    """About how many days from now; `None` without a trend."""
    days = battery.days
    falls = [
        fall
        for fall in (_fall(days, _LEAST_DROP), _fall(days[-_CLIFF_DAYS:], _CLIFF_DROP))
        if fall is not None
    ]
    if not falls:
        return None
    since = now.timestamp() / _DAY - days[-1][0]
    left = (_level(days) - _EMPTY) / max(falls) - max(since, 0.0)
    return max(left, 0.0) if left <= _FARTHEST else None


def _level(days: tuple[tuple[int, float], ...]) -> float:
    return median(percent for _, percent in days[-_LATELY:])


def _fall(days: tuple[tuple[int, float], ...], least: float) -> float | None:
    """Percent a day, the middle of all pairs of days; robust against a few strange ones."""
    if len(days) < min(_FEWEST_DAYS, _CLIFF_DAYS):
        return None
    falls = [
        (before - after) / (later - earlier)
        for i, (earlier, before) in enumerate(days)
        for later, after in days[i + 1 :]
    ]
    half = len(days) // 2
    drop = median(p for _, p in days[:half]) - median(p for _, p in days[-half:])
    agree = sum(fall > 0.0 for fall in falls) / len(falls)
    # Half of the span lies between the middles of its halves.
    if 2 * drop < least or agree < _AGREE:
        return None
    return median(falls)
