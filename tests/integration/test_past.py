"""What Home Assistant had recorded before the household was set up, in a real recorder."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from math import ceil
import time

from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.db_schema import RecorderRuns, States
from homeassistant.core import Context
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.recorder import session_scope
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import RecorderInstanceContextManager

from custom_components.anshim_knock.diagnostics import async_get_config_entry_diagnostics
from custom_components.anshim_knock.journal_files import JournalFiles, journal_path
from custom_components.anshim_knock.logic.journal import HOUSEHOLD as HOME, Mark
from custom_components.anshim_knock.logic.rhythm import Parameters
from tests.integration.devices import a_device
from tests.integration.flows import household_entry
from tests.integration.house import DOMAIN, DOOR, KETTLE, START, House

FRIDGE = "sensor.fridge_power"
DAYS = 6
BEGAN = START - timedelta(days=DAYS)
MEALS = (7.0, 12.5, 18.2)


@pytest.fixture
def mock_recorder_before_hass(async_test_recorder: RecorderInstanceContextManager) -> None:
    """The plugin's recorder wants to be there before its Home Assistant."""


@pytest.fixture
async def recorder(
    house: House, async_test_recorder: RecorderInstanceContextManager
) -> AsyncIterator[Recorder]:
    """The real one, running for days before anybody sets up a household."""
    house.freezer.move_to(BEGAN)
    async with async_test_recorder(house.hass) as running:
        yield running


def days_of_life() -> Iterator[tuple[datetime, str, str]]:
    """Three meals a day, each with a kettle and the fridge's door; the compressor never rests."""
    for day in range(DAYS):
        midnight = BEGAN + timedelta(days=day)
        for meal in MEALS:
            at = midnight + timedelta(hours=meal, minutes=day)
            yield at, DOOR, "on"
            yield at + timedelta(seconds=20), DOOR, "off"
            yield at + timedelta(minutes=1), KETTLE, "1850"
            yield at + timedelta(minutes=4), KETTLE, "0.4"
        for turn in range(36):
            at = midnight + timedelta(minutes=40 * turn + 3, seconds=7)
            yield at, FRIDGE, "90"
            yield at + timedelta(minutes=14), FRIDGE, "0.0"


async def live(house: House) -> None:
    """As it happened, without a household."""
    for entity_id, state in ((DOOR, "off"), (KETTLE, "0.4"), (FRIDGE, "0.0")):
        house.hass.states.async_set(entity_id, state)
    for at, entity_id, state in sorted(days_of_life()):
        house.freezer.move_to(at)
        house.hass.states.async_set(entity_id, state)
    await async_wait_recording_done(house.hass)
    house.freezer.move_to(START)


async def set_up(house: House, **data: object) -> None:
    """The household with its sources, as they are proved today."""
    entry = household_entry(house.relay, door=DOOR, plug=KETTLE)
    await house.hass.config_entries.async_add(entry)
    house.entry_id = entry.entry_id
    house.hass.config_entries.async_update_entry(entry, data={**entry.data, **data})
    await house.settle()
    await house.follow("plug", FRIDGE)


async def the_past_is_read(house: House) -> None:
    """The recorder works in a thread of its own, and nobody waits for it but this test."""
    deadline = time.clock_gettime(time.CLOCK_MONOTONIC) + 20.0
    while True:
        shown = await async_get_config_entry_diagnostics(house.hass, house.entry)
        if all(source["past"] == "read" for source in shown["sources"]):
            await house.settle()
            return
        assert time.clock_gettime(time.CLOCK_MONOTONIC) < deadline, "the past was not read"
        await house.settle()


def past(house: House, entity_id: str, mark: Mark = Mark.ACTIVITY) -> list[datetime]:
    """What the journal knows from before its own beginning."""
    key = HOME if entity_id == HOME else house.source_of(entity_id)
    entries = JournalFiles(journal_path(house.hass, house.entry_id)).past()
    return [e.at for e in entries if e.source == key and e.mark is mark]


async def test_the_journal_begins_with_what_home_assistant_had_recorded(
    house: House, recorder: Recorder
) -> None:
    await live(house)
    await set_up(house)
    await the_past_is_read(house)
    meals = [e for e in sorted(days_of_life()) if e[1] == KETTLE and e[2] == "1850"]
    assert past(house, KETTLE) == [at for at, _, _ in meals]
    # Opened and closed.
    assert len(past(house, DOOR)) == 2 * DAYS * len(MEALS)
    assert past(house, HOME, Mark.STARTED) == [BEGAN]
    assert past(house, HOME, Mark.STOPPED) == [START]


async def test_what_happened_before_is_no_sign_of_life_today(
    house: House, recorder: Recorder
) -> None:
    await live(house)
    await set_up(house)
    await the_past_is_read(house)
    assert past(house, KETTLE)
    assert house.last_sign is None
    await house.wait(hours=12)
    assert house.stage == "quiet"


