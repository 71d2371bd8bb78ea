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


@given(wishes=wishes, later=st.integers(-80, 80))
def test_at_every_moment_the_limit_is_as_short_as_any_wish_that_still_holds(
    wishes: list[Cap], later: int
) -> None:
    now = NOON + timedelta(hours=later)
    wanted = shortest(tuple(wishes), now)
    found = shortest(held(wishes), now)
    assert wanted is None or (found is not None and found <= wanted)


@given(wishes=wishes)
def test_however_many_wishes_come_few_are_kept_and_none_is_made_up(wishes: list[Cap]) -> None:
    caps = held(wishes)
    assert len([cap for cap in caps if cap.holds(NOON)]) <= MOST
    assert len(caps) <= 2 * MOST
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


def test_what_seems_over_to_a_clock_that_is_ahead_holds_again_when_it_is_set_right() -> None:
    week = NOON + timedelta(days=7)
    strict, mild = Cap(limit=timedelta(hours=4), until=week), Cap(limit=timedelta(hours=12))
    caps = with_wish(held([strict]), mild, NOON + timedelta(days=20))
    assert shortest(caps, NOON + timedelta(days=20)) == mild.limit
    assert shortest(caps, NOON) == strict.limit


def test_a_wish_that_seems_over_when_it_comes_holds_once_the_clock_is_right() -> None:
    wish = Cap(limit=timedelta(hours=4), until=NOON + timedelta(days=2))
    caps = with_wish((), wish, NOON + timedelta(days=400))
    assert shortest(caps, NOON + timedelta(days=400)) is None
    assert shortest(caps, NOON) == wish.limit


def test_what_is_over_makes_nothing_stricter_that_holds() -> None:
    over = [Cap(limit=timedelta(hours=n), until=NOON - timedelta(days=9 - n)) for n in range(1, 7)]
    hold = [Cap(limit=timedelta(hours=n), until=NOON + timedelta(days=n)) for n in range(10, 13)]
    caps = held([*over, *hold])
    assert [cap for cap in caps if cap.holds(NOON)] == hold
    assert len(caps) == MOST + len(hold)


def test_a_wish_that_has_been_over_for_a_month_is_kept_no_longer() -> None:
    old = Cap(limit=timedelta(hours=4), until=NOON - timedelta(days=31))
    new = Cap(limit=timedelta(hours=8))
    assert with_wish((old,), new, NOON) == (new,)
