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

from .setback import Setback, put_forward, set_back

# Nothing of ours ran before this: an earlier wall clock is not set.
CLOCK_FLOOR = datetime(2026, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(seconds=90)
# A forward jump is believed as time that really passed (a late NTP answer after a power cut), up to
# this much: a clock that is years off must not call every home of a district at once.
BELIEVED = timedelta(days=31)
# The network of a home is back this long after its power at the latest.
_LATE_ANSWER = timedelta(hours=1)
_STANDS = timedelta(days=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the clocks said when something entered: wall (UTC), seconds since boot, which boot."""

    wall: datetime
    steady: float
    boot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The last reading, and what is known about its truth.

    `booted` is the wall time at which this boot was first seen; `lag` is how far a clock that is
    not set lies behind the last one that was. `least` is the earliest that it may be in truth: a
    date that jumped ahead and was believed counts for it only when it has `stood` for a day.
    `setback`: its date was moved back within this boot, and may soon be put right.
    """

    wall: datetime
    steady: float
    boot: str
    trusted: bool
    booted: datetime
    lag: timedelta | None = None
    least: datetime | None = None
    stood: timedelta = timedelta(0)
    setback: Setback | None = None


class ClockEvent(StrEnum):
    """What happened to the clock between two readings."""

    UNSET = "clock_unset"
    SET = "clock_set"
    JUMPED = "clock_jumped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How stored moments must move so that they mean the same on the new wall clock.

    A moment counted from before `border` moves by `older`, any other by `newer`. `back`: the label
    was right until now; `right`: it is again where it was then.
    """

    border: datetime
    older: timedelta
    newer: timedelta
    back: bool = False
    right: bool = False

    def of(self, moment: datetime, counted_from: datetime | None = None) -> datetime:
        """A deadline moves with the moment that it was counted from."""
        anchor = moment if counted_from is None else counted_from
        return moment + (self.older if anchor < self.border else self.newer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A reading brought into line: the clock to keep, and what the rest must do about it.

    `measured` is the time since the last reading that the steady clock saw pass. The rest, a
    machine that was off or a jump that is believed, nobody measured and nobody watched.
    """

    clock: Clock
    measured: timedelta
    move: Move | None = None
    event: ClockEvent | None = None


def first_reading(reading: Reading) -> Clock:
    """The clock of a household that has none yet."""
    return Clock(
        wall=reading.wall,
        steady=reading.steady,
        boot=reading.boot,
        trusted=reading.wall >= CLOCK_FLOOR,
        booted=reading.wall,
        least=_least(None, reading.wall),
    )


def reconcile(clock: Clock, reading: Reading) -> Reconciled:
    """Compare a reading with the last one and say what happened between them."""
    if reading.boot != clock.boot:
        return _after_a_boot(clock, reading)
    over = clock.setback
    if over is None or not over.is_over(reading.steady):
        return _within_a_boot(clock, reading)
    found = _within_a_boot(replace(clock, setback=None), reading)
    return replace(found, move=_counted_after_all(found.move, over))


def _within_a_boot(clock: Clock, reading: Reading) -> Reconciled:
    measured = timedelta(seconds=max(reading.steady - clock.steady, 0.0))
    drift = (reading.wall - clock.wall) - measured
    seen = replace(
        clock,
        wall=reading.wall,
        steady=reading.steady,
        least=clock.least and clock.least + measured,
        stood=clock.stood + measured if abs(drift) <= TOLERANCE else timedelta(0),
    )
    if abs(drift) <= TOLERANCE:
        return _agreeing(seen, measured)
    if drift > timedelta(0):
        if not clock.trusted and reading.wall >= _least_truth(clock, measured):
            return _now_set(seen, measured, drift)
        back = clock.setback
        if back is not None and drift <= back.by + TOLERANCE:
            left = put_forward(back, drift, reading.wall, TOLERANCE)
            found = _moved_with_the_label(replace(seen, setback=left), measured, drift)
            return replace(found, move=found.move and replace(found.move, right=left is None))
        if clock.trusted and drift <= BELIEVED:
            return _believed(seen, measured, drift)
    elif clock.trusted:
        seen = replace(seen, setback=set_back(clock.setback, -drift, reading.steady))
        found = _moved_with_the_label(seen, measured, drift)
        return replace(found, move=found.move and replace(found.move, back=clock.setback is None))
    return _moved_with_the_label(seen, measured, drift)


def _agreeing(seen: Clock, measured: timedelta) -> Reconciled:
    """Both clocks say the same. A date in doubt that has stood for a day is doubted no longer.

    Otherwise a home whose clock once ran ahead would be without a time until that date.
    """
    if seen.wall < CLOCK_FLOOR or seen.stood < _STANDS:
        return Reconciled(clock=seen, measured=measured)
    clock = replace(seen, trusted=True, lag=None, least=seen.wall)
    event = None if seen.trusted else ClockEvent.SET
    return Reconciled(clock=clock, measured=measured, event=event)


def _least(so_far: datetime | None, wall: datetime) -> datetime | None:
    """A date that is set may be right, however early it is; one that is not says nothing."""
    if wall < CLOCK_FLOOR:
        return so_far
    return wall if so_far is None else min(so_far, wall)


def _least_truth(clock: Clock, measured: timedelta) -> datetime:
    """The true time is not before our own past, with the time since added."""
    if clock.lag is None:
        return CLOCK_FLOOR
    return max(CLOCK_FLOOR, clock.wall + clock.lag + measured - TOLERANCE)


def _now_set(seen: Clock, measured: timedelta, drift: timedelta) -> Reconciled:
    """Moments of this boot keep their distance from now; older ones go back to where they were."""
    older = drift if seen.lag is None else seen.lag
    return Reconciled(
        clock=replace(
            seen,
            trusted=True,
            lag=None,
            booted=seen.booted + drift,
            least=_least(seen.least, seen.wall),
        ),
        measured=measured,
        move=Move(border=seen.booted, older=older, newer=drift),
        event=ClockEvent.SET,
    )


def _believed(seen: Clock, measured: timedelta, drift: timedelta) -> Reconciled:
    """Time really passed that the steady clock did not see.

    Soon after a boot that was the time before it, and the network has told at last: what was seen
    in this boot keeps its distance from now. Later the machine was held still, and nothing moves.
    """
    if seen.steady > _LATE_ANSWER.total_seconds():
        return Reconciled(clock=seen, measured=measured, event=ClockEvent.JUMPED)
    return Reconciled(
        clock=replace(seen, booted=seen.booted + drift),
        measured=measured,
        move=Move(border=seen.booted, older=timedelta(0), newer=drift),
        event=ClockEvent.JUMPED,
    )


def _moved_with_the_label(seen: Clock, measured: timedelta, drift: timedelta) -> Reconciled:
    """Durations hold; only the label changed, so every moment moves with it."""
    trusted = seen.trusted and seen.wall >= CLOCK_FLOOR
    known = timedelta(0) if seen.trusted else seen.lag
    lag = None if trusted or known is None else known - drift
    # A clock that is not set has its `lag` to be put right by.
    back = seen.setback if trusted else None
    return Reconciled(
        clock=replace(seen, trusted=trusted, booted=seen.booted + drift, lag=lag, setback=back),
        measured=measured,
        move=Move(border=seen.booted, older=drift, newer=drift),
        event=ClockEvent.UNSET if seen.trusted and not trusted else ClockEvent.JUMPED,
    )


def _counted_after_all(move: Move | None, over: Setback) -> Move | None:
    """The label did not come right: its steps forward were time, and nobody was seen in it.

    Of a boot that is more than an hour old every moment moves alike.
    """
    if over.taken_at is None:
        return move
    along = timedelta(0) if move is None else move.newer
    back = move is not None and move.back
    return Move(border=over.taken_at, older=along - over.taken, newer=along, back=back)


def _after_a_boot(clock: Clock, reading: Reading) -> Reconciled:
    """The steady clock began anew. Only a wall clock that is set can tell the gap.

    It is, when it is not behind all that we knew. Otherwise nobody knows how long the machine was
    off: what was before the boot is moved to lie directly before it, until the clock is set.
    If a boot before was without a clock, and no network came, what was seen in it may be as old as
    `least` allows: the date before that boot may have run ahead.
    """
    behind = clock.wall - reading.wall
    least = _least(clock.least, clock.wall)
    known = timedelta(0) if clock.trusted else clock.lag
    is_set = reading.wall >= CLOCK_FLOOR and (known is None or behind + known <= TOLERANCE)
    back = -behind
    if is_set and least is not None:
        back = max(least - clock.wall, timedelta(0))
    # Strictly before the boot: what is at its very moment belongs to it.
    older = back - max(behind + back + _TICK, timedelta(0))
    fresh = Clock(
        wall=reading.wall,
        steady=reading.steady,
        boot=reading.boot,
        trusted=is_set,
        booted=reading.wall,
        lag=None if is_set or known is None else known - older,
        least=least or _least(None, reading.wall),
    )
    return Reconciled(
        clock=fresh,
        measured=timedelta(0),
        move=Move(border=reading.wall, older=older, newer=older) if older else None,
        event=_event_of_boot(was=clock.trusted, now=is_set),
    )


def _event_of_boot(*, was: bool, now: bool) -> ClockEvent | None:
    if now:
        return None if was else ClockEvent.SET
    return ClockEvent.UNSET
