"""An alert that does not come although the home's heartbeats tell of its stage.

It is stuck at the home or its relay: the district opens the case by itself, and the alert joins it.
"""

from copy import replace
from datetime import datetime, timedelta

from .happenings import Alarm, Stands
from .ladder import News, apply, new_case
from .model import (
    Answered,
    Case,
    Climbed,
    Decision,
    File,
    Ledger,
    Noted,
    Rung,
    SendReceipt,
    Times,
)
from .words import Answer, Family, Sign, Stage

_CAUSE = "alert_missing"


def hear_of_stage(file: File, stands: Stands, *, times: Times, now: datetime) -> Decision:
    """Twice, some time apart, before it counts: an alert and a heartbeat race each other."""
    stage = stands.stage
    if stage is None:
        return Decision(file=_remembering(file, None))
    family = Family.EMERGENCY if stage is Stage.EMERGENCY else Family.WELFARE
    case = file.open_case(family)
    if case and not case.from_lost_kit:
        return _follow(_remembering(file, None), case, stands, times=times, now=now)
    if stands.version <= file.ledger.newest:
        return Decision(file=_remembering(file, None))
    before = file.ledger.climbed
    same = before is not None and before.family is family
    since = min(before.since, stands.at) if before and same else stands.at
    calm_at = stands.calm_at or (before.calm_at if before else None)
    climbed = Climbed(family=family, since=since, calm_at=calm_at)
    file = _remembering(file, climbed)
    is_first = not same or stands.at - since < stands.apart
    if is_first or _was_just_closed(file.ledger, climbed, times, now):
        return Decision(file=file)
    news = _news(file, family, stands, times=times, now=now)
    # a case that only a lost kit called for is now the home's own: whoever has it must hear of that
    sign = Sign.AGAIN if case else Sign.SAME
    return apply(_remembering(file, None), sign, news, times=times, now=now)


def _follow(file: File, case: Case, stands: Stands, *, times: Times, now: datetime) -> Decision:
    """A case that has no alert goes by what the heartbeats tell, upwards only."""
    if case.missing is None or stands.version <= case.missing:
        return Decision(file=file)
    news = _news(file, case.family, stands, times=times, now=now)
    file = file.keeping(replace(case, missing=stands.version))
    if news.case.stage.height <= case.stage.height:
        return Decision(file=file)
    return apply(file, Sign.HIGHER, news, times=times, now=now)


def _remembering(file: File, climbed: Climbed | None) -> File:
    return replace(file, ledger=replace(file.ledger, climbed=climbed))


def _was_just_closed(ledger: Ledger, climbed: Climbed, times: Times, now: datetime) -> bool:
    """Somebody saw the resident, and the home may not know yet: it has not said that it is over."""
    family = climbed.family
    pause: timedelta = times.emergency_rearm if family is Family.EMERGENCY else times.rearm
    return any(
        word.family is family and now - word.at < pause and not _home_knows(ledger, climbed, word)
        for word in ledger.answered
    )


def _home_knows(ledger: Ledger, climbed: Climbed, answered: Answered) -> bool:
    """Calm since then, it has climbed anew. What the district opened by itself has no episode."""
    if climbed.calm_at is not None and climbed.calm_at > answered.at:
        return True
    if answered.missing is not None:
        return any(word.version > answered.missing for word in ledger.ended)
    return any(word.episode == answered.episode for word in ledger.ended)


def _news(file: File, family: Family, stands: Stands, *, times: Times, now: datetime) -> News:
    """At least `unknown`: the home has asked by itself, and what it said does not come."""
    stage = stands.stage or Stage.UNKNOWN
    stage = max(stage, Stage.UNKNOWN, key=lambda one: one.height)
    case = new_case(file, family, stage, cause=_CAUSE, episode=None, now=now)
    ways = ((Stage.KNOCK, times.knock), (Stage.VISIT, times.visit))
    rungs = tuple(Rung(stage=to, at=now + after) for to, after in ways if to.height > stage.height)
    return News(
        case=replace(case, rungs=rungs, began_at=stands.at, missing=stands.version),
        noted=_CAUSE,
        by="district",
        happened=now,
        facts={"stage": stands.stage.value if stands.stage else None},
    )


def is_the_missing_one(case: Case | None, alarm: Alarm) -> bool:
    """What the case was opened for has come: nobody needs to be told again."""
    if case is None or case.missing is None or alarm.as_new:
        return False
    return alarm.version <= case.missing


def answered_without_it(ledger: Ledger, family: Family, alarm: Alarm) -> Answered | None:
    """The case that a person closed before its alert came."""
    if alarm.as_new:
        return None
    for word in ledger.answered:
        is_its = (
            word.family is family and word.missing is not None and alarm.version <= word.missing
        )
        if is_its and alarm.happened <= word.at:
            return word
    return None


def answer_late(file: File, answered: Answered, news: News) -> Decision:
    """Opens nothing. The home hears the answer under its own episode, with the answer's time."""
    facts = {**news.facts, "late": "answered"}
    noted = Noted(case=answered.case, code=news.noted, at=news.happened, facts=facts)
    case = replace(news.case, id=answered.case, closed_by=answered.by)
    receipt = SendReceipt(
        case=case, answer=Answer.HANDLED, outcome=answered.outcome, at=answered.at
    )
    return Decision(file=file, effects=(noted, receipt))
