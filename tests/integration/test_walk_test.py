"""The whole home is walked through: each source is used once, ticked, recorded and reported."""

import json
from pathlib import Path
from typing import Any

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from jsonschema import Draft202012Validator
import pytest
from referencing import Registry, Resource

from tests.integration.devices import a_device
from tests.integration.house import DOOR, KETTLE, OUTER_DOOR, House
from tests.integration.technician import Technician

SCHEMAS = Path(__file__).parents[2] / "contract" / "schemas"


@pytest.fixture
async def walking(home: House, technician: Technician) -> Technician:
    """The page is open, the first source is asked for. The kettle has rested since its last use."""
    await home.wait(hours=1)
    await technician.opens_the_household()
    return await technician.picks("walk_test")


def _agrees_with_the_contract(event: Any) -> None:
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")]
    registry = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
    )
    drill = json.loads((SCHEMAS / "drill.json").read_text(encoding="utf-8"))
    Draft202012Validator(drill, registry=registry).validate(event)


async def _use_everything(home: House) -> None:
    await home.show(DOOR, "on")
    await home.wait(seconds=8)
    await home.show(OUTER_DOOR, "on")
    await home.wait(seconds=8)
    await home.show(KETTLE, "1900")


async def _let_it_pass(home: House) -> None:
    """Nobody uses anything; each of the three is waited for."""
    for _ in range(3):
        await home.wait(minutes=2)


async def test_each_source_is_asked_for_and_ticked_live(home: House, walking: Technician) -> None:
    assert "Open **Fridge door** now" in walking.shown["ask"]
    assert walking.shown["list"].count("○") == 3
    await home.show(DOOR, "on")
    await walking.looks()
    assert "● **Fridge door** – seen after" in walking.shown["list"]
    assert "Open **Front door** now" in walking.shown["ask"]
    await home.wait(seconds=20)
    await home.show(OUTER_DOOR, "on")
    await walking.looks()
    assert "● **Front door** – seen after 20 s" in walking.shown["list"]
    assert "Switch the appliance **Kettle power** on now" in walking.shown["ask"]
    await home.show(KETTLE, "1900")
    await walking.looks()
    assert walking.step == "walk_end"


async def test_whoever_walks_takes_their_own_way(home: House, walking: Technician) -> None:
    await home.show(KETTLE, "1900")
    await walking.looks()
    assert "● **Kettle power** – seen" in walking.shown["list"]
    assert "Open **Fridge door** now" in walking.shown["ask"]


async def test_an_appliance_that_ran_a_moment_before_is_asked_for_again_with_the_reason(
    home: House, walking: Technician
) -> None:
    """A machine that pauses and goes on by itself looks the same."""
    await home.show(KETTLE, "1900")
    await home.show(KETTLE, "0")
    walking.closes_the_page()
    await home.wait(seconds=60)
    await walking.opens_the_household()
    await walking.picks("walk_test")
    await home.show(KETTLE, "1900")
    await walking.looks()
    assert "goes on by itself after a pause" in walking.shown["noticed"]
    assert "○ **Kettle power**" in walking.shown["list"]


async def test_a_sensor_that_answers_for_another_one_is_named(
    home: House, walking: Technician
) -> None:
    """Asked to open the fridge, and the front door answers: the two were swapped."""
    await home.show(OUTER_DOOR, "on")
    await walking.looks()
    assert "Open **Fridge door** now" in walking.shown["ask"]
    assert "Last noticed: **Front door**" in walking.shown["noticed"]


async def test_what_was_seen_is_recorded_at_once_and_reported_in_the_end(
    home: House, walking: Technician
) -> None:
    await _use_everything(home)
    await walking.looks()
    for entity_id in (DOOR, OUTER_DOOR, KETTLE):
        assert home.entry.subentries[home.source_of(entity_id)].data["tested"] > "2026-11-22T01"
    assert home.relay.of("drill") == []
    await walking.fills()
    assert (walking.now["type"], walking.now["reason"]) == (FlowResultType.ABORT, "walk_done")
    (told,) = home.relay.of("drill")
    _agrees_with_the_contract(told)
    assert told["data"]["state"] == "passed"
    assert told["data"]["walk"] == {
        "passed": 3,
        "missed": 0,
        "sources": [
            {"role": "door", "seen": True, "delay_s": 0},
            {"role": "outer_door", "seen": True, "delay_s": 8},
            {"role": "plug", "seen": True, "delay_s": 8},
        ],
    }


