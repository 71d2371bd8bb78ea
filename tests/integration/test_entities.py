from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from tests.integration.house import DOOR, HOUSEHOLD, OUTER_DOOR, TOKEN, House


async def test_the_entities_of_a_household(home: House, snapshot: SnapshotAssertion) -> None:
    entries = er.async_entries_for_config_entry(er.async_get(home.hass), home.entry_id)
    listed = sorted(
        (
            entry.entity_id,
            entry.translation_key,
            entry.original_device_class,
            entry.entity_category,
            entry.unique_id.replace(entry.config_subentry_id or "no source", "SOURCE"),
        )
        for entry in entries
    )
    assert listed == snapshot
    assert all(entry.has_entity_name for entry in entries)


async def test_each_source_has_a_device_below_the_households(home: House) -> None:
    devices = dr.async_entries_for_config_entry(dr.async_get(home.hass), home.entry_id)
    household = next(d for d in devices if d.via_device_id is None)
    assert household.name == "Anshim Knock"
    assert {d.name for d in devices if d.via_device_id == household.id} == {
        "Fridge door",
        "Front door",
        "Kettle power",
    }


async def test_entities_stay_available_while_the_relay_is_away(home: House) -> None:
    await home.relay.stop()
    await home.wait(minutes=20)
    entries = er.async_entries_for_config_entry(er.async_get(home.hass), home.entry_id)
    states = [home.hass.states.get(entry.entity_id) for entry in entries]
    assert [s.entity_id for s in states if s is not None and s.state == "unavailable"] == []


async def test_a_mirror_is_unavailable_with_its_source_and_its_liveness_is_not(home: House) -> None:
    await home.show(DOOR, "unavailable")
    assert home.source(DOOR, "door", "binary_sensor") == "unavailable"
    assert home.source(DOOR, "liveness") == "late"
    await home.wait(minutes=15)
    assert home.source(DOOR, "liveness") == "lost"


async def test_diagnostics_tell_how_it_stands_and_nothing_of_whom(
    home: House, hass_client: ClientSessionGenerator
) -> None:
    await home.wait(minutes=7)
    await home.press("help")
    found = await get_diagnostics_for_config_entry(home.hass, hass_client, home.entry)
    assert found["household"]["stage"] == "emergency"
    assert found["household"]["reason"] == "Help was called."
    assert found["sources"][0]["role"] == "door"
    text = str(found)
    for secret in (TOKEN, HOUSEHOLD, "Fridge", DOOR, home.relay.url, home.entry_id):
        assert secret not in text
    moments = [found["household"][k] for k in ("since", "last_sign", "silent_since")]
    assert all(moment[14:19] == "00:00" for moment in moments)


async def test_diagnostics_tell_why_a_source_shows_no_life(
    home: House, hass_client: ClientSessionGenerator
) -> None:
    """One that was proved and never used is proved; one that nobody proved is not."""
    await home.show("sensor.tv_power", "0.1", device_class="power")
    await home.follow("plug", "sensor.tv_power")
    await home.show("sensor.radio_power", "0.1", device_class="power")
    await home.follow("plug", "sensor.radio_power", tested="")
    await home.show(OUTER_DOOR, "unavailable")
    await home.wait(minutes=20)
    found = await get_diagnostics_for_config_entry(home.hass, hass_client, home.entry)
    shown = [(s["role"], s["tested"], s["ghost"], s["swapped"]) for s in found["sources"]]
    assert shown == [
        ("door", True, False, False),
        ("outer_door", True, False, False),
        ("plug", True, False, False),
        ("plug", True, False, False),
        ("plug", False, False, False),
    ]
    assert found["sources"][1]["why"] == "unavailable"
