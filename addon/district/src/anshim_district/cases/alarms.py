"""Alerts, emergencies and their ends.

Which sign they are for the case, by version and episode (contract §3).
"""

from copy import replace
from datetime import datetime, timedelta

from .happenings import Alarm, Over
from .ladder import News, apply, new_case
from .missing import answer_late, answered_without_it, is_the_missing_one
from .model import Case, Decision, Ended, File, Ledger, Noted, Rung, Times
from .words import Family, Sign, Stage, Standing

# who may end a visit that nobody owns: a sign of the resident, or a person
_ENDS_VISIT = frozenset({"activity", "resident", "elsewhere", "staff", "taken_back"})
# a code that we do not know never closes anything
_KNOWN = _ENDS_VISIT | {"guardian", "consent_withdrawn"}
# who may end a call for help: a person who had it in hand, or the resident before anybody has
_ENDS_EMERGENCY = frozenset({"staff", "taken_back"})
# where a call for help came from that may be anybody's
_LOST_KIT = "lost_kit"
# an alert of an episode that a person has just closed was on its way; later it is a new one
_ON_ITS_WAY = timedelta(hours=1)


def hear_of_episode(file: File, said: Alarm | Over, *, times: Times, now: datetime) -> Decision:
    if isinstance(said, Alarm):
        return _hear_alarm(file, said, times=times, now=now)
    return _hear_over(file, said, times=times, now=now)


def _hear_alarm(file: File, alarm: Alarm, *, times: Times, now: datetime) -> Decision:
    family = Family.EMERGENCY if alarm.stage is Stage.EMERGENCY else Family.WELFARE
    news = _news(file, family, alarm, times=times, now=now)
    if alarm.from_lost_kit:
        sign = _sign_of_lost(file, alarm, times=times, now=now)
        return apply(file, sign, news, times=times, now=now)
    if answered := answered_without_it(file.ledger, family, alarm):
        return answer_late(file, answered, news)
    if late := _late(file, family, alarm, now):
        open_case = file.open_case(family)
        facts = {**news.facts, "late": late}
        noted = Noted(
            case=open_case.id if open_case else None,
            code=news.noted,
            at=news.happened,
            facts=facts,
        )
        return Decision(file=file, effects=(noted,))
    sign = _sign(file, family, alarm)
    file = _ordered(file, family, alarm)
    return apply(file, sign, news, times=times, now=now)


def _hear_over(file: File, over: Over, *, times: Times, now: datetime) -> Decision:
    """Ends what it may end; what it may not is noted for the person who has it."""
    noted = Noted(
        case=None,
        code="resolved",
        at=over.happened or now,
        facts={"by": over.by, "episode": over.episode, "via": over.via},
    )
    effects: tuple[Noted, ...] = (noted,)
    decision = Decision(file=file, effects=effects)
    touched = False
    for family in (Family.WELFARE, Family.EMERGENCY):
        case = file.open_case(family)
        if case is None or not _concerns(file.ledger, case, over):
            continue
        news = News(case=case, noted="resolved", by=over.by, happened=noted.at, facts=noted.facts)
        sign = Sign.ENDED if _may_end(case, over) else Sign.ENDED_BY_NOBODY
        one = apply(decision.file, sign, news, times=times, now=now)
        kept = decision.effects if touched else ()
        decision, touched = Decision(file=one.file, effects=kept + one.effects), True
    return replace(decision, file=_remember_end(decision.file, over, now))


def _remember_end(file: File, over: Over, now: datetime) -> File:
    happened = over.happened or now
    word = Ended(episode=over.episode, version=over.version, by=over.by, at=happened)
    ledger = file.ledger.with_ended(word)
    order = ledger.order(Family.WELFARE)
    if over.happened is None and over.version < order.version:
        return replace(file, ledger=ledger)  # late, or from a restored home: nobody can tell
    kept = ledger.with_order(Family.WELFARE, order.with_word(over.version, happened))
    return replace(file, ledger=kept)


def _concerns(ledger: Ledger, case: Case, over: Over) -> bool:
    order = ledger.order(case.family)
    before = over.happened is not None and order.since is not None and over.happened < order.since
    return not before and over.version >= order.version and over.episode >= (case.episode or 0)


def _may_end(case: Case, over: Over) -> bool:
    by = over.by
    if by == "staff":
        return True
    if case.from_lost_kit:
        return False  # the home speaks of a call of its own
    if case.asked_at and (over.happened is None or over.happened < case.asked_at):
        return False  # from before the home was lost: it says nothing about the time since
    owned = case.standing is Standing.HELD
    if case.family is Family.EMERGENCY:
        return by in _ENDS_EMERGENCY and not owned
    if case.stage is Stage.VISIT:
        return by in _ENDS_VISIT and not owned
    return by in _KNOWN


