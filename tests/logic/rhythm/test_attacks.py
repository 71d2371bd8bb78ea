"""Sequences nobody planned for: no limit beyond the ceiling, nothing taught by what was unseen."""

from math import inf, isinf

from hypothesis import given, settings, strategies as st

from custom_components.anshim_knock.logic.rhythm import Place, Rhythm, Rung, Why
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR
from tests.logic.rhythm.lives import MONDAY, fed, plain_life
from tests.logic.rhythm.test_rhythm_snapshot import STEPS, taken, through_json

CEILING = 24 * HOUR
type Steps = list[tuple[str, float, str]]


def lived(steps: Steps, rhythm: Rhythm) -> float:
    """Take the steps, forwards only, and say when it is then."""
    at = rhythm.spoke
    for what, later, source in steps:
        at += abs(later)
        taken(rhythm, at, what, source)
    return at


@given(steps=STEPS, days=st.sampled_from([0, 3, 8, 40]))
@settings(max_examples=150, deadline=None)
def test_whatever_happens_nobody_at_home_waits_longer_than_a_day(steps: Steps, days: int) -> None:
    rhythm = fed(plain_life(days)) if days else Rhythm()
    if rhythm.spoke == inf:
        rhythm.activity(MONDAY, "a")
    lived(steps, rhythm)
    silence = rhythm.silence
    assert silence is not None
    for rung in Rung:
        verdict = rhythm.deadline(rung)
        if rhythm.home is False:
            assert verdict.why is Why.AWAY
            continue
        assert not isinf(verdict.at)
        assert verdict.at - silence.since <= CEILING + 1


@given(steps=STEPS)
@settings(max_examples=100, deadline=None)
def test_the_pre_alarm_never_comes_after_the_call(steps: Steps) -> None:
    rhythm = fed(plain_life(40))
    lived(steps, rhythm)
    assert rhythm.deadline(Rung.QUIET).at <= rhythm.deadline(Rung.CALL).at


@given(steps=STEPS)
@settings(max_examples=100, deadline=None)
def test_a_blind_home_learns_nothing_whatever_its_sources_claim(steps: Steps) -> None:
    rhythm = fed(plain_life(20))
    rhythm.watch(rhythm.spoke, lost=[], blind=True)
    rhythm.activity(rhythm.spoke, "kitchen")
    before = rhythm.pace.asked, rhythm.days
    kept = [[*row] for row in rhythm.pace.asked]
    lived([step for step in steps if step[0] not in {"blind", "lost", "seen"}], rhythm)
    assert (kept, before[1]) == (rhythm.pace.asked, rhythm.days)


@given(before=STEPS, after=STEPS, days=st.sampled_from([0, 5, 30]))
@settings(max_examples=80, deadline=None)
def test_a_home_with_a_past_goes_on_after_a_restart_as_without_one(
    before: Steps, after: Steps, days: int
) -> None:
    rhythm = fed(plain_life(days)) if days else Rhythm()
    if rhythm.spoke == inf:
        rhythm.activity(MONDAY, "a")
    at = lived(before, rhythm)
    restored = through_json(rhythm)
    for what, later, source in after:
        at += later
        taken(rhythm, at, what, source)
        taken(restored, at, what, source)
        assert restored.explain() == rhythm.explain()
        assert restored.limits(Rung.CALL) == rhythm.limits(Rung.CALL)
        assert restored.usual() == rhythm.usual()


def test_silences_that_grow_by_an_hour_a_week_end_at_the_ceiling_of_what_was_accepted() -> None:
    """Who does a little less each week is asked in the end, and never later than after a day."""
    rhythm = fed(plain_life(40))
    asked = 0
    for week in range(16):
        for day in range(7):
            number = 40 + week * 7 + day
            for sign in plain_life(1, first=number, up=7.0 + week * 0.5, bed=22.0 - week * 0.5):
                asked += rhythm.deadline(Rung.CALL).at < sign.at
                rhythm.activity(sign.at, sign.source)
    assert asked > 5
    assert max(rhythm.limits(Rung.CALL)) <= 16 * HOUR


def test_a_ghost_that_was_never_found_cannot_lengthen_a_limit_beyond_the_ceiling() -> None:
    """A fridge taken for life: the home stays calm, but what it taught ends with it."""
    rhythm = fed(plain_life(30))
    for minute in range(0, 3 * 24 * 60, 40):
        rhythm.activity(MONDAY + 30 * DAY + minute * 60, "ghost")
    at = MONDAY + 33 * DAY
    rhythm.activity(at, "kitchen")
    assert rhythm.deadline(Rung.CALL).at - at <= 16 * HOUR


def test_two_doors_open_for_ever_are_still_the_ceiling() -> None:
    rhythm = fed(plain_life(30))
    at = MONDAY + 30 * DAY
    for hour in range(20):
        rhythm.activity(at + hour * HOUR, "front", Place.OUTER_DOOR)
    verdict = rhythm.deadline(Rung.CALL)
    assert (verdict.why, verdict.at) == (Why.OUT, at + 19 * HOUR + CEILING)
