"""What a limit would have done to the home's own past."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from custom_components.anshim_knock.logic.diary import Diary
from custom_components.anshim_knock.logic.journal import HOUSEHOLD, Entry, Mark
from custom_components.anshim_knock.logic.picture import Captions, draw
from custom_components.anshim_knock.logic.played import Played, play
from custom_components.anshim_knock.logic.rhythm import Place, Rhythm, Rung, Why
from custom_components.anshim_knock.logic.rhythm.backtest import Limit
from custom_components.anshim_knock.logic.rhythm.clockface import wall
from custom_components.anshim_knock.logic.rhythm.fixed import Fixed

SEOUL = ZoneInfo("Asia/Seoul")
# A Monday, midnight in Seoul.
MONDAY = datetime(2026, 8, 2, 15, tzinfo=UTC)
HOUR = 3600.0
DAYS = 20
PLACES = {"fridge": Place.INSIDE, "kettle": Place.INSIDE}
CAPTIONS = Captions(
    life="Life", limits="Limits < & >", asked="asked", called="called", weekdays="월화수목금토일"
)


def after(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def usual(days: Iterable[int] = range(DAYS)) -> list[Entry]:
    """Watched from the first midnight; something every hour from eight to ten at night."""
    started = [
        Entry(at=MONDAY, source=HOUSEHOLD, mark=Mark.STARTED),
        *(Entry(at=MONDAY, source=source, mark=Mark.LIVE) for source in PLACES),
    ]
    lived = [
        Entry(at=after(24 * day + hour), source=(*PLACES,)[hour % 2], mark=Mark.ACTIVITY)
        for day in days
        for hour in range(8, 23)
    ]
    return [*started, *lived]


def tried(limit: Limit, entries: list[Entry], *, days: float = DAYS) -> Played:
    diary = Diary(limit=limit, zone=SEOUL, places=PLACES)
    ordered = sorted(entries, key=lambda entry: entry.at)
    until = wall(after(24 * days), SEOUL)
    return play(diary, ordered, until=until, pause=timedelta(minutes=15))


def twelve() -> Fixed:
    return Fixed(limit=12 * HOUR, margin=12 * HOUR)


def alarm_hours(past: Played, rung: Rung) -> list[float]:
    begun = wall(MONDAY, SEOUL)
    return [(alarm.at - begun) / HOUR for alarm in past.rungs[rung].alarms]


def test_a_day_without_life_would_have_been_asked_about_and_then_called() -> None:
    past = tried(twelve(), usual(day for day in range(DAYS) if day != 9))
    last = 24 * 8 + 22
    assert alarm_hours(past, Rung.QUIET) == [last + 12]
    assert alarm_hours(past, Rung.CALL) == [last + 12.25]
    (alarm,) = past.rungs[Rung.QUIET].alarms
    assert (alarm.why, alarm.after) == (Why.LONGEST, "fridge")
    assert (alarm.until - alarm.at) / HOUR == 22


def test_one_silence_is_one_alarm_however_often_something_else_is_noted() -> None:
    lost = [
        Entry(at=after(24 * 9 + hour), source="kettle", mark=mark)
        for hour in range(24)
        for mark in (Mark.LATE, Mark.LIVE)
    ]
    past = tried(twelve(), [*usual(day for day in range(DAYS) if day != 9), *lost])
    assert len(past.rungs[Rung.QUIET].alarms) == 1


def test_a_collapse_at_any_half_hour_is_noticed_when_the_limit_after_the_last_sign_is_over() -> (
    None
):
    found = tried(twelve(), usual()).rungs[Rung.QUIET]
    assert found.delay(0.0) == pytest.approx(2.5 * HOUR)
    assert found.delay(1.0) == 12 * HOUR
    assert 10 * HOUR < found.delay(0.5) < 12 * HOUR


def test_what_was_not_watched_accuses_nobody_and_is_said() -> None:
    gap = [
        Entry(at=after(24 * 9), source=HOUSEHOLD, mark=Mark.STOPPED),
        Entry(at=after(24 * 10 + 7), source=HOUSEHOLD, mark=Mark.STARTED),
        *(Entry(at=after(24 * 10 + 7.1), source=source, mark=Mark.LIVE) for source in PLACES),
    ]
    past = tried(twelve(), [*usual(day for day in range(DAYS) if day != 9), *gap])
    # The household was back before anything could be seen, and its ceiling of a day had passed.
    assert [a.why for a in past.rungs[Rung.QUIET].alarms] == [Why.CEILING]
    assert alarm_hours(past, Rung.QUIET) == [24 * 10 + 7]
    assert past.days == DAYS
    assert past.watched_days == pytest.approx(DAYS - (31.1 / 24), abs=0.01)


def test_an_absence_is_no_silence() -> None:
    away = [
        Entry(at=after(24 * 8 + 22.5), source=HOUSEHOLD, mark=Mark.AWAY),
        Entry(at=after(24 * 10 + 7.5), source=HOUSEHOLD, mark=Mark.HOME),
    ]
    past = tried(twelve(), [*usual(day for day in range(DAYS) if day != 9), *away])
    assert alarm_hours(past, Rung.QUIET) == []
    assert past.rungs[Rung.QUIET].delay(1.0) == 12 * HOUR


def test_a_word_about_the_rhythm_moves_no_fixed_limit() -> None:
    word = Entry(at=after(24 * 8 + 23), source=HOUSEHOLD, mark=Mark.ACCEPTED)
    silent = [*usual([d for d in range(DAYS) if d != 9])]
    assert tried(twelve(), [*silent, word]).rungs == tried(twelve(), silent).rungs


def test_guests_are_not_asked_about() -> None:
    guests = [
        Entry(at=after(24 * 8 + 22.5), source=HOUSEHOLD, mark=Mark.GUEST),
        Entry(at=after(24 * 11), source=HOUSEHOLD, mark=Mark.HOME),
    ]
    past = tried(twelve(), [*usual(), *guests])
    assert alarm_hours(past, Rung.QUIET) == []
    assert past.heat[3][10] == past.heat[4][10] - 1


def test_a_home_that_shows_less_than_half_waits_as_its_ladder_would() -> None:
    kettle = [e for e in usual() if e.source != "fridge" or e.mark is not Mark.ACTIVITY]
    lost = Entry(at=after(24 * 9), source="kettle", mark=Mark.LOST)
    silent = [e for e in kettle if e.at < after(24 * 9) or e.at > after(24 * 10)]
    past = tried(Fixed(limit=13 * HOUR, margin=12 * HOUR), [*silent, lost])
    # Three hours were watched in full, the other ten took twenty.
    assert alarm_hours(past, Rung.QUIET) == [24 * 9 + 20]


def test_the_silence_that_still_lasts_counts_as_far_as_it_got() -> None:
    past = tried(twelve(), usual(range(9)))
    assert alarm_hours(past, Rung.QUIET) == [24 * 8 + 34]


def test_the_learned_limit_is_played_as_it_would_have_been_learnt() -> None:
    past = tried(Rhythm(), usual())
    lived = Diary(limit=Rhythm(), zone=SEOUL, places=PLACES)
    lived.learn(sorted(usual(), key=lambda entry: entry.at))
    assert past.limits == {rung: lived.limit.limits(rung) for rung in Rung}
    assert past.rungs[Rung.CALL].delay(0.5) < 13 * HOUR
    assert past.rungs[Rung.QUIET].alarms == []


def test_the_picture_is_one_file_that_needs_nothing_from_elsewhere() -> None:
    text = draw(tried(twelve(), usual(day for day in range(DAYS) if day != 9)), CAPTIONS)
    picture = ET.fromstring(text)  # noqa: S314 -- our own text
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    tags = [element.tag.rpartition("}")[2] for element in picture.iter()]
    # A cell for each hour of the week; one question and one call; two curves.
    assert tags.count("rect") == 1 + 7 * 24 + 1 + 1
    assert tags.count("circle") == 1 + 1
    assert tags.count("polyline") == 2
    words = [element.text for element in picture.iter() if element.text]
    assert {"월", "일", "asked", "called", "Limits < & >"} <= set(words)
    assert "href" not in text


def test_the_picture_of_five_days_limit_still_fits() -> None:
    text = draw(tried(Fixed(limit=120 * HOUR), usual()), CAPTIONS)
    heights = [
        float(pair.partition(",")[2])
        for line in ET.fromstring(text).iter("{http://www.w3.org/2000/svg}polyline")  # noqa: S314
        for pair in line.attrib["points"].split()
    ]
    assert min(heights) > 0
