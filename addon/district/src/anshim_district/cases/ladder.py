"""Performs the table's acts on one case.

(case, sign, what is known) → the case as it is now, and effects.
"""

from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta

from .model import Answered, Case, Decision, Effect, File, Noted, Rung, SendReceipt, TellHome, Times
from .table import TABLE
from .words import Act, Answer, Family, Outcome, Sign, Stage, Standing, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a sign brings with it.

    `case` is what would be opened, or how high an open one should be.
    """

    case: Case
    noted: str
    by: str
    happened: datetime
    facts: dict[str, str | int | None]
    answer: Answer | None = None
    outcome: Outcome | None = None
    # whose hands count as those of `by`
    teams: frozenset[str] = frozenset()
    # the resident was met at home
    at_home: bool = False
    # no hold goes on beyond it
    off_at: datetime | None = None


def new_case(
    file: File, family: Family, stage: Stage, *, cause: str, episode: int | None, now: datetime
) -> Case:
    """Its id is counted, not drawn: the same decision made twice makes the same case."""
    ledger = file.ledger
    return Case(
        id=f"c-{ledger.household.removeprefix('h-')}-{ledger.opened + 1}",
        family=family,
        stage=stage,
        standing=Standing.FREE,
        cause=cause,
        episode=episode,
        opened_at=now,
        changed_at=now,
    )


def apply(file: File, sign: Sign, news: News, *, times: Times, now: datetime) -> Decision:
    case = file.open_case(news.case.family)
    act = _act(case, sign, news)
    noted = Noted(
        case=case.id if case else None,
        code=news.noted,
        at=news.happened,
        by=news.by,
        facts=news.facts,
    )
    if act is Act.NOTHING:
        return Decision(file=file)
    if act is Act.REFUSE:
        return Decision(file=file, refusal="held_by_other" if case else "already_closed")
    if act is Act.OPEN:
        return _opened(file, news, noted, times=times, now=now)
    if act is Act.NOTE or case is None:
        kept = file.keeping(_with_earlier_rungs(case, news.case)) if case else file
        return Decision(file=kept, effects=(noted,))
    return _changed(file, case, act, news, noted, times=times, now=now)


def _act(case: Case | None, sign: Sign, news: News) -> Act:
    standing = case.standing if case else Standing.NONE
    own = {news.by, *news.teams}
    takes = case and case.given_to == news.by and news.answer is Answer.HOLD
    if case and standing is Standing.HELD and ((case.owner in own and news.answer) or takes):
        standing = Standing.FREE
    return TABLE[sign][standing]


def _opened(file: File, news: News, noted: Noted, *, times: Times, now: datetime) -> Decision:
    case = replace(_sounding(news.case, times=times, now=now), nobody_since=now)
    ledger = replace(file.ledger, opened=file.ledger.opened + 1)
    kept = replace(file, ledger=ledger).keeping(case)
    effects = (replace(noted, case=case.id), _change("opened", case, now), _tell(case, Told.OPENED))
    return Decision(file=kept, effects=effects)


def _changed(
    file: File,
    case: Case,
    act: Act,
    news: News,
    noted: Noted,
    *,
    times: Times,
    now: datetime,
) -> Decision:
    before, case = case, replace(_with_earlier_rungs(case, news.case), changed_at=now)
    effects: tuple[Effect, ...]
    match act:
        case Act.RAISE:
            case = _raised(case, news.case)
            case = case if case.owner else _sounding(case, times=times, now=now)
            effects = (noted, _change("raised", case, now), _tell(case, Told.RAISED))
        case Act.SAY_AGAIN:
            case = replace(
                _raised(case, news.case),
                standing=Standing.FREE,
                owner=None,
                given_to=None,
                until=None,
                outcome=None,
                said=case.said + 1,
            )
            case = _sounding(case, times=times, now=now)
            effects = (noted, _change("again", case, now), _tell(case, Told.AGAIN))
        case _:
            case, effects = _answered(case, act, news, noted, times=times, now=now)
    kept = file.keeping(_unowned(before, case, now))
    if act is Act.CLOSE and news.answer:
        word = Answered(
            family=case.family,
            episode=case.episode,
            at=now,
            missing=case.missing,
            case=case.id,
            by=news.by,
            outcome=news.outcome,
        )
        kept = replace(kept, ledger=kept.ledger.with_answered(word))
        if news.outcome and news.outcome.closes:
            kept = replace(kept, ledger=replace(kept.ledger, machine_oks=0))
    return Decision(file=kept, effects=effects)


def _answered(
    case: Case, act: Act, news: News, noted: Noted, *, times: Times, now: datetime
) -> tuple[Case, tuple[Effect, ...]]:
    """What ends, or somebody's answer."""
    if act is not Act.DECLINE or case.given_to == news.by:
        case = replace(case, given_to=None)
    if act is Act.OWN:
        longest = now + times.hold
        until = longest if news.off_at is None else min(longest, news.off_at)
        case = replace(case, standing=Standing.HELD, owner=news.by, until=until, outcome=None)
        return case, (noted, SendReceipt(case=case, answer=Answer.HOLD, until=until))
    if act is Act.REST:
        until = now + _rest_of(case, times)
        case = replace(
            case, standing=Standing.RESTING, owner=None, until=until, outcome=news.outcome
        )
        return case, (noted, SendReceipt(case=case, answer=Answer.HANDLED, outcome=news.outcome))
    if act is Act.DECLINE:
        free = replace(case, standing=Standing.FREE, owner=None, until=None)
        case = _sounding(free, times=times, now=now)
        return case, (noted, SendReceipt(case=case, answer=Answer.REFUSED))
    case = replace(
        case,
        standing=Standing.CLOSED,
        owner=None,
        until=None,
        outcome=news.outcome,
        closed_by=news.by,
    )
    closed: tuple[Effect, ...] = (_change("closed", case, now), _tell(case, Told.CLOSED))
    if news.answer:
        receipt = SendReceipt(
            case=case, answer=news.answer, outcome=news.outcome, at_home=news.at_home
        )
        return case, (noted, receipt, *closed)
    return case, (noted, *closed)


