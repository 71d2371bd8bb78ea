"""The door of `logic/`: a household, what happened and when → new household, effects, deadline.

The coordinator calls `decide` for every input and arms one timer at the deadline it answers with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .acts import ACTS, Turn
from .clock import ClockEvent, Reading, reconcile
from .effects import Effect, Target, added, performed
from .household import Household, moved, outrun
from .inputs import (
    Answered,
    ComeBack,
    ConsentGiven,
    ConsentWithdrawn,
    Deadline,
    Due,
    GuestsStay,
    Help,
    Input,
    KnockNow,
    Leave,
    Life,
    Ok,
    OutrunVersion,
    Person,
    Place,
    Restarted,
    ShortenLimit,
    StartDrill,
    Tick,
    Trouble,
    Watching,
)
from .ladder import TABLE
from .messages import Letter
from .rungs import Sign, Standing, Why
from .settings import Settings
from .silence import bounds, counted_up_to, limit_of
from .words import CLOSING_OUTCOMES, Answer, Presence, Stage

# Deadlines that fell due together while nobody looked. Each step moves its own deadline on, so few
# are needed; more would mean that one does not.
_MOST_STEPS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What came of an input. `refused` tells the caller why nothing was done."""

    state: Household
    effects: tuple[Effect, ...]
    deadline: datetime | None
    why: Why
    refused: bool = False


def decide(state: Household, given: Input, reading: Reading, settings: Settings) -> Decision:
    """Bring the clock into line, take the input, then whatever has fallen due.

    The input comes first: a kettle that is switched on in the second in which the limit passes must
    not knock. Effects are already in the returned state's outbox.
    """
    before = state.outbox
    state = _at(state, given, reading, settings)
    state, why, refused = _step(
        state, given, _sign_of(state, given, reading, settings), reading, settings
    )
    for _ in range(_MOST_STEPS):
        due = _next(state, settings)
        if due is None or due.at > reading.wall:
            break
        state, why, _ = _step(state, due, _DUE[due.what], reading, settings)
    due = _next(state, settings)
    known = {(e.version, e.name) for e in before}
    return Decision(
        state=state,
        effects=tuple(e for e in state.outbox if (e.version, e.name) not in known),
        deadline=None if due is None else due.at,
        why=why,
        refused=refused,
    )


def effect_done(state: Household, effect: Effect, target: Target) -> Household:
    """The household after an effect has arrived at a target."""
    return replace(state, outbox=performed(state.outbox, effect.version, effect.name, target))


def next_deadline(state: Household, settings: Settings) -> datetime | None:
    """When to look again if nothing happens."""
    due = _next(state, settings)
    return None if due is None else due.at


def standing(state: Household) -> Standing:
    """Where the household stands on the ladder."""
    match state.stage:
        case Stage.CALM if not state.consented:
            return Standing.OFF
        case Stage.CALM if state.stay.kind is Presence.AWAY:
            return Standing.AWAY
        case Stage.VISIT if state.owned:
            return Standing.OWNED_VISIT
        case Stage.EMERGENCY if state.owned:
            return Standing.OWNED_EMERGENCY
        case stage:
            return Standing(stage)


def _at(state: Household, given: Input, reading: Reading, settings: Settings) -> Household:
    """The household at the moment of the reading: clock in line, watched time counted."""
    found = reconcile(state.clock, reading)
    state = replace(state, clock=found.clock)
    if found.move is not None:
        state = moved(state, found.move)
    gap = found.gap or isinstance(given, Restarted)
    state = counted_up_to(state, reading.wall, gap=gap)
    if isinstance(given, OutrunVersion):
        state = outrun(state, given.version, conflict=given.conflict)
    for word in (
        Trouble(code="clock_unset", raised=not found.clock.trusted),
        Trouble(code="clock_jumped", raised=found.event is ClockEvent.JUMPED),
    ):
        state, _, _ = _step(state, word, Sign.TROUBLE, reading, settings)
    return state


