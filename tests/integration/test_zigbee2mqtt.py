"""A real Mosquitto and Home Assistant's own MQTT; what arrives has Zigbee2MQTT's shape."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.anshim_knock.sources.facts import Stack, facts_of
from tests.integration.house import House
from tests.integration.technician import Technician
from tests.integration.zigbee2mqtt_house import Zigbee2MqttHouse


@pytest.fixture
async def zigbee(house: House, tmp_path: Path) -> AsyncIterator[Zigbee2MqttHouse]:
    found = await Zigbee2MqttHouse(house, tmp_path / "broker").start()
    yield found
    await found.stop()


async def test_a_door_that_is_opened_is_life_though_every_frame_comes_twice(
    zigbee: Zigbee2MqttHouse,
) -> None:
    await zigbee.watched()
    house, entity_id = zigbee.house, zigbee.entity(zigbee.door)
    assert facts_of(house.hass, entity_id).stack is Stack.ZIGBEE2MQTT
    await zigbee.reports(zigbee.door, times=2, contact=False)
    opened = house.last_sign
    assert opened is not None
    assert house.now - opened < timedelta(minutes=1)
    await house.wait(minutes=5)
    await zigbee.reports(zigbee.door, times=2, contact=False)
    assert house.last_sign == opened


async def test_an_hourly_report_proves_the_door_alive_and_is_no_life(
    zigbee: Zigbee2MqttHouse,
) -> None:
    await zigbee.watched()
    house, entity_id = zigbee.house, zigbee.entity(zigbee.door)
    await zigbee.reports(zigbee.door, contact=False)
    await zigbee.reports(zigbee.door, contact=True)
    before = house.last_sign
    for _ in range(30):
        await house.wait(minutes=55)
        await zigbee.reports(zigbee.door)
    assert house.last_sign == before
    assert house.source(entity_id, "liveness") == "live"


async def test_a_door_whose_hourly_report_stops_is_lost_though_it_shows_the_same(
    zigbee: Zigbee2MqttHouse,
) -> None:
    await zigbee.watched()
    house, entity_id = zigbee.house, zigbee.entity(zigbee.door)
    await zigbee.reports(zigbee.door, contact=False)
    await zigbee.reports(zigbee.door, contact=True)
    await zigbee.wait(hours=53)
    assert zigbee.shows(zigbee.door) == "off"
    assert house.source(entity_id, "liveness") == "lost"


async def test_an_edge_that_was_missed_and_comes_with_the_report_counts_an_hour_ago(
    zigbee: Zigbee2MqttHouse,
) -> None:
    await zigbee.watched()
    house = zigbee.house
    await zigbee.reports(zigbee.door)
    await house.wait(hours=3)
    await zigbee.reports(zigbee.door, contact=False, battery=90, voltage=2995)
    last_sign = house.last_sign
    assert last_sign is not None
    assert timedelta(minutes=59) < house.now - last_sign < timedelta(minutes=65)


async def test_so_it_does_when_the_report_is_the_first_that_we_hear_of_the_door(
    zigbee: Zigbee2MqttHouse,
) -> None:
    await zigbee.watched()
    house = zigbee.house
    await house.wait(hours=3)
    # Before that only Home Assistant heard what the battery was.
    await zigbee.reports(zigbee.door, contact=False, battery=90, voltage=2995)
    last_sign = house.last_sign
    assert last_sign is not None
    assert timedelta(minutes=59) < house.now - last_sign < timedelta(minutes=65)


async def test_a_kettle_is_life_and_a_watt_of_jitter_is_not(zigbee: Zigbee2MqttHouse) -> None:
    await zigbee.watched()
    house = zigbee.house
    await zigbee.reports(zigbee.kettle, power=0)
    before = house.last_sign
    for watts in (1, 0, 1, 2, 0):
        await house.wait(seconds=40)
        await zigbee.reports(zigbee.kettle, power=watts)
    assert house.last_sign == before
    await house.wait(seconds=40)
    await zigbee.reports(zigbee.kettle, power=1850)
    started = house.last_sign
    assert started != before
    for watts in (1851, 1849):
        await house.wait(seconds=40)
        await zigbee.reports(zigbee.kettle, power=watts)
    assert house.last_sign == started


async def test_what_is_said_again_after_a_reload_is_no_life(zigbee: Zigbee2MqttHouse) -> None:
    await zigbee.watched()
    house = zigbee.house
    await zigbee.reports(zigbee.door, contact=False)
    before = house.last_sign
    await house.wait(hours=1)
    # Nobody hears that it is closed meanwhile; the bridge remembers.
    zigbee.door.last = {**zigbee.door.last, "contact": True}
    await zigbee.reload()
    await house.wait(seconds=3)
    assert zigbee.shows(zigbee.door) == "off"
    assert zigbee.came_just_now(zigbee.door)
    await zigbee.reports(zigbee.door, contact=False)
    await zigbee.reports(zigbee.kettle, power=1850)
    assert (zigbee.shows(zigbee.door), zigbee.shows(zigbee.kettle)) == ("on", "1850")
    assert house.last_sign == before
    await house.wait(minutes=1)
    await zigbee.uses_door()
    assert house.last_sign == house.now


async def test_what_the_broker_remembers_is_no_life_and_no_proof(
    zigbee: Zigbee2MqttHouse,
) -> None:
    await zigbee.watched()
    house, entity_id = zigbee.house, zigbee.entity(zigbee.door)
    await zigbee.reports(zigbee.door, contact=False)
    before = house.last_sign
    # Kept by the broker, as Zigbee2MQTT asks it to with `retain: true`.
    await zigbee.remembers(zigbee.door)
    await zigbee.wait(hours=60)
    assert house.source(entity_id, "liveness") == "lost"
    zigbee.bridge.devices = ()
    await zigbee.reload()
    await house.wait(minutes=20)
    assert zigbee.shows(zigbee.door) == "on"
    assert house.last_sign == before
    assert house.source(entity_id, "liveness") == "lost"


async def test_a_bridge_that_goes_is_one_trouble_and_its_return_is_no_life(
    zigbee: Zigbee2MqttHouse,
) -> None:
    await zigbee.watched()
    house = zigbee.house
    await zigbee.reports(zigbee.door, contact=False)
    before = house.last_sign
    await zigbee.bridge_goes()
    await house.wait(minutes=20)
    troubles = [e["data"] for e in house.relay.of("trouble")]
    assert [t for t in troubles if t["code"] == "source_lost"] == []
    assert {"code": "hub_lost", "state": "raised", "count": 3} in troubles
    zigbee.door.last = {**zigbee.door.last, "contact": True}
    await zigbee.bridge_comes()
    await zigbee.in_touch()
    assert zigbee.shows(zigbee.door) == "off"
    assert zigbee.came_just_now(zigbee.door)
    await zigbee.reports(zigbee.door, contact=False)
    assert zigbee.shows(zigbee.door) == "on"
    assert house.last_sign == before


async def test_a_broker_that_is_killed_is_one_trouble_and_what_it_kept_is_no_life(
    zigbee: Zigbee2MqttHouse,
) -> None:
    await zigbee.watched()
    house = zigbee.house
    await zigbee.reports(zigbee.door, contact=False)
    before = house.last_sign
    # What the broker keeps, and the bridge knows better when it comes back.
    await zigbee.remembers(zigbee.door)
    zigbee.door.last = {**zigbee.door.last, "contact": True}
    await zigbee.broker_is_killed()
    await house.wait(minutes=20)
    raised = [e["data"] for e in house.relay.of("trouble") if e["data"]["code"] != "blind"]
    assert raised == [{"code": "hub_lost", "state": "raised", "count": 3}]
    assert house.sensor("watch") == "blind"

    await zigbee.broker_returns()
    await zigbee.reports(zigbee.drawer, contact=False)
    await zigbee.reports(zigbee.kettle, power=1850)
    assert [zigbee.shows(d) for d in zigbee.devices] == ["off", "on", "1850"]
    assert zigbee.came_just_now(zigbee.door)
    assert house.last_sign == before

    await house.wait(minutes=1)
    await zigbee.uses_door()
    assert house.last_sign == house.now
    assert house.sensor("watch") != "blind"
    told = [(e["data"]["code"], e["data"]["state"]) for e in house.relay.of("trouble")]
    assert [t for t in told if t[0] != "blind"] == [("hub_lost", "raised"), ("hub_lost", "cleared")]


@pytest.mark.parametrize(
    ("language", "dated", "reach"),
    [
        ("en", "when it last heard this device", "whether this device is within reach"),
        ("ko", "마지막으로 받은 때를", "연결되어 있는지"),
    ],
)
async def test_a_technician_is_told_what_zigbee2mqtt_is_not_set_to_say(
    zigbee: Zigbee2MqttHouse, language: str, dated: str, reach: str
) -> None:
    zigbee.hass.config.language = language
    await zigbee.watched(but=(zigbee.door,))
    technician = Technician(zigbee.house)
    zigbee.door.with_availability = False
    await zigbee.bridge_answers()
    await technician.reaches_about("door", zigbee.entity(zigbee.door))
    told = technician.shown["warnings"]
    assert dated in told
    assert reach in told
    technician.closes_the_page()

    zigbee.door.with_availability = True
    zigbee.door.last = {**zigbee.door.last, "last_seen": "2026-11-22T00:00:00.000Z"}
    await zigbee.bridge_answers()
    await technician.reaches_about("door", zigbee.entity(zigbee.door))
    told = technician.shown["warnings"]
    technician.closes_the_page()
    assert dated not in told
    assert reach not in told
