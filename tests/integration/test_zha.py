"""The real ZHA, zigpy and quirks, with devices whose frames come from a radio of the test's own."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.anshim_knock.sources.facts import Stack, Trap, facts_of
from tests.integration.flows import household_entry
from tests.integration.house import DOMAIN, House
from tests.integration.zigbee_house import (
    ON_OFF,
    POLL_CONTROL,
    POWER,
    ZigbeeHouse,
    aqara_door,
    metering_plug,
    twin_door,
    zone_door,
)
from tests.integration.zigbee_radio import BOOL, INT16, UINT32, Radio, Speaker

OPENED, CLOSED = 0x0001, 0x0000
BATTERY, TAMPER, SUPERVISION, RESTORED = 0x0008, 0x0004, 0x0010, 0x0020


@pytest.fixture
def expected_lingering_tasks() -> bool:
    """Zigpy's scan of the network ends with its next turn."""
    return True


@pytest.fixture
async def zigbee(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ZigbeeHouse]:
    found = ZigbeeHouse(house, monkeypatch)
    await found.start()
    yield found
    # A start that is broken off in its midst leaves its database open, and the thread behind it.
    await house.meanwhile(lambda: found.zha.state is not ConfigEntryState.SETUP_IN_PROGRESS)
    # Its parts wait a second here and there as they stop, and nobody else would let it pass.
    stopping = house.hass.async_create_background_task(
        house.hass.async_stop(force=True), "the test is over"
    )
    await house.meanwhile(stopping.done)


async def _watched(zigbee: ZigbeeHouse, role: str, speaker: Speaker, ending: str) -> str:
    """Paired, adopted and proved; then a while passes."""
    await zigbee.pair(speaker)
    entity_id = zigbee.entity(speaker, ending)
    house = zigbee.house
    if not house.entry_id:
        entry = household_entry(house.relay)
        await house.hass.config_entries.async_add(entry)
        house.entry_id = entry.entry_id
    await house.follow(role, entity_id)
    await house.wait(minutes=2)
    return entity_id


async def test_an_aqara_door_is_adopted_and_its_opening_is_life(zigbee: ZigbeeHouse) -> None:
    door, house = aqara_door(), zigbee.house
    entity_id = await _watched(zigbee, "door", door, "-1-6")
    facts = facts_of(house.hass, entity_id)
    assert (facts.stack, facts.model, facts.real, facts.trap) == (
        Stack.ZHA,
        "lumi.sensor_magnet.aq2",
        True,
        None,
    )
    assert facts.quirk is not None
    assert (facts.link, facts.mains) == (180, False)

    before = house.last_sign
    door.report(ON_OFF, 0x0000, (BOOL, 1))
    await zigbee.air_is_quiet()
    assert house.last_sign == house.now != before
    assert house.source(entity_id, "door", "binary_sensor") == "on"


async def test_a_report_on_a_timer_proves_the_door_alive_and_is_no_life(
    zigbee: ZigbeeHouse,
) -> None:
    door, house = aqara_door(), zigbee.house
    entity_id = await _watched(zigbee, "door", door, "-1-6")
    door.report(ON_OFF, 0x0000, (BOOL, 1))
    door.report(ON_OFF, 0x0000, (BOOL, 0))
    await zigbee.air_is_quiet()
    before = house.last_sign
    for _ in range(12):
        await house.wait(minutes=50)
        door.report(ON_OFF, 0x0000, (BOOL, 0))
        await zigbee.air_is_quiet()
    assert house.last_sign == before
    assert house.source(entity_id, "liveness") == "live"


async def test_a_door_that_falls_silent_is_lost_though_it_shows_the_same(
    zigbee: ZigbeeHouse,
) -> None:
    door, house = zone_door(), zigbee.house
    entity_id = await _watched(zigbee, "door", door, "-1-1280")
    # ZHA asks for it at no time by itself; many devices say it once they are bound.
    assert facts_of(house.hass, entity_id).check_in is None
    door.report(POLL_CONTROL, 0x0000, (UINT32, 50 * 60 * 4))
    await zigbee.air_is_quiet()
    assert facts_of(house.hass, entity_id).check_in == timedelta(minutes=50)
    assert facts_of(house.hass, entity_id).zone == "Contact_Switch"
    assert house.source(entity_id, "liveness") == "live"
    for _ in range(6):
        await house.wait(minutes=50)
        door.check_in()
        await zigbee.air_is_quiet()
    assert house.source(entity_id, "liveness") == "live"
    door.die()
    await house.wait(hours=3)
    assert house.source(entity_id, "liveness") == "late"
    shown = house.hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == "off"
    await house.wait(hours=3)
    assert house.source(entity_id, "liveness") == "lost"