async def test_a_fridge_is_known_for_what_it_is_from_the_first_day(
    house: House, recorder: Recorder
) -> None:
    await live(house)
    await set_up(house)
    await the_past_is_read(house)
    assert past(house, FRIDGE) == []
    issues = [i for (d, _), i in ir.async_get(house.hass).issues.items() if d == DOMAIN]
    assert "source_ghost" in [i.translation_key for i in issues]
    await house.wait(minutes=10)
    await house.show(FRIDGE, "90")
    assert house.last_sign is None


async def test_what_an_automation_switched_in_the_past_was_nobody(
    house: House, recorder: Recorder
) -> None:
    blanket, power = await a_device(
        house,
        "0x0b",
        [("switch.blanket", "off", None, None), ("sensor.blanket_power", "0.0", "power", "W")],
    )
    for day in range(2):
        house.freezer.move_to(BEGAN + timedelta(days=day, hours=21))
        timer = Context(parent_id="01ARZ3NDEKTSV4RRFFQ69G5FAV")
        house.hass.states.async_set(blanket.entity_id, "on", context=timer)
        house.freezer.tick(timedelta(seconds=8))
        house.hass.states.async_set(power.entity_id, "60.0", {"unit_of_measurement": "W"})
        house.freezer.tick(timedelta(hours=8))
        house.hass.states.async_set(blanket.entity_id, "off")
        house.hass.states.async_set(power.entity_id, "0.0", {"unit_of_measurement": "W"})
    house.freezer.move_to(BEGAN + timedelta(days=3, hours=15))
    house.hass.states.async_set(power.entity_id, "61.0", {"unit_of_measurement": "W"})
    by_hand = house.now
    await live_on(house)
    await set_up(house)
    await house.follow("plug", power.entity_id)
    await the_past_is_read(house)
    assert past(house, power.entity_id) == [by_hand]


async def live_on(house: House) -> None:
    await async_wait_recording_done(house.hass)
    house.freezer.move_to(START)
    for entity_id, state in ((DOOR, "off"), (KETTLE, "0.4"), (FRIDGE, "0.0")):
        house.hass.states.async_set(entity_id, state)


async def test_a_learned_limit_begins_with_the_days_that_were_recorded(
    house: House, recorder: Recorder
) -> None:
    await live(house)
    await set_up(house, limit_mode="learned")
    await the_past_is_read(house)
    await house.wait(minutes=1)
    await house.use_door()
    before = days_left(house)
    await house.restart()
    await house.wait(minutes=1)
    assert days_left(house) == before
    # What lies before the first sign of all was no silence of anybody's.
    assert before in {ceil(Parameters().warm_days) - DAYS, ceil(Parameters().warm_days) - DAYS + 1}


def days_left(house: House) -> int:
    """Until the limit is learned."""
    left: int = house.state("sensor", "limit").attributes["learning_days_left"]
    return left


async def test_a_restart_reads_the_past_no_second_time(house: House, recorder: Recorder) -> None:
    await live(house)
    await set_up(house)
    await the_past_is_read(house)
    read = past(house, KETTLE)
    # Meanwhile Home Assistant has forgotten it.
    await house.hass.services.async_call(
        "recorder", "purge_entities", {"entity_id": [KETTLE], "keep_days": 0}, blocking=True
    )
    await async_wait_recording_done(house.hass)
    await house.restart()
    assert past(house, KETTLE) == read


async def test_a_consent_that_did_not_name_the_past_leaves_it_unread(
    house: House, recorder: Recorder
) -> None:
    await live(house)
    entry = household_entry(house.relay)
    consent = {**entry.data["consent"], "text_version": "2026-11-1"}
    await set_up(house, consent=consent)
    await house.restart()
    assert past(house, KETTLE) == []


async def test_a_night_without_power_counts_as_unwatched_though_home_assistant_hides_it(
    house: House, recorder: Recorder
) -> None:
    """A run that was cut off is given its successor's beginning for an end."""
    await live(house)
    cut, back = BEGAN + timedelta(days=2), BEGAN + timedelta(days=2, hours=9)

    def power_fails() -> None:
        with session_scope(hass=house.hass) as session:
            run = session.query(RecorderRuns).one()
            run.end, run.closed_incorrect = back, True
            session.query(States).filter(
                States.last_updated_ts >= cut.timestamp(), States.last_updated_ts < back.timestamp()
            ).update({"last_updated_ts": START.timestamp()})
            session.add(RecorderRuns(start=back))

    await recorder.async_add_executor_job(power_fails)
    await set_up(house)
    await the_past_is_read(house)
    stopped, began = past(house, HOME, Mark.STOPPED), past(house, HOME, Mark.STARTED)
    assert began == [BEGAN, back]
    assert cut - timedelta(hours=1) < stopped[0] < cut


@pytest.mark.usefixtures("recorder")
async def test_a_limit_can_be_tried_on_the_past_of_a_new_home(house: House) -> None:
    await live(house)
    await set_up(house)
    await the_past_is_read(house)
    # From supper to breakfast it is twelve hours and fifty minutes.
    for hours, nights in ((14, 0), (10, DAYS - 1)):
        found = await house.call("backtest", limit_mode="fixed", limit_hours=hours)
        assert found["days"] == pytest.approx(DAYS, abs=0.6)
        assert found["quiet"]["count"] == nights
