"""Reasons as sentences: for logs and diagnostics. The UI shows the codes in the user's language."""

from collections.abc import Mapping
from types import MappingProxyType

from .rungs import Why

SENTENCES: Mapping[Why, str] = MappingProxyType(
    {
        Why.LIFE_SEEN: "A sign of life was seen.",
        Why.LIFE_WHILE_AWAY: "A sign of life came from outside; the absence goes on.",
        Why.BACK_HOME: "The resident is back home.",
        Why.LIFE_NOTED: "Something moved at home; it is noted on the case, a person closes it.",
        Why.LIFE_TOO_OLD: "The sign of life is too old to end this silence.",
        Why.LIFE_UNDATED: "There is no telling when this sign of life was.",
        Why.DOOR_ALONE: "Only the outer door moved; that may be anybody.",
        Why.GUARDIANS_STEPS: "Something moved, but a guardian has said that they come.",
        Why.SAID_OK: "The resident says that all is well.",
        Why.OK_NOTED: "Somebody says that all is well; it is noted, a person closes the case.",
        Why.OK_PUTS_OFF: "A guardian says that all is well; the next step is put off.",
        Why.HELP_CALLED: "Help was called.",
        Why.HELP_AGAIN: "Help was called again.",
        Why.HELP_TAKEN_BACK: "The call for help was taken back at once.",
        Why.GUARDIAN_COMES: "A guardian is on the way.",
        Why.LIMIT_PASSED: "No sign of life for as long as the limit.",
        Why.CEILING_PASSED: "No sign of life for too long, and the home could not see all of it.",
        Why.ABSENCE_OVERRUN: "The absence has ended and nobody has come home.",
        Why.STAY_OVER: "The planned end has come.",
        Why.NO_ANSWER: "Nobody has answered in time.",
        Why.NOBODY_HAS_IT: "Nobody has taken the case yet.",
        Why.HOLD_LAPSED: "Whoever took the case has not closed it in time.",
        Why.SOMEBODY_HAS_IT: "A person has taken the case.",
        Why.HOLD_TOO_LATE: "The answer came after the time for which the case was taken.",
        Why.SEEN_OR_SPOKEN: "Somebody has seen or spoken to the resident.",
        Why.NOT_SEEN: "Somebody tried, but nobody has seen the resident.",
        Why.NOT_TAKEN: "The responder did not take the case.",
        Why.OTHER_EPISODE: "The answer belongs to another episode.",
        Why.CALL_ENDED: "A call to the resident has ended; what came of it is kept.",
        Why.DISTRICT_ASKS: "The district asks for more care.",
        Why.NO_LIMIT: "This is no limit that a home can have.",
        Why.ALERT_OPEN: "An alert is open; it has to be answered first.",
        Why.WENT_AWAY: "The resident is away.",
        Why.GUESTS_CAME: "Guests are staying.",
        Why.NO_END: "The end has passed already or is more than a year away.",
        Why.CONSENT_GIVEN: "The resident has consented.",
        Why.CONSENT_WITHDRAWN: "The resident has withdrawn the consent.",
        Why.NO_CONSENT: "There is no consent, so nothing is read.",
        Why.WATCH_CHANGED: "What the sensors can see has changed.",
        Why.BLIND: "No working sensor can show life.",
        Why.RESTARTED: "Started again; nothing is seen until a sensor reports.",
        Why.TECHNICAL: "A technical trouble began or ended.",
        Why.DRILLING: "A rehearsal is under way.",
        Why.STANDING: "Nothing changes.",
    }
)
