"""What each act of the ladder does to the household. `decide` runs a row's acts in their order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from .clock import Reading
from .household import Drill, Household, Receipt, Stay
from .inputs import (
    Answered,
    ConsentGiven,
    ConsentWithdrawn,
    Due,
    GuestsStay,
    Help,
    Input,
    KnockNow,
    Leave,
    Life,
    Ok,
    Person,
    Place,
    ShortenLimit,
    StartDrill,
    Trouble,
    Watching,
)
from .messages import Letter, absence, alert, consent, drill, resolved, trouble
from .rungs import Act, Sign
from .settings import Settings
from .silence import broken
from .words import By, Cause, Presence, Said, Stage, Watch


@dataclass(slots=True, kw_only=True)
class Turn:
    """One step of the ladder under way: lives only while `decide` runs.

    `version` is the one that the step gets if it has effects.
    """

    state: Household
    sign: Sign
    given: Input | Due
    reading: Reading
    settings: Settings
    version: int
    letters: list[Letter] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The wall clock, on the scale that the state's moments are on."""
        return self.reading.wall

    def change(self, state: Household) -> None:
        """Go on with another state."""
        self.state = state


def _life(turn: Turn) -> None:
    at = turn.given.at if isinstance(turn.given, Life) else turn.now
    turn.change(broken(turn.state, at, turn.now))


def _begin(turn: Turn) -> None:
    turn.change(
        replace(
            turn.state,
            episodes=(*turn.state.episodes, turn.version),
            cause=_cause(turn),
            since=turn.now,
            deferrals=0,
            noted=False,
        )
    )
    if turn.state.drill is not None:
        turn.letters.append(drill(turn.state.drill.id, turn.state.drill.stage, "cancelled"))
        turn.change(replace(turn.state, drill=None))


def _cause(turn: Turn) -> Cause:
    if isinstance(turn.given, Help):
        return turn.given.cause
    if isinstance(turn.given, KnockNow):
        return Cause.COMMAND
    causes = {Sign.CEILING_DUE: Cause.CEILING, Sign.STAY_ENDS: Cause.OVERRUN}
    return causes.get(turn.sign, Cause.SILENCE)


def _say(turn: Turn) -> None:
    turn.change(replace(turn.state, since=turn.now, noted=False))
    turn.letters.append(alert(turn.state, turn.settings, Said.FIRST))


def _say_again(turn: Turn) -> None:
    turn.letters.append(alert(turn.state, turn.settings, Said.AGAIN))


def _note(turn: Turn) -> None:
    if not turn.state.noted:
        turn.change(replace(turn.state, noted=True))
        turn.letters.append(alert(turn.state, turn.settings, Said.NOTE))


def _resolve(turn: Turn) -> None:
    by = _ended_by(turn)
    turn.letters += [resolved(episode, by) for episode in turn.state.episodes]
    turn.change(replace(turn.state, episodes=(), cause=None, due=None, deferrals=0, since=turn.now))


def _ended_by(turn: Turn) -> By:
    match turn.given:
        case Answered():
            return By.STAFF
        case Ok(person=Person.RESIDENT):
            return By.RESIDENT
        case Life(place=Place.ELSEWHERE):
            return By.ELSEWHERE
        case ConsentWithdrawn():
            return By.CONSENT_WITHDRAWN
        case _:
            return By.ACTIVITY


def _arm(turn: Turn) -> None:
    times = {
        Stage.QUIET: turn.settings.knock_after,
        Stage.KNOCK: turn.settings.visit_after,
        Stage.VISIT: turn.settings.visit_again,
        Stage.EMERGENCY: turn.settings.emergency_again,
    }
    turn.change(replace(turn.state, due=turn.now + times[turn.state.stage]))


def _defer(turn: Turn) -> None:
    state = turn.state
    if state.deferrals < turn.settings.most_deferrals:
        due = max(state.due or turn.now, turn.now + turn.settings.defer)
        turn.change(replace(state, due=due, deferrals=state.deferrals + 1))


def _rearm(turn: Turn) -> None:
    waits = {
        Stage.VISIT: turn.settings.rearm,
        Stage.EMERGENCY: turn.settings.emergency_rearm,
    }
    if (wait := waits.get(turn.state.stage)) is None:
        _arm(turn)
    else:
        turn.change(replace(turn.state, due=turn.now + wait))


def _own(turn: Turn) -> None:
    longest = turn.now + turn.settings.longest_hold
    until = turn.given.until if isinstance(turn.given, Answered) else None
    due = longest if until is None else min(max(until, turn.now), longest)
    turn.change(replace(turn.state, owned=True, due=due, noted=False))


def _disown(turn: Turn) -> None:
    turn.change(replace(turn.state, owned=False, noted=False))


def _keep_receipt(turn: Turn) -> None:
    if isinstance(given := turn.given, Answered):
        kept = Receipt(
            answer=given.answer, at=turn.now, by=given.by, outcome=given.outcome, case=given.case
        )
        turn.change(replace(turn.state, receipt=kept))


