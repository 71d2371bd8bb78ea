"""The ladder: one total table, standing × sign → next stage, what to do, and why.

`decide` reads it; nothing else knows what a sign does. Every pair has a row: a sign that does
nothing has one as well, with its reason.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .rungs import Act, Row, Sign, Standing, Why
from .words import Stage

type Column = Mapping[Standing, Row]


def _to(stage: Stage, why: Why, *do: Act) -> Row:
    return Row(stage, do, why)


def _stay(why: Why, *do: Act) -> Row:
    return Row(None, do, why)


def _refuse(why: Why) -> Row:
    return Row(None, (), why, refused=True)


_NO_CONSENT = _refuse(Why.NO_CONSENT)
_ALERT_OPEN = _refuse(Why.ALERT_OPEN)
_NOTHING = _stay(Why.STANDING)
_BEGIN = (Act.BEGIN, Act.SAY, Act.ARM)
_OVER = (Act.RESOLVE, Act.DISOWN)
_AGAIN = (Act.SAY_AGAIN, Act.ARM)


def _each(
    *,
    off: Row = _NO_CONSENT,
    calm: Row,
    away: Row,
    quiet: Row,
    knock: Row,
    visit: Row,
    owned_visit: Row,
    lapsed_visit: Row,
    emergency: Row,
    owned_emergency: Row,
) -> Column:
    return MappingProxyType(
        {
            Standing.OFF: off,
            Standing.CALM: calm,
            Standing.AWAY: away,
            Standing.QUIET: quiet,
            Standing.KNOCK: knock,
            Standing.VISIT: visit,
            Standing.OWNED_VISIT: owned_visit,
            Standing.LAPSED_VISIT: lapsed_visit,
            Standing.EMERGENCY: emergency,
            Standing.OWNED_EMERGENCY: owned_emergency,
        }
    )


def _alike(*, off: Row = _NO_CONSENT, calm: Row, away: Row, alert: Row) -> Column:
    """The same on every rung of an alert."""
    return _each(
        off=off,
        calm=calm,
        away=away,
        quiet=alert,
        knock=alert,
        visit=alert,
        owned_visit=alert,
        lapsed_visit=alert,
        emergency=alert,
        owned_emergency=alert,
    )


def _always(row: Row, *, off: Row = _NO_CONSENT) -> Column:
    """The same everywhere, for what is not about the ladder."""
    return _alike(off=off, calm=row, away=row, alert=row)


def _life(*, away: Row, over: Row, held: Row, calm: Row) -> Column:
    """What ends a silence that nobody has taken.

    What a person has taken, and every call for help, only a person closes: there it is a note.
    """
    return _each(
        calm=calm,
        away=away,
        quiet=over,
        knock=over,
        visit=over,
        owned_visit=held,
        lapsed_visit=held,
        emergency=held,
        owned_emergency=held,
    )


_SEEN = _stay(Why.LIFE_SEEN, Act.LIFE)
_SEEN_AWAY = _stay(Why.LIFE_WHILE_AWAY, Act.LIFE, Act.CONFIRM_AWAY)
_CALM_AGAIN = _to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER)
_NOTED = _stay(Why.LIFE_NOTED, Act.NOTE)
_OK_NOTED = _stay(Why.OK_NOTED, Act.QUOTE)
_SAID_OK = _stay(Why.SAID_OK, Act.LIFE, Act.REMEMBER)
_PUT_OFF = _stay(Why.OK_PUTS_OFF, Act.DEFER, Act.QUOTE)
_HELP = _to(Stage.EMERGENCY, Why.HELP_CALLED, Act.DISOWN, Act.LET_TAKE_BACK, *_BEGIN)
# Somebody had it, and only a person ends that: there is no taking back.
_HELP_IN_A_VISIT = _to(Stage.EMERGENCY, Why.HELP_CALLED, Act.DISOWN, *_BEGIN)
_COMES = _stay(Why.GUARDIAN_COMES, Act.QUOTE, Act.EXPECT)
_WALKS_IN = _stay(Why.GUARDIANS_STEPS, Act.DEFER)
_ENDED = _stay(Why.STAY_OVER, Act.STAY_HOME)
_WITHDRAWN = _stay(Why.CONSENT_WITHDRAWN, Act.STAY_HOME, Act.WITHDRAW)
_ALL_WITHDRAWN = _to(Stage.CALM, Why.CONSENT_WITHDRAWN, *_OVER, Act.STAY_HOME, Act.WITHDRAW)

# After a knock an officer, a carer or a postman opens doors too: the outer door alone ends nothing
# there.
_LIFE: Mapping[Sign, Column] = {
    Sign.INSIDE_LIFE: _life(
        calm=_SEEN,
        away=_stay(Why.BACK_HOME, Act.LIFE, Act.BE_BACK),
        over=_to(Stage.CALM, Why.LIFE_SEEN, Act.LIFE, *_OVER, Act.BE_BACK),
        held=_NOTED,
    ),
    Sign.OUTER_DOOR: _each(
        calm=_SEEN,
        away=_stay(Why.DOOR_ALONE, Act.CONFIRM_AWAY),
        quiet=_CALM_AGAIN,
        knock=_stay(Why.DOOR_ALONE, Act.DEFER),
        visit=_stay(Why.DOOR_ALONE, Act.NOTE),
        owned_visit=_NOTED,
        lapsed_visit=_NOTED,
        emergency=_NOTED,
        owned_emergency=_NOTED,
    ),
    # Whoever comes to look opens the door and puts the light on. It is over when the resident says
    # so, or staff that has heard from them.
    Sign.GUARDIANS_STEPS: _each(
        calm=_SEEN,
        away=_stay(Why.DOOR_ALONE, Act.CONFIRM_AWAY),
        quiet=_WALKS_IN,
        knock=_WALKS_IN,
        visit=_stay(Why.GUARDIANS_STEPS, Act.NOTE),
        owned_visit=_NOTED,
        lapsed_visit=_NOTED,
        emergency=_NOTED,
        owned_emergency=_NOTED,
    ),
    Sign.PHONE_LIFE: _life(calm=_SEEN, away=_SEEN_AWAY, over=_CALM_AGAIN, held=_NOTED),
    Sign.LIFE_ELSEWHERE: _life(
        calm=_SEEN,
        away=_stay(Why.LIFE_WHILE_AWAY, Act.LIFE),
        over=_CALM_AGAIN,
        held=_NOTED,
    ),
    # The count may move; the silence since is too long as well.
    Sign.STALE_LIFE: _life(
        calm=_stay(Why.LIFE_TOO_OLD, Act.LIFE),
        away=_stay(Why.LIFE_TOO_OLD, Act.LIFE),
        over=_stay(Why.LIFE_TOO_OLD, Act.LIFE),
        held=_stay(Why.LIFE_TOO_OLD),
    ),
    Sign.UNDATED_LIFE: _always(_stay(Why.LIFE_UNDATED)),
    Sign.UNREAD_LIFE: _always(_NO_CONSENT),
    Sign.RESIDENT_OK: _life(
        calm=_SAID_OK,
        away=_SAID_OK,
        over=_to(Stage.CALM, Why.SAID_OK, Act.LIFE, Act.REMEMBER, *_OVER),
        held=_OK_NOTED,
    ),
    Sign.GUARDIAN_OK: _each(
        calm=_NOTHING,
        away=_NOTHING,
        quiet=_PUT_OFF,
        knock=_PUT_OFF,
        visit=_PUT_OFF,
        owned_visit=_OK_NOTED,
        lapsed_visit=_OK_NOTED,
        emergency=_OK_NOTED,
        owned_emergency=_OK_NOTED,
    ),
}

_ALERTS: Mapping[Sign, Column] = {
    Sign.HELP: _each(
        calm=_HELP,
        away=_HELP,
        quiet=_HELP,
        knock=_HELP,
        visit=_HELP,
        owned_visit=_HELP_IN_A_VISIT,
        lapsed_visit=_HELP_IN_A_VISIT,
        emergency=_stay(Why.HELP_AGAIN, *_AGAIN),
        owned_emergency=_stay(Why.HELP_AGAIN, Act.DISOWN, *_AGAIN),
    ),
    # Below an emergency there is nothing to take back: then it is the resident's OK (see `signs`).
    Sign.TAKEN_BACK: _each(
        calm=_SAID_OK,
        away=_SAID_OK,
        quiet=_NOTHING,
        knock=_NOTHING,
        visit=_NOTHING,
        owned_visit=_NOTHING,
        lapsed_visit=_NOTHING,
        emergency=_to(Stage.CALM, Why.HELP_TAKEN_BACK, Act.LIFE, Act.REMEMBER, *_OVER),
        owned_emergency=_OK_NOTED,
    ),
    Sign.GUARDIAN_COMES: _alike(calm=_NOTHING, away=_NOTHING, alert=_COMES),
    Sign.LIMIT_DUE: _alike(
        calm=_to(Stage.QUIET, Why.LIMIT_PASSED, *_BEGIN), away=_NOTHING, alert=_NOTHING
    ),
    Sign.CEILING_DUE: _alike(
        calm=_to(Stage.QUIET, Why.CEILING_PASSED, *_BEGIN), away=_NOTHING, alert=_NOTHING
    ),
    Sign.RUNG_DUE: _each(
        off=_NOTHING,
        calm=_NOTHING,
        away=_NOTHING,
        quiet=_to(Stage.KNOCK, Why.NO_ANSWER, Act.DISOWN, Act.SAY, Act.ARM),
        knock=_to(Stage.VISIT, Why.NO_ANSWER, Act.DISOWN, Act.SAY, Act.ARM),
        visit=_stay(Why.NOBODY_HAS_IT, *_AGAIN),
        owned_visit=_stay(Why.HOLD_LAPSED, Act.LAPSE, *_AGAIN),
        lapsed_visit=_stay(Why.NOBODY_HAS_IT, *_AGAIN),
        emergency=_stay(Why.NOBODY_HAS_IT, *_AGAIN),
        owned_emergency=_stay(Why.HOLD_LAPSED, Act.DISOWN, *_AGAIN),
    ),
    Sign.KNOCK_NOW: _each(
        calm=_to(Stage.KNOCK, Why.DISTRICT_ASKS, *_BEGIN),
        away=_to(Stage.KNOCK, Why.DISTRICT_ASKS, *_BEGIN),
        quiet=_to(Stage.KNOCK, Why.DISTRICT_ASKS, Act.DISOWN, Act.SAY, Act.ARM),
        knock=_NOTHING,
        visit=_NOTHING,
        owned_visit=_NOTHING,
        lapsed_visit=_NOTHING,
        emergency=_NOTHING,
        owned_emergency=_NOTHING,
    ),
    Sign.HOLD: _alike(
        calm=_NOTHING,
        away=_NOTHING,
        alert=_stay(Why.SOMEBODY_HAS_IT, Act.KEEP_RECEIPT, Act.OWN),
    ),
    Sign.LAPSED_HOLD: _alike(
        calm=_NOTHING, away=_NOTHING, alert=_stay(Why.HOLD_TOO_LATE, Act.KEEP_RECEIPT)
    ),
    Sign.HANDLED_SEEN: _alike(
        calm=_NOTHING,
        away=_NOTHING,
        alert=_to(
            Stage.CALM,
            Why.SEEN_OR_SPOKEN,
            Act.KEEP_RECEIPT,
            Act.LIFE,
            Act.BE_BACK_IF_MET,
            *_OVER,
        ),
    ),
    # It is over, and nothing that happened was life.
    Sign.FOUND_DEAD: _alike(
        calm=_NOTHING,
        away=_NOTHING,
        alert=_to(Stage.CALM, Why.SEEN_OR_SPOKEN, Act.KEEP_RECEIPT, Act.COUNT_ANEW, *_OVER),
    ),
    Sign.HANDLED_UNSEEN: _alike(
        calm=_NOTHING,
        away=_NOTHING,
        alert=_stay(Why.NOT_SEEN, Act.KEEP_RECEIPT, Act.DISOWN, Act.REARM),
    ),
    # Whoever declines must not put it off.
    Sign.REFUSED: _alike(
        calm=_NOTHING,
        away=_NOTHING,
        alert=_stay(Why.NOT_TAKEN, Act.KEEP_RECEIPT, Act.DISOWN, Act.HASTEN),
    ),
    Sign.STALE_RECEIPT: _always(_stay(Why.OTHER_EPISODE)),
    # An OK or a call for help by phone is a sign of its own, and comes beside this.
    Sign.CALL_ENDED: _always(_stay(Why.CALL_ENDED, Act.KEEP_CALL)),
}

_CONDITIONS: Mapping[Sign, Column] = {
    # No absence swallows an open alert.
    Sign.LEAVE: _alike(
        calm=_stay(Why.WENT_AWAY, Act.STAY_AWAY),
        away=_stay(Why.WENT_AWAY, Act.STAY_AWAY),
        alert=_ALERT_OPEN,
    ),
    Sign.GUESTS_STAY: _alike(
        calm=_stay(Why.GUESTS_CAME, Act.STAY_GUESTS),
        away=_stay(Why.GUESTS_CAME, Act.STAY_GUESTS),
        alert=_ALERT_OPEN,
    ),
    Sign.COME_BACK: _always(_stay(Why.BACK_HOME, Act.STAY_HOME)),
    Sign.NO_END: _always(_refuse(Why.NO_END)),
    # An absence that runs over is a silence; guests who left are nothing.
    Sign.STAY_ENDS: _alike(
        off=_NOTHING,
        calm=_ENDED,
        away=_to(Stage.QUIET, Why.ABSENCE_OVERRUN, Act.STAY_HOME, *_BEGIN),
        alert=_ENDED,
    ),
    Sign.SHORTEN_LIMIT: _always(_stay(Why.DISTRICT_ASKS, Act.SHORTEN)),
    Sign.NO_LIMIT: _always(_refuse(Why.NO_LIMIT)),
    Sign.CONSENT_GIVEN: _always(
        _stay(Why.CONSENT_GIVEN, Act.CONSENT), off=_stay(Why.CONSENT_GIVEN, Act.CONSENT)
    ),
    # What a person must close stays open; the rest ends with the consent.
    Sign.CONSENT_WITHDRAWN: _each(
        off=_NOTHING,
        calm=_WITHDRAWN,
        away=_WITHDRAWN,
        quiet=_ALL_WITHDRAWN,
        knock=_ALL_WITHDRAWN,
        visit=_WITHDRAWN,
        owned_visit=_WITHDRAWN,
        lapsed_visit=_WITHDRAWN,
        emergency=_WITHDRAWN,
        owned_emergency=_WITHDRAWN,
    ),
    Sign.WATCH_CHANGED: _always(
        _stay(Why.WATCH_CHANGED, Act.SEE), off=_stay(Why.NO_CONSENT, Act.SEE)
    ),
    Sign.RESTARTED: _always(
        _stay(Why.RESTARTED, Act.LOSE_SIGHT), off=_stay(Why.NO_CONSENT, Act.LOSE_SIGHT)
    ),
    Sign.BLIND_SETTLED: _always(_stay(Why.BLIND, Act.TELL_BLIND), off=_NOTHING),
    Sign.TROUBLE: _always(_stay(Why.TECHNICAL, Act.TELL_TROUBLE), off=_NOTHING),
    Sign.START_DRILL: _alike(
        calm=_stay(Why.DRILLING, Act.DRILL),
        away=_stay(Why.DRILLING, Act.DRILL),
        alert=_ALERT_OPEN,
    ),
    Sign.DRILL_STEP: _always(_stay(Why.DRILLING, Act.DRILL), off=_NOTHING),
    # Testing the equipment never moves, ends or hides anything.
    Sign.WALKED: _always(_stay(Why.TECHNICAL, Act.TELL_WALK)),
    Sign.TICK: _always(_NOTHING, off=_NOTHING),
}

TABLE: Mapping[Sign, Column] = MappingProxyType({**_LIFE, **_ALERTS, **_CONDITIONS})
