"""A rhythm that learns from the journal: the same from the disk as from life."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from custom_components.anshim_knock.logic.clock import Reading
from custom_components.anshim_knock.logic.diary import Diary, diary_from_dict, diary_to_dict
from custom_components.anshim_knock.logic.household import Household, Stay, new_household
from custom_components.anshim_knock.logic.journal import (
    HOUSEHOLD,
    Block,
    Entry,
    Mark,
    block_of,
    line_of,
)
from custom_components.anshim_knock.logic.rhythm import Place, Rhythm
from custom_components.anshim_knock.logic.rhythm_snapshot import rhythm_to_dict
from custom_components.anshim_knock.logic.words import Presence

SEOUL = ZoneInfo("Asia/Seoul")
MIDNIGHT = datetime(2026, 10, 1, tzinfo=SEOUL).astimezone(UTC)
PLACES = {"kettle": Place.INSIDE, "fridge": Place.INSIDE, "entry": Place.OUTER_DOOR}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_diary() -> Diary[Rhythm]:
    return Diary(limit=Rhythm(), zone=SEOUL, places=PLACES)


def entry(at: datetime, source: str, mark: Mark = Mark.ACTIVITY) -> Entry:
    return Entry(at=at, source=source, mark=mark)


def begins(at: datetime) -> list[Entry]:
    """Somebody begins to watch, and every source answers."""
    live = [entry(at, source, Mark.LIVE) for source in PLACES]
    return [entry(at, HOUSEHOLD, Mark.STARTED), *live]


def usual_days(days: int, since: datetime = MIDNIGHT) -> Iterator[Entry]:
    """Up at seven, to bed at eleven, something every hour and a quarter."""
    for day in range(days):
        minute, number = 7 * 60, 0
        while minute < 23 * 60:
            yield entry(
                since + day * DAY + timedelta(minutes=minute), ("kettle", "fridge")[number % 2]
            )
            number += 1
            minute += 60 + (day * 7 + number * 13) % 30


def a_learnt_diary(days: int = 40) -> Diary[Rhythm]:
    diary = a_diary()
    diary.learn([*begins(MIDNIGHT), *usual_days(days)])
    return diary


def household(silent_since: datetime) -> Household:
    reading = Reading(wall=silent_since, steady=100.0, boot="b")
    return replace(new_household("h-7f3k9d2m5q", reading), consented=True)


def last_sign(diary: Diary[Rhythm]) -> datetime:
    silence = diary.limit.silence
    assert silence is not None
    naive = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=silence.since)
    return naive.replace(tzinfo=SEOUL).astimezone(UTC)


def expected_hours(diary: Diary[Rhythm]) -> tuple[float, float]:
    since = last_sign(diary)
    expected = diary.expected(household(since))
    assert expected is not None
    return expected.quiet / HOUR, expected.call / HOUR


def test_a_home_that_showed_its_rhythm_is_asked_sooner_by_day_than_by_night() -> None:
    diary = a_learnt_diary()
    by_night, _ = expected_hours(diary)
    diary.note(entry(MIDNIGHT + 41 * DAY + 10 * HOUR, "kettle"))
    by_day, call = expected_hours(diary)
    assert 3 <= by_day < by_night <= 24
    assert by_day <= call <= 24


def test_a_new_home_waits_about_half_a_day() -> None:
    diary = a_diary()
    diary.learn([*begins(MIDNIGHT), entry(MIDNIGHT + 8 * HOUR, "kettle")])
    quiet, call = expected_hours(diary)
    assert 12 <= quiet <= call <= 14


def test_nothing_is_expected_before_the_first_sign_of_life() -> None:
    diary = a_diary()
    diary.learn(begins(MIDNIGHT))
    assert diary.expected(household(MIDNIGHT)) is None


def test_nothing_is_expected_of_a_clock_that_is_not_set_or_of_guests() -> None:
    diary = a_learnt_diary()
    home = household(last_sign(diary))
    assert diary.expected(replace(home, clock=replace(home.clock, trusted=False))) is None
    stay = Stay(kind=Presence.GUEST, since=home.since, until=home.since + DAY)
    assert diary.expected(replace(home, stay=stay)) is None


def test_a_stop_and_a_start_are_no_life_and_what_lay_between_is_not_learnt() -> None:
    diary = a_learnt_diary()
    since, days = last_sign(diary), diary.limit.days
    stopped = since + HOUR
    diary.learn(
        [
            entry(stopped, HOUSEHOLD, Mark.STOPPED),
            *begins(stopped + 8 * HOUR),
            entry(stopped + 9 * HOUR, "kettle"),
        ]
    )
    assert diary.limit.days == days
    diary = a_learnt_diary()
    diary.learn([entry(stopped, HOUSEHOLD, Mark.STOPPED), *begins(stopped + 8 * HOUR)])
    assert last_sign(diary) == since


def test_what_guests_do_is_neither_life_nor_rhythm() -> None:
    diary = a_learnt_diary()
    end = MIDNIGHT + 40 * DAY
    diary.note(entry(end, HOUSEHOLD, Mark.GUEST))
    since, days = last_sign(diary), diary.limit.days
    diary.learn(usual_days(5, since=end))
    assert (last_sign(diary), diary.limit.days) == (since, days)


def test_after_an_absence_the_silence_begins_with_the_return_and_nobody_is_thought_to_stay() -> (
    None
):
    diary = a_learnt_diary()
    left = MIDNIGHT + 40 * DAY
    diary.note(entry(left, HOUSEHOLD, Mark.AWAY))
    assert diary.expected(household(left)) is None
    diary.note(entry(left + 3 * DAY, HOUSEHOLD, Mark.HOME))
    assert last_sign(diary) == left + 3 * DAY
    assert diary.limit.home is None
    assert diary.expected(household(left + 3 * DAY)) is not None


def test_somebody_who_was_spoken_to_is_counted_from_there() -> None:
    diary = a_learnt_diary()
    spoken = last_sign(diary) + 3 * HOUR
    diary.vouched(household(spoken))
    assert last_sign(diary) == spoken
    diary.vouched(household(spoken - HOUR))
    assert last_sign(diary) == spoken


def test_a_source_that_was_removed_says_nothing() -> None:
    diary, other = a_learnt_diary(), a_learnt_diary()
    diary.learn([entry(MIDNIGHT + 41 * DAY, "removed"), entry(MIDNIGHT, "removed", Mark.LOST)])
    assert rhythm_to_dict(diary.limit) == rhythm_to_dict(other.limit)


def test_the_loss_of_the_busiest_source_makes_the_home_wait_longer() -> None:
    diary = a_learnt_diary()
    noon = MIDNIGHT + 41 * DAY + 12 * HOUR
    diary.note(entry(noon, "fridge"))
    both, _ = expected_hours(diary)
    diary.note(entry(noon, "kettle", Mark.LOST))
    one, _ = expected_hours(diary)
    assert both < one <= 24


def test_what_a_person_accepted_is_heard_again_when_the_rhythm_is_learnt_again() -> None:
    said = MIDNIGHT + 40 * DAY
    entries = [
        *begins(MIDNIGHT),
        *usual_days(40),
        entry(said, HOUSEHOLD, Mark.ACCEPTED),
        *usual_days(1, said),
    ]
    lived = a_diary()
    lived.learn(entries[: 1 + entries.index(entry(said, HOUSEHOLD, Mark.ACCEPTED))])
    assert lived.limit.anchor.accepted == []
    lived.learn(usual_days(1, said))
    written = block_of(line_of(Block(until=said + DAY, entries=tuple(entries)))).entries
    again = a_diary()
    again.learn(sorted(written, key=entries.index))
    assert rhythm_to_dict(again.limit) == rhythm_to_dict(lived.limit)


MARKS = st.sampled_from([Mark.ACTIVITY] * 6 + list(Mark))
STORIES = st.lists(
    st.tuples(st.integers(1, 200), st.sampled_from([*PLACES, HOUSEHOLD, "removed"]), MARKS),
    max_size=60,
)


@given(story=STORIES, cut=st.integers(0, 60))
def test_what_is_learnt_again_from_the_disk_is_what_was_learnt_from_life(
    story: list[tuple[int, str, Mark]], cut: int
) -> None:
    entries, at = [*begins(MIDNIGHT)], MIDNIGHT
    for quarters, source, mark in story:
        at += timedelta(minutes=7 * quarters)
        entries.append(entry(at, source, mark))
    lived = a_diary()
    lived.learn(entries[:cut])
    kept = diary_from_dict(json.loads(json.dumps(diary_to_dict(lived))), zone=SEOUL, places=PLACES)
    written = block_of(line_of(Block(until=at, entries=tuple(entries[cut:])))).entries
    kept.learn(sorted(written, key=entries.index))
    lived.learn(entries[cut:])
    assert rhythm_to_dict(kept.limit) == rhythm_to_dict(lived.limit)
    home = household(at)
    expected = lived.expected(home)
    assert kept.expected(home) == expected
    assert expected is None or timedelta(0) < expected.quiet <= expected.call
