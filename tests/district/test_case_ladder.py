"""The pure decisions, under whatever life, clocks and people do to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st
import msgspec
import pytest

from anshim_district.cases.decide import decide
from anshim_district.cases.happenings import (
    Alarm,
    Answers,
    Called,
    Due,
    FellSilent,
    Gives,
    Happening,
    HeardAgain,
    Over,
    Stands,
    Technical,
)
from anshim_district.cases.model import Case, Decision, File, Ledger, SendReceipt, Times
from anshim_district.cases.table import TABLE
from anshim_district.cases.words import (
    Act,
    Answer,
    CallResult,
    Family,
    Outcome,
    Sign,
    Stage,
    Standing,
)

START = datetime(2026, 11, 22, tzinfo=UTC)
TIMES = Times()
PEOPLE = ("kim", "lee", "park")
CLOSERS = ("staff", "taken_back")
KNOWN = ("activity", "resident", "guardian", "elsewhere", "consent_withdrawn", *CLOSERS)
BY = (*KNOWN, "moonlight")
WELFARE = (Stage.QUIET, Stage.UNKNOWN, Stage.KNOCK, Stage.VISIT)


def empty() -> File:
    return File(ledger=Ledger(household="h-test0000"))


minutes = st.integers(0, 600)
past = st.integers(-40_000, 0)


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happens some minutes later; times in it are minutes before that."""

    after: int
    # how far the version and the episode lie from the newest: mostly on, sometimes late
    version_on: int
    episode_on: int
    what: str
    stage: Stage
    said: str
    by: str
    person: str
    answer: Answer
    outcome: Outcome | None
    number: int
    result: CallResult
    ago: int | None
    knock_in: int | None
    visit_in: int | None
    limit: int | None
    flag: bool
    other_flag: bool


APART = timedelta(minutes=2)
WHAT = (
    *("alarm", "alarm", "alarm", "answer", "answer", "over", "trouble", "silent", "back", "due"),
    *("beat", "beat", "beat", "call", "call", "call", "give", "give", "give"),
)
steps = st.builds(
    Step,
    after=st.integers(0, 25) | minutes,
    what=st.sampled_from(WHAT),
    stage=st.sampled_from((*WELFARE, Stage.EMERGENCY)),
    said=st.sampled_from(("first", "again", "note")),
    by=st.sampled_from(BY),
    person=st.sampled_from(PEOPLE),
    answer=st.sampled_from(Answer),
    outcome=st.none() | st.sampled_from(Outcome),
    number=st.integers(1, 4),
    result=st.sampled_from((CallResult.OK, CallResult.OK, *CallResult)),
    version_on=st.sampled_from((1, 1, 1, 0, -1, -4, 5)),
    episode_on=st.sampled_from((0, 0, 1, -3)),
    ago=st.none() | past,
    knock_in=st.none() | minutes,
    visit_in=st.none() | minutes,
    limit=st.none() | st.integers(1, 48),
    flag=st.booleans(),
    other_flag=st.booleans(),
)


def length(of_minutes: int | None) -> timedelta | None:
    return None if of_minutes is None else timedelta(minutes=of_minutes)


def happening_of(step: Step, file: File, now: datetime) -> Happening:
    ago = length(step.ago)
    happened = now if ago is None else now + ago
    ledger = file.ledger
    newest = max(ledger.welfare_version, ledger.emergency_version)
    version, episode = max(1, newest + step.version_on), max(1, newest + step.episode_on)
    match step.what:
        case "alarm":
            return Alarm(
                id=f"h-test0000.{step.number}.x",
                stage=step.stage,
                cause="silence",
                episode=episode,
                version=version,
                said=step.said,
                happened=happened,
                knock_in=length(step.knock_in),
                visit_in=length(step.visit_in),
                as_new=step.flag and step.other_flag,
            )
        case "answer" | "call" | "give":
            return about_a_case(step, file)
        case "over":
            at = None if ago is None else happened
            return Over(episode=episode, version=version, by=step.by, happened=at)
        case "trouble":
            code, version = ("blind", "battery")[step.flag], version * step.other_flag
            return Technical(code=code, raised=step.flag, version=version, happened=happened)
        case "silent" | "beat":
            return condition_of(step, version, happened, now)
    return HeardAgain() if step.what == "back" else Due()


def about_a_case(step: Step, file: File) -> Happening:
    known = [case.id for case in file.cases] or ["c-none-1"]
    about = known[step.number % len(known)]
    if step.what == "call":
        return Called(case=about, result=step.result, attempt=step.number)
    if step.what == "give":
        to = PEOPLE[(PEOPLE.index(step.person) + 1) % len(PEOPLE)]
        return Gives(case=about, by=step.person, to=to)
    return Answers(case=about, answer=step.answer, by=step.person, outcome=step.outcome)


