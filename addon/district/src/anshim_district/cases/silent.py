"""A home that is not heard.

A case at once, a welfare case when its patience is over, an end when it speaks again.
"""

from copy import replace
from datetime import datetime, timedelta
from typing import Final

from ..pulse import USUAL_LIMIT, asked_after
from .happenings import FellSilent, HeardAgain, Unwatched
from .ladder import News, apply, new_case
from .model import Case, Decision, File, Rung, Times
from .words import Family, Outcome, Sign, Stage, Standing

# a router that starts again, a plug that was pulled for the vacuum cleaner
_BY_ITSELF: Final = timedelta(hours=1)


def hear_of_silence(
    file: File, heard: FellSilent | HeardAgain | Unwatched, *, times: Times, now: datetime
) -> Decision:
    if isinstance(heard, FellSilent):
        return _miss(file, heard, times=times, now=now)
    if isinstance(heard, Unwatched):
        return _end(file, "unwatched", by="district", times=times, now=now)
    return _end(file, "heard_again", by="home", times=times, now=now)


def waits_until(case: Case) -> datetime | None:
    """Shown at once, a silence asks nothing of anybody so long: most end by themselves.

    Whoever has to be asked about is asked about by a case of its own, whatever this one waits for.
    """
    if case.family is not Family.SILENT or case.standing is not Standing.FREE:
        return None
    return case.opened_at + _BY_ITSELF


def _miss(file: File, silence: FellSilent, *, times: Times, now: datetime) -> Decision:
    case = new_case(file, Family.SILENT, Stage.SILENT, cause="silent", episode=None, now=now)
    case = replace(
        case,
        unknown_at=_unknown_at(silence, now),
        patience=(silence.limit or USUAL_LIMIT) if silence.watched else None,
        last_sign=None,
    )
    news = News(
        case=case,
        noted="silent",
        by="district",
        happened=now,
        facts={"heard": silence.heard.isoformat(), "near": int(silence.near)},
    )
    return apply(file, Sign.SAME, news, times=times, now=now)


def _unknown_at(silence: FellSilent, now: datetime) -> datetime | None:
    if not silence.watched:
        return None
    if silence.near:
        return now
    return silence.heard + asked_after(silence.limit)


def _end(file: File, noted: str, *, by: str, times: Times, now: datetime) -> Decision:
    """Closes the silence only. Whoever was to be asked about is still to be asked about."""
    case = file.open_case(Family.SILENT)
    if case is None:
        return Decision(file=file)
    news = News(case=case, noted=noted, by=by, happened=now, facts={})
    return apply(file, Sign.ENDED, news, times=times, now=now)


def ask_about(file: File, silent: Case, *, times: Times, now: datetime) -> Decision:
    """The silence has lasted too long to be only technical: a person asks, by phone first."""
    file = file.keeping(replace(silent, unknown_at=None, changed_at=now))
    case = new_case(file, Family.WELFARE, Stage.UNKNOWN, cause="silent_home", episode=None, now=now)
    rungs = (
        Rung(stage=Stage.KNOCK, at=now + times.knock),
        Rung(stage=Stage.VISIT, at=now + times.visit),
    )
    news = News(
        case=replace(case, rungs=rungs, asked_at=now),
        noted="unknown",
        by="district",
        happened=now,
        facts={"cause": "silent_home"},
    )
    open_case = file.open_case(Family.WELFARE)
    higher = open_case is not None and open_case.stage.height < Stage.UNKNOWN.height
    sign = Sign.HIGHER if higher else Sign.SAME
    return apply(file, sign, news, times=times, now=now)


def after_answer(
    decision: Decision, case: Case, outcome: Outcome | None, *, now: datetime
) -> Decision:
    """Somebody was seen or spoken to: a home still silent is asked about again a limit later."""
    silent = decision.file.open_case(Family.SILENT)
    asked = case.family in {Family.SILENT, Family.WELFARE, Family.EMERGENCY}
    if silent is None or not asked or outcome is None or not outcome.closes or decision.refusal:
        return decision
    if outcome is Outcome.DECEASED:
        nobody = replace(silent, unknown_at=None)
        return replace(decision, file=decision.file.keeping(nobody))
    return ask_again_later(decision, now)


def ask_again_later(decision: Decision, now: datetime) -> Decision:
    """A limit later, if the home is still silent and is watched at all."""
    silent = decision.file.open_case(Family.SILENT)
    if silent is None:
        return decision
    later = now + silent.patience if silent.patience else None
    return replace(decision, file=decision.file.keeping(replace(silent, unknown_at=later)))
