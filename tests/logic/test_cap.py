"""The district's wishes for a shorter limit: each for good or until a date, and never less care."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from custom_components.anshim_knock.logic.cap import Cap, shortest, with_wish

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOST = 4

hours = st.integers(1, 48).map(lambda number: timedelta(hours=number))
ends = st.none() | st.integers(-2, 72).map(lambda number: NOON + timedelta(hours=number))
wishes = st.lists(st.builds(Cap, limit=hours, until=ends), max_size=12)


def held(given: list[Cap]) -> tuple[Cap, ...]:
    caps: tuple[Cap, ...] = ()
    for wish in given:
        caps = with_wish(caps, wish, NOON)
    return caps


@given(wishes=wishes, later=st.integers(0, 80))
def test_at_every_moment_the_limit_is_as_short_as_any_wish_that_still_holds(
    wishes: list[Cap], later: int
) -> None:
    now = NOON + timedelta(hours=later)
    wanted = shortest(tuple(wish for wish in wishes if wish.holds(NOON)), now)
    found = shortest(held(wishes), now)
    assert wanted is None or (found is not None and found <= wanted)


@given(wishes=wishes)
def test_however_many_wishes_come_few_are_kept_and_none_is_made_up(wishes: list[Cap]) -> None:
    caps = held(wishes)
    assert len(caps) <= MOST
    assert {cap.limit for cap in caps} <= {wish.limit for wish in wishes}
    assert {cap.until for cap in caps} <= {wish.until for wish in wishes}


def test_a_few_wishes_are_kept_as_they_are() -> None:
    night, week = NOON + timedelta(hours=20), NOON + timedelta(days=7)
    caps = (
        Cap(limit=timedelta(hours=4), until=night),
        Cap(limit=timedelta(hours=8), until=week),
        Cap(limit=timedelta(hours=12)),
    )
    assert held([caps[2], caps[0], caps[1]]) == caps
    assert shortest(caps, night) == timedelta(hours=8)
    assert shortest(caps, week) == timedelta(hours=12)
    assert shortest(caps, None) == timedelta(hours=4)


def test_a_wish_whose_end_has_passed_is_none() -> None:
    assert held([Cap(limit=timedelta(hours=4), until=NOON)]) == ()