def condition_of(step: Step, version: int, happened: datetime, now: datetime) -> Happening:
    if step.what == "beat":
        told = None if step.flag and step.other_flag else step.stage
        calm_at = happened if step.number % 2 else None
        return Stands(stage=told, version=version, at=now, apart=APART, calm_at=calm_at)
    limit = None if step.limit is None else timedelta(hours=step.limit)
    return FellSilent(heard=happened, limit=limit, near=step.flag, watched=step.other_flag)


def check(before: File, happening: Happening, decision: Decision, now: datetime) -> None:
    after = decision.file
    if decision.refusal:
        assert (after, decision.effects) == (before, ())
        return
    open_families = [case.family for case in after.cases if case.is_open]
    assert len(open_families) == len(set(open_families))
    assert decision.due is None or decision.due > now
    assert restored(after) == after
    for case in before.cases:
        if case.is_open and not ended_by_call(case, before, happening):
            check_end(case, after, happening)
    if isinstance(happening, Alarm) and may_not_be_forgotten(before, happening):
        family = Family.EMERGENCY if happening.stage is Stage.EMERGENCY else Family.WELFARE
        assert after.open_case(family) is not None
    if isinstance(happening, Called):
        check_call(before, happening, after)
    if isinstance(happening, Stands):
        check_missing(before, happening, after, now)
    if isinstance(happening, Gives):
        check_given(before, happening, after, now)
    check_cases(before, happening, after)


def check_cases(before: File, happening: Happening, after: File) -> None:
    for case in after.cases:
        check_awake(case)
        check_owner(before.case(case.id), case, happening)


def ended_by_call(case: Case, before: File, happening: Happening) -> bool:
    """A machine alone ends a welfare case that nobody has, twice; then a person has to call."""
    return (
        isinstance(happening, Called)
        and (happening.case, happening.result) == (case.id, CallResult.OK)
        and case.family is Family.WELFARE
        and case.standing is not Standing.HELD
        and before.ledger.machine_oks < 2
    )


def check_call(before: File, called: Called, after: File) -> None:
    """Who asks for help gets it; a home that stays silent is asked about again."""
    if called.result is CallResult.HELP:
        assert after.open_case(Family.EMERGENCY)
    assert after.ledger.machine_oks - before.ledger.machine_oks in {0, 1}
    about, silent = before.case(called.case), after.open_case(Family.SILENT)
    if about and silent and ended_by_call(about, before, called):
        is_watched = silent.patience is not None
        assert after.open_case(Family.WELFARE) or (silent.unknown_at is not None) is is_watched


def check_end(case: Case, after: File, happening: Happening) -> None:
    """An emergency and an owned visit end by a person alone; nothing open just vanishes."""
    now_is = after.case(case.id)
    assert now_is is not None
    if now_is.is_open:
        assert case.family is Family.TROUBLE or now_is.stage.height >= case.stage.height
        return
    by_person = isinstance(happening, Answers) and (
        (happening.outcome is not None and happening.outcome.closes)
        or case.family is Family.TROUBLE
    )
    ended_by = happening.by if isinstance(happening, Over) else None
    if case.family is Family.EMERGENCY:
        assert by_person or ended_by in CLOSERS
    elif case.family is Family.WELFARE and case.standing is Standing.HELD:
        assert by_person or ended_by == "staff" or (ended_by and case.stage is not Stage.VISIT)
    elif case.family is Family.WELFARE:
        assert by_person or ended_by in KNOWN


def check_given(before: File, gives: Gives, after: File, now: datetime) -> None:
    """What was given stands where it stood, and nobody hears of it later than they would have."""
    case, given = before.case(gives.case), after.case(gives.case)
    assert case is not None
    assert given is not None
    if case.given_to == gives.to or (case.due and case.due <= now):
        return  # twice is once; what was due all the same has come up
    assert (given.standing, given.owner) == (case.standing, case.owner)
    assert given.again_at == case.again_at
    assert given.rungs == case.rungs
    if given.standing is Standing.HELD:
        wait = TIMES.emergency_give if case.family is Family.EMERGENCY else TIMES.give
        assert given.until is not None
        assert case.until is not None
        assert given.until <= min(case.until, now + wait)


def check_owner(before: Case | None, case: Case, happening: Happening) -> None:
    """Nobody has a case who has not said so; what was given waits only where it is open."""
    if case.owner and (before is None or before.owner != case.owner):
        assert isinstance(happening, Answers)
        assert (happening.answer, happening.by) == (Answer.HOLD, case.owner)
        assert (
            before is None
            or before.standing is not Standing.HELD
            or (before.given_to == case.owner)
        )
    if case.owner and case.given_to:
        assert case.owner != case.given_to
    if not case.is_open:
        assert case.given_to is None


