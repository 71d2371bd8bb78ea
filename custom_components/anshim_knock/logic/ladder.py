"""The ladder: one total table, standing × sign → next stage, what to do, and why.

`decide` reads it; nothing else knows what a sign does. Every pair is written down: a sign that does
nothing has a row as well, with its reason.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .rungs import Act, Row, Sign, Standing, Why
from .words import Stage


def _to(stage: Stage, why: Why, *do: Act) -> Row:
    return Row(stage, do, why)


def _stay(why: Why, *do: Act) -> Row:
    return Row(None, do, why)


def _refuse(why: Why) -> Row:
    return Row(None, (), why, refused=True)


_NO_CONSENT = _refuse(Why.NO_CONSENT)
_NOTHING = _stay(Why.STANDING)
_NOTE = _stay(Why.LIFE_NOTED, Act.NOTE)
_OVER = (Act.RESOLVE, Act.DISOWN)
_BEGIN = (Act.BEGIN, Act.SAY, Act.ARM)
_HOLD = _stay(Why.SOMEBODY_HAS_IT, Act.KEEP_RECEIPT, Act.OWN)
_CLOSED = _to(Stage.CALM, Why.SEEN_OR_SPOKEN, Act.KEEP_RECEIPT, Act.LIFE, *_OVER)
_UNSEEN = _stay(Why.NOT_SEEN, Act.KEEP_RECEIPT, Act.DISOWN, Act.REARM)
# No new deadline: somebody who declines must not put it off.
_NOT_TAKEN = _stay(Why.NOT_TAKEN, Act.KEEP_RECEIPT, Act.DISOWN)


def _each(
    *,
    off: Row = _NO_CONSENT,
    calm: Row,
    away: Row,
    quiet: Row,
    knock: Row,
    visit: Row,
    owned_visit: Row,
    emergency: Row,
    owned_emergency: Row,
) -> Mapping[Standing, Row]:
    return MappingProxyType(
        {
            Standing.OFF: off,
            Standing.CALM: calm,
            Standing.AWAY: away,
            Standing.QUIET: quiet,
            Standing.KNOCK: knock,
            Standing.VISIT: visit,
            Standing.OWNED_VISIT: owned_visit,
            Standing.EMERGENCY: emergency,
            Standing.OWNED_EMERGENCY: owned_emergency,
        }
    )


def _always(row: Row, *, off: Row = _NO_CONSENT) -> Mapping[Standing, Row]:
    """The same in every standing, for what is not about the ladder."""
    return MappingProxyType({s: off if s is Standing.OFF else row for s in Standing})


# After a knock an officer, a carer or a postman opens doors too: the outer door alone ends nothing
# there. In an owned visit and in an emergency only a person closes.
TABLE: Mapping[Sign, Mapping[Standing, Row]] = MappingProxyType(
    {
        Sign.INSIDE_LIFE: _each(
            calm=_stay(Why.LIFE_SEEN, Act.LIFE),
            away=_stay(Why.BACK_HOME, Act.LIFE, Act.STAY_HOME),
            quiet=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            knock=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            visit=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            owned_visit=_NOTE,
            emergency=_NOTE,
            owned_emergency=_NOTE,
        ),
        Sign.OUTER_DOOR: _each(
            calm=_stay(Why.LIFE_SEEN, Act.LIFE),
            away=_stay(Why.DOOR_ALONE),
            quiet=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            knock=_stay(Why.DOOR_ALONE, Act.DEFER),
            visit=_stay(Why.DOOR_ALONE, Act.NOTE),
            owned_visit=_NOTE,
            emergency=_NOTE,
            owned_emergency=_NOTE,
        ),
        Sign.PHONE_LIFE: _each(
            calm=_stay(Why.LIFE_SEEN, Act.LIFE),
            away=_stay(Why.LIFE_WHILE_AWAY, Act.LIFE),
            quiet=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            knock=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            visit=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            owned_visit=_NOTE,
            emergency=_NOTE,
            owned_emergency=_NOTE,
        ),
        Sign.LIFE_ELSEWHERE: _each(
            calm=_stay(Why.LIFE_SEEN, Act.LIFE),
            away=_stay(Why.LIFE_WHILE_AWAY, Act.LIFE),
            quiet=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            knock=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            visit=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER),
            owned_visit=_NOTE,
            emergency=_NOTE,
            owned_emergency=_NOTE,
        ),
        # A record so old that the silence since it is too long as well moves only the count.
        Sign.STALE_LIFE: _each(
            calm=_stay(Why.LIFE_TOO_OLD, Act.LIFE),
            away=_stay(Why.LIFE_TOO_OLD, Act.LIFE),
            quiet=_stay(Why.LIFE_TOO_OLD, Act.LIFE),
            knock=_stay(Why.LIFE_TOO_OLD, Act.LIFE),
            visit=_stay(Why.LIFE_TOO_OLD, Act.LIFE),
            owned_visit=_stay(Why.LIFE_TOO_OLD),
            emergency=_stay(Why.LIFE_TOO_OLD),
            owned_emergency=_stay(Why.LIFE_TOO_OLD),
        ),
        Sign.RESIDENT_OK: _each(
            calm=_stay(Why.SAID_OK, Act.LIFE),
            away=_stay(Why.SAID_OK, Act.LIFE),
            quiet=_to(Stage.CALM, Why.SAID_OK, Act.LIFE, *_OVER),
            knock=_to(Stage.CALM, Why.SAID_OK, Act.LIFE, *_OVER),
            visit=_to(Stage.CALM, Why.SAID_OK, Act.LIFE, *_OVER),
            owned_visit=_stay(Why.OK_NOTED, Act.NOTE),
            emergency=_stay(Why.OK_NOTED, Act.NOTE),
            owned_emergency=_stay(Why.OK_NOTED, Act.NOTE),
        ),
        Sign.GUARDIAN_OK: _each(
            calm=_NOTHING,
            away=_NOTHING,
            quiet=_stay(Why.OK_PUTS_OFF, Act.DEFER),
            knock=_stay(Why.OK_PUTS_OFF, Act.DEFER),
            visit=_stay(Why.OK_PUTS_OFF, Act.DEFER, Act.NOTE),
            owned_visit=_stay(Why.OK_NOTED, Act.NOTE),
            emergency=_stay(Why.OK_NOTED, Act.NOTE),
            owned_emergency=_stay(Why.OK_NOTED, Act.NOTE),
        ),
        Sign.HELP: _each(
            calm=_to(Stage.EMERGENCY, Why.HELP_CALLED, *_BEGIN),
            away=_to(Stage.EMERGENCY, Why.HELP_CALLED, *_BEGIN),
            quiet=_to(Stage.EMERGENCY, Why.HELP_CALLED, Act.DISOWN, *_BEGIN),
            knock=_to(Stage.EMERGENCY, Why.HELP_CALLED, Act.DISOWN, *_BEGIN),
            visit=_to(Stage.EMERGENCY, Why.HELP_CALLED, Act.DISOWN, *_BEGIN),
            owned_visit=_to(Stage.EMERGENCY, Why.HELP_CALLED, Act.DISOWN, *_BEGIN),
            emergency=_stay(Why.HELP_AGAIN, Act.SAY_AGAIN, Act.ARM),
            owned_emergency=_stay(Why.HELP_AGAIN, Act.DISOWN, Act.SAY_AGAIN, Act.ARM),
        ),
        Sign.LIMIT_DUE: _each(
            calm=_to(Stage.QUIET, Why.LIMIT_PASSED, *_BEGIN),
            away=_NOTHING,
            quiet=_NOTHING,
            knock=_NOTHING,
            visit=_NOTHING,
            owned_visit=_NOTHING,
            emergency=_NOTHING,
            owned_emergency=_NOTHING,
        ),
        Sign.CEILING_DUE: _each(
            calm=_to(Stage.QUIET, Why.CEILING_PASSED, *_BEGIN),
            away=_NOTHING,
            quiet=_NOTHING,
            knock=_NOTHING,
            visit=_NOTHING,
            owned_visit=_NOTHING,
            emergency=_NOTHING,
            owned_emergency=_NOTHING,
        ),
        # An absence that runs over is a silence; guests who left are nothing.
        Sign.STAY_ENDS: _each(
            off=_stay(Why.STAY_OVER, Act.STAY_HOME),
            calm=_stay(Why.STAY_OVER, Act.STAY_HOME),
            away=_to(Stage.QUIET, Why.ABSENCE_OVERRUN, Act.STAY_HOME, *_BEGIN),
            quiet=_stay(Why.STAY_OVER, Act.STAY_HOME),
            knock=_stay(Why.STAY_OVER, Act.STAY_HOME),
            visit=_stay(Why.STAY_OVER, Act.STAY_HOME),
            owned_visit=_stay(Why.STAY_OVER, Act.STAY_HOME),
            emergency=_stay(Why.STAY_OVER, Act.STAY_HOME),
            owned_emergency=_stay(Why.STAY_OVER, Act.STAY_HOME),
        ),
        Sign.RUNG_DUE: _each(
            off=_NOTHING,
            calm=_NOTHING,
            away=_NOTHING,
            quiet=_to(Stage.KNOCK, Why.NO_ANSWER, Act.DISOWN, Act.SAY, Act.ARM),
            knock=_to(Stage.VISIT, Why.NO_ANSWER, Act.DISOWN, Act.SAY, Act.ARM),
            visit=_stay(Why.NOBODY_HAS_IT, Act.SAY_AGAIN, Act.ARM),
            owned_visit=_stay(Why.HOLD_LAPSED, Act.DISOWN, Act.SAY_AGAIN, Act.ARM),
            emergency=_stay(Why.NOBODY_HAS_IT, Act.SAY_AGAIN, Act.ARM),
            owned_emergency=_stay(Why.HOLD_LAPSED, Act.DISOWN, Act.SAY_AGAIN, Act.ARM),
        ),
        Sign.HOLD: _each(
            calm=_NOTHING,
            away=_NOTHING,
            quiet=_HOLD,
            knock=_HOLD,
            visit=_HOLD,
            owned_visit=_HOLD,
            emergency=_HOLD,
            owned_emergency=_HOLD,
        ),
        Sign.HANDLED_SEEN: _each(
            calm=_NOTHING,
            away=_NOTHING,
            quiet=_CLOSED,
            knock=_CLOSED,
            visit=_CLOSED,
            owned_visit=_CLOSED,
            emergency=_CLOSED,
            owned_emergency=_CLOSED,
        ),
        Sign.HANDLED_UNSEEN: _each(
            calm=_NOTHING,
            away=_NOTHING,
            quiet=_UNSEEN,
            knock=_UNSEEN,
            visit=_UNSEEN,
            owned_visit=_UNSEEN,
            emergency=_UNSEEN,
            owned_emergency=_UNSEEN,
        ),
        Sign.REFUSED: _each(
            calm=_NOTHING,
            away=_NOTHING,
            quiet=_NOT_TAKEN,
            knock=_NOT_TAKEN,
            visit=_NOT_TAKEN,
            owned_visit=_NOT_TAKEN,
            emergency=_NOT_TAKEN,
            owned_emergency=_NOT_TAKEN,
        ),
        Sign.STALE_RECEIPT: _always(_stay(Why.OTHER_EPISODE)),
        Sign.KNOCK_NOW: _each(
            calm=_to(Stage.KNOCK, Why.DISTRICT_ASKS, *_BEGIN),
            away=_to(Stage.KNOCK, Why.DISTRICT_ASKS, *_BEGIN),
            quiet=_to(Stage.KNOCK, Why.DISTRICT_ASKS, Act.DISOWN, Act.SAY, Act.ARM),
            knock=_NOTHING,
            visit=_NOTHING,
            owned_visit=_NOTHING,
            emergency=_NOTHING,
            owned_emergency=_NOTHING,
        ),
        Sign.SHORTEN_LIMIT: _always(_stay(Why.DISTRICT_ASKS, Act.SHORTEN)),
        # No absence swallows an open alert.
        Sign.LEAVE: _each(
            calm=_stay(Why.WENT_AWAY, Act.STAY_AWAY),
            away=_stay(Why.WENT_AWAY, Act.STAY_AWAY),
            quiet=_refuse(Why.ALERT_OPEN),
            knock=_refuse(Why.ALERT_OPEN),
            visit=_refuse(Why.ALERT_OPEN),
            owned_visit=_refuse(Why.ALERT_OPEN),
            emergency=_refuse(Why.ALERT_OPEN),
            owned_emergency=_refuse(Why.ALERT_OPEN),
        ),
        Sign.COME_BACK: _always(_stay(Why.BACK_HOME, Act.STAY_HOME)),
        Sign.GUESTS_STAY: _each(
            calm=_stay(Why.GUESTS_CAME, Act.STAY_GUESTS),
            away=_stay(Why.GUESTS_CAME, Act.STAY_GUESTS),
            quiet=_refuse(Why.ALERT_OPEN),
            knock=_refuse(Why.ALERT_OPEN),
            visit=_refuse(Why.ALERT_OPEN),
            owned_visit=_refuse(Why.ALERT_OPEN),
            emergency=_refuse(Why.ALERT_OPEN),
            owned_emergency=_refuse(Why.ALERT_OPEN),
        ),
        Sign.CONSENT_GIVEN: _always(_NOTHING, off=_stay(Why.CONSENT_GIVEN, Act.CONSENT)),
        # What a person must close stays open; the rest ends with the consent.
        Sign.CONSENT_WITHDRAWN: _each(
            off=_NOTHING,
            calm=_stay(Why.CONSENT_WITHDRAWN, Act.WITHDRAW),
            away=_stay(Why.CONSENT_WITHDRAWN, Act.STAY_HOME, Act.WITHDRAW),
            quiet=_to(Stage.CALM, Why.CONSENT_WITHDRAWN, *_OVER, Act.WITHDRAW),
            knock=_to(Stage.CALM, Why.CONSENT_WITHDRAWN, *_OVER, Act.WITHDRAW),
            visit=_stay(Why.CONSENT_WITHDRAWN, Act.WITHDRAW),
            owned_visit=_stay(Why.CONSENT_WITHDRAWN, Act.WITHDRAW),
            emergency=_stay(Why.CONSENT_WITHDRAWN, Act.WITHDRAW),
            owned_emergency=_stay(Why.CONSENT_WITHDRAWN, Act.WITHDRAW),
        ),
        Sign.WATCH_CHANGED: _always(
            _stay(Why.WATCH_CHANGED, Act.SEE), off=_stay(Why.NO_CONSENT, Act.SEE)
        ),
        Sign.BLIND_SETTLED: _always(_stay(Why.BLIND, Act.TELL_BLIND), off=_NOTHING),
        Sign.TROUBLE: _always(_stay(Why.TECHNICAL, Act.TELL_TROUBLE), off=_NOTHING),
        Sign.START_DRILL: _each(
            calm=_stay(Why.DRILLING, Act.DRILL),
            away=_stay(Why.DRILLING, Act.DRILL),
            quiet=_refuse(Why.ALERT_OPEN),
            knock=_refuse(Why.ALERT_OPEN),
            visit=_refuse(Why.ALERT_OPEN),
            owned_visit=_refuse(Why.ALERT_OPEN),
            emergency=_refuse(Why.ALERT_OPEN),
            owned_emergency=_refuse(Why.ALERT_OPEN),
        ),
        Sign.DRILL_STEP: _always(_stay(Why.DRILLING, Act.DRILL), off=_NOTHING),
        Sign.TICK: _always(_NOTHING, off=_NOTHING),
    }
)
