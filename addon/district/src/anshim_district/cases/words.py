"""The words of the case ladder, as they are stored and shown."""

from enum import StrEnum
from typing import Final


class Family(StrEnum):
    """One open case per household and family."""

    EMERGENCY = "emergency"
    WELFARE = "welfare"
    SILENT = "silent"
    TROUBLE = "trouble"


class Stage(StrEnum):
    """How far a case has gone; within welfare in this order."""

    TROUBLE = "trouble"
    SILENT = "silent"
    QUIET = "quiet"
    UNKNOWN = "unknown"
    KNOCK = "knock"
    VISIT = "visit"
    EMERGENCY = "emergency"

    @property
    def height(self) -> int:
        return _HEIGHT[self]


_HEIGHT: Final = {stage: height for height, stage in enumerate(Stage)}


class Standing(StrEnum):
    """Whose turn it is."""

    NONE = "none"
    FREE = "free"
    HELD = "held"
    RESTING = "resting"
    CLOSED = "closed"


class Sign(StrEnum):
    """What a case hears."""

    HIGHER = "higher"
    SAME = "same"
    AGAIN = "again"
    NOTE = "note"
    RUNG_DUE = "rung_due"
    AGAIN_DUE = "again_due"
    HOLD_LAPSED = "hold_lapsed"
    REARM_DUE = "rearm_due"
    HOLD = "hold"
    SEEN = "seen"
    UNSEEN = "unseen"
    DECLINED = "declined"
    ENDED = "ended"
    ENDED_BY_NOBODY = "ended_by_nobody"


class Act(StrEnum):
    """What is done about it. One act for each row of the table."""

    OPEN = "open"
    NOTE = "note"
    RAISE = "raise"
    SAY_AGAIN = "say_again"
    OWN = "own"
    REST = "rest"
    CLOSE = "close"
    DECLINE = "decline"
    NOTHING = "nothing"
    REFUSE = "refuse"


class Answer(StrEnum):
    HOLD = "hold"
    HANDLED = "handled"
    REFUSED = "refused"


class Outcome(StrEnum):
    SEEN_WELL = "seen_well"
    SPOKEN_WELL = "spoken_well"
    SEEN_CARE = "seen_care"
    DECEASED = "deceased"
    NOBODY_OPENED = "nobody_opened"
    NOT_REACHED = "not_reached"
    GUARDIAN_INFORMED = "guardian_informed"
    TECHNICAL = "technical"

    @property
    def closes(self) -> bool:
        """Somebody saw or spoke to the resident."""
        return self in _CLOSING


_CLOSING: Final = frozenset(
    {Outcome.SEEN_WELL, Outcome.SPOKEN_WELL, Outcome.SEEN_CARE, Outcome.DECEASED}
)


class CallResult(StrEnum):
    """What came of a call by machine."""

    OK = "ok"
    HELP = "help"
    # somebody or something answered, and pressed nothing
    NO_DIGIT = "no_digit"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DEAD_NUMBER = "dead_number"
    FAILED = "failed"
    # it could not even be tried: no number, nobody to carry it, too many today
    IMPOSSIBLE = "impossible"


class Told(StrEnum):
    """What the home is told about the case."""

    OPENED = "opened"
    RAISED = "raised"
    AGAIN = "again"
    CLOSED = "closed"