def _late(file: File, family: Family, alarm: Alarm, now: datetime) -> str | None:
    """Why the alarm changes nothing, if so.

    An emergency counts unless a `resolved` has named its episode.
    """
    if alarm.as_new:
        return None
    ledger = file.ledger
    if family is Family.WELFARE and _is_superseded(ledger, alarm):
        return "superseded"
    if family is Family.EMERGENCY and _was_ended(ledger, alarm):
        return "resolved"
    for answered in ledger.answered:
        same = (answered.family, answered.episode) == (family, alarm.episode)
        if same and alarm.happened <= answered.at and now - answered.at < _ON_ITS_WAY:
            return "answered"
    return None


def _is_superseded(ledger: Ledger, alarm: Alarm) -> bool:
    """A lower version that happened later than the newest word is no late one.

    The home was restored, and is heard. A higher one is heard whatever its time says: a home's
    clock may be behind.
    """
    order = ledger.order(Family.WELFARE)
    return alarm.version <= order.version and order.is_over(alarm.version, alarm.happened)


def _was_ended(ledger: Ledger, alarm: Alarm) -> bool:
    """By a word that is both higher and not earlier: a restored home counts again from below."""
    return any(
        word.episode == alarm.episode
        and word.version > alarm.version
        and word.by in _ENDS_EMERGENCY
        and (word.at is None or alarm.happened <= word.at)
        for word in ledger.ended
    )


def _sign(file: File, family: Family, alarm: Alarm) -> Sign:
    case = file.open_case(family)
    if case and case.from_lost_kit:
        return Sign.AGAIN  # now it is the home's own: whoever has the case must hear of that
    if alarm.said == "note" or is_the_missing_one(case, alarm):
        return Sign.NOTE
    if alarm.said == "again":
        return Sign.AGAIN
    if family is Family.EMERGENCY:
        newer = alarm.as_new or alarm.version > file.ledger.emergency_version
        return Sign.AGAIN if case and newer else Sign.SAME
    higher = case is not None and alarm.stage.height > case.stage.height
    return Sign.HIGHER if higher else Sign.SAME


def _sign_of_lost(file: File, alarm: Alarm, *, times: Times, now: datetime) -> Sign:
    """Never lost, and never in the way of what the home itself says.

    Whoever has the kit may call as often as they like: a hand on the case is left in peace as long
    as a case that nobody has would be. What comes meanwhile is on the case.
    """
    case = file.open_case(Family.EMERGENCY)
    if case is None:
        return Sign.NOTE if alarm.said == "note" else Sign.AGAIN
    is_the_homes = not case.from_lost_kit
    too_soon = now - case.changed_at < times.emergency_again
    return Sign.NOTE if is_the_homes or too_soon or alarm.said == "note" else Sign.AGAIN


def _ordered(file: File, family: Family, alarm: Alarm) -> File:
    """Remembers the word. Where the home counts anew, its case goes by the new episode."""
    order = file.ledger.order(family)
    # an alarm whose time is only that of its arrival is heard, but may still be an old one
    is_anew = order.begins_anew(alarm.version, alarm.happened)
    if is_anew and not alarm.is_dated:
        return file
    case = file.open_case(family)
    if is_anew and case:
        file = file.keeping(replace(case, episode=alarm.episode))
    order = order.with_word(alarm.version, alarm.happened)
    return replace(file, ledger=file.ledger.with_order(family, order))


def _news(file: File, family: Family, alarm: Alarm, *, times: Times, now: datetime) -> News:
    # an answer to a kit that was reported lost must close no episode of the home
    episode = None if alarm.from_lost_kit else alarm.episode
    case = new_case(file, family, alarm.stage, cause=alarm.cause, episode=episode, now=now)
    case = replace(
        case,
        alert=None if alarm.from_lost_kit else alarm.id,
        rungs=_rungs(alarm, times, now),
        last_sign=alarm.last_sign,
        began_at=alarm.happened,
        from_lost_kit=alarm.from_lost_kit,
    )
    facts: dict[str, str | int | None] = {
        "cause": alarm.cause,
        "episode": alarm.episode,
        "said": alarm.said,
        "event": alarm.id,
        "word": alarm.word,
        "word_by": alarm.word_by,
        "from": _LOST_KIT if alarm.from_lost_kit else None,
    }
    return News(case=case, noted=alarm.stage.value, by="home", happened=alarm.happened, facts=facts)


def _rungs(alarm: Alarm, times: Times, now: datetime) -> tuple[Rung, ...]:
    """The district's own clock: from the event's time, or from its arrival if that is earlier."""
    base = min(alarm.happened, now)
    ways = {
        Stage.QUIET: (Stage.KNOCK, Stage.VISIT),
        Stage.UNKNOWN: (Stage.KNOCK, Stage.VISIT),
        Stage.KNOCK: (Stage.VISIT,),
    }
    after = {
        Stage.KNOCK: times.knock if alarm.knock_in is None else alarm.knock_in,
        Stage.VISIT: times.visit if alarm.visit_in is None else alarm.visit_in,
    }
    return tuple(Rung(stage=stage, at=base + after[stage]) for stage in ways.get(alarm.stage, ()))
