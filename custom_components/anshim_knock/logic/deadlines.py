"""What a household waits for, and until when. `decide` works off what is due and arms the rest."""

from collections.abc import Iterator, Mapping

from .evening import asked_at
from .household import Household
from .inputs import Deadline, Due
from .rungs import Sign, Standing
from .settings import Settings
from .silence import bounds
from .words import Presence, Stage

SIGN_OF: Mapping[Deadline, Sign] = {
    Deadline.LIMIT: Sign.LIMIT_DUE,
    Deadline.CEILING: Sign.CEILING_DUE,
    Deadline.STAY_ENDS: Sign.STAY_ENDS,
    Deadline.RUNG: Sign.RUNG_DUE,
    Deadline.BLIND_SETTLED: Sign.BLIND_SETTLED,
    Deadline.DRILL_STEP: Sign.DRILL_STEP,
}


def standing(state: Household) -> Standing:
    """Where the household stands on the ladder."""
    match state.stage:
        case Stage.CALM if not state.consented:
            return Standing.OFF
        case Stage.CALM if state.stay.kind is Presence.AWAY:
            return Standing.AWAY
        case Stage.VISIT if state.owned:
            return Standing.OWNED_VISIT
        case Stage.VISIT if state.lapsed:
            return Standing.LAPSED_VISIT
        case Stage.EMERGENCY if state.owned:
            return Standing.OWNED_EMERGENCY
        case stage:
            return Standing(stage)


def next_due(state: Household, settings: Settings) -> Due | None:
    """The soonest deadline. Only a household without consent has none."""
    here = standing(state)
    if here is Standing.OFF:
        return None
    silence = _silence(state, settings) if here is Standing.CALM else ()
    waiting = (*silence, *_others(state, settings))
    return min(waiting, key=lambda due: due.at, default=None)


def _silence(state: Household, settings: Settings) -> Iterator[Due]:
    found = bounds(state, settings)
    # First: at the same moment the silence was watched.
    if found.limit is not None:
        # By a clock that is not set nobody knows when it is night.
        night = settings.night if state.clock.trusted else None
        at = asked_at(found.limit, state.silent_since, state.counted, night)
        yield Due(what=Deadline.LIMIT, at=at)
    yield Due(what=Deadline.CEILING, at=found.ceiling)


def _others(state: Household, settings: Settings) -> Iterator[Due]:
    if state.due is not None:
        yield Due(what=Deadline.RUNG, at=state.due)
    if state.stay.until is not None:
        yield Due(what=Deadline.STAY_ENDS, at=state.stay.until)
    if state.drill is not None:
        yield Due(what=Deadline.DRILL_STEP, at=state.drill.due)
    if state.consented and state.blind_since is not None and "blind" not in state.troubles:
        yield Due(what=Deadline.BLIND_SETTLED, at=state.blind_since + settings.blind_settle)
