import pytest

from custom_components.anshim_knock.logic.rhythm import Place, Rhythm, Rung, Why
from custom_components.anshim_knock.logic.rhythm.backtest import Sign
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR
from tests.logic.rhythm.lives import MONDAY, fed, made_up, plain_life

DAYS = 30
NINE = MONDAY + DAYS * DAY + 9 * HOUR


@pytest.fixture
def rhythm() -> Rhythm:
    rhythm = fed(plain_life(DAYS))
    rhythm.activity(NINE, "kitchen")
    return rhythm


def test_a_blind_home_is_asked_at_the_ceiling(rhythm: Rhythm) -> None:
    rhythm.watch(NINE + HOUR, lost=(), blind=True)
    verdict = rhythm.deadline(Rung.CALL)
    assert (verdict.at, verdict.why) == (NINE + 24 * HOUR, Why.CEILING)


def test_unwatched_time_does_not_accuse(rhythm: Rhythm) -> None:
    seen = rhythm.deadline(Rung.QUIET).at
    rhythm.watch(NINE + HOUR, lost=(), blind=True)
    rhythm.watch(NINE + 3 * HOUR, lost=(), blind=False)
    assert rhythm.deadline(Rung.QUIET).at == seen + 2 * HOUR


def test_unwatched_time_does_not_train(rhythm: Rhythm) -> None:
    before = rhythm.days, rhythm.tail.rare, rhythm.nights.days
    rhythm.watch(NINE + HOUR, lost=(), blind=True)
    rhythm.watch(NINE + 7 * HOUR, lost=(), blind=False)
    rhythm.activity(NINE + 8 * HOUR, "kitchen")
    assert (rhythm.days, rhythm.tail.rare, rhythm.nights.days) == before


def test_looking_at_the_watch_changes_no_deadline(rhythm: Rhythm) -> None:
    undisturbed = rhythm.deadline(Rung.CALL).at
    for quarter in range(1, 12):
        rhythm.watch(NINE + quarter * 900, lost=(), blind=False)
    assert rhythm.deadline(Rung.CALL).at == pytest.approx(undisturbed, abs=1e-3)


def test_silence_says_less_while_a_source_is_dead(rhythm: Rhythm) -> None:
    seen = rhythm.deadline(Rung.CALL).at
    rhythm.watch(NINE, lost=("kitchen", "bathroom"), blind=False)
    assert rhythm.deadline(Rung.CALL).at > seen
    assert rhythm.explain().audible < 0.6


def test_a_source_that_never_speaks_alone_is_no_loss() -> None:
    signs = [s for sign in plain_life(DAYS) for s in (sign, Sign(sign.at + 5, "hall"))]
    rhythm = fed(signs)
    rhythm.activity(NINE, "kitchen")
    rhythm.watch(NINE, lost=("hall",), blind=False)
    assert rhythm.explain().audible == pytest.approx(1.0)


def test_a_busy_source_that_falls_silent_is_noticed_without_being_told(rhythm: Rhythm) -> None:
    fed([s for s in plain_life(3, first=DAYS + 1) if s.source != "living"], rhythm)
    assert rhythm.explain().missing == {"living"}


def test_a_silent_home_accuses_no_source(rhythm: Rhythm) -> None:
    rhythm.activity(NINE + 5 * DAY, "kitchen")
    assert rhythm.explain().missing == frozenset()


def test_a_source_that_speaks_again_is_missed_no_longer(rhythm: Rhythm) -> None:
    fed([s for s in plain_life(3, first=DAYS + 1) if s.source != "living"], rhythm)
    fed(plain_life(1, first=DAYS + 4), rhythm)
    assert rhythm.explain().missing == frozenset()


def test_a_sign_that_is_told_late_changes_nothing(rhythm: Rhythm) -> None:
    before = rhythm.deadline(Rung.CALL)
    rhythm.activity(NINE - 600, "bathroom")
    assert rhythm.deadline(Rung.CALL) == before


def test_a_clock_set_back_leaves_nobody_unwatched(rhythm: Rhythm) -> None:
    rhythm.activity(NINE + 400 * DAY, "kitchen")
    rhythm.activity(NINE + HOUR, "kitchen")
    assert rhythm.deadline(Rung.CALL).at <= NINE + 17 * HOUR


def test_an_explanation_counts_what_is_missing_until_the_learned_limit_holds() -> None:
    explained = fed(plain_life(5)).explain()
    assert explained.verdicts[Rung.CALL].why is Why.COLD
    assert explained.days + explained.days_missing == pytest.approx(7.0)


def test_the_budget_is_used_up_at_the_deadline(rhythm: Rhythm) -> None:
    at = rhythm.deadline(Rung.CALL)
    rhythm.watch(at.at, lost=(), blind=False)
    used = rhythm.explain().used
    if at.why is Why.LEARNED:
        assert used[Rung.CALL] == pytest.approx(1.0, rel=1e-3)
    assert used[Rung.QUIET] >= used[Rung.CALL]


