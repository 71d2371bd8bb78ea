"""The door of `logic/`: a household, what happened and when → new household, effects, deadline.

The coordinator calls `decide` for every input and arms one timer at the deadline it answers with.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from .acts import ACTS
from .clock import ClockEvent, Reading, reconcile
from .deadlines import SIGN_OF, next_due, standing
from .effects import Effect, Outbox, Target, added, performed
from .household import Household, moved, outrun
from .inputs import (
    ComeBack,
    Due,
    GuestsStay,
    Input,
    Leave,
    OutrunVersion,
    Restarted,
    StartDrill,
    Tick,
    Trouble,
)
from .ladder import TABLE
from .messages import Letter
from .rejoined import rejoined
from .rungs import Sign, Why
from .settings import Settings
from .signs import sign_of
from .silence import after_absence, counted_up_to
from .turn import Turn
from .words import Presence

__all__ = ["Decision", "decide", "effect_done", "found_late", "next_deadline", "standing"]

# Deadlines that fell due together while nobody looked: at most one of each kind, because each step
# moves its own deadline beyond now. More would mean that one does not.
_MOST_STEPS = 12
# What asks for less watching must wait until what is due has been said.
_AFTER_WHAT_IS_DUE = (Leave, GuestsStay, StartDrill)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What came of an input. `refused` tells the caller why nothing was done."""

    state: Household
    effects: tuple[Effect, ...]
    deadline: datetime | None
    why: Why
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """The household after one row of the ladder, and what the row says about it."""

    state: Household
    why: Why
    refused: bool = False


def decide(state: Household, given: Input, reading: Reading, settings: Settings) -> Decision:
    """1. Bring the clock into line. 2. Take the input. 3. Take whatever has fallen due.

    The input comes first: a kettle that is switched on in the second in which the limit passes must
    not knock. Effects are already in the returned state's outbox.
    """
    before = state.outbox
    state = _at(state, given, reading, settings)
    if isinstance(given, _AFTER_WHAT_IS_DUE):
        state = _overdue(_Step(state=state, why=Why.STANDING), reading, settings).state
    sign = sign_of(state, given, reading.wall, settings)
    step = _step(state, given, sign, reading, settings)
    after = _overdue(step, reading, settings)
    return Decision(
        state=after.state,
        effects=_new(before, after.state.outbox),
        deadline=next_deadline(after.state, settings),
        why=after.why,
        refused=step.refused,
    )


def effect_done(state: Household, effect: Effect, target: Target) -> Household:
    """The household after an effect has arrived at a target."""
    return replace(state, outbox=performed(state.outbox, effect.version, effect.name, target))


def found_late(
    kept: Household,
    meanwhile: Household,
    reading: Reading,
    settings: Settings,
    *,
    back: datetime | None = None,
) -> Household:
    """A household that could be read only now, and what the home began without it, as one.

    Nothing that is due is done by it: what was seen meanwhile is taken first. `back`: whoever was
    away then has been home since.
    """
    old = _at(kept, Restarted(), reading, settings)
    if back is not None and old.stay.kind is Presence.AWAY:
        old = after_absence(old, min(back, reading.wall))
    joined = rejoined(old, _at(meanwhile, Tick(), reading, settings))
    if back is None or joined.stay.kind is not Presence.AWAY:
        return joined
    told = _step(joined, ComeBack(), Sign.COME_BACK, reading, settings).state
    return replace(told, silent_since=joined.silent_since, watched=joined.watched)


def next_deadline(state: Household, settings: Settings) -> datetime | None:
    """When to look again if nothing happens."""
    due = next_due(state, settings)
    return None if due is None else due.at


def _at(state: Household, given: Input, reading: Reading, settings: Settings) -> Household:
    """The household at the moment of the reading: clock in line, watched time counted."""
    found = reconcile(state.clock, reading)
    state = replace(state, clock=found.clock)
    if found.move is not None:
        state = moved(state, found.move, reading.wall)
    # What passed before Home Assistant started again was measured, but not watched.
    unseen = isinstance(given, Restarted)
    state = counted_up_to(state, reading.wall, found.measured, seen=not unseen)
    if isinstance(given, OutrunVersion):
        state = outrun(state, given.version, conflict=given.conflict)
    for word in (
        Trouble(code="clock_unset", raised=not found.clock.trusted),
        Trouble(code="clock_jumped", raised=found.event is ClockEvent.JUMPED),
    ):
        if word.raised is not (word.code in state.troubles):
            state = _step(state, word, Sign.TROUBLE, reading, settings).state
    return state


def _overdue(step: _Step, reading: Reading, settings: Settings) -> _Step:
    """The household after everything that has fallen due, the oldest first."""
    for _ in range(_MOST_STEPS):
        due = next_due(step.state, settings)
        if due is None or due.at > reading.wall:
            break
        step = _step(step.state, due, SIGN_OF[due.what], reading, settings)
    return step


def _step(
    state: Household, given: Input | Due, sign: Sign, reading: Reading, settings: Settings
) -> _Step:
    """One row of the ladder. Its effects share one version, saved with the state they come from."""
    row = TABLE[sign][standing(state)]
    turn = Turn(
        state=state if row.next is None else replace(state, stage=row.next),
        sign=sign,
        given=given,
        reading=reading,
        settings=settings,
        version=state.version + 1,
    )
    for act in row.do:
        ACTS[act](turn)
    return _Step(state=_with_letters(turn), why=row.why, refused=row.refused)


def _with_letters(turn: Turn) -> Household:
    if not turn.letters:
        return turn.state
    outbox = turn.state.outbox
    for letter in turn.letters:
        outbox = added(outbox, _effect(letter, turn))
    return replace(turn.state, version=turn.version, outbox=outbox)


def _effect(letter: Letter, turn: Turn) -> Effect:
    return Effect(
        name=letter.name,
        version=turn.version,
        kind=letter.kind,
        data=letter.data,
        at=turn.now if turn.state.clock.trusted else None,
        boot=turn.reading.boot,
        uptime=int(turn.reading.steady),
    )


def _new(before: Outbox, after: Outbox) -> Outbox:
    known = {(e.version, e.name) for e in before}
    return tuple(e for e in after if (e.version, e.name) not in known)
