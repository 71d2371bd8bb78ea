"""Acts on the home itself: presence, watch, troubles, consent, rehearsals.

`acts` lists them; each works on the turn that `decide` is taking.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from .cap import Cap, with_wish
from .household import Drill, Stay
from .inputs import (
    Answered,
    ConsentGiven,
    ConsentWithdrawn,
    GuestsStay,
    Leave,
    ShortenLimit,
    StartDrill,
    Trouble,
    Walked,
    Watching,
)
from .messages import absence, consent, drill, trouble, walk
from .rungs import Sign
from .settings import MAX_LIMIT
from .silence import after_absence
from .turn import Turn
from .words import Cause, Presence, Reason, Stage, Watch

# Whoever says "I'm out" is through the door by then.
_LEAVING = timedelta(minutes=30)
_CALLED_FROM_HOME = frozenset({Cause.BUTTON, Cause.SPOKEN})


def stay_away(turn: Turn) -> None:
    if isinstance(given := turn.given, Leave):
        if given.usual and _is_away_for_longer(turn.state.stay, given.until):
            return
        _stay_until(turn, Presence.AWAY, given.until, given.reason)
        turn.state = replace(turn.state, stay=replace(turn.state.stay, longest=given.longest))


def _is_away_for_longer(stay: Stay, until: datetime) -> bool:
    return stay.kind is Presence.AWAY and stay.until is not None and stay.until >= until


def stay_guests(turn: Turn) -> None:
    if isinstance(given := turn.given, GuestsStay):
        _stay_until(turn, Presence.GUEST, given.until, given.reason)


def confirm_away(turn: Turn) -> None:
    """They did go out: the longer end counts. A door counts for this only while they go."""
    stay = turn.state.stay
    leaving = turn.now - stay.since <= _LEAVING or turn.sign is Sign.PHONE_LIFE
    if stay.longest is not None and stay.until is not None and leaving:
        until = max(stay.until, stay.longest)
        turn.state = replace(turn.state, stay=replace(stay, until=until, longest=None))
        turn.say(absence(stay.kind, "started", until, stay.reason))


def _stay_until(turn: Turn, kind: Presence, until: datetime, reason: Reason | None) -> None:
    """The same stay made longer goes on counting from its beginning; another one ends first."""
    if turn.state.stay.kind is not kind:
        stay_home(turn)
    same = turn.state.stay.kind is kind
    since = turn.state.stay.since if same else turn.now
    turn.state = replace(turn.state, stay=Stay(kind=kind, since=since, until=until, reason=reason))
    turn.say(absence(kind, "started", until, reason))


def be_back(turn: Turn) -> None:
    """Whoever moves inside is not away; guests stay guests. Told late, it was so from then on."""
    seen = turn.state
    if seen.stay.kind is not Presence.AWAY:
        return
    stay_home(turn)
    if seen.silent_since >= seen.stay.since:
        turn.state = replace(turn.state, silent_since=seen.silent_since, watched=seen.watched)


def be_back_if_met(turn: Turn) -> None:
    """Whom staff spoke to may be anywhere, unless they called from home or staff says so."""
    met = isinstance(turn.given, Answered) and turn.given.at_home
    if met or turn.state.cause in _CALLED_FROM_HOME:
        be_back(turn)


def stay_home(turn: Turn) -> None:
    stay = turn.state.stay
    if stay.kind is Presence.HOME:
        return
    overrun = turn.sign is Sign.STAY_ENDS and stay.kind is Presence.AWAY
    turn.say(absence(stay.kind, "overrun" if overrun else "ended", None))
    if stay.kind is Presence.AWAY:
        turn.state = after_absence(turn.state, turn.now)
    turn.state = replace(turn.state, stay=Stay(kind=Presence.HOME, since=turn.now))


def see(turn: Turn) -> None:
    if isinstance(turn.given, Watching):
        _watch(turn, turn.given.watch)


def lose_sight(turn: Turn) -> None:
    """After a start nothing is known of any source until it reports."""
    _watch(turn, Watch.BLIND)


def _watch(turn: Turn, watch: Watch) -> None:
    since = (turn.state.blind_since or turn.now) if watch is Watch.BLIND else None
    turn.state = replace(turn.state, watch=watch, blind_since=since)
    if watch is not Watch.BLIND:
        _tell(turn, "blind", raised=False)


def tell_blind(turn: Turn) -> None:
    _tell(turn, "blind", raised=True)


def tell_trouble(turn: Turn) -> None:
    given = turn.given
    if isinstance(given, Trouble):
        _tell(turn, given.code, raised=given.raised, count=given.count, again=given.again)


def _tell(
    turn: Turn, code: str, *, raised: bool, count: int | None = None, again: bool = False
) -> None:
    others = tuple(c for c in turn.state.troubles if c != code)
    is_known = code in turn.state.troubles
    if (raised == is_known and not (raised and again)) or not turn.state.consented:
        return
    turn.state = replace(turn.state, troubles=(*others, code) if raised else others)
    turn.say(trouble(code, raised=raised, count=count))


def shorten(turn: Turn) -> None:
    """Only ever shorter than asked before: a command makes us more careful or nothing.

    What was asked is kept, not the limit of this moment: one that is learnt is short by day and
    would be held short at night for ever.
    """
    if isinstance(given := turn.given, ShortenLimit):
        hours = min(given.hours, MAX_LIMIT / timedelta(hours=1))
        wish = Cap(limit=timedelta(hours=hours), until=given.until)
        caps = with_wish(turn.state.limit_caps, wish, turn.state.date)
        turn.state = replace(turn.state, limit_caps=caps)


def give_consent(turn: Turn) -> None:
    """From now on; the silence before it was nobody's business. An open alert keeps its count."""
    if not isinstance(given := turn.given, ConsentGiven):
        return
    at = turn.now if turn.state.clock.trusted else None
    letter = consent("given", given.text_version, given.recorded_by, given.items, at)
    if turn.state.consented:
        if given.anew:
            turn.say(letter)
        return
    if turn.state.stage is Stage.CALM:
        turn.state = replace(
            turn.state, silent_since=turn.now, watched=timedelta(0), since=turn.now
        )
    blind = turn.now if turn.state.watch is Watch.BLIND else None
    turn.state = replace(turn.state, consented=True, blind_since=blind)
    turn.say(letter)


