"""Makes one trustworthy time of a wall clock that jumps and a steady clock that forgets.

Every decision passes its reading through `reconcile` first. Within one boot the steady clock
(CLOCK_BOOTTIME, which also runs while the machine sleeps) measures how long things took; the wall
clock is a label. Across boots only the wall clock can tell, if it is set. A Raspberry Pi has no
clock of its own: it boots in 1970 or at the moment of its last save, and jumps when the network
comes.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

# Nothing of ours ran before this: an earlier wall clock is not set.
CLOCK_FLOOR = datetime(2026, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(seconds=90)
# A forward jump is believed as time that really passed (a late NTP answer after a power cut), up to
# this much: a clock that is years off must not call every home of a district at once.
BELIEVED = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the clocks said when something entered: wall (UTC), seconds since boot, which boot."""

    wall: datetime
    steady: float
    boot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The last reading, and what is known about its truth.

    `booted` is the wall time at which this boot was first seen; `lag` is by how much moments from
    before it were moved back while the clock was not set, to be undone when it is.
    """

    wall: datetime
    steady: float
    boot: str
    trusted: bool
    booted: datetime
    lag: timedelta | None = None


class ClockEvent(StrEnum):
    """What happened to the clock between two readings."""

    UNSET = "clock_unset"
    SET = "clock_set"
    JUMPED = "clock_jumped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How stored moments must move so that they mean the same on the new wall clock.

    A moment counted from before `border` moves by `older`, any other by `newer`.
    """

    border: datetime
    older: timedelta
    newer: timedelta

    def of(self, moment: datetime, counted_from: datetime | None = None) -> datetime:
        """A deadline moves with the moment that it was counted from."""
        anchor = moment if counted_from is None else counted_from
        return moment + (self.older if anchor < self.border else self.newer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A reading brought into line: the clock to keep, and what the rest must do about it."""

    clock: Clock
    move: Move | None = None
    event: ClockEvent | None = None
    # Time that nobody measured: machine off, or a jump that is believed. Never watched.
    gap: bool = False


def first_reading(reading: Reading) -> Clock:
    """The clock of a household that has none yet."""
    return Clock(
        wall=reading.wall,
        steady=reading.steady,
        boot=reading.boot,
        trusted=reading.wall >= CLOCK_FLOOR,
        booted=reading.wall,
    )


def reconcile(clock: Clock, reading: Reading) -> Reconciled:
    """Compare a reading with the last one and say what happened between them."""
    if reading.boot != clock.boot:
        return _after_a_boot(clock, reading)
    drift = (reading.wall - clock.wall) - timedelta(seconds=reading.steady - clock.steady)
    seen = replace(clock, wall=reading.wall, steady=reading.steady)
    if abs(drift) <= TOLERANCE:
        return Reconciled(clock=seen)
    if not clock.trusted and _now_set(clock, reading, drift):
        older = drift if clock.lag is None else clock.lag
        return Reconciled(
            clock=replace(seen, trusted=True, lag=None, booted=clock.booted + drift),
            move=Move(border=clock.booted, older=older, newer=drift),
            event=ClockEvent.SET,
            gap=True,
        )
    if timedelta(0) < drift <= BELIEVED:
        return Reconciled(clock=seen, event=ClockEvent.JUMPED, gap=True)
    return _moved_with_the_label(seen, reading, drift)


def _now_set(clock: Clock, reading: Reading, drift: timedelta) -> bool:
    """A forward jump past everything we ever saw; a reading before our own past is still wrong."""
    truth = clock.booted + (clock.lag or timedelta(0))
    return drift > timedelta(0) and reading.wall >= max(CLOCK_FLOOR, truth - TOLERANCE)


def _moved_with_the_label(seen: Clock, reading: Reading, drift: timedelta) -> Reconciled:
    """Durations hold; only the label changed, so every moment moves with it."""
    trusted = seen.trusted and reading.wall >= CLOCK_FLOOR
    lag = seen.lag if seen.lag is None else seen.lag - drift
    return Reconciled(
        clock=replace(seen, trusted=trusted, booted=seen.booted + drift, lag=lag),
        move=Move(border=seen.booted, older=drift, newer=drift),
        event=ClockEvent.JUMPED if trusted or not seen.trusted else ClockEvent.UNSET,
    )


def _after_a_boot(clock: Clock, reading: Reading) -> Reconciled:
    """The steady clock began anew. Only a wall clock that is set can tell the gap."""
    fresh = Clock(
        wall=reading.wall,
        steady=reading.steady,
        boot=reading.boot,
        trusted=True,
        booted=reading.wall,
    )
    behind = clock.wall - reading.wall
    set_now = reading.wall >= CLOCK_FLOOR
    if set_now and clock.trusted and behind <= TOLERANCE:
        return Reconciled(clock=fresh, gap=True)
    lag = behind if clock.lag is None else behind + clock.lag
    if set_now and not clock.trusted and lag <= TOLERANCE:
        # A boot without a clock lies between. Nobody knows how long the machine was off before it
        # and after it; all moments go back to the old scale, which can only lengthen a silence.
        back = -behind if clock.lag is None else clock.lag
        move = Move(border=reading.wall, older=back, newer=back)
        return Reconciled(clock=fresh, move=move, event=ClockEvent.SET, gap=True)
    return Reconciled(
        clock=replace(fresh, trusted=False, lag=lag),
        move=Move(border=reading.wall, older=-behind, newer=-behind),
        event=ClockEvent.UNSET,
        gap=True,
    )
