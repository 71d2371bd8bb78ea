"""Stored deadlines that have passed: rungs, holds, rests, sayings-again.

The district goes on although nobody spoke.
"""

from copy import replace
from datetime import datetime, timedelta

from ..clock import is_set
from .ladder import News, apply
from .model import Case, Decision, Effect, File, Ledger, Rung, Times
from .silent import ask_about
from .words import Family, Sign, Standing

# a case has at most: one lapse, two rungs, one saying-again, one question about its resident
_MOST_STEPS = 32


def pass_deadlines(file: File, *, times: Times, now: datetime) -> Decision:
    """Until nothing is due.

    Each step puts its own deadline away, so this ends; the bound is for the reader.
    """
    effects: tuple[Effect, ...] = ()
    for _ in range(_MOST_STEPS):
        case = next((c for c in file.cases if c.due and c.due <= now), None)
        if case is None:
            break
        one = _step(file, case, times=times, now=now)
        file, effects = one.file, effects + one.effects
    return Decision(file=file, effects=effects)


def without_future(file: File, now: datetime) -> File:
    """Nothing changes later than now: what a clock that ran ahead set is set back by as much."""
    if not is_set(now):
        return file
    file = replace(file, ledger=_order_until(file.ledger, now))
    for case in file.cases:
        if case.is_open and case.changed_at > now:
            file = file.keeping(_set_back(case, case.changed_at - now, now))
    return file


def _order_until(ledger: Ledger, now: datetime) -> Ledger:
    for family in (Family.WELFARE, Family.EMERGENCY):
        order = ledger.order(family)
        if order.at and order.at > now:
            since = order.since and min(order.since, now)
            ledger = ledger.with_order(family, replace(order, at=now, since=since))
    return ledger


def _set_back(case: Case, by: timedelta, now: datetime) -> Case:
    """A rung from before the clock ran ahead comes nearer with it: early, never missed."""
    return replace(
        case,
        opened_at=min(case.opened_at, now),
        changed_at=now,
        again_at=case.again_at and case.again_at - by,
        until=case.until and case.until - by,
        unknown_at=case.unknown_at and case.unknown_at - by,
        asked_at=case.asked_at and min(case.asked_at, now),
        rungs=tuple(replace(rung, at=rung.at - by) for rung in case.rungs),
    )


def _step(file: File, case: Case, *, times: Times, now: datetime) -> Decision:
    if case.unknown_at and case.unknown_at <= now:
        return ask_about(file, case, times=times, now=now)
    if case.standing is Standing.HELD:
        code = "not_taken" if case.given_to else "hold_lapsed"
        return _say(file, case, Sign.HOLD_LAPSED, code, times=times, now=now)
    if case.standing is Standing.RESTING:
        return _say(file, case, Sign.REARM_DUE, "rearmed", times=times, now=now)
    rung = _highest_due(case, now)
    if rung:
        to = replace(case, stage=rung.stage)
        news = _news(to, "rung_due", now)
        return apply(file, Sign.RUNG_DUE, news, times=times, now=now)
    return _say(file, case, Sign.AGAIN_DUE, "nobody_has_it", times=times, now=now)


def _highest_due(case: Case, now: datetime) -> Rung | None:
    """What is past is not climbed step by step: a quiet that arrives hours late is a visit."""
    due = [rung for rung in case.rungs if rung.at <= now]
    return max(due, key=lambda rung: rung.stage.height, default=None)


def _say(file: File, case: Case, sign: Sign, code: str, *, times: Times, now: datetime) -> Decision:
    return apply(file, sign, _news(case, code, now), times=times, now=now)


def _news(case: Case, code: str, now: datetime) -> News:
    return News(case=case, noted=code, by="district", happened=now, facts={})