def _step(
    state: Household, given: Input | Due, sign: Sign, reading: Reading, settings: Settings
) -> tuple[Household, Why, bool]:
    """One row of the ladder. Its effects share one version, saved with the state they come from."""
    row = TABLE[sign][standing(state)]
    version = state.version + 1
    turn = Turn(
        state=state if row.next is None else replace(state, stage=row.next),
        sign=sign,
        given=given,
        reading=reading,
        settings=settings,
        version=version,
    )
    for act in row.do:
        ACTS[act](turn)
    if not turn.letters:
        return turn.state, row.why, row.refused
    outbox = turn.state.outbox
    for letter in turn.letters:
        outbox = added(outbox, _effect(letter, turn))
    return replace(turn.state, version=version, outbox=outbox), row.why, row.refused


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


_DUE: Mapping[Deadline, Sign] = {
    Deadline.LIMIT: Sign.LIMIT_DUE,
    Deadline.CEILING: Sign.CEILING_DUE,
    Deadline.STAY_ENDS: Sign.STAY_ENDS,
    Deadline.RUNG: Sign.RUNG_DUE,
    Deadline.BLIND_SETTLED: Sign.BLIND_SETTLED,
    Deadline.DRILL_STEP: Sign.DRILL_STEP,
}


def _next(state: Household, settings: Settings) -> Due | None:
    """The soonest deadline, if there is any."""
    waiting: list[Due] = []
    here = standing(state)
    if here is Standing.CALM:
        silence = bounds(state, settings)
        waiting.append(Due(what=Deadline.CEILING, at=silence.ceiling))
        if silence.limit is not None:
            # Before the ceiling in the list: at the same moment the silence was watched.
            waiting.insert(0, Due(what=Deadline.LIMIT, at=silence.limit))
    if state.due is not None:
        waiting.append(Due(what=Deadline.RUNG, at=state.due))
    if state.stay.until is not None:
        waiting.append(Due(what=Deadline.STAY_ENDS, at=state.stay.until))
    if state.drill is not None:
        waiting.append(Due(what=Deadline.DRILL_STEP, at=state.drill.due))
    if state.blind_since is not None and "blind" not in state.troubles and here is not Standing.OFF:
        waiting.append(
            Due(what=Deadline.BLIND_SETTLED, at=state.blind_since + settings.blind_settle)
        )
    return min(waiting, key=lambda due: due.at, default=None)


def _sign_of(state: Household, given: Input, reading: Reading, settings: Settings) -> Sign:
    """An input in the ladder's terms."""
    match given:
        case Life():
            return _life(state, given, reading, settings)
        case Answered():
            return _answer(state, given)
        case Ok():
            return Sign.RESIDENT_OK if given.person is Person.RESIDENT else Sign.GUARDIAN_OK
        case Tick() | Restarted() | OutrunVersion():
            return Sign.TICK
        case _:
            return _PLAIN[type(given)]


_PLAIN: Mapping[type[Input], Sign] = {
    Help: Sign.HELP,
    Watching: Sign.WATCH_CHANGED,
    Leave: Sign.LEAVE,
    ComeBack: Sign.COME_BACK,
    GuestsStay: Sign.GUESTS_STAY,
    KnockNow: Sign.KNOCK_NOW,
    ShortenLimit: Sign.SHORTEN_LIMIT,
    ConsentGiven: Sign.CONSENT_GIVEN,
    ConsentWithdrawn: Sign.CONSENT_WITHDRAWN,
    Trouble: Sign.TROUBLE,
    StartDrill: Sign.START_DRILL,
}

_PLACES: Mapping[Place, Sign] = {
    Place.INSIDE: Sign.INSIDE_LIFE,
    Place.OUTER_DOOR: Sign.OUTER_DOOR,
    Place.PHONE: Sign.PHONE_LIFE,
    Place.ELSEWHERE: Sign.LIFE_ELSEWHERE,
}


def _life(state: Household, given: Life, reading: Reading, settings: Settings) -> Sign:
    if reading.wall - given.at >= limit_of(state, settings):
        return Sign.STALE_LIFE
    return _PLACES[given.place]


def _answer(state: Household, given: Answered) -> Sign:
    if given.episode is None or given.episode != state.episode:
        return Sign.STALE_RECEIPT
    if given.answer is Answer.HOLD:
        return Sign.HOLD
    if given.answer is Answer.REFUSED:
        return Sign.REFUSED
    return Sign.HANDLED_SEEN if given.outcome in CLOSING_OUTCOMES else Sign.HANDLED_UNSEEN
