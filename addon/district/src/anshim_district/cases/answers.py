"""A person's answers: hold, handled with an outcome, refused.

Called by `decide` for the console's forms.
"""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from types import MappingProxyType

from .giving import decline_gift, declines_gift
from .happenings import Answers
from .ladder import News, apply
from .model import Case, Decision, File, SendLife, Times
from .silent import after_answer
from .words import Answer, Family, Outcome, Sign

# What a person learnt of the resident, in the contract's words.
_EVIDENCE: Mapping[Outcome, str] = MappingProxyType(
    {Outcome.SEEN_WELL: "seen", Outcome.SEEN_CARE: "seen", Outcome.SPOKEN_WELL: "spoken"}
)
# who was taken to care, or has died, is not at home
_MET_WELL = frozenset({Outcome.SEEN_WELL, Outcome.SPOKEN_WELL})


def take_answer(file: File, answers: Answers, *, times: Times, now: datetime) -> Decision:
    case = file.case(answers.case)
    if case is None or not case.is_open:
        return Decision(file=file, refusal="already_closed")
    if answers.answer is Answer.HANDLED and answers.outcome is None:
        return Decision(file=file, refusal="outcome_missing")
    if declines_gift(case, answers):
        return decline_gift(file, case, answers, now=now)
    outcome = answers.outcome if answers.answer is Answer.HANDLED else None
    at_home = answers.at_home and outcome in _MET_WELL
    news = News(
        case=case,
        noted=answers.answer.value,
        by=answers.by,
        happened=now,
        facts={
            "outcome": outcome.value if outcome else None,
            "seen_at": "home" if at_home else None,
        },
        answer=answers.answer,
        outcome=outcome,
        teams=answers.teams,
        at_home=at_home,
        off_at=answers.off_at,
    )
    decision = apply(file, _sign(case, answers.answer, outcome), news, times=times, now=now)
    decision = after_answer(decision, case, outcome, now=now)
    return _with_life(decision, case, outcome, now=now)


def _with_life(
    decision: Decision, case: Case, outcome: Outcome | None, *, now: datetime
) -> Decision:
    """A case that the district opened by itself names no episode of the home.

    The receipt closes nothing there, so the home hears what was learnt as a sign of life.
    """
    evidence = _EVIDENCE.get(outcome) if outcome else None
    unnamed = case.family is not Family.TROUBLE and case.episode is None
    if decision.refusal or evidence is None or not unnamed:
        return decision
    learnt = SendLife(case=case, evidence=evidence, at=now)
    return replace(decision, effects=(*decision.effects, learnt))


def _sign(case: Case, answer: Answer, outcome: Outcome | None) -> Sign:
    if answer is Answer.HOLD:
        return Sign.HOLD
    if outcome is None:
        return Sign.DECLINED
    # trouble is closed by any receipt; a home that cannot be heard stays so whoever was seen
    if case.family is Family.TROUBLE:
        return Sign.SEEN
    if case.family is Family.SILENT:
        return Sign.UNSEEN
    return Sign.SEEN if outcome.closes else Sign.UNSEEN
