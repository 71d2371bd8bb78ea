"""Who was away comes back and tells what it remembers, or what it has missed: nobody's hand.

A real Mosquitto and Home Assistant's own MQTT. A hand some time after the return counts.
"""

from collections.abc import AsyncIterator
import json
from pathlib import Path

from homeassistant.helpers import entity_registry as er
import pytest

from tests.integration.house import House
from tests.integration.zigbee2mqtt_house import Zigbee2MqttHouse

# Zigbee2MQTT waits so long with its answer to Home Assistant's greeting.
_ITS_PAUSE_S = 31


@pytest.fixture
async def zigbee(house: House, tmp_path: Path) -> AsyncIterator[Zigbee2MqttHouse]:
    """The door stands open, the kettle is at rest, and it is a while ago that somebody was seen."""
    found = await Zigbee2MqttHouse(house, tmp_path / "broker").start()
    await found.watched()
    await found.reports(found.door, contact=False)
    await found.reports(found.kettle, power=0)
    await house.wait(minutes=2)
    yield found
    await found.stop()


def _while_nobody_hears(zigbee: Zigbee2MqttHouse) -> None:
    """Somebody closes the door. Zigbee2MQTT knows of it, we do not."""
    zigbee.door.last = {**zigbee.door.last, "contact": True}


async def _somebody_is_there(zigbee: Zigbee2MqttHouse) -> None:
    """More than a minute and a half after a return a kettle that rested counts, and a used door."""
    house, before = zigbee.house, zigbee.house.last_sign
    await house.wait(seconds=91)
    await zigbee.reports(zigbee.kettle, power=0)
    await zigbee.reports(zigbee.kettle, power=1850)
    assert before != house.last_sign == house.now
    await zigbee.uses_door()
    assert house.last_sign == house.now


