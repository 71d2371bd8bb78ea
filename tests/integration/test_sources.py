from datetime import timedelta
from typing import Any

from homeassistant.core import CoreState
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest

from tests.integration.devices import DRAWER, a_device
from tests.integration.house import DOMAIN, DOOR, HOUSEHOLD, KETTLE, House

BUTTON = "event.bedside_button"
LAMP = "light.bedroom"


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


@pytest.mark.parametrize(
    ("ago", "stage"), [(2, "emergency"), (29, "emergency"), (31, "calm"), (600, "calm")]
)
async def test_help_that_is_pressed_while_we_start_again_is_heard_if_it_is_fresh(
    home: House, ago: int, stage: str
) -> None:
    await home.show(BUTTON, "unknown")
    await home.follow("button", BUTTON, press="help")
    await home.wait(minutes=1)
    await home.stop()
    await home.show(BUTTON, home.now.isoformat(timespec="milliseconds"))
    home.freezer.tick(timedelta(seconds=ago))
    await home.start()
    assert home.stage == stage
    # Once, however often we start again.
    await home.restart()
    assert len(home.relay.of("emergency")) == (stage == "emergency")


async def test_help_that_is_pressed_during_a_slow_start_is_heard_however_long_it_takes(
    home: House,
) -> None:
    await home.show(BUTTON, "unknown")
    await home.follow("button", BUTTON, press="help")
    await home.wait(minutes=1)
    await home.stop()
    home.hass.set_state(CoreState.starting)
    await home.show(BUTTON, home.now.isoformat(timespec="milliseconds"))
    home.freezer.tick(timedelta(minutes=10))
    await home.start()
    assert home.stage == "emergency"
    await home.restart()
    assert len(home.relay.of("emergency")) == 1


async def test_a_press_that_was_heard_is_not_heard_again_when_we_start(home: House) -> None:
    await home.show(BUTTON, "unknown")
    await home.follow("button", BUTTON, press="help")
    await home.wait(minutes=1)
    await home.show(BUTTON, home.now.isoformat(timespec="milliseconds"))
    emergency = home.relay.of("emergency")[0]["data"]
    await home.handled(emergency["episode"])
    assert home.stage == "calm"
    home.freezer.tick(timedelta(seconds=2))
    await home.restart()
    assert home.stage == "calm"
    assert len(home.relay.of("emergency")) == 1


async def test_a_press_that_came_before_the_button_was_chosen_calls_nobody(home: House) -> None:
    await home.show(BUTTON, home.now.isoformat())
    await home.follow("button", BUTTON, press="help")
    await home.wait(seconds=5)
    assert home.stage == "calm"


async def test_a_source_that_is_removed_leaves_no_device(home: House) -> None:
    key = home.source_of(KETTLE)
    home.hass.config_entries.async_remove_subentry(home.entry, key)
    await home.settle()
    devices = dr.async_entries_for_config_entry(dr.async_get(home.hass), home.entry_id)
    assert len(devices) == 3
    assert home.sensor("watch") == "seeing"


async def test_a_battery_that_runs_down_says_for_how_many_days_it_lasts(home: House) -> None:
    level = "sensor.drawer_battery"
    await a_device(home, "0x07", [(DRAWER, "off", "door", None), (level, "40", "battery", "%")])
    await home.follow("door", DRAWER, name="Drawer")
    for percent in range(40, 16, -3):
        await home.show(level, str(percent))
        for _ in range(2):
            home.freezer.tick(timedelta(hours=12))
            await home.wait(minutes=1)
    days = home.state("sensor", f"{home.source_of(DRAWER)}_liveness").attributes["battery_days"]
    assert 3 <= days <= 6
    issues = ir.async_get(home.hass).issues.values()
    (repair,) = [i for i in issues if i.translation_key == "battery_days"]
    assert repair.translation_placeholders == {
        "household": HOUSEHOLD,
        "source": "Drawer",
        "days": str(days),
    }


async def _power_is_cut(home: House) -> None:
    """Everything on the mains goes; the doors have batteries."""
    await home.show(LAMP, "off")
    await home.follow("light", LAMP, name="Bedroom lamp")
    await home.wait(minutes=2)
    home.reporting -= {KETTLE}
    for entity_id in (KETTLE, LAMP):
        await home.show(entity_id, "unavailable")
    await home.wait(minutes=16)


async def test_a_power_cut_is_one_trouble_and_no_device_is_blamed(home: House) -> None:
    await _power_is_cut(home)
    raised = [e["data"] for e in home.relay.of("trouble") if e["data"]["state"] == "raised"]
    assert [t for t in raised if t["code"] in {"power_lost", "source_lost", "hub_lost"}] == [
        {"code": "power_lost", "state": "raised", "count": 2}
    ]
    keys = {i.translation_key for i in ir.async_get(home.hass).issues.values()}
    assert "power_lost" in keys
    assert not keys & {"source_lost", "hub_lost"}

    before = home.last_sign
    await home.show(KETTLE, "0.4")
    await home.show(LAMP, "on")
    await home.wait(minutes=1)
    await home.show(KETTLE, "0.5")
    await home.show(LAMP, "off")
    assert home.last_sign != before
    assert home.relay.of("trouble")[-1]["data"] == {"code": "power_lost", "state": "cleared"}


async def test_one_plug_that_is_pulled_out_is_no_power_cut(home: House) -> None:
    home.reporting -= {KETTLE}
    await home.show(KETTLE, "unavailable")
    await home.wait(minutes=16)
    codes = {e["data"]["code"] for e in home.relay.of("trouble")}
    assert "source_lost" in codes
    assert "power_lost" not in codes


async def test_what_stays_away_when_the_power_is_back_is_told_of_by_itself(home: House) -> None:
    await _power_is_cut(home)
    await home.show(KETTLE, "0.4")
    await home.wait(minutes=10)
    assert "source_lost" not in [e["data"]["code"] for e in home.relay.of("trouble")]
    await home.wait(minutes=6)
    assert home.relay.of("trouble")[-1]["data"] == {
        "code": "source_lost",
        "state": "raised",
        "count": 1,
    }