async def test_signal_battery_and_delay_are_judged(home: House, technician: Technician) -> None:
    far = "binary_sensor.far_cupboard"
    await a_device(
        home,
        "0x02",
        [
            (far, "off", "door", None),
            ("sensor.far_cupboard_battery", "9", "battery", "%"),
            ("sensor.far_cupboard_linkquality", "21", None, "lqi"),
        ],
    )
    for entity_id in (DOOR, OUTER_DOOR, KETTLE):
        home.hass.config_entries.async_remove_subentry(home.entry, home.source_of(entity_id))
    await home.follow("door", far)
    await home.wait(minutes=1)
    await technician.opens_the_household()
    await technician.picks("walk_test")
    await home.wait(seconds=75)
    await home.show(far, "on")
    await technician.looks()
    row = technician.shown["list"]
    assert "seen after 75 s, weak link, battery 9 %" in row
    assert row.count("**") == 8
    await technician.fills()
    (told,) = home.relay.of("drill")
    assert told["data"]["walk"]["sources"] == [
        {"role": "door", "seen": True, "delay_s": 75, "link": "weak", "battery": 9}
    ]


async def test_what_is_not_used_is_passed_over_after_two_minutes(
    home: House, walking: Technician
) -> None:
    await home.wait(minutes=2)
    await walking.looks()
    assert "× **Fridge door** – not seen" in walking.shown["list"]
    assert "Open **Front door** now" in walking.shown["ask"]
    # It may still be used while the others are asked for.
    await home.show(DOOR, "on")
    await walking.looks()
    assert "● **Fridge door**" in walking.shown["list"]


async def test_what_was_really_used_and_not_seen_counts_no_more(
    home: House, walking: Technician
) -> None:
    await _let_it_pass(home)
    await walking.looks()
    assert walking.step == "walk_end"
    fridge = home.source_of(DOOR)
    assert set(walking.options) == {home.source_of(e) for e in (DOOR, OUTER_DOOR, KETTLE)}
    await walking.fills(silent=[fridge])
    assert "tested" not in home.entry.subentries[fridge].data
    # What could not be tried today is still what it was.
    assert "tested" in home.entry.subentries[home.source_of(OUTER_DOOR)].data
    (told,) = home.relay.of("drill")
    _agrees_with_the_contract(told)
    assert (told["data"]["state"], told["data"]["walk"]["missed"]) == ("cancelled", 3)
    await home.wait(minutes=1)
    before = home.last_sign
    await home.use_door()
    assert home.last_sign == before


async def test_closing_the_page_loses_nothing_that_was_seen(
    home: House, walking: Technician
) -> None:
    await home.show(DOOR, "on")
    await home.settle()
    walking.closes_the_page()
    await home.restart()
    data = home.entry.subentries[home.source_of(DOOR)].data
    assert data["tested"] == home.now.isoformat()
    assert home.relay.of("drill") == []


async def test_the_ladder_and_help_go_on_while_somebody_tests(
    home: House, walking: Technician
) -> None:
    running = home.entry.runtime_data
    await home.show(DOOR, "on")
    await walking.looks()
    await home.press("help")
    assert home.stage == "emergency"
    await home.show(OUTER_DOOR, "on")
    await walking.looks()
    await home.show(KETTLE, "1900")
    await walking.looks()
    await walking.fills()
    assert walking.now["reason"] == "walk_done"
    # An emergency is closed by a person, and nothing was set up anew meanwhile.
    assert home.stage == "emergency"
    assert home.entry.runtime_data is running


async def test_a_walk_test_ends_no_silence_by_itself(home: House, technician: Technician) -> None:
    """A use that counts ends a silence, as always; the test and its report do not."""
    await home.wait(hours=12)
    assert home.stage == "quiet"
    await technician.opens_the_household()
    await technician.picks("walk_test")
    await _let_it_pass(home)
    await technician.looks()
    await technician.fills(silent=[])
    assert home.stage == "quiet"
    assert len(home.relay.of("drill")) == 1


async def test_a_source_whose_entity_has_gone_is_missed(
    home: House, technician: Technician
) -> None:
    entry = er.async_get(home.hass).async_get_or_create(
        "binary_sensor", "mqtt", "1", suggested_object_id="gone", original_device_class="door"
    )
    await home.show(entry.entity_id, "off")
    await home.follow("door", entry.entity_id, name="Bread bin")
    er.async_get(home.hass).async_remove(entry.entity_id)
    await home.settle()
    await technician.opens_the_household()
    await technician.picks("walk_test")
    assert "× **Bread bin**" in technician.shown["list"]


async def test_a_household_that_does_not_run_cannot_be_walked_through(
    home: House, technician: Technician
) -> None:
    await home.stop()
    await technician.opens_the_household()
    await technician.picks("walk_test")
    assert technician.now["reason"] == "not_running"