async def test_a_bridge_that_is_back_long_after_its_broker_tells_of_no_hand(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house, before = zigbee.house, zigbee.house.last_sign
    await zigbee.broker_is_killed()
    await house.wait(minutes=20)
    await zigbee.broker_returns_alone()
    assert zigbee.shows(zigbee.door) == "on"
    await house.wait(minutes=3)
    _while_nobody_hears(zigbee)
    await zigbee.bridge_comes()
    await zigbee.in_touch()
    assert zigbee.shows(zigbee.door) == "off"
    assert house.last_sign == before
    await _somebody_is_there(zigbee)


async def test_what_the_bridge_answers_half_a_minute_after_the_greeting_is_no_hand(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house, before = zigbee.house, zigbee.house.last_sign
    await zigbee.broker_is_killed()
    await house.wait(minutes=5)
    _while_nobody_hears(zigbee)
    await zigbee.broker_returns_and_bridge_is_slow()
    assert zigbee.shows(zigbee.door) == "on"
    await house.wait(seconds=_ITS_PAUSE_S)
    await zigbee.bridge_answers()
    assert zigbee.shows(zigbee.door) == "off"
    assert house.last_sign == before
    await _somebody_is_there(zigbee)


async def test_a_bridge_that_answers_no_greeting_tells_of_no_hand_an_hour_later(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house, before = zigbee.house, zigbee.house.last_sign
    await zigbee.broker_is_killed()
    await house.wait(minutes=5)
    await zigbee.broker_returns_and_bridge_is_slow()
    await house.wait(hours=1)
    # The first that is heard of them: when that was, nobody knows.
    await zigbee.reports(zigbee.door, contact=True)
    await zigbee.reports(zigbee.kettle, power=1850)
    assert house.last_sign == before
    await zigbee.reports(zigbee.kettle, power=0)
    await house.wait(minutes=5)
    await zigbee.reports(zigbee.kettle, power=1850)
    assert house.last_sign == house.now


async def test_a_bridge_that_breaks_off_and_restarts_tells_of_no_hand(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house, before = zigbee.house, zigbee.house.last_sign
    await zigbee.bridge_goes(in_order=False)
    await house.wait(minutes=20)
    _while_nobody_hears(zigbee)
    await zigbee.bridge_comes()
    await zigbee.in_touch()
    assert zigbee.shows(zigbee.door) == "off"
    assert zigbee.came_just_now(zigbee.door)
    assert house.last_sign == before
    await _somebody_is_there(zigbee)


async def test_a_bridge_whose_memory_is_old_is_put_right_by_the_door_and_by_no_hand(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house, before = zigbee.house, zigbee.house.last_sign
    await zigbee.bridge_goes()
    await house.wait(minutes=20)
    await zigbee.bridge_comes()
    await zigbee.in_touch()
    assert zigbee.shows(zigbee.door) == "on"
    # It was closed while the bridge was away; the door's own hourly report says so.
    await house.wait(minutes=40)
    await zigbee.reports(zigbee.door, contact=True)
    assert zigbee.shows(zigbee.door) == "off"
    assert house.last_sign == before
    await zigbee.uses_door()
    assert house.last_sign == house.now


async def test_a_frame_that_is_repeated_late_is_known_by_its_last_seen(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house = zigbee.house
    seen = house.now.isoformat()
    await zigbee.reports(zigbee.kettle, power=1, last_seen=seen)
    before = house.last_sign
    await zigbee.bridge_goes()
    await house.wait(minutes=20)
    await zigbee.bridge_comes(holds_back=True)
    await zigbee.in_touch()
    await house.wait(minutes=5)
    await zigbee.reports(zigbee.kettle, power=0, last_seen=seen)
    await zigbee.reports(zigbee.kettle, power=1850, last_seen=seen)
    assert zigbee.shows(zigbee.kettle) == "1850"
    assert house.last_sign == before


async def test_a_gateway_that_is_no_zigbee2mqtt_tells_of_no_hand_either(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house, entity_id = zigbee.house, "binary_sensor.cupboard"
    config = {
        "default_entity_id": entity_id,
        "name": "Cupboard",
        "unique_id": "zwave-7",
        "device_class": "door",
        "state_topic": "zwave/cupboard",
        "availability": [{"topic": "zwave/gateway"}],
    }
    await zigbee.publishes("homeassistant/binary_sensor/zwave-7/config", json.dumps(config))
    await zigbee.until_shown(entity_id, "unavailable")
    await zigbee.publishes("zwave/gateway", "online")
    await zigbee.publishes("zwave/cupboard", "ON")
    await zigbee.until_shown(entity_id, "on")
    await house.follow("door", entity_id)
    await house.wait(minutes=2)
    before = house.last_sign
    await zigbee.publishes("zwave/gateway", "offline")
    await zigbee.until_shown(entity_id, "unavailable")
    await house.wait(minutes=20)
    await zigbee.publishes("zwave/gateway", "online")
    await zigbee.until_shown(entity_id, "on")
    # It wakes its sleeping nodes one after the other, and tells what it then hears.
    await house.wait(minutes=5)
    await zigbee.publishes("zwave/cupboard", "OFF")
    await zigbee.until_shown(entity_id, "off")
    assert house.last_sign == before
    await zigbee.publishes("zwave/cupboard", "ON")
    await zigbee.until_shown(entity_id, "on")
    assert house.last_sign == house.now


async def test_what_the_bridge_remembers_proves_no_sensor_alive(zigbee: Zigbee2MqttHouse) -> None:
    house, entity_id = zigbee.house, zigbee.entity(zigbee.kettle)
    await house.wait(minutes=110)
    assert house.source(entity_id, "liveness") == "live"
    await zigbee.broker_is_killed()
    await zigbee.broker_returns_and_bridge_is_slow()
    await house.wait(seconds=_ITS_PAUSE_S)
    await zigbee.bridge_answers()
    await house.wait(minutes=20)
    assert house.source(entity_id, "liveness") == "late"


async def test_a_door_that_is_renamed_in_zigbee2mqtt_is_believed_and_doubted_under_its_new_name(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house = zigbee.house
    zigbee.door.with_availability = False
    await zigbee.bridge_goes()
    await house.wait(minutes=20)
    await zigbee.bridge_comes()
    await zigbee.in_touch()
    await house.wait(minutes=2)
    before = house.last_sign
    # The last that was heard under its old name was the bridge's memory.
    await zigbee.is_renamed(zigbee.door, "cupboard_door")
    assert house.last_sign == before
    await house.wait(minutes=5)
    await zigbee.reports(zigbee.door, contact=True)
    assert before != house.last_sign == house.now
    before = house.last_sign
    await zigbee.bridge_goes()
    await house.wait(minutes=20)
    await zigbee.bridge_comes()
    await zigbee.in_touch()
    await house.wait(minutes=40)
    await zigbee.reports(zigbee.door, contact=False)
    assert zigbee.shows(zigbee.door) == "on"
    assert house.last_sign == before
    await _somebody_is_there(zigbee)


async def test_a_door_that_is_paired_again_under_another_name_first_tells_of_no_hand(
    zigbee: Zigbee2MqttHouse,
) -> None:
    house, before = zigbee.house, zigbee.house.last_sign
    await zigbee.is_renamed(zigbee.door, "cupboard_door", is_silent=True)
    await house.wait(minutes=50)
    # It was closed before it was paired; its hourly report says so.
    await zigbee.reports(zigbee.door, contact=True)
    assert zigbee.shows(zigbee.door) == "off"
    assert house.last_sign == before
    await zigbee.reports(zigbee.door, contact=False)
    assert before != house.last_sign == house.now


@pytest.mark.parametrize("somebody_renames", [True, False])
async def test_a_broker_that_comes_long_after_home_assistant_tells_of_no_hand(
    zigbee: Zigbee2MqttHouse, *, somebody_renames: bool
) -> None:
    house = zigbee.house
    await zigbee.broker_is_killed()
    before = house.last_sign
    await zigbee.home_assistant_starts_alone()
    await house.wait(minutes=20)
    await zigbee.broker_returns_and_bridge_is_slow()
    if somebody_renames:
        er.async_get(house.hass).async_update_entity(zigbee.entity(zigbee.drawer), name="Drawer")
        await house.settle()
    # The bridge's memory is older than its absence, and comes twice.
    await house.wait(seconds=_ITS_PAUSE_S)
    for _ in range(2):
        await zigbee.bridge_answers()
    assert zigbee.shows(zigbee.door) == "on"
    await house.wait(minutes=50)
    await zigbee.reports(zigbee.door, contact=True)
    assert zigbee.shows(zigbee.door) == "off"
    assert house.last_sign == before
    await _somebody_is_there(zigbee)