def check_missing(before: File, stands: Stands, after: File, now: datetime) -> None:
    """A heartbeat calms nothing; alone, or soon after a person has closed, it opens nothing."""
    new = (case for case in after.cases if before.case(case.id) is None)
    opened = [case for case in new if case.cause == "alert_missing"]
    for case in opened:
        assert case.missing == stands.version > before.ledger.newest
        assert before.ledger.climbed is not None
        assert now - before.ledger.climbed.since >= APART
        pause = TIMES.emergency_rearm if case.family is Family.EMERGENCY else TIMES.rearm
        ended = {word.episode for word in before.ledger.ended}
        calm_at = stands.calm_at or before.ledger.climbed.calm_at
        assert all(
            now - word.at >= pause or (calm_at is not None and calm_at > word.at)
            for word in before.ledger.answered
            if word.family is case.family and word.missing is None and word.episode not in ended
        )


def check_awake(case: Case) -> None:
    """Whatever somebody must do comes back by itself until it is done."""
    if case.is_open and case.family in {Family.WELFARE, Family.EMERGENCY}:
        assert case.due is not None


def may_not_be_forgotten(before: File, alarm: Alarm) -> bool:
    """What is new by order: above every version, or under an id that said something else."""
    ledger = before.ledger
    highest = max(ledger.welfare_version, ledger.emergency_version, 0)
    ended = max((word.version for word in ledger.ended), default=0)
    newest = alarm.version > max(highest, ended)
    answered = any(
        word.episode == alarm.episode or alarm.version <= (word.missing or 0)
        for word in ledger.answered
    )
    return alarm.as_new or (newest and not answered)


def restored(file: File) -> File:
    return msgspec.json.decode(msgspec.json.encode(file), type=File)


@settings(max_examples=400, deadline=None)
@given(st.lists(steps, min_size=1, max_size=12))
def test_whatever_happens_nothing_is_forgotten_and_only_people_close_what_they_must(
    life: list[Step],
) -> None:
    file, now = empty(), START
    for step in life:
        now += timedelta(minutes=step.after)
        happening = happening_of(step, file, now)
        decision = decide(file, happening, times=TIMES, now=now)
        check(file, happening, decision, now)
        # the store keeps open cases only
        still_open = tuple(case for case in decision.file.cases if case.is_open)
        file = File(ledger=decision.file.ledger, cases=still_open)


def test_every_sign_has_a_row_for_every_standing() -> None:
    assert TABLE.keys() == set(Sign)
    for sign, row in TABLE.items():
        assert row.keys() == set(Standing) - {Standing.CLOSED}, sign
        assert set(row.values()) <= set(Act)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("stage", [*WELFARE, Stage.EMERGENCY])
def test_a_receipt_names_the_episode_and_the_outcome_closes_or_comes_back(
    stage: Stage, outcome: Outcome
) -> None:
    alarm = Alarm(
        id="a", stage=stage, cause="c", episode=7, version=7, said="first", happened=START
    )
    opened = decide(empty(), alarm, times=TIMES, now=START).file
    (case,) = opened.cases
    answer = Answers(case=case.id, answer=Answer.HANDLED, by="kim", outcome=outcome)
    later = START + timedelta(minutes=1)
    decision = decide(opened, answer, times=TIMES, now=later)
    (receipt,) = receipts(decision.effects)
    assert (receipt.case.episode, receipt.outcome) == (7, outcome)
    closed = decision.file.case(case.id)
    assert closed is not None
    assert closed.is_open is not outcome.closes
    assert outcome.closes or (decision.due is not None and decision.due - later <= TIMES.rearm)


def receipts(effects: Sequence[object]) -> list[SendReceipt]:
    return [effect for effect in effects if isinstance(effect, SendReceipt)]


def test_the_same_decision_made_twice_is_the_same_case() -> None:
    alarm = Alarm(
        id="a", stage=Stage.QUIET, cause="c", episode=1, version=1, said="first", happened=START
    )
    first, second = (decide(empty(), alarm, times=TIMES, now=START) for _ in range(2))
    assert first == second


def test_a_home_restored_from_a_backup_is_heard_although_its_versions_are_old() -> None:
    over = Over(episode=40, version=41, by="activity", happened=START)
    file = decide(empty(), over, times=TIMES, now=START).file
    later = START + timedelta(hours=9)
    alarm = Alarm(
        id="a", stage=Stage.QUIET, cause="c", episode=12, version=12, said="first", happened=later
    )
    assert decide(file, alarm, times=TIMES, now=later).file.open_case(Family.WELFARE)


def test_a_restored_home_whose_clock_falls_behind_is_heard_by_its_higher_number() -> None:
    over = Over(episode=40, version=41, by="activity", happened=START)
    file = decide(empty(), over, times=TIMES, now=START).file
    anew = START + timedelta(hours=9)
    again = Over(episode=11, version=12, by="activity", happened=anew)
    file = decide(file, again, times=TIMES, now=anew).file
    alarm = Alarm(
        id="a",
        stage=Stage.QUIET,
        cause="c",
        episode=13,
        version=13,
        said="first",
        happened=anew - timedelta(minutes=1),
    )
    assert decide(file, alarm, times=TIMES, now=anew).file.open_case(Family.WELFARE)
