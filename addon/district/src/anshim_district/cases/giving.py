"""A case is offered to a named colleague; whoever has it keeps it until the other has taken it.

Called by `decide`. Nobody ever owns a case who has not said so. What the giver may now believe to
be off their hands is held for as long only as a telling waits for one person, then told to all.
"""

from copy import replace
from datetime import datetime

from .happenings import Answers, Gives
from .model import Case, Decision, File, Noted, Times
from .words import Answer, Family, Standing


def give(file: File, gives: Gives, *, times: Times, now: datetime) -> Decision:
    case = file.case(gives.case)
    if case is None or not case.is_open:
        return Decision(file=file, refusal="already_closed")
    if case.standing is Standing.HELD and case.owner not in {gives.by, *gives.teams}:
        return Decision(file=file, refusal="held_by_other")
    if case.given_to == gives.to:
        return Decision(file=file)
    wait = times.emergency_give if case.family is Family.EMERGENCY else times.give
    until = case.until
    if case.standing is Standing.HELD and until:
        until = min(until, now + wait)
    given = replace(case, given_to=gives.to, until=until, changed_at=now)
    noted = Noted(case=case.id, code="given", at=now, by=gives.by, facts={"to": gives.to})
    return Decision(file=file.keeping(given), effects=(noted,))


def declines_gift(case: Case, answers: Answers) -> bool:
    """What is theirs only if they take it; somebody else has it still."""
    is_held = case.standing is Standing.HELD and case.owner not in {answers.by, *answers.teams}
    return answers.answer is Answer.REFUSED and case.given_to == answers.by and is_held


def decline_gift(file: File, case: Case, answers: Answers, *, now: datetime) -> Decision:
    kept = replace(case, given_to=None, changed_at=now)
    noted = Noted(case=case.id, code=Answer.REFUSED.value, at=now, by=answers.by)
    return Decision(file=file.keeping(kept), effects=(noted,))
