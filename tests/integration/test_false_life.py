from datetime import timedelta

from homeassistant.core import Context, State
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.anshim_knock.logic.activity import Word
from custom_components.anshim_knock.logic.source import Source
from custom_components.anshim_knock.logic.words import Role
from custom_components.anshim_knock.sources.tracked import Tracked, word_of
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


async def test_the_first_that_a_returned_door_says_may_be_old_and_the_second_counts(
    silent_home: House,
) -> None:
    home, before = silent_home, silent_home.last_sign
    home.reporting.discard(DOOR)
    await home.show(DOOR, "unavailable")
    await home.wait(minutes=10)
    await home.show(DOOR, "off")
    await home.wait(minutes=50)
    await home.show(DOOR, "on")
    assert home.last_sign == before
    await home.wait(seconds=5)
    await home.show(DOOR, "off")
    assert home.last_sign == home.now


async def test_a_return_that_a_wrong_clock_saw_in_the_future_holds_nothing_back() -> None:
    now = dt_util.utcnow()
    door = Tracked(
        subentry_id="door",
        entity=DOOR,
        role=Role.DOOR,
        press=None,
        source=Source(role=Role.DOOR),
        returned=now - timedelta(minutes=5),
    )
    shown = State(DOOR, "off", last_reported=now - timedelta(minutes=5))
    assert word_of(door, shown, now, None) is Word.FIRST_FRAME
    door.returned = now + timedelta(days=1)
    assert word_of(door, shown, now, None) is Word.NOW


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


@pytest.mark.parametrize("spared", [True, False])
async def test_what_a_hub_brings_along_for_a_door_that_never_went_away_is_no_life(
    silent_home: House, *, spared: bool
) -> None:
    home = silent_home
    door, *plugs = await _mesh(home, plugs=3)
    before = home.last_sign
    away = plugs if spared else [door, *plugs]
    for entity_id in away:
        await home.show(entity_id, "unavailable")
    await home.wait(minutes=5)
    for entity_id in away:
        await home.show(entity_id, "off" if entity_id == door else "0.1")
        await home.wait(seconds=2)
    await home.show(door, "on")
    assert home.last_sign == before


async def test_what_a_door_says_after_its_hub_brought_it_back_otherwise_may_be_old(
    silent_home: House,
) -> None:
    """The hub's memory was older than ours: no hand, though the door shows something else."""
    home = silent_home
    door, *plugs = await _mesh(home, plugs=2)
    before = home.last_sign
    for entity_id in (door, *plugs):
        await home.show(entity_id, "unavailable")
    await home.wait(minutes=5)
    for entity_id, shown in ((door, "on"), *((plug, "0.1") for plug in plugs)):
        await home.show(entity_id, shown)
    await home.wait(minutes=50)
    await home.show(door, "off")
    assert home.last_sign == before
    await home.use_door(door)
    assert home.last_sign == home.now


async def test_a_door_counts_while_two_plugs_beside_it_come_and_go(silent_home: House) -> None:
    home = silent_home
    door, *plugs = await _mesh(home, plugs=2)
    for _ in range(3):
        for plug in plugs:
            await home.show(plug, "unavailable")
            await home.wait(seconds=8)
            await home.show(plug, "0.1")
        await home.wait(seconds=4)
        await home.use_door(door)
        assert home.last_sign == home.now


async def _mesh(home: House, *, plugs: int) -> list[str]:
    """A door and plugs that one hub brings in."""
    hub = MockConfigEntry(domain="zha")
    hub.add_to_hass(home.hass)
    registry = er.async_get(home.hass)
    found: list[str] = []
    for role, domain, shown in (
        ("door", "binary_sensor", "off"),
        *[("plug", "sensor", "0.1")] * plugs,
    ):
        entry = registry.async_get_or_create(
            domain, "zha", f"{role}-{len(found)}", config_entry=hub
        )
        await home.show(entry.entity_id, shown)
        await home.follow(role, entry.entity_id)
        found.append(entry.entity_id)
    await home.wait(minutes=2)
    return found


@pytest.mark.parametrize(
    ("domain", "action", "room"),
    [
        ("light", "turn_on", True),
        ("homeassistant", "turn_off", True),
        ("light", "turn_off", False),
    ],
)
async def test_a_door_counts_while_the_lamps_of_its_room_are_switched(
    silent_home: House, domain: str, action: str, *, room: bool
) -> None:
    home = silent_home
    kitchen = ar.async_get(home.hass).async_create("Kitchen")
    registry = er.async_get(home.hass)
    door = registry.async_get_or_create("binary_sensor", "zha", "door")
    registry.async_update_entity(door.entity_id, area_id=kitchen.id)
    await home.show(door.entity_id, "off")
    await home.follow("door", door.entity_id)
    await home.wait(minutes=2)
    async_mock_service(home.hass, domain, action)
    target = {"area_id": kitchen.id} if room else {"entity_id": "all"}
    await home.hass.services.async_call(domain, action, target, blocking=True)
    await home.wait(seconds=20)
    await home.use_door(door.entity_id)
    assert home.last_sign == home.now


@pytest.mark.parametrize(
    ("domain", "room"), [("switch", True), ("homeassistant", True), ("switch", False)]
)
async def test_a_plug_that_was_switched_with_its_room_is_no_life(
    silent_home: House, domain: str, *, room: bool
) -> None:
    """Its meter is another entity than its switch; the device is the same."""
    home = silent_home
    kitchen = ar.async_get(home.hass).async_create("Kitchen")
    hub = home.hass.config_entries.async_entries()[0]
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=hub.entry_id, identifiers={("zha", "plug")}
    )
    dr.async_get(home.hass).async_update_device(device.id, area_id=kitchen.id)
    names = [
        er.async_get(home.hass)
        .async_get_or_create(platform, "zha", "plug", config_entry=hub, device_id=device.id)
        .entity_id
        for platform in ("switch", "sensor")
    ]
    await home.show(names[0], "off")
    await home.show(names[1], "0.1")
    await home.follow("plug", names[1])
    await home.wait(minutes=2)
    before = home.last_sign
    for name in {"switch", domain}:
        async_mock_service(home.hass, name, "turn_on")
    target = {"area_id": kitchen.id} if room else {"entity_id": "all"}
    await home.hass.services.async_call(domain, "turn_on", target, blocking=True)
    await home.wait(seconds=45)
    await home.show(names[1], "1850")
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
