"""Homes that live otherwise on days off, and those that do not."""

from custom_components.anshim_knock.logic.rhythm import Parameters, Rhythm, Rung
from custom_components.anshim_knock.logic.rhythm.backtest import Sign
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR
from tests.logic.rhythm.lives import MONDAY, fed, plain_day

TUESDAY, FRIDAY = 1, 4
WEEKS = 12


def lying_in(weeks: int, *, rises: float) -> list[Sign]:
    """Up at six, and at `rises` on Saturdays and Sundays."""
    return [
        sign
        for day in range(7 * weeks)
        for sign in plain_day(MONDAY + day * DAY, up=rises if day % 7 > FRIDAY else 6.0)
    ]


def asked_after(rhythm: Rhythm, evening: int) -> float:
    """Hours of silence, from bedtime of a day of the week after the last one lived."""
    at = MONDAY + (7 * WEEKS + evening) * DAY + 22 * HOUR
    rhythm.activity(at, "bathroom")
    return (rhythm.deadline(Rung.QUIET).at - at) / HOUR


def test_who_lies_in_at_weekends_is_asked_later_then_and_sooner_in_the_week() -> None:
    signs = lying_in(WEEKS, rises=9.5)
    workday, weekend = asked_after(fed(signs), TUESDAY), asked_after(fed(signs), FRIDAY)
    assert weekend > workday + 1.0


def test_who_lives_every_day_alike_is_asked_alike() -> None:
    signs = lying_in(WEEKS, rises=6.0)
    workday, weekend = asked_after(fed(signs), TUESDAY), asked_after(fed(signs), FRIDAY)
    assert abs(weekend - workday) < 0.25


def test_a_holiday_is_lived_like_a_sunday_if_somebody_says_that_it_is_one() -> None:
    signs = lying_in(WEEKS, rises=9.5)
    wednesday = int(MONDAY // DAY) + 7 * WEEKS + TUESDAY + 1
    told = fed(signs, Rhythm(parameters=Parameters(holidays=frozenset({wednesday}))))
    assert asked_after(told, TUESDAY) > asked_after(fed(signs), TUESDAY) + 1.0


def test_one_weekend_that_was_slept_through_says_little_yet() -> None:
    alike = [s for s in lying_in(WEEKS, rises=6.0) if s.at < MONDAY + (7 * WEEKS - 2) * DAY]
    last = [s for s in lying_in(WEEKS, rises=9.5) if s.at >= MONDAY + (7 * WEEKS - 2) * DAY]
    rhythm = fed([*alike, *last])
    weekend = asked_after(rhythm, FRIDAY)
    assert weekend < asked_after(fed(lying_in(WEEKS, rises=9.5)), FRIDAY) - 0.5