def test_a_sign_told_late_ends_the_silence_when_told_and_begins_the_next_when_it_was() -> None:
    told = fed(plain_life(DAYS))
    told.activity(NINE, "phone", told=NINE + HOUR)
    seen = fed(plain_life(DAYS))
    seen.activity(NINE, "phone")
    assert told.deadline(Rung.CALL).at - seen.deadline(Rung.CALL).at < 60
    assert told.days - seen.days == pytest.approx(1 / 24)


def test_signs_told_late_one_after_the_other_count_each_day_once() -> None:
    rhythm = Rhythm()
    for hour in range(49):
        rhythm.activity(MONDAY + max(hour - 1, 0) * HOUR, "phone", told=MONDAY + hour * HOUR)
    assert rhythm.days == pytest.approx(2.0)


def test_what_was_watched_long_enough_stays_due_however_blind_the_home_becomes(
    rhythm: Rhythm,
) -> None:
    due = {rung: rhythm.deadline(rung) for rung in Rung}
    later = due[Rung.CALL].at + HOUR
    rhythm.watch(later, lost=("kitchen", "bathroom", "living"), blind=True)
    assert {rung: rhythm.deadline(rung) for rung in Rung} == due
    rhythm.activity(later + HOUR, "kitchen")
    assert rhythm.deadline(Rung.CALL).at == later + 25 * HOUR


def test_the_limits_of_the_day_are_those_of_a_home_that_can_be_seen(rhythm: Rhythm) -> None:
    before = rhythm.limits(Rung.CALL)
    rhythm.watch(rhythm.spoke, lost=["kitchen", "bathroom", "living"], blind=True)
    assert rhythm.limits(Rung.CALL) == before


def test_a_silence_of_weeks_can_still_be_explained() -> None:
    rhythm = fed(plain_life(30))
    rhythm.watch(MONDAY + 90 * DAY, lost=(), blind=False)
    assert rhythm.explain().used[Rung.CALL] > 1.0


def without(source: str, days: int, first: int) -> list[Sign]:
    return [s for s in plain_life(days, first=first) if s.source != source]


def test_a_dead_source_is_no_decline_and_one_that_is_no_longer_used_is() -> None:
    """The busiest one falls silent. Told that it died, the home lives as before."""
    signs = made_up(70, 90)
    silent = signs[0].at + 36 * DAY
    hours = []
    for lost in (["kitchen"], []):
        rhythm = fed(s for s in signs if s.at < silent)
        rhythm.watch(silent, lost=lost, blind=False)
        fed((s for s in signs if s.at >= silent and s.source != "kitchen"), rhythm)
        assert rhythm.explain().missing == {"kitchen"}
        hours.append(rhythm.anchor.held)
    few, most = hours
    assert few < 6
    assert most > 12


def test_a_decline_is_told_while_a_source_is_dead() -> None:
    rhythm = fed(plain_life(40))
    rhythm.watch(rhythm.spoke + 60, lost=["living"], blind=False)
    fed(without("living", 10, first=40), rhythm)
    for week in range(30):
        later = min(week / 6, 4.5)
        days = plain_life(7, first=50 + 7 * week, up=7 + later, bed=22 - later)
        fed([s for s in days if s.source != "living"], rhythm)
    assert rhythm.explain().missing == {"living"}
    assert rhythm.explain().declining


def test_whoever_hears_all_sources_again_holds_to_what_was_accepted() -> None:
    rhythm = fed(plain_life(40))
    for lost in (["living"], ["living", "kitchen"], ["kitchen"]):
        rhythm.watch(rhythm.spoke + 60, lost=lost, blind=False)
        assert rhythm.anchor.longest(23, rhythm.parameters) > 0
    accepted = [*rhythm.anchor.accepted]
    rhythm.watch(rhythm.spoke + 90, lost=(), blind=False)
    assert (rhythm.anchor.accepted, rhythm.anchor.stretched) == (accepted, [])


def test_a_source_that_is_live_and_no_longer_used_lengthens_nothing_that_was_accepted() -> None:
    """Who stops cooking a meal, then sitting in the living room, does less: the radio is fine."""
    rhythm = fed(plain_life(40))
    p, accepted = rhythm.parameters, [*rhythm.anchor.accepted]
    for unused in (("living",), ("living", "bathroom")):
        days = plain_life(14, first=40 if len(unused) == 1 else 54)
        fed((s for s in days if s.source not in unused), rhythm)
    assert rhythm.explain().missing == {"living", "bathroom"}
    assert not rhythm.anchor.stretched
    for hour, limit in enumerate(accepted):
        assert rhythm.anchor.longest(hour, p) <= limit + p.anchor_slack


