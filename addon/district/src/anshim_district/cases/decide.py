"""`decide(file, happening, now)`: the only way a case changes.

The answer is the household's file as it is now, effects, and the next deadline. Called inside the
writer's transaction by `casework`; pure, so a crash before the commit leaves nothing behind.
"""

from datetime import datetime

from .alarms import hear_of_episode
from .answers import take_answer
from .calls import hear_call
from .deadlines import pass_deadlines, without_future
from .giving import give
from .happenings import (
    Alarm,
    Answers,
    Called,
    Due,
    FellSilent,
    Gives,
    Happening,
    HeardAgain,
    Learnt,
    Over,
    Said,
    Stands,
    Technical,
    Unwatched,
)
from .learnt import pass_on
from .missing import hear_of_stage
from .model import Decision, Effect, File, Noted, Times
from .silent import hear_of_silence
from .technical import hear_technical


def decide(file: File, happening: Happening, *, times: Times, now: datetime) -> Decision:
    decision = _decide(without_future(file, now), happening, times=times, now=now)
    if decision.refusal:
        return decision
    # what came late may already be past its own rungs
    after = pass_deadlines(decision.file, times=times, now=now)
    return Decision(file=after.file, effects=decision.effects + after.effects)


def _decide(file: File, happening: Happening, *, times: Times, now: datetime) -> Decision:
    match happening:
        case Alarm() | Over():
            return hear_of_episode(file, happening, times=times, now=now)
        case Technical():
            return hear_technical(file, happening, times=times, now=now)
        case FellSilent() | HeardAgain() | Unwatched() | Stands():
            return _hear_of_condition(file, happening, times=times, now=now)
        case Answers() | Gives():
            return _hear_person(file, happening, times=times, now=now)
        case Called():
            return hear_call(file, happening, times=times, now=now)
        case Learnt() | Said() | Due():
            return Decision(file=file, effects=_effects(file, happening))


def _hear_person(file: File, said: Answers | Gives, *, times: Times, now: datetime) -> Decision:
    if isinstance(said, Gives):
        return give(file, said, times=times, now=now)
    return take_answer(file, said, times=times, now=now)


def _hear_of_condition(
    file: File,
    heard: FellSilent | HeardAgain | Unwatched | Stands,
    *,
    times: Times,
    now: datetime,
) -> Decision:
    if isinstance(heard, Stands):
        return hear_of_stage(file, heard, times=times, now=now)
    return hear_of_silence(file, heard, times=times, now=now)


def _effects(file: File, happening: Learnt | Said | Due) -> tuple[Effect, ...]:
    """A deadline has nothing to say: `pass_deadlines` looks for itself."""
    if isinstance(happening, Due):
        return ()
    if isinstance(happening, Learnt):
        return pass_on(file, happening)
    return (Noted(case=None, code=happening.code, at=happening.happened, facts=happening.facts),)
