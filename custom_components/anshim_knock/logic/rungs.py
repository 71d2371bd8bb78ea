"""The terms in which the ladder is written: standings, signs, acts, reasons and rows."""

from dataclasses import dataclass
from enum import StrEnum

from .words import Stage


class Standing(StrEnum):
    """Where the household stands: its stage, told apart by consent, absence and ownership."""

    OFF = "off"
    CALM = "calm"
    AWAY = "away"
    QUIET = "quiet"
    KNOCK = "knock"
    VISIT = "visit"
    OWNED_VISIT = "owned_visit"
    # Whoever took it did not close it in time, and may still be in the home.
    LAPSED_VISIT = "lapsed_visit"
    EMERGENCY = "emergency"
    OWNED_EMERGENCY = "owned_emergency"


class Sign(StrEnum):
    """What happened, in the ladder's terms."""

    INSIDE_LIFE = "inside_life"
    OUTER_DOOR = "outer_door"
    # Inside or at the outer door, soon after a guardian said that they come.
    GUARDIANS_STEPS = "guardians_steps"
    PHONE_LIFE = "phone_life"
    LIFE_ELSEWHERE = "life_elsewhere"
    # Too old to end a silence; no telling how old; seen although consent was withdrawn.
    STALE_LIFE = "stale_life"
    UNDATED_LIFE = "undated_life"
    UNREAD_LIFE = "unread_life"
    RESIDENT_OK = "resident_ok"
    GUARDIAN_OK = "guardian_ok"
    HELP = "help"
    # In time; too late it is no more than the resident's OK.
    TAKEN_BACK = "taken_back"
    GUARDIAN_COMES = "guardian_comes"
    LIMIT_DUE = "limit_due"
    CEILING_DUE = "ceiling_due"
    STAY_ENDS = "stay_ends"
    RUNG_DUE = "rung_due"
    HOLD = "hold"
    LAPSED_HOLD = "lapsed_hold"
    HANDLED_SEEN = "handled_seen"
    FOUND_DEAD = "found_dead"
    HANDLED_UNSEEN = "handled_unseen"
    REFUSED = "refused"
    STALE_RECEIPT = "stale_receipt"
    CALL_ENDED = "call_ended"
    KNOCK_NOW = "knock_now"
    SHORTEN_LIMIT = "shorten_limit"
    NO_LIMIT = "no_limit"
    LEAVE = "leave"
    COME_BACK = "come_back"
    GUESTS_STAY = "guests_stay"
    NO_END = "no_end"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    WATCH_CHANGED = "watch_changed"
    BLIND_SETTLED = "blind_settled"
    TROUBLE = "trouble"
    START_DRILL = "start_drill"
    DRILL_STEP = "drill_step"
    WALKED = "walked"
    RESTARTED = "restarted"
    TICK = "tick"


class Act(StrEnum):
    """What a row asks for. `acts` holds the function for each; they run in the order given."""

    # The sign is life: silence is counted from it.
    LIFE = "life"
    # Silence is counted from now, though nobody was seen alive: somebody was there.
    COUNT_ANEW = "count_anew"
    # A new episode begins.
    BEGIN = "begin"
    # Say the stage for the first time, again, or only as a note on the case.
    SAY = "say"
    SAY_AGAIN = "say_again"
    NOTE = "note"
    # What somebody says of it: put on the case each time, with who it was.
    QUOTE = "quote"
    # A guardian comes: for an hour what moves in the home may be theirs.
    EXPECT = "expect"
    # Who said that all is well, and when.
    REMEMBER = "remember"
    # For a few seconds the resident may take a call for help back; no longer.
    LET_TAKE_BACK = "let_take_back"
    # Everybody who was told is told that it is over.
    RESOLVE = "resolve"
    # Arm the deadline of the stage; bring it forward to that; put it off; wait after an answer that
    # saw nobody.
    ARM = "arm"
    HASTEN = "hasten"
    DEFER = "defer"
    REARM = "rearm"
    # A person has it; nobody has it; nobody has it any more who said that they had left.
    OWN = "own"
    DISOWN = "disown"
    LAPSE = "lapse"
    KEEP_RECEIPT = "keep_receipt"
    # What came of a call; our own is told to the district as well.
    KEEP_CALL = "keep_call"
    STAY_AWAY = "stay_away"
    STAY_GUESTS = "stay_guests"
    # Absence and guests end; only an absence ends; that, if the resident is known to be at home.
    STAY_HOME = "stay_home"
    BE_BACK = "be_back"
    BE_BACK_IF_MET = "be_back_if_met"
    # The entry door or the phone says that they really left.
    CONFIRM_AWAY = "confirm_away"
    SEE = "see"
    LOSE_SIGHT = "lose_sight"
    TELL_BLIND = "tell_blind"
    TELL_TROUBLE = "tell_trouble"
    SHORTEN = "shorten"
    CONSENT = "consent"
    WITHDRAW = "withdraw"
    DRILL = "drill"
    # A walk test is told as a drill.
    TELL_WALK = "tell_walk"


class Why(StrEnum):
    """Reasons, as closed codes. `reasons` has their sentences."""

    LIFE_SEEN = "life_seen"
    LIFE_WHILE_AWAY = "life_while_away"
    BACK_HOME = "back_home"
    LIFE_NOTED = "life_noted"
    LIFE_TOO_OLD = "life_too_old"
    LIFE_UNDATED = "life_undated"
    DOOR_ALONE = "door_alone"
    GUARDIANS_STEPS = "guardians_steps"
    SAID_OK = "said_ok"
    OK_NOTED = "ok_noted"
    OK_PUTS_OFF = "ok_puts_off"
    HELP_CALLED = "help_called"
    HELP_AGAIN = "help_again"
    HELP_TAKEN_BACK = "help_taken_back"
    GUARDIAN_COMES = "guardian_comes"
    LIMIT_PASSED = "limit_passed"
    CEILING_PASSED = "ceiling_passed"
    ABSENCE_OVERRUN = "absence_overrun"
    STAY_OVER = "stay_over"
    NO_ANSWER = "no_answer"
    NOBODY_HAS_IT = "nobody_has_it"
    HOLD_LAPSED = "hold_lapsed"
    SOMEBODY_HAS_IT = "somebody_has_it"
    HOLD_TOO_LATE = "hold_too_late"
    SEEN_OR_SPOKEN = "seen_or_spoken"
    NOT_SEEN = "not_seen"
    NOT_TAKEN = "not_taken"
    OTHER_EPISODE = "other_episode"
    CALL_ENDED = "call_ended"
    DISTRICT_ASKS = "district_asks"
    NO_LIMIT = "no_limit"
    ALERT_OPEN = "alert_open"
    WENT_AWAY = "went_away"
    GUESTS_CAME = "guests_came"
    NO_END = "no_end"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_CONSENT = "no_consent"
    WATCH_CHANGED = "watch_changed"
    BLIND = "blind"
    RESTARTED = "restarted"
    TECHNICAL = "technical"
    DRILLING = "drilling"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Row:
    """`next` is `None` where the stage stays. A refused row tells the caller why it did nothing."""

    next: Stage | None
    do: tuple[Act, ...]
    why: Why
    refused: bool = False