async def test_only_the_contact_bits_of_a_zone_are_a_door(zigbee: ZigbeeHouse) -> None:
    door, house = zone_door(), zigbee.house
    await _watched(zigbee, "door", door, "-1-1280")
    before = house.last_sign
    for bits in (BATTERY, BATTERY | TAMPER, SUPERVISION | RESTORED, CLOSED):
        await house.wait(minutes=20)
        door.zone(bits)
        await zigbee.air_is_quiet()
    assert house.last_sign == before
    door.zone(OPENED | BATTERY)
    await zigbee.air_is_quiet()
    assert house.last_sign == house.now


async def test_of_twin_entities_the_one_that_never_changes_is_told(zigbee: ZigbeeHouse) -> None:
    door, house = twin_door(), zigbee.house
    real = await _watched(zigbee, "door", door, "-1-1280")
    dead = zigbee.entity(door, "-1-6")
    assert (facts_of(house.hass, real).real, facts_of(house.hass, real).trap) == (True, None)
    assert (facts_of(house.hass, dead).real, facts_of(house.hass, dead).trap) == (
        False,
        Trap.DEAD_TWIN,
    )
    before = house.hass.states.get(dead)
    door.zone(OPENED)
    await zigbee.air_is_quiet()
    assert house.last_sign == house.now
    assert house.hass.states.get(dead) == before


async def test_a_kettle_on_a_metering_plug_is_life_and_a_watt_of_jitter_is_not(
    zigbee: ZigbeeHouse,
) -> None:
    plug, house = metering_plug(), zigbee.house
    entity_id = await _watched(zigbee, "plug", plug, "-1-2820")
    before = house.last_sign
    for tenths in (4, 14, 4, 24, 4):
        await house.wait(seconds=40)
        plug.report(POWER, 0x050B, (INT16, tenths))
        await zigbee.air_is_quiet()
    assert house.last_sign == before
    await house.wait(seconds=40)
    plug.report(POWER, 0x050B, (INT16, 18500))
    await zigbee.air_is_quiet()
    assert house.last_sign == house.now
    started = house.last_sign
    for tenths in (18510, 18490, 4):
        await house.wait(seconds=40)
        plug.report(POWER, 0x050B, (INT16, tenths))
        await zigbee.air_is_quiet()
    assert house.last_sign == started
    assert facts_of(house.hass, entity_id).mains is True


async def test_a_reload_of_zha_is_no_life_and_no_proof(zigbee: ZigbeeHouse) -> None:
    door, house = zone_door(), zigbee.house
    entity_id = await _watched(zigbee, "door", door, "-1-1280")
    door.report(POLL_CONTROL, 0x0000, (UINT32, 50 * 60 * 4))
    door.zone(OPENED)
    door.zone(CLOSED)
    await zigbee.air_is_quiet()
    await house.wait(minutes=100)
    before, heard = house.last_sign, facts_of(house.hass, entity_id).last_frame
    await zigbee.reload()
    assert zigbee.zha.state is ConfigEntryState.LOADED
    await house.wait(minutes=2)
    assert house.last_sign == before
    # From zigpy's own database, as before: nothing was heard meanwhile.
    assert facts_of(house.hass, entity_id).last_frame == heard
    assert house.source(entity_id, "liveness") == "live"
    door.die()
    await house.wait(hours=7)
    assert house.source(entity_id, "liveness") == "lost"


async def test_after_a_restart_the_radios_own_record_tells_who_lives(zigbee: ZigbeeHouse) -> None:
    door, house = zone_door(), zigbee.house
    entity_id = await _watched(zigbee, "door", door, "-1-1280")
    door.zone(OPENED)
    door.zone(CLOSED)
    await zigbee.air_is_quiet()
    before = house.last_sign
    await house.stop()
    # Our own memory ends here; the radio goes on listening, without a change of any state.
    for _ in range(5):
        house.freezer.tick(timedelta(minutes=50))
        door.check_in()
        await zigbee.air_is_quiet()
    await house.start()
    assert house.source(entity_id, "liveness") == "live"
    assert house.last_sign == before


def opens_a_switch(door: Speaker) -> None:
    for bit in (1, 0):
        door.report(ON_OFF, 0x0000, (BOOL, bit))


def opens_a_zone(door: Speaker) -> None:
    for bits in (OPENED, CLOSED):
        door.zone(bits)