def _rest_of(case: Case, times: Times) -> timedelta:
    if case.family is Family.EMERGENCY:
        return times.emergency_rearm
    return times.silent_rearm if case.family is Family.SILENT else times.rearm


def _raised(case: Case, to: Case) -> Case:
    """Never lower; the newest word says why."""
    if to.stage.height < case.stage.height:
        return case
    return replace(
        case,
        stage=to.stage,
        cause=to.cause,
        rungs=tuple(r for r in case.rungs if r.stage.height > to.stage.height),
    )


def _with_earlier_rungs(case: Case, news: Case) -> Case:
    """The newest episode and alert; of two deadlines for one rung the earlier.

    Codes and sign as they are now.
    """
    wanted: dict[Stage, datetime] = {}
    for rung in (*case.rungs, *news.rungs):
        if rung.stage.height > case.stage.height:
            wanted[rung.stage] = min(rung.at, wanted.get(rung.stage, rung.at))
    return replace(
        case,
        rungs=tuple(Rung(stage=stage, at=at) for stage, at in wanted.items()),
        episode=max(case.episode or 0, news.episode or 0) or None,
        alert=news.alert or case.alert,
        last_sign=news.last_sign or case.last_sign,
        codes=news.codes or case.codes,
        asked_at=news.asked_at or case.asked_at,
        from_lost_kit=case.from_lost_kit and news.from_lost_kit,
    )


def _sounding(case: Case, *, times: Times, now: datetime) -> Case:
    """While nobody has it, a visit and an emergency are said again and again."""
    again = {Stage.VISIT: times.visit_again, Stage.EMERGENCY: times.emergency_again}.get(case.stage)
    return replace(case, again_at=now + again if again else None)


def _change(code: str, case: Case, now: datetime) -> Noted:
    return Noted(case=case.id, code=code, at=now, by="district", facts={"stage": case.stage.value})


def _unowned(before: Case, case: Case, now: datetime) -> Case:
    """Said again it is no younger: only a hand, or a higher stage, begins anew."""
    if case.standing is not Standing.FREE:
        return replace(case, nobody_since=None)
    stays = before.standing is Standing.FREE and before.stage is case.stage
    return replace(case, nobody_since=(before.nobody_since if stays else None) or now)


def _tell(case: Case, told: Told) -> TellHome:
    return TellHome(case=case, told=told)
