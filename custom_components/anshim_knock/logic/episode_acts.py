"""Acts on an alert: life that ends it, rungs that raise it, people who take it.

`acts` lists them; each works on the turn that `decide` is taking.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from .household import Household, Receipt
from .inputs import (
    Answered,
    ConsentWithdrawn,
    Help,
    KnockNow,
    Life,
    Ok,
    Person,
    Place,
    TakeBack,
)
from .messages import alert, drill, resolved
from .rungs import Sign
from .settings import Settings
from .signs import SKEW
from .silence import before_call, broken, counted_anew
from .turn import Turn
from .words import By, Cause, Said, Stage

_CAUSES: Mapping[Sign, Cause] = {Sign.CEILING_DUE: Cause.CEILING, Sign.STAY_ENDS: Cause.OVERRUN}


def life(turn: Turn) -> None:
    """Silence is counted from the sign: its own moment, or now."""
    turn.state = broken(turn.state, _shown_at(turn), turn.now)


def count_anew(turn: Turn) -> None:
    turn.state = counted_anew(turn.state, _shown_at(turn), turn.now)


def _shown_at(turn: Turn) -> datetime:
    match turn.given:
        case Life(at=at):
            return at
        case Answered(at=at):
            dated = turn.state.clock.trusted and at - turn.now <= SKEW
            # Nobody can say how long it was on its way: it was given after what it answers.
            return at if dated else turn.state.since
        case _:
            return turn.now


def begin(turn: Turn) -> None:
    """A new episode, named by the version of its first alert."""
    if (going := turn.state.drill) is not None:
        turn.say(drill(going.id, going.stage, "cancelled"))
    turn.state = replace(
        turn.state,
        episodes=(*turn.state.episodes, turn.version),
        cause=_cause(turn),
        since=turn.now,
        deferrals=0,
        noted=False,
        drill=None,
    )


def _cause(turn: Turn) -> Cause:
    match turn.given:
        case Help(cause=cause):
            return cause
        case KnockNow():
            return Cause.COMMAND
        case _:
            return _CAUSES.get(turn.sign, Cause.SILENCE)


def say(turn: Turn) -> None:
    """A new rung: everybody who must know hears of it for the first time."""
    turn.state = replace(turn.state, since=turn.now, noted=False)
    turn.say(alert(turn.state, turn.settings, Said.FIRST))


def say_again(turn: Turn) -> None:
    if isinstance(turn.given, Help):
        turn.state = replace(turn.state, helped_again=turn.now)
    turn.say(alert(turn.state, turn.settings, Said.AGAIN))


def note(turn: Turn) -> None:
    """Once for each person who takes the case: an officer's steps are not news."""
    if not turn.state.noted:
        turn.state = replace(turn.state, noted=True)
        turn.say(alert(turn.state, turn.settings, Said.NOTE))


def resolve(turn: Turn) -> None:
    by, via = _ended_by(turn), _said_via(turn)
    turn.say(*(resolved(episode, by, via) for episode in turn.state.episodes))
    turn.state = replace(
        turn.state,
        episodes=(),
        cause=None,
        due=None,
        deferrals=0,
        since=turn.now,
        take_back_until=None,
        guardian_comes=None,
        helped_again=None,
    )


def _ended_by(turn: Turn) -> By:
    match turn.given:
        case Answered():
            return By.STAFF
        case Ok():
            return By.RESIDENT
        case TakeBack():
            return By.TAKEN_BACK
        case Life(place=Place.ELSEWHERE):
            return By.ELSEWHERE
        case ConsentWithdrawn():
            return By.CONSENT_WITHDRAWN
        case _:
            return By.ACTIVITY


def _said_via(turn: Turn) -> str | None:
    """On their own phone a resident may be anywhere, and somebody else may hold it."""
    return "phone" if turn.given == Ok(person=Person.PHONE) else None


def arm(turn: Turn) -> None:
    turn.state = replace(turn.state, due=turn.now + _pause(turn.state, turn.settings))


def _pause(state: Household, settings: Settings) -> timedelta:
    """How long a rung waits for an answer before the next thing happens."""
    match state.stage:
        case Stage.QUIET | Stage.CALM:
            return before_call(state, settings)
        case Stage.KNOCK:
            return settings.visit_after
        case Stage.VISIT:
            return settings.visit_again
        case Stage.EMERGENCY:
            return settings.emergency_again


def hasten(turn: Turn) -> None:
    """A case given back waits no longer than one that nobody ever took."""
    soon = turn.now + _pause(turn.state, turn.settings)
    turn.state = replace(
        turn.state, due=soon if turn.state.due is None else min(turn.state.due, soon)
    )


def defer(turn: Turn) -> None:
    """A few times in an episode, never more: a door or a guardian is no sight of the resident."""
    state = turn.state
    if state.deferrals < turn.settings.most_deferrals:
        later = turn.now + turn.settings.defer
        due = later if state.due is None else max(state.due, later)
        turn.state = replace(turn.state, due=due, deferrals=state.deferrals + 1)


def rearm(turn: Turn) -> None:
    """Somebody tried and saw nobody. Below a visit the rungs simply go on."""
    match turn.state.stage:
        case Stage.VISIT:
            turn.state = replace(turn.state, due=turn.now + turn.settings.rearm)
        case Stage.EMERGENCY:
            turn.state = replace(turn.state, due=turn.now + turn.settings.emergency_rearm)
        case _:
            arm(turn)


def own(turn: Turn) -> None:
    """A person has it, until the end they gave, and never for long."""
    longest = turn.now + turn.settings.longest_hold
    until = turn.given.until if isinstance(turn.given, Answered) else None
    turn.state = replace(
        turn.state,
        owned=True,
        lapsed=False,
        due=longest if until is None else min(until, longest),
        noted=False,
        take_back_until=None,
    )


def disown(turn: Turn) -> None:
    turn.state = replace(turn.state, owned=False, lapsed=False, noted=False)


def lapse(turn: Turn) -> None:
    """Whoever took it may still be there: what moves from now on may be their hands."""
    turn.state = replace(turn.state, owned=False, lapsed=True, noted=False)


def keep_receipt(turn: Turn) -> None:
    if isinstance(given := turn.given, Answered):
        turn.state = replace(
            turn.state,
            receipt=Receipt(
                answer=given.answer,
                at=turn.now,
                by=given.by,
                outcome=given.outcome,
                case=given.case,
            ),
        )
