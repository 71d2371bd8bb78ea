from homeassistant.core import Context
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from tests.integration.house import DOOR, KETTLE, OUTER_DOOR, House


@pytest.fixture
async def silent_home(home: House) -> House:
    """Everything was used a while ago."""
    await home.wait(hours=2)
    return home


@pytest.mark.parametrize(
    ("entity_id", "state"), [(DOOR, "on"), (OUTER_DOOR, "on"), (KETTLE, "1850")]
)
async def test_a_source_that_was_unavailable_and_is_back_is_no_life(
    silent_home: House, entity_id: str, state: str
) -> None:
    home, before = silent_home, silent_home.last_sign
    await home.show(entity_id, "unavailable")
    await home.wait(minutes=10)
    await home.show(entity_id, state)
    assert home.last_sign == before


async def test_a_source_that_flips_just_after_its_return_is_no_life(silent_home: House) -> None:
    home, before = silent_home, silent_home.last_sign
    await home.show(DOOR, "unavailable")
    await home.wait(minutes=10)
    await home.show(DOOR, "off")
    await home.wait(seconds=4)
    await home.show(DOOR, "on")
    assert home.last_sign == before


async def test_a_restart_of_home_assistant_is_no_life(silent_home: House) -> None:
    home, before = silent_home, silent_home.last_sign
    await home.stop()
    for entity_id in (DOOR, OUTER_DOOR, KETTLE):
        home.hass.states.async_remove(entity_id)
    await home.start()
    await home.show(KETTLE, "0.4")
    await home.show(OUTER_DOOR, "off")
    await home.show(DOOR, "off")
    await home.wait(seconds=3)
    await home.show(DOOR, "on")
    await home.show(KETTLE, "1850")
    assert home.last_sign == before


async def test_a_restart_during_an_alert_closes_nothing(silent_home: House) -> None:
    home = silent_home
    await home.wait(hours=10)
    assert home.stage == "quiet"
    await home.stop()
    await home.show(DOOR, "unavailable")
    await home.start()
    await home.show(DOOR, "on")
    assert home.stage == "quiet"
    assert home.relay.of("resolved") == []


async def test_a_hub_that_gets_its_power_back_is_no_life(silent_home: House) -> None:
    home = silent_home
    hub = home.hass.config_entries.async_entries()[0]
    registry = er.async_get(home.hass)
    sensors = []
    for number in range(3):
        entry = registry.async_get_or_create(
            "binary_sensor",
            "zha",
            f"0x{number}",
            config_entry=hub,
            original_device_class="door",
            suggested_object_id=f"cupboard_{number}",
        )
        await home.show(entry.entity_id, "off")
        await home.follow("door", entry.entity_id)
        sensors.append(entry.entity_id)
    await home.wait(hours=1)
    before = home.last_sign
    for entity_id in sensors:
        await home.show(entity_id, "unavailable")
    await home.wait(minutes=5)
    for entity_id in sensors[1:]:
        await home.show(entity_id, "off")
        await home.wait(seconds=2)
    # This one was spared by the hub, and only now says what it has missed.
    await home.show(sensors[0], "off")
    await home.wait(seconds=2)
    for entity_id in sensors:
        await home.show(entity_id, "on")
    assert home.last_sign == before


async def test_an_officers_door_during_an_owned_visit_closes_nothing(silent_home: House) -> None:
    home = silent_home
    await home.wait(hours=12)
    episode = home.relay.of("quiet")[0]["data"]["episode"]
    assert home.stage == "visit"
    await home.hold(episode)
    before = home.last_sign
    await home.use_door(OUTER_DOOR)
    await home.use_door(DOOR)
    assert home.stage == "visit"
    assert home.last_sign == before
    assert home.relay.of("resolved") == []
    assert home.relay.of("visit")[-1]["data"]["said"] == "note"