def test_a_night_ends_as_early_as_ever_when_a_live_source_is_no_longer_used() -> None:
    """After the front door, with the phone at home, nothing but the longest night is waited for."""
    unused, dead = (fed(without("living", 3, first=40), fed(plain_life(40))) for _ in range(2))
    for rhythm, lost in (unused, []), (dead, ["living"]):
        rhythm.watch(rhythm.spoke + 60, lost=lost, blind=False)
        assert rhythm.explain().missing == {"living"}
        at = rhythm.spoke + HOUR
        rhythm.presence(at, home=True)
        rhythm.activity(at + HOUR, "front", Place.OUTER_DOOR)
    p, due = unused.parameters, unused.deadline(Rung.CALL).at
    assert due - unused.spoke == pytest.approx(unused.nights.longest(p.call_budget, p))
    assert dead.deadline(Rung.CALL).at > due


def test_what_comes_and_goes_beside_one_that_is_dead_for_good_stretches_nothing_more() -> None:
    rhythm = fed(plain_life(40))
    rhythm.watch(rhythm.spoke + 60, lost=["living"], blind=False)
    once = [*rhythm.anchor.stretched]
    for turn in range(4):
        first = 40 + 14 * turn
        rhythm.watch(rhythm.spoke + 60, lost=["living", "kitchen"], blind=False)
        fed((s for s in without("living", 7, first=first) if s.source != "kitchen"), rhythm)
        rhythm.watch(rhythm.spoke + 60, lost=["living"], blind=False)
        fed(without("living", 7, first=first + 7), rhythm)
    assert max(rhythm.anchor.stretched) <= max(once)


def test_a_source_that_never_spoke_keeps_nothing_stretched() -> None:
    """A ghost, or one that nobody proved, is lost for ever."""
    rhythm = fed(plain_life(40))
    rhythm.watch(rhythm.spoke + 60, lost=["ghost"], blind=False)
    assert not rhythm.anchor.stretched
    rhythm.watch(rhythm.spoke + 70, lost=["ghost", "kitchen"], blind=False)
    assert rhythm.anchor.stretched
    rhythm.watch(rhythm.spoke + 80, lost=["ghost"], blind=False)
    assert not rhythm.anchor.stretched


@pytest.mark.parametrize("word", [True, False], ids=["a person's word", "the first time"])
def test_what_a_deaf_home_accepts_is_the_life_that_all_its_sources_hear(*, word: bool) -> None:
    days = 40 if word else 27
    rhythm, whole = fed(plain_life(days)), fed(plain_life(days))
    rhythm.watch(rhythm.spoke + 60, lost=["kitchen", "living"], blind=False)
    if word:
        rhythm.accept()
        whole.accept()
    life = plain_life(3, first=days)
    fed((s for s in life if s.source == "bathroom"), rhythm)
    fed(life, whole)
    assert max(rhythm.anchor.stretched) > 1.1
    assert not rhythm.explain().declining
    rhythm.watch(rhythm.spoke + 60, lost=(), blind=False)
    for deaf, heard in zip(rhythm.anchor.accepted, whole.anchor.accepted, strict=True):
        assert rhythm.anchor.stretched == []
        assert deaf == pytest.approx(heard, rel=0.1)


def test_a_source_that_comes_and_goes_stretches_nothing() -> None:
    rhythm = fed(plain_life(40))
    rhythm.watch(rhythm.spoke + 60, lost=["kitchen"], blind=False)
    once = [*rhythm.anchor.stretched]
    for turn in range(20):
        lost = ["kitchen", "living"] if turn % 2 else ["kitchen"]
        rhythm.watch(rhythm.spoke + 61 + turn, lost=lost, blind=False)
    rhythm.watch(rhythm.spoke + 90, lost=["kitchen"], blind=False)
    assert rhythm.anchor.stretched == pytest.approx(once)


def test_a_night_may_be_heard_to_end_later_while_a_busy_source_is_dead() -> None:
    rhythm = fed(made_up(3, 40))
    night = rhythm.nights
    wait = rhythm.voices.wait(rhythm.pace.days)
    p = rhythm.parameters
    heard = night.longest(p.call_budget, p)
    assert heard < night.longest(p.call_budget, p, rate=0.7, wait=wait) < heard + 4 * HOUR


def test_however_little_is_heard_nobody_is_left_longer_than_the_cap() -> None:
    rhythm = fed(plain_life(40))
    rhythm.watch(rhythm.spoke, lost=["kitchen", "living", "bathroom"], blind=False)
    assert rhythm.deadline(Rung.CALL).at <= rhythm.spoke + rhythm.parameters.longest_cap


def test_what_a_nearly_deaf_home_did_not_hear_makes_no_silence_ordinary() -> None:
    rhythm, deaf = fed(plain_life(DAYS)), fed(plain_life(DAYS))
    for each, lost in ((rhythm, ()), (deaf, ("kitchen", "living", "bathroom"))):
        each.watch(each.spoke, lost=lost, blind=False)
        each.activity(MONDAY + DAYS * DAY + 13 * HOUR, "kitchen")
    assert rhythm.tail.rare > deaf.tail.rare