def _stay_away(turn: Turn) -> None:
    if isinstance(turn.given, Leave):
        _stay_until(turn, Presence.AWAY, turn.given.until)


def _stay_guests(turn: Turn) -> None:
    if isinstance(turn.given, GuestsStay):
        _stay_until(turn, Presence.GUEST, turn.given.until)


def _stay_until(turn: Turn, kind: Presence, until: datetime) -> None:
    turn.change(replace(turn.state, stay=Stay(kind=kind, since=turn.now, until=until)))
    turn.letters.append(absence(kind, "started", until))


def _stay_home(turn: Turn) -> None:
    """Silence is counted anew from a return: away it meant nothing."""
    stay = turn.state.stay
    if stay.kind is Presence.HOME:
        return
    overrun = turn.sign is Sign.STAY_ENDS and stay.kind is Presence.AWAY
    turn.letters.append(absence(stay.kind, "overrun" if overrun else "ended", None))
    turn.change(replace(turn.state, stay=Stay(kind=Presence.HOME, since=turn.now)))
    if stay.kind is Presence.AWAY and not turn.state.episodes:
        turn.change(replace(turn.state, silent_since=turn.now, watched=timedelta(0)))


def _see(turn: Turn) -> None:
    if not isinstance(turn.given, Watching):
        return
    state, watch = turn.state, turn.given.watch
    since = (state.blind_since or turn.now) if watch is Watch.BLIND else None
    turn.change(replace(state, watch=watch, blind_since=since))
    if watch is not Watch.BLIND:
        _tell(turn, "blind", raised=False)


def _tell_blind(turn: Turn) -> None:
    _tell(turn, "blind", raised=True)


def _tell_trouble(turn: Turn) -> None:
    if isinstance(turn.given, Trouble):
        _tell(turn, turn.given.code, raised=turn.given.raised)


def _tell(turn: Turn, code: str, *, raised: bool) -> None:
    known = turn.state.troubles
    if raised == (code in known):
        return
    left = (*known, code) if raised else tuple(c for c in known if c != code)
    turn.change(replace(turn.state, troubles=left))
    turn.letters.append(trouble(code, raised=raised))


def _shorten(turn: Turn) -> None:
    if isinstance(turn.given, ShortenLimit):
        turn.change(replace(turn.state, limit_cap=timedelta(hours=turn.given.hours)))


def _consent(turn: Turn) -> None:
    if isinstance(given := turn.given, ConsentGiven):
        turn.change(
            replace(
                turn.state,
                consented=True,
                silent_since=turn.now,
                watched=timedelta(0),
                since=turn.now,
            )
        )
        turn.letters.append(
            consent("given", given.text_version, given.recorded_by, given.items, turn.now)
        )


def _withdraw(turn: Turn) -> None:
    if isinstance(given := turn.given, ConsentWithdrawn):
        turn.change(replace(turn.state, consented=False, drill=None))
        turn.letters.append(
            consent("withdrawn", given.text_version, given.recorded_by, (), turn.now)
        )


_DRILL_STAGES = (Stage.QUIET, Stage.KNOCK, Stage.VISIT)


def _drill(turn: Turn) -> None:
    """Send the next stage of a rehearsal; after the last one it has passed."""
    going = turn.state.drill
    if isinstance(turn.given, StartDrill):
        _drill_stage(turn, turn.given.id, 0)
    elif going is not None:
        _drill_stage(turn, going.id, 1 + _DRILL_STAGES.index(going.stage))


def _drill_stage(turn: Turn, name: str, step: int) -> None:
    if step == len(_DRILL_STAGES):
        turn.letters.append(drill(name, _DRILL_STAGES[-1], "passed"))
        turn.change(replace(turn.state, drill=None))
        return
    stage, due = _DRILL_STAGES[step], turn.now + turn.settings.drill_step
    turn.letters.append(drill(name, stage, "running"))
    turn.change(replace(turn.state, drill=Drill(id=name, stage=stage, since=turn.now, due=due)))


ACTS: Mapping[Act, Callable[[Turn], None]] = MappingProxyType(
    {
        Act.LIFE: _life,
        Act.BEGIN: _begin,
        Act.SAY: _say,
        Act.SAY_AGAIN: _say_again,
        Act.NOTE: _note,
        Act.RESOLVE: _resolve,
        Act.ARM: _arm,
        Act.DEFER: _defer,
        Act.REARM: _rearm,
        Act.OWN: _own,
        Act.DISOWN: _disown,
        Act.KEEP_RECEIPT: _keep_receipt,
        Act.STAY_AWAY: _stay_away,
        Act.STAY_GUESTS: _stay_guests,
        Act.STAY_HOME: _stay_home,
        Act.SEE: _see,
        Act.TELL_BLIND: _tell_blind,
        Act.TELL_TROUBLE: _tell_trouble,
        Act.SHORTEN: _shorten,
        Act.CONSENT: _consent,
        Act.WITHDRAW: _withdraw,
        Act.DRILL: _drill,
    }
)