async def test_a_lone_outer_door_after_the_knock_closes_nothing(silent_home: House) -> None:
    home = silent_home
    await home.wait(hours=10, minutes=30)
    assert home.stage == "knock"
    before = home.last_sign
    await home.use_door(OUTER_DOOR)
    assert (home.stage, home.reason) == ("knock", "door_alone")
    assert home.last_sign == before


async def _phone(home: House) -> tuple[str, str]:
    """The call state of the resident's phone, and the phone's device."""
    phone = home.hass.config_entries.async_entries()[0]
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=phone.entry_id, identifiers={("mobile_app", "1")}, name="Mother's phone"
    )
    entry = er.async_get(home.hass).async_get_or_create(
        "sensor",
        "mobile_app",
        "call_state",
        config_entry=phone,
        device_id=device.id,
        suggested_object_id="phone_call_state",
    )
    await home.show(entry.entity_id, "idle")
    await home.follow("phone", entry.entity_id)
    await home.wait(minutes=1)
    return entry.entity_id, device.id


async def test_our_own_call_that_rings_the_phone_is_no_life(silent_home: House) -> None:
    home = silent_home
    call_state, _ = await _phone(home)
    before = home.last_sign
    await home.show(call_state, "ringing")
    await home.wait(seconds=40)
    await home.show(call_state, "idle")
    assert home.last_sign == before


async def test_a_phone_that_we_pushed_to_pick_up_is_no_life(silent_home: House) -> None:
    home = silent_home
    call_state, _ = await _phone(home)
    before = home.last_sign
    home.hass.services.async_register("notify", "mobile_app_mother_s_phone", _done)
    await home.hass.services.async_call(
        "notify", "mobile_app_mother_s_phone", {"message": "command_auto_answer"}
    )
    await home.wait(seconds=50)
    await home.show(call_state, "offhook")
    assert home.last_sign == before


async def test_a_call_that_the_resident_takes_is_life(silent_home: House) -> None:
    home = silent_home
    call_state, _ = await _phone(home)
    await home.show(call_state, "ringing")
    await home.show(call_state, "offhook")
    assert home.last_sign == home.now
    assert home.reason == "life_seen"


async def test_a_plug_that_an_automation_switched_is_no_life(silent_home: House) -> None:
    home, before = silent_home, silent_home.last_sign
    home.hass.services.async_register("switch", "turn_on", _done)
    await home.hass.services.async_call("switch", "turn_on", {"entity_id": KETTLE})
    # A sleepy plug answers long after Home Assistant has forgotten who asked.
    await home.wait(seconds=45)
    await home.show(KETTLE, "1850")
    assert home.last_sign == before


async def test_a_change_that_somebody_far_away_asked_for_is_no_life(silent_home: House) -> None:
    home, before = silent_home, silent_home.last_sign
    home.hass.states.async_set(
        KETTLE, "1850", {"device_class": "power"}, context=Context(user_id="daughter-in-busan")
    )
    await home.settle()
    assert home.last_sign == before


async def test_an_appliance_that_stops_by_itself_is_no_life(silent_home: House) -> None:
    home = silent_home
    await home.show(KETTLE, "1850")
    before = home.last_sign
    await home.wait(minutes=4)
    await home.show(KETTLE, "0.4")
    assert home.last_sign == before


async def test_an_attribute_and_a_repeat_are_no_life(silent_home: House) -> None:
    home, before = silent_home, silent_home.last_sign
    await home.show(DOOR, "off", battery=71)
    home.hass.states.async_set(DOOR, "off", force_update=True)
    await home.settle()
    assert home.last_sign == before


async def test_a_reload_forgets_nothing(silent_home: House) -> None:
    home = silent_home
    before = (home.last_sign, home.sensor("watch"), home.sensor("next_deadline"))
    await home.restart()
    assert (home.last_sign, home.sensor("watch"), home.sensor("next_deadline")) == before
    assert home.source(DOOR, "last_activity") != "unknown"


async def _done(_call: object) -> None:
    """A device that takes every command."""
