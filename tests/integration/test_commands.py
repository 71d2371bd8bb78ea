"""What the home, a guardian or an automation sets going is no sign of life; what a hand does is."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from tests.integration.devices import lamp_of
from tests.integration.house import KETTLE, House


@pytest.fixture
async def silent_home(home: House) -> House:
    """Everything was used a while ago."""
    await home.wait(hours=2)
    return home


async def _act(home: House, action: str, entity_id: str) -> None:
    domain, service = action.split(".")
    async_mock_service(home.hass, domain, service)
    await home.hass.services.async_call(domain, service, {"entity_id": entity_id}, blocking=True)


@pytest.mark.parametrize(
    "action",
    [
        "homeassistant.update_entity",
        "homeassistant.reload_config_entry",
        "zwave_js.refresh_value",
        "logbook.log",
        "recorder.purge_entities",
        "template.reload",
    ],
)
async def test_a_kettle_counts_whose_plug_was_only_asked_for_its_reading(
    silent_home: House, action: str
) -> None:
    home = silent_home
    await _act(home, action, KETTLE)
    await home.wait(seconds=30)
    await home.show(KETTLE, "1850.0")
    assert home.last_sign == home.now


@pytest.mark.parametrize("action", ["homeassistant.turn_on", "switch.turn_on", "somebodys.own"])
async def test_a_plug_that_may_have_been_switched_is_no_life(
    silent_home: House, action: str
) -> None:
    home, before = silent_home, silent_home.last_sign
    await _act(home, action, KETTLE)
    await home.wait(seconds=30)
    await home.show(KETTLE, "1850.0")
    assert home.last_sign == before


async def test_a_lamp_that_its_hubs_group_switched_is_no_life_whenever_the_automation_rings(
    home: House, hub: MockConfigEntry
) -> None:
    lamp = await lamp_of(home, hub, "living")
    group = await lamp_of(home, hub, "zigbee_group", followed=False)
    for minutes in (300, 1_310, 1_420):
        await home.wait(minutes=minutes)
        before = home.last_sign
        await _act(home, "light.turn_on", group)
        await home.show(lamp, "on")
        await home.wait(hours=4)
        await _act(home, "light.turn_off", group)
        await home.wait(seconds=4)
        await home.show(lamp, "off")
        await home.wait(seconds=6)
        assert home.last_sign == before


async def test_no_hubs_group_that_is_switched_ends_a_visit(
    home: House, hub: MockConfigEntry
) -> None:
    lamp = await lamp_of(home, hub, "living")
    group = await lamp_of(home, hub, "zigbee_group", followed=False)
    await home.wait(hours=12)
    await home.wait(minutes=15)
    await home.wait(minutes=30)
    assert home.stage == "visit"
    await _act(home, "light.turn_on", group)
    await home.show(lamp, "on")
    await home.wait(seconds=6)
    assert home.stage == "visit"


@pytest.mark.parametrize("listed", ["entity_id", "group_entities"])
async def test_the_lamps_that_a_group_lists_are_commanded_with_it(
    home: House, hub: MockConfigEntry, listed: str
) -> None:
    """Whichever integration brings them in, and however late they answer."""
    lamp = await lamp_of(home, hub, "living")
    home.hass.states.async_set("light.all_lamps", "off", {listed: [lamp]})
    before = home.last_sign
    await _act(home, "light.turn_on", "light.all_lamps")
    await home.wait(seconds=50)
    await home.show(lamp, "on")
    await home.wait(seconds=6)
    assert home.last_sign == before


@pytest.mark.parametrize("own_hub", [True, False])
async def test_lamps_that_are_adjusted_every_minute_make_no_other_lamp_and_no_kettle_deaf(
    home: House, hub: MockConfigEntry, *, own_hub: bool
) -> None:
    """As a program does that follows the daylight."""
    other = MockConfigEntry(domain="hue", title="Hue")
    other.add_to_hass(home.hass)
    lamp = await lamp_of(home, hub, "living")
    adjusted = await lamp_of(home, hub if own_hub else other, "hall", followed=False)
    for _ in range(3):
        await _act(home, "light.turn_on", adjusted)
        await home.wait(seconds=60)
    await _act(home, "light.turn_on", adjusted)
    await home.show(KETTLE, "95.0")
    assert home.last_sign == home.now
    await home.wait(seconds=11 if own_hub else 1)
    switched = home.now
    await home.show(lamp, "on")
    await home.wait(seconds=6)
    assert home.last_sign == switched