def withdraw(turn: Turn) -> None:
    if not isinstance(given := turn.given, ConsentWithdrawn) or not turn.state.consented:
        return
    turn.state = replace(turn.state, consented=False, drill=None, troubles=())
    at = turn.now if turn.state.clock.trusted else None
    turn.say(consent("withdrawn", given.text_version, given.recorded_by, (), at))


def tell_walk(turn: Turn) -> None:
    """What a walk test showed of the equipment."""
    if isinstance(given := turn.given, Walked):
        turn.say(walk(given.id, turn.state.stage, given.data, passed=given.passed))


_DRILL_STAGES = (Stage.QUIET, Stage.KNOCK, Stage.VISIT)


def rehearse(turn: Turn) -> None:
    """Send the next stage of a rehearsal; after the last one it has passed."""
    going = turn.state.drill
    if isinstance(turn.given, StartDrill):
        if going is not None:
            turn.say(drill(going.id, going.stage, "cancelled"))
        _rehearse_stage(turn, turn.given.id, 0)
    elif going is not None:
        _rehearse_stage(turn, going.id, 1 + _DRILL_STAGES.index(going.stage))


def _rehearse_stage(turn: Turn, name: str, step: int) -> None:
    if step == len(_DRILL_STAGES):
        turn.say(drill(name, _DRILL_STAGES[-1], "passed"))
        turn.state = replace(turn.state, drill=None)
        return
    stage, due = _DRILL_STAGES[step], turn.now + turn.settings.drill_step
    turn.say(drill(name, stage, "running"))
    turn.state = replace(turn.state, drill=Drill(id=name, stage=stage, since=turn.now, due=due))
