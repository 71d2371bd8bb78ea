from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest

from tests.integration.house import DOMAIN, DOOR, HOUSEHOLD, KETTLE, House

BUTTON = "event.bedside_button"


async def _choose(home: House, role: str, entity_id: str, **answers: str) -> Any:
    subentries = home.hass.config_entries.subentries
    result = await subentries.async_init((home.entry_id, "source"), context={"source": SOURCE_USER})
    result = await subentries.async_configure(result["flow_id"], {"role": role})
    return await subentries.async_configure(result["flow_id"], {"entity": entity_id, **answers})


async def test_a_source_has_a_device_with_its_mirror_its_liveness_and_its_last_use(
    home: House,
) -> None:
    key = home.source_of(DOOR)
    devices = dr.async_entries_for_config_entry(dr.async_get(home.hass), home.entry_id)
    device = next(d for d in devices if (DOMAIN, f"{HOUSEHOLD}_{key}") in d.identifiers)
    assert (device.name, device.config_subentry_id) == ("Fridge door", key)
    assert home.source(DOOR, "door", "binary_sensor") == "off"
    assert home.source(DOOR, "liveness") == "live"
    assert home.source(DOOR, "last_activity") != "unknown"
    await home.show(DOOR, "on")
    assert home.source(DOOR, "door", "binary_sensor") == "on"


async def test_a_plug_mirrors_whether_its_appliance_runs(home: House) -> None:
    assert home.source(KETTLE, "running", "binary_sensor") == "off"
    await home.show(KETTLE, "1850")
    assert home.source(KETTLE, "running", "binary_sensor") == "on"


async def test_our_own_mirror_is_no_source(home: House) -> None:
    mirror = home.entity_id("binary_sensor", f"{home.source_of(DOOR)}_door")
    with pytest.raises(InvalidData):
        await _choose(home, "door", mirror)


@pytest.mark.parametrize(
    ("role", "entity_id"),
    [("plug", DOOR), ("motion", DOOR), ("door", KETTLE), ("phone", "sensor.outdoor_temperature")],
)
async def test_what_cannot_show_such_a_use_is_refused(
    home: House, role: str, entity_id: str
) -> None:
    await home.show("sensor.outdoor_temperature", "21")
    result = await _choose(home, role, entity_id)
    assert result["errors"] == {"entity": "not_suitable"}


@pytest.mark.parametrize(
    ("key", "shown", "unit", "device_class", "suits"),
    [
        ("steps_sensor", "4012", "steps", None, True),
        ("phone_state", "idle", None, None, True),
        ("phone_state", "idle", None, "enum", True),
        ("battery_level", "81", "%", "battery", False),
        ("storage_sensor", "44.1", "%", None, False),
        ("next_alarm", "2026-11-23T07:00:00+00:00", None, "timestamp", False),
        ("volume_level_music", "7", None, None, False),
    ],
)
async def test_of_a_phone_only_steps_and_calls_show_a_person(
    home: House, key: str, shown: str, unit: str | None, device_class: str | None, *, suits: bool
) -> None:
    """A number that rises by itself, a battery on its charger say, must not look like steps."""
    entry = er.async_get(home.hass).async_get_or_create(
        "sensor",
        "mobile_app",
        key,
        original_device_class=device_class,
        unit_of_measurement=unit,
    )
    await home.show(entry.entity_id, shown)
    result = await _choose(home, "phone", entry.entity_id)
    assert (result["type"] is FlowResultType.CREATE_ENTRY) is suits


async def test_an_entity_is_a_source_once(home: House) -> None:
    result = await _choose(home, "door", DOOR)
    assert result["errors"] == {"entity": "already_a_source"}


def _registered(home: House, **options: Any) -> er.RegistryEntry:
    return er.async_get(home.hass).async_get_or_create(
        "binary_sensor",
        "mqtt",
        "0x00158d0001",
        suggested_object_id="drawer",
        original_device_class="door",
        original_name="Drawer",
        **options,
    )


async def test_a_renamed_entity_stays_the_source(home: House) -> None:
    drawer = _registered(home)
    await home.show(drawer.entity_id, "off")
    await home.follow("door", drawer.entity_id)
    key = home.source_of(drawer.entity_id)
    assert home.entry.subentries[key].data["entity"] == drawer.id

    registry = er.async_get(home.hass)
    registry.async_update_entity(drawer.entity_id, new_entity_id="binary_sensor.medicine_drawer")
    home.hass.states.async_remove(drawer.entity_id)
    await home.show("binary_sensor.medicine_drawer", "off")
    await home.wait(minutes=1)
    before = home.last_sign
    await home.use_door("binary_sensor.medicine_drawer")
    assert home.last_sign != before
    assert home.source("binary_sensor.medicine_drawer", "liveness") == "live"


async def test_a_removed_entity_is_a_repair_and_a_trouble_until_it_is_back(home: House) -> None:
    drawer = _registered(home)
    await home.show(drawer.entity_id, "off")
    await home.follow("door", drawer.entity_id, name="Medicine drawer")
    er.async_get(home.hass).async_remove(drawer.entity_id)
    await home.settle()
    issues = ir.async_get(home.hass).issues
    gone = next(issue for issue in issues.values() if issue.translation_key == "source_gone")
    assert gone.translation_placeholders == {"household": HOUSEHOLD, "source": "Medicine drawer"}
    assert home.relay.of("trouble")[-1]["data"] == {"code": "source_gone", "state": "raised"}

    _registered(home)
    await home.settle()
    assert not [i for i in issues.values() if i.translation_key == "source_gone"]
    assert home.relay.of("trouble")[-1]["data"] == {"code": "source_gone", "state": "cleared"}


async def test_another_sensor_in_the_same_place_is_untested(home: House) -> None:
    await home.show("binary_sensor.new_fridge_door", "off", device_class="door")
    key = home.source_of(DOOR)
    subentries = home.hass.config_entries.subentries
    result = await subentries.async_init(
        (home.entry_id, "source"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": key},
    )
    result = await subentries.async_configure(
        result["flow_id"], {"entity": "binary_sensor.new_fridge_door", "name": "New fridge"}
    )
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await home.settle()
    assert home.entry.subentries[key].title == "New fridge"
    assert home.source("binary_sensor.new_fridge_door", "last_activity") == "unknown"


async def test_the_ok_button_ends_the_silence(home: House) -> None:
    await home.show(BUTTON, "unknown")
    await home.follow("button", BUTTON, press="ok")
    await home.wait(hours=12)
    assert home.stage == "quiet"
    await home.show(BUTTON, home.now.isoformat())
    assert (home.stage, home.reason) == ("calm", "said_ok")
    assert home.relay.of("resolved")[0]["data"]["by"] == "resident"


async def test_the_help_button_calls_for_help_once_per_press(home: House) -> None:
    await home.show(BUTTON, "unknown")
    await home.follow("button", BUTTON, press="help")
    await home.show(BUTTON, home.now.isoformat())
    assert home.stage == "emergency"
    assert [e["data"]["cause"] for e in home.relay.of("emergency")] == ["button"]
    # The press is still shown after a restart, and nobody pressed again.
    await home.restart()
    assert len(home.relay.of("emergency")) == 1


async def test_a_source_that_is_removed_leaves_no_device(home: House) -> None:
    key = home.source_of(KETTLE)
    home.hass.config_entries.async_remove_subentry(home.entry, key)
    await home.settle()
    devices = dr.async_entries_for_config_entry(dr.async_get(home.hass), home.entry_id)
    assert len(devices) == 3
    assert home.sensor("watch") == "seeing"
