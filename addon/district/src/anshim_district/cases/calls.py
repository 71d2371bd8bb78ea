"""What came of the automatic call to a resident. A digit is an answer; a voice alone is none.

Called by `decide`.
"""

from copy import replace
from datetime import datetime
from typing import Final

from .happenings import Called
from .ladder import News, apply, new_case
from .model import Case, Decision, File, Noted, SendCall, SendLife, Times
from .silent import ask_again_later
from .words import CallResult, Family, Sign, Stage, Standing

# after this many a person calls: a machine cannot tell who presses
MOST_MACHINE_OKS: Final = 2


def wants_person(file: File) -> bool:
    return file.ledger.machine_oks >= MOST_MACHINE_OKS


# in the contract's words; what never rang is no news to the home
_TOLD: Final = {
    CallResult.OK: "answered_ok",
    CallResult.HELP: "answered_help",
    CallResult.NO_DIGIT: "no_answer",
    CallResult.NO_ANSWER: "no_answer",
    CallResult.BUSY: "no_answer",
    CallResult.DEAD_NUMBER: "bad_number",
}


def hear_call(file: File, called: Called, *, times: Times, now: datetime) -> Decision:
    decision = _heard(file, called, times=times, now=now)
    case, result = file.case(called.case), _TOLD.get(called.result)
    if case is None or result is None:
        return decision
    told = SendCall(case=case, result=result, attempt=called.attempt)
    return replace(decision, effects=(*decision.effects, told))


def _heard(file: File, called: Called, *, times: Times, now: datetime) -> Decision:
    case = file.case(called.case)
    if called.result is CallResult.HELP:
        return _help(file, called, times=times, now=now)
    is_asked_about = case is not None and case.family is Family.WELFARE
    if called.result is CallResult.OK and case and is_asked_about and not wants_person(file):
        return _well(file, case, called, times=times, now=now)
    noted = _noted(called, now)
    return Decision(file=file, effects=(noted,))


def _well(file: File, case: Case, called: Called, *, times: Times, now: datetime) -> Decision:
    """Ends what somebody's own sign of life would end; whoever has it in hand goes on."""
    counted = replace(file.ledger, machine_oks=file.ledger.machine_oks + 1)
    file = replace(file, ledger=counted)
    owned = case.standing is Standing.HELD
    sign = Sign.ENDED_BY_NOBODY if owned else Sign.ENDED
    news = News(
        case=case,
        noted=f"call_{called.result.value}",
        by="call",
        happened=now,
        facts={"try": called.attempt},
    )
    decision = apply(file, sign, news, times=times, now=now)
    if not owned:
        # a home that still cannot be heard is asked about again: a digit was all there was
        decision = ask_again_later(decision, now)
    learnt = SendLife(case=case, evidence="answered_call", at=now)
    return replace(decision, effects=(*decision.effects, learnt))


def _help(file: File, called: Called, *, times: Times, now: datetime) -> Decision:
    """An emergency, whatever has become of the case that the call was about."""
    fresh = new_case(file, Family.EMERGENCY, Stage.EMERGENCY, cause="call", episode=None, now=now)
    noted = _noted(called, now)
    news = News(case=fresh, noted=noted.code, by="call", happened=now, facts=noted.facts)
    return apply(file, Sign.AGAIN, news, times=times, now=now)


def _noted(called: Called, now: datetime) -> Noted:
    return Noted(
        case=called.case,
        code=f"call_{called.result.value}",
        at=now,
        by="call",
        facts={"try": called.attempt},
    )
