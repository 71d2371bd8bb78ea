"""The blueprint that takes absences from a calendar, run by Home Assistant's own engine."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from tests.integration.blueprint_desk import Desk, desk_of
from tests.integration.house import House


@pytest.fixture
async def desk(home: House) -> AsyncIterator[Desk]:
    async for desk in desk_of(home):
        yield desk


class Diary(CalendarEntity):
    """One event."""

    _attr_name = "Mother"
    _attr_unique_id = "mother"

    def __init__(self, event: CalendarEvent) -> None:
        self._event = event

    @property
    @override
    def event(self) -> CalendarEvent:
        return self._event

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        event = self._event
        hit = event.start_datetime_local < end_date and event.end_datetime_local > start_date
        return [event] if hit else []


async def diary(desk: Desk, summary: str, start: datetime, hours: int) -> None:
    """An event in the calendar, and the blueprint that reads it."""
    hass = desk.home.hass
    assert await async_setup_component(hass, "calendar", {})
    end = start + timedelta(hours=hours)
    event = CalendarEvent(start=start, end=end, summary=summary)
    await hass.data[DATA_COMPONENT].async_add_entities([Diary(event)])
    await desk.fill("away_by_calendar", calendar="calendar.mother")


# The calendar itself looks again every minute, for as long as it is there.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_an_outing_in_the_calendar_is_an_absence_with_its_end(desk: Desk) -> None:
    start = dt_util.now() + timedelta(minutes=30)
    await diary(desk, "가족과 외출", start, hours=5)
    for _ in range(8):
        await desk.home.wait(minutes=15)
    away = desk.home.state("switch", "away")
    assert away.state == "on"
    assert away.attributes["until"] == start + timedelta(hours=5)


# The calendar itself looks again every minute, for as long as it is there.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_another_event_of_the_calendar_is_no_absence(desk: Desk) -> None:
    start = dt_util.now() + timedelta(minutes=30)
    await diary(desk, "손주 생일", start, hours=5)
    for _ in range(8):
        await desk.home.wait(minutes=15)
    assert desk.home.state("switch", "away").state == "off"
