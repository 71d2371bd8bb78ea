from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from custom_components.anshim_knock.logic.journal import (
    GHOST_BEFORE,
    Block,
    Entry,
    Mark,
    block_of,
    line_of,
    without_ghosts,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def noted(days: float, mark: Mark = Mark.ACTIVITY, source: str = "plug") -> Entry:
    return Entry(at=NOON + days * DAY, source=source, mark=mark)


def left(*entries: Entry) -> list[Entry]:
    """The signs of life that are believed."""
    return [e for e in without_ghosts(entries) if e.mark is Mark.ACTIVITY]


def test_what_a_fridge_did_before_it_was_known_for_one_was_nobody() -> None:
    door = noted(0.5, source="door")
    assert left(noted(0), door, noted(1), noted(2, Mark.GHOST)) == [door]


def test_once_it_is_believed_again_by_its_own_habits_only_what_follows_counts() -> None:
    kettle = noted(15)
    assert left(noted(0), noted(2, Mark.GHOST), kettle) == [kettle]


def test_the_kettle_that_stood_on_the_fridges_plug_before_was_somebody() -> None:
    kettle = noted(0)
    fridge, found = noted(20), noted(20 + GHOST_BEFORE / DAY / 2, Mark.GHOST)
    assert left(kettle, fridge, found) == [kettle]


def test_a_technicians_word_brings_its_days_back() -> None:
    lamp = noted(0)
    found, believed = noted(2, Mark.GHOST), noted(3, Mark.BELIEVED)
    assert left(lamp, found, believed) == [lamp]
    assert left(lamp, found, believed, noted(4, Mark.GHOST)) == []


@given(st.lists(st.tuples(st.integers(0, 86_400), st.sampled_from(Mark)), max_size=30))
def test_every_mark_comes_back_from_the_disk(marks: list[tuple[int, Mark]]) -> None:
    entries = tuple(
        Entry(at=NOON + timedelta(seconds=second), source="plug", mark=mark)
        for second, mark in sorted(marks)
    )
    assert block_of(line_of(Block(until=NOON, entries=entries))).entries == entries
