"""Trouble: one case per household with everything that is wrong; it never moves another case."""

from copy import replace
from datetime import datetime

from .happenings import Technical
from .ladder import News, apply, new_case
from .model import Case, Decision, File, Noted, Times, TroubleWord
from .words import Family, Sign, Stage


def hear_technical(file: File, word: Technical, *, times: Times, now: datetime) -> Decision:
    case = file.open_case(Family.TROUBLE)
    noted = Noted(
        case=case.id if case else None,
        code="trouble_raised" if word.raised else "trouble_cleared",
        at=word.happened,
        by=word.by,
        facts={"code": word.code},
    )
    if _is_late(file, word):
        return Decision(file=file, effects=(replace(noted, facts={**noted.facts, "late": 1}),))
    file = _remembered(file, word)
    if word.raised:
        return _raise(file, word, noted, times=times, now=now)
    return _clear(file, case, word, noted, times=times, now=now)


def _raise(file: File, word: Technical, noted: Noted, *, times: Times, now: datetime) -> Decision:
    case = file.open_case(Family.TROUBLE)
    known = case.codes if case else ()
    codes = (*(c for c in known if c != word.code), word.code)
    fresh = new_case(file, Family.TROUBLE, Stage.TROUBLE, cause=word.code, episode=None, now=now)
    news = News(
        case=replace(fresh, codes=codes),
        noted=noted.code,
        by=word.by,
        happened=word.happened,
        facts=noted.facts,
    )
    return apply(file, Sign.SAME, news, times=times, now=now)


def _clear(
    file: File,
    case: Case | None,
    word: Technical,
    noted: Noted,
    *,
    times: Times,
    now: datetime,
) -> Decision:
    if case is None or word.code not in case.codes:
        return Decision(file=file, effects=(noted,))
    left = tuple(code for code in case.codes if code != word.code)
    if left:
        kept = file.keeping(replace(case, codes=left, cause=left[-1], changed_at=now))
        return Decision(file=kept, effects=(noted,))
    news = News(case=case, noted=noted.code, by=word.by, happened=word.happened, facts=noted.facts)
    return apply(file, Sign.ENDED, news, times=times, now=now)


def _is_late(file: File, word: Technical) -> bool:
    """By version where both have one, otherwise by time.

    Relays and the district itself have no version.
    """
    known = next((t for t in file.ledger.troubles if t.code == word.code), None)
    if known is None:
        return False
    if known.version and word.version:
        return word.version < known.version
    return word.happened < known.at


def _remembered(file: File, word: Technical) -> File:
    said = TroubleWord(code=word.code, version=word.version, at=word.happened, raised=word.raised)
    return replace(file, ledger=file.ledger.with_trouble(said))
