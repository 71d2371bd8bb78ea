"""The household's words, as they are stored and sent. Everything in `logic/` speaks them."""

from enum import StrEnum


class Stage(StrEnum):
    """What is being done about a silence or a call for help."""

    CALM = "calm"
    QUIET = "quiet"
    KNOCK = "knock"
    VISIT = "visit"
    EMERGENCY = "emergency"


class Watch(StrEnum):
    """How much of the home's usual activity the live sources could show right now."""

    SEEING = "seeing"
    DIM = "dim"
    BLIND = "blind"


class Presence(StrEnum):
    """What silence and activity mean."""

    HOME = "home"
    AWAY = "away"
    GUEST = "guest"


class Cause(StrEnum):
    """Why the home left calm. Sent with every alert."""

    SILENCE = "silence"
    CEILING = "ceiling"
    OVERRUN = "overrun"
    COMMAND = "command"
    BUTTON = "button"
    ACTION = "action"
    SPOKEN = "spoken"
    PHONE = "phone"
    PANEL = "panel"


class Said(StrEnum):
    """How an alert is said: sound it, sound it again, or only put it on the case."""

    FIRST = "first"
    AGAIN = "again"
    NOTE = "note"


class By(StrEnum):
    """Who ended an episode."""

    ACTIVITY = "activity"
    RESIDENT = "resident"
    GUARDIAN = "guardian"
    STAFF = "staff"
    ELSEWHERE = "elsewhere"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    # The resident, within seconds of a call for help that was none.
    TAKEN_BACK = "taken_back"


class Reason(StrEnum):
    """Why the resident is away, or who is there."""

    HOSPITAL = "hospital"
    CARER = "carer"


class Kind(StrEnum):
    """Message kinds that a decision can ask for (contract §4)."""

    QUIET = "quiet"
    KNOCK = "knock"
    VISIT = "visit"
    UNKNOWN = "unknown"
    EMERGENCY = "emergency"
    RESOLVED = "resolved"
    TROUBLE = "trouble"
    ABSENCE = "absence"
    CONSENT = "consent"
    DRILL = "drill"


class Priority(StrEnum):
    """What overtakes what on the way to the district."""

    EMERGENCY = "emergency"
    ALERT = "alert"
    TROUBLE = "trouble"
    ROUTINE = "routine"


class Role(StrEnum):
    """What a source is, which decides what counts as activity."""

    DOOR = "door"
    OUTER_DOOR = "outer_door"
    PLUG = "plug"
    MOTION = "motion"
    PHONE = "phone"
    BUTTON = "button"
    LIGHT = "light"
    OTHER = "other"


class Liveness(StrEnum):
    """Whether a source still works. Never a sign of life."""

    LIVE = "live"
    LATE = "late"
    LOST = "lost"


class Answer(StrEnum):
    """A person's answer to a case."""

    HOLD = "hold"
    HANDLED = "handled"
    REFUSED = "refused"


class CallResult(StrEnum):
    """What came of a call to the resident by machine. A voice alone is no answer, a digit is."""

    ANSWERED_OK = "answered_ok"
    ANSWERED_HELP = "answered_help"
    NO_ANSWER = "no_answer"
    BAD_NUMBER = "bad_number"


class Caller(StrEnum):
    """Whose call it was."""

    HOME = "home"
    DISTRICT = "district"


# Someone saw or spoke to the resident. Nothing else closes a case.
SEEN_ALIVE = frozenset({"seen_well", "spoken_well", "seen_care"})
# Closes the case, and is no sign of life.
FOUND_DEAD = "deceased"
