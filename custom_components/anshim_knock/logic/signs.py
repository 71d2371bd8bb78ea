"""An input in the ladder's terms: which sign it is, given where the household stands and when.

`decide` asks once for every input. Judgements about ages, ends and episodes are made here, so that
the table needs none.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from .household import Household
from .inputs import (
    Answered,
    CallEnded,
    ComeBack,
    Coming,
    ConsentGiven,
    ConsentWithdrawn,
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
    TakeBack,
    Tick,
    Trouble,
    Walked,
    Watching,
)
from .rungs import Sign
from .settings import Settings
from .silence import limit_of
from .words import FOUND_DEAD, SEEN_ALIVE, Answer, Cause

# The district's clock and ours may differ by this much; what lies further ahead has no known age.
SKEW = timedelta(hours=1)
# So long what moves may be a guardian who came to look.
_LOOKS_ROUND = timedelta(hours=1)
# An absence has an end that somebody meant. A date years away is a clock that is not set.
_LONGEST_STAY = timedelta(days=366)

_PLACES: Mapping[Place, Sign] = {
    Place.INSIDE: Sign.INSIDE_LIFE,
    Place.OUTER_DOOR: Sign.OUTER_DOOR,
    Place.PHONE: Sign.PHONE_LIFE,
    Place.ELSEWHERE: Sign.LIFE_ELSEWHERE,
}

_WALKED_IN = frozenset({Place.INSIDE, Place.OUTER_DOOR})

_PLAIN: Mapping[type[Input], Sign] = {
    Help: Sign.HELP,
    Watching: Sign.WATCH_CHANGED,
    Leave: Sign.LEAVE,
    GuestsStay: Sign.GUESTS_STAY,
    ComeBack: Sign.COME_BACK,
    CallEnded: Sign.CALL_ENDED,
    KnockNow: Sign.KNOCK_NOW,
    Coming: Sign.GUARDIAN_COMES,
    ShortenLimit: Sign.SHORTEN_LIMIT,
    ConsentGiven: Sign.CONSENT_GIVEN,
    ConsentWithdrawn: Sign.CONSENT_WITHDRAWN,
    Trouble: Sign.TROUBLE,
    StartDrill: Sign.START_DRILL,
    Walked: Sign.WALKED,
    Restarted: Sign.RESTARTED,
    Tick: Sign.TICK,
    OutrunVersion: Sign.TICK,
}


def sign_of(state: Household, given: Input, now: datetime, settings: Settings) -> Sign:
    """The sign that the ladder has a row for."""
    match given:
        case Life():
            return _life(state, given, now, settings)
        case Answered():
            return _answer(state, given, now)
        case Ok() | TakeBack():
            return _word(state, given, now)
        case Leave() | GuestsStay() if not now < given.until <= now + _LONGEST_STAY:
            return Sign.NO_END
        case ShortenLimit() if not given.hours > 0:
            return Sign.NO_LIMIT
        case _:
            return _PLAIN[type(given)]


def _word(state: Household, given: Ok | TakeBack, now: datetime) -> Sign:
    """Whoever takes a call back too late still says that all is well."""
    if given == Ok(person=Person.GUARDIAN):
        return Sign.GUARDIAN_OK
    until = state.take_back_until
    in_time = isinstance(given, TakeBack) and until is not None and now <= until
    return Sign.TAKEN_BACK if in_time else Sign.RESIDENT_OK


def _life(state: Household, life: Life, now: datetime, settings: Settings) -> Sign:
    if not state.consented:
        return Sign.UNREAD_LIFE
    elsewhere = life.place is Place.ELSEWHERE
    # A clock that is not set cannot say how old somebody else's record is.
    if life.at - now > SKEW or (elsewhere and not state.clock.trusted):
        return Sign.UNDATED_LIFE
    if now - life.at >= limit_of(state, settings) or _is_no_news(state, life.at):
        return Sign.STALE_LIFE
    if life.place in _WALKED_IN and _may_be_the_guardian(state, life.at):
        return Sign.GUARDIANS_STEPS
    return _PLACES[life.place]


def _may_be_the_guardian(state: Household, at: datetime) -> bool:
    """A phone, or a record of the telephone company, is the resident's all the same."""
    comes = state.guardian_comes
    return comes is not None and timedelta(0) <= at - comes < _LOOKS_ROUND


def _is_no_news(state: Household, at: datetime) -> bool:
    """What the home knew before it asked, or what came before the district asked, ends no alert."""
    known = state.last_sign is not None and at < state.last_sign
    before_the_question = state.cause is Cause.COMMAND and at < state.since
    return bool(state.episodes) and (known or before_the_question)


def _answer(state: Household, given: Answered, now: datetime) -> Sign:
    if given.episode is None or given.episode != state.episode:
        return Sign.STALE_RECEIPT
    match given.answer:
        case Answer.HOLD if given.until is not None and given.until <= now:
            return Sign.LAPSED_HOLD
        case Answer.HOLD:
            return Sign.HOLD
        case Answer.REFUSED:
            return Sign.REFUSED
        case Answer.HANDLED:
            return _handled(given.outcome)


def _handled(outcome: str | None) -> Sign:
    if outcome == FOUND_DEAD:
        return Sign.FOUND_DEAD
    return Sign.HANDLED_SEEN if outcome in SEEN_ALIVE else Sign.HANDLED_UNSEEN
