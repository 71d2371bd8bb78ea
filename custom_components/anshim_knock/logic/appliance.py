"""From watts to use: learns what a plug draws at rest and in use, and where to draw the line.

`source.observe` tells it every reading of a plug. Two lines with a gap between them keep a watt of
jitter from being an event; they are learnt for each plug, because 15 W is a lamp on one and standby
on another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .histogram import Counts, Scale, added, quantile

# 0.25 W to 8 kW, for some weeks in seconds.
WATTS = Scale(first=0.25, bins=32, most=14 * 86_400.0)
# No socket gives more: such a reading is a fault of the meter.
MOST_WATTS = 4000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """It runs from `on` upwards, until it falls below `off`."""

    on: float
    off: float


# A person's kettle, toaster, TV; below it are standby and chargers.
FIRST_MARKS = Marks(on=15.0, off=8.0)

# At rest for a tenth of the time at least: a TV may run all day, but not all night as well.
_REST_SHARE = 0.1
# Half of all energy above rest is drawn at this level or more: two minutes of kettle outweigh a
# day of a standby that wobbles by a watt.
_USE_SHARE = 0.5
# Of the way from rest to use.
_ON_SHARE, _OFF_SHARE = 0.4, 0.2
# So much above rest is use, however much more the appliance can draw.
_SURELY_ON, _SURELY_OFF = 50.0, 25.0
# Rest and use must be this far apart, or what was seen is one level and its noise. The line then
# lies 3 W above rest at least; no meter wobbles by more.
_APART = 7.5
# Learnt are the marks after a while of rest, and use only once there was some.
_ENOUGH_REST_S = 600.0
_ENOUGH_SEEN_S = 86_400.0
# A plug that reports rarely may have drawn something else meanwhile.
_LONGEST_STAY_S = 3600.0
_LEARN_EVERY = timedelta(minutes=30)

# The same use goes on after a pause like this: a pump reverses, a microwave pulses.
SHORT_PAUSE_S = 180.0
# A thermostat's usual round, and how many of them may be missing before it was a person again.
_THERMOSTAT_ROUND_S = 600.0
_ROUNDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """`stopped` is when it last fell below the line, `learnt` when the marks were last drawn."""

    watts: float | None = None
    read: datetime | None = None
    levels: Counts = WATTS.empty
    marks: Marks = FIRST_MARKS
    learnt: datetime | None = None
    stopped: datetime | None = None


def read(appliance: Appliance, watts: float, at: datetime) -> Appliance:
    """One reading. What it drew before, it drew until now."""
    levels, marks, learnt = appliance.levels, appliance.marks, appliance.learnt
    if appliance.watts is not None and appliance.read is not None:
        stayed = (at - appliance.read).total_seconds()
        if stayed > 0.0:
            levels = added(levels, WATTS, appliance.watts, min(stayed, _LONGEST_STAY_S))
    if learnt is None or abs(at - learnt) >= _LEARN_EVERY:
        marks, learnt = marks_of(levels), at
    return Appliance(
        watts=watts,
        read=at,
        levels=levels,
        marks=marks,
        learnt=learnt,
        stopped=appliance.stopped,
    )


def marks_of(levels: Counts) -> Marks:
    """Where the line lies, as far as is known."""
    seen = sum(levels)
    rest = quantile(levels, WATTS, _REST_SHARE)
    if rest is None or seen < _ENOUGH_REST_S:
        return FIRST_MARKS
    rest = 0.0 if rest <= WATTS.first else rest
    energies = [weight * max(WATTS.upper(i) - rest, 0.0) for i, weight in enumerate(levels)]
    more = (quantile(energies, WATTS, _USE_SHARE) or rest) - rest
    if seen < _ENOUGH_SEEN_S or more < _APART:
        return Marks(on=rest + FIRST_MARKS.on, off=rest + FIRST_MARKS.off)
    return Marks(
        on=rest + min(_ON_SHARE * more, _SURELY_ON),
        off=rest + min(_OFF_SHARE * more, _SURELY_OFF),
    )


def same_use_s(usual_gap: timedelta | None) -> float:
    """A pause (s) up to which the same use goes on: a machine's, or its thermostat's own rounds."""
    usual = None if usual_gap is None else usual_gap.total_seconds()
    if usual is None or usual > _THERMOSTAT_ROUND_S:
        return SHORT_PAUSE_S
    return max(SHORT_PAUSE_S, _ROUNDS * usual)