def boils_water(plug: Speaker) -> None:
    """It has said that it rests: else nobody knows since when it boils."""
    for tenths in (3, 18500, 4):
        plug.report(POWER, 0x050B, (INT16, tenths))


@pytest.mark.parametrize(
    ("role", "make", "ending", "is_used"),
    [
        ("door", aqara_door, "-1-6", opens_a_switch),
        ("door", zone_door, "-1-1280", opens_a_zone),
        ("door", twin_door, "-1-1280", opens_a_zone),
        ("plug", metering_plug, "-1-2820", boils_water),
    ],
    ids=["aqara_door", "zone_door", "twin_door", "metering_plug"],
)
async def test_neither_reload_nor_restart_is_life_and_the_next_use_is(
    zigbee: ZigbeeHouse,
    role: str,
    make: Callable[[], Speaker],
    ending: str,
    is_used: Callable[[Speaker], None],
) -> None:
    speaker, house = make(), zigbee.house
    entity_id = await _watched(zigbee, role, speaker, ending)
    is_used(speaker)
    await zigbee.air_is_quiet()
    used = house.last_sign
    assert used == house.now
    await house.wait(minutes=10)
    for comes_back in (zigbee.reload, house.restart, zigbee.reload):
        await comes_back()
        await house.wait(minutes=2)
        assert house.last_sign == used
        assert house.source(entity_id, "liveness") == "live"
    await house.wait(minutes=10)
    is_used(speaker)
    await zigbee.air_is_quiet()
    assert house.last_sign == house.now


async def test_the_first_that_a_door_says_after_a_restart_may_be_old(zigbee: ZigbeeHouse) -> None:
    door, house = aqara_door(), zigbee.house
    entity_id = await _watched(zigbee, "door", door, "-1-6")
    door.report(ON_OFF, 0x0000, (BOOL, 1))
    await zigbee.air_is_quiet()
    before = house.last_sign
    await zigbee.reload()
    assert house.hass.states.is_state(entity_id, "on")
    # It was closed while nobody listened, and its own report says so within the hour.
    await house.wait(minutes=50)
    door.report(ON_OFF, 0x0000, (BOOL, 0))
    await zigbee.air_is_quiet()
    assert house.hass.states.is_state(entity_id, "off")
    assert house.last_sign == before
    await house.wait(minutes=1)
    door.report(ON_OFF, 0x0000, (BOOL, 1))
    await zigbee.air_is_quiet()
    assert house.last_sign == house.now


async def test_a_door_that_slept_too_long_is_life_as_it_is_closed_again(
    zigbee: ZigbeeHouse,
) -> None:
    door, house = aqara_door(), zigbee.house
    entity_id = await _watched(zigbee, "door", door, "-1-6")
    opens_a_switch(door)
    await zigbee.air_is_quiet()
    for _ in range(2):
        before = house.last_sign
        # Who promises no check-in and says nothing for so long is unavailable to ZHA.
        await house.wait(hours=7)
        await house.meanwhile(lambda: house.hass.states.is_state(entity_id, "unavailable"))
        await zigbee.air_is_quiet()
        door.report(ON_OFF, 0x0000, (BOOL, 1))
        await zigbee.air_is_quiet()
        assert house.hass.states.is_state(entity_id, "on")
        assert house.last_sign == before
        await house.wait(minutes=2)
        door.report(ON_OFF, 0x0000, (BOOL, 0))
        await zigbee.air_is_quiet()
        assert house.last_sign == house.now


async def test_a_stick_that_is_pulled_out_is_one_trouble(zigbee: ZigbeeHouse) -> None:
    house = zigbee.house
    doors = [aqara_door(), zone_door(), twin_door()]
    for door, ending in zip(doors, ("-1-6", "-1-1280", "-1-1280"), strict=True):
        await _watched(zigbee, "door", door, ending)
    Radio.lost = True
    await zigbee.pull_out()
    await house.wait(minutes=20)
    troubles = [e["data"] for e in house.relay.of("trouble")]
    assert [t for t in troubles if t["code"] == "source_lost"] == []
    assert {"code": "hub_lost", "state": "raised", "count": 3} in troubles
    issues = [i for (d, _), i in ir.async_get(house.hass).issues.items() if d == DOMAIN]
    assert [i.translation_key for i in issues] == ["hub_lost"]
    assert issues[0].translation_placeholders is not None
    assert issues[0].translation_placeholders["hub"] == "Zigbee stick"
