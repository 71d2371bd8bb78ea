from math import inf

from custom_components.anshim_knock.logic.rhythm import Place, Rhythm, Rung, Why
from custom_components.anshim_knock.logic.rhythm.backtest import Sign
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR, MINUTE
from tests.logic.rhythm.lives import MONDAY, fed, outings, plain_day, plain_life

DAYS = 30
NOON = MONDAY + DAYS * DAY + 12 * HOUR


def test_the_door_that_frames_the_quiet_hours_is_the_way_out() -> None:
    assert fed(outings(DAYS)).ways_out == {"front"}


def test_after_the_way_out_silence_may_mean_out() -> None:
    rhythm = fed(outings(DAYS))
    rhythm.activity(NOON, "front", Place.DOOR)
    verdict = rhythm.deadline(Rung.CALL)
    assert (verdict.at, verdict.why) == (NOON + 24 * HOUR, Why.OUT)


def test_life_inside_after_the_door_proves_that_someone_is_in() -> None:
    rhythm = fed(outings(DAYS))
    rhythm.activity(NOON, "front", Place.DOOR)
    rhythm.activity(NOON + 3 * MINUTE, "kitchen")
    verdict = rhythm.deadline(Rung.CALL)
    assert verdict.why is not Why.OUT
    assert verdict.at < NOON + 12 * HOUR


def test_a_motion_sensor_in_the_hall_that_ends_with_the_leaving_proves_nothing() -> None:
    rhythm = fed(outings(DAYS))
    rhythm.activity(NOON, "front", Place.DOOR)
    rhythm.activity(NOON + 20, "living")
    assert rhythm.deadline(Rung.CALL).why is Why.OUT


def test_a_bedroom_door_that_frames_naps_and_nights_is_no_way_out() -> None:
    signs = []
    for number in range(DAYS):
        day = MONDAY + number * DAY
        inside = [s for s in plain_day(day) if not 13 <= (s.at - day) / HOUR <= 14.5]
        hours = (7.0, 13.0, 14.5, 22.3)
        bedroom = [Sign(day + hour * HOUR, "bedroom", Place.DOOR) for hour in hours]
        signs += sorted([s for s in inside if s.at > bedroom[0].at] + bedroom)
    assert fed(signs).ways_out == frozenset()


def test_a_fridge_used_at_random_is_no_way_out() -> None:
    signs = [s._replace(place=Place.DOOR) for s in plain_life(DAYS)]
    assert fed(signs).ways_out == frozenset()


def test_the_technicians_word_beats_what_the_doors_show() -> None:
    rhythm = fed(outings(DAYS))
    rhythm.activity(NOON, "garden", Place.OUTER_DOOR)
    assert rhythm.ways_out == {"garden"}
    assert rhythm.deadline(Rung.CALL).why is Why.OUT


def test_a_named_door_counts_from_the_first_day() -> None:
    rhythm = fed([Sign(MONDAY, "garden", Place.OUTER_DOOR)])
    verdict = rhythm.deadline(Rung.CALL)
    assert (verdict.at, verdict.why) == (MONDAY + 14 * HOUR, Why.OUT)


def test_nobody_is_called_while_the_resident_is_known_to_be_away() -> None:
    rhythm = fed(plain_life(DAYS))
    rhythm.presence(NOON, home=False)
    assert (rhythm.deadline(Rung.CALL).at, rhythm.deadline(Rung.CALL).why) == (inf, Why.AWAY)


def test_the_clock_starts_again_when_the_resident_comes_back() -> None:
    rhythm = fed(plain_life(DAYS))
    rhythm.presence(NOON, home=False)
    rhythm.presence(NOON + 30 * HOUR, home=True)
    assert NOON + 34 * HOUR <= rhythm.deadline(Rung.CALL).at <= NOON + 46 * HOUR


def test_life_inside_while_away_means_that_the_phone_went_alone() -> None:
    rhythm = fed(plain_life(DAYS))
    rhythm.presence(NOON, home=False)
    rhythm.activity(NOON + HOUR, "kitchen")
    assert rhythm.deadline(Rung.CALL).at < NOON + 12 * HOUR


def test_closing_the_door_behind_oneself_does_not() -> None:
    rhythm = fed(plain_life(DAYS))
    rhythm.presence(NOON, home=False)
    rhythm.activity(NOON + 30, "kitchen")
    assert rhythm.deadline(Rung.CALL).why is Why.AWAY


def test_a_tracker_that_no_longer_knows_keeps_nobody_away() -> None:
    rhythm = fed(plain_life(DAYS))
    rhythm.presence(NOON, home=False)
    rhythm.presence(NOON + HOUR, home=None)
    assert rhythm.deadline(Rung.CALL).at < NOON + 24 * HOUR


def test_a_phone_left_at_home_does_not_shorten_an_outing_to_a_collapse() -> None:
    rhythm = fed(outings(DAYS))
    rhythm.presence(NOON - HOUR, home=True)
    rhythm.activity(NOON, "front", Place.DOOR)
    verdict = rhythm.deadline(Rung.CALL)
    assert verdict.why is Why.OUT
    assert 9 * HOUR < verdict.at - NOON <= 16 * HOUR


def test_time_away_does_not_train() -> None:
    rhythm: Rhythm = fed(plain_life(DAYS))
    before = rhythm.days
    rhythm.presence(rhythm.spoke, home=False)
    rhythm.presence(rhythm.spoke + 10 * HOUR, home=True)
    assert rhythm.days == before


def test_a_door_that_opens_before_the_phone_says_back_makes_no_rhythm_of_the_outing() -> None:
    rhythm: Rhythm = fed(plain_life(DAYS))
    before = rhythm.days
    left = rhythm.spoke
    rhythm.presence(left, home=False)
    rhythm.activity(left + 10 * HOUR, "front", Place.DOOR)
    rhythm.presence(left + 10 * HOUR + 40, home=True)
    assert rhythm.days - before < 5 * MINUTE / DAY


def test_who_was_said_to_have_left_and_is_in_the_kitchen_minutes_later_is_not_away() -> None:
    rhythm = fed(plain_life(DAYS))
    rhythm.presence(NOON, home=False)
    rhythm.activity(NOON + 7 * MINUTE, "kitchen")
    assert rhythm.deadline(Rung.CALL).at < NOON + 12 * HOUR


def test_one_odd_sign_while_away_calls_and_does_not_teach() -> None:
    rhythm = fed(plain_life(DAYS))
    rhythm.presence(NOON, home=False)
    # Stepped on and off.
    rhythm.activity(NOON + 2 * HOUR, "mat")
    rhythm.activity(NOON + 2 * HOUR + 30, "mat")
    assert rhythm.deadline(Rung.CALL).at < NOON + 14 * HOUR
    before = rhythm.days
    rhythm.presence(NOON + 10 * HOUR, home=True)
    assert rhythm.days == before


def test_life_that_goes_on_while_away_teaches_again() -> None:
    rhythm = fed(plain_life(DAYS))
    rhythm.presence(NOON, home=False)
    for turn in range(1, 5):
        rhythm.activity(NOON + turn * HOUR, "kitchen")
    before = rhythm.days
    rhythm.activity(NOON + 5 * HOUR, "kitchen")
    assert rhythm.days == before + HOUR / DAY
