"""Lamps come on by themselves as the power returns, or at a hub's hour: nobody's hand."""

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Context, CoreState
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.devices import lamp_of
from tests.integration.house import KETTLE, House

type Lamps = tuple[str, str, str]


@pytest.fixture
async def lamps(home: House, hub: MockConfigEntry) -> Lamps:
    """Of three devices, out for half a day; and the home is quiet."""
    one, two, three = [await lamp_of(home, hub, name) for name in ("bed", "bath", "hall")]
    await home.wait(hours=12)
    assert home.stage == "quiet"
    return one, two, three


async def _socket_of(home: House, hub: MockConfigEntry, name: str) -> str:
    """A plug without a meter, on a device of its own."""
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=hub.entry_id, identifiers={("zha", name)}, name=name
    )
    entry = er.async_get(home.hass).async_get_or_create(
        "switch", "zha", name, config_entry=hub, device_id=device.id, suggested_object_id=name
    )
    await home.show(entry.entity_id, "off")
    await home.follow("plug", entry.entity_id)
    await home.wait(minutes=2)
    return entry.entity_id


async def test_lamps_that_come_on_together_answer_no_question(home: House, lamps: Lamps) -> None:
    before = home.last_sign
    for lamp in lamps:
        await home.show(lamp, "on")
        await home.wait(seconds=2)
    await home.wait(seconds=10)
    assert (home.stage, home.last_sign) == ("quiet", before)
    assert home.source(lamps[0], "last_activity") == "unknown"


async def test_a_lamp_alone_answers_in_some_seconds_and_for_the_moment_of_the_hand(
    home: House, lamps: Lamps
) -> None:
    switched = home.now
    await home.show(lamps[0], "on")
    await home.wait(seconds=6)
    assert (home.stage, home.last_sign) == ("calm", switched)


async def test_whoever_puts_one_light_out_and_the_next_one_on_is_seen(
    home: House, lamps: Lamps
) -> None:
    await home.show(lamps[0], "on")
    await home.wait(hours=11)
    await home.show(lamps[0], "off")
    await home.wait(seconds=2)
    switched = home.now
    await home.show(lamps[1], "on")
    await home.wait(seconds=6)
    assert home.last_sign == switched


async def test_after_lamps_that_came_on_together_the_next_hand_counts(
    home: House, lamps: Lamps
) -> None:
    await home.show(lamps[0], "on")
    await home.show(lamps[1], "on")
    await home.wait(minutes=1)
    await home.show(lamps[1], "off")
    await home.wait(seconds=6)
    assert home.stage == "calm"


async def test_sockets_that_the_power_switched_on_together_are_both_shown_as_on(
    home: House, hub: MockConfigEntry
) -> None:
    sockets = [await _socket_of(home, hub, name) for name in ("radio", "television")]
    for socket in sockets:
        await home.show(socket, "on")
    await home.wait(seconds=10)
    assert [home.source(s, "running", "binary_sensor") for s in sockets] == ["on", "on"]
    assert home.stage == "calm"


async def test_two_rockers_of_one_switch_may_be_pressed_together(
    home: House, hub: MockConfigEntry
) -> None:
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=hub.entry_id, identifiers={("zha", "rockers")}
    )
    rockers = [
        er.async_get(home.hass)
        .async_get_or_create("switch", "zha", f"rocker-{n}", config_entry=hub, device_id=device.id)
        .entity_id
        for n in (1, 2)
    ]
    for rocker in rockers:
        await home.show(rocker, "off")
        await home.follow("light", rocker)
    await home.wait(hours=1)
    for rocker in rockers:
        await home.show(rocker, "on")
    assert home.last_sign == home.now


async def test_a_kettle_counts_although_a_light_was_switched_on_with_it(
    home: House, lamps: Lamps
) -> None:
    await home.show(lamps[0], "on")
    await home.show(KETTLE, "1850.0")
    assert home.stage == "calm"


async def test_a_lamp_that_an_automation_lit_leaves_the_hand_at_another_one_alone(
    home: House, lamps: Lamps
) -> None:
    await home.show(lamps[0], "on")
    commanded = home.hass.states.get(lamps[1])
    assert commanded is not None
    home.hass.states.async_set(
        lamps[1], "on", commanded.attributes, context=Context(parent_id=Context().id)
    )
    await home.wait(seconds=6)
    assert home.stage == "calm"


async def test_what_a_lamp_says_first_after_home_assistant_was_away_may_be_old(
    home: House, hub: MockConfigEntry
) -> None:
    lamp = await lamp_of(home, hub, "hall")
    before = home.last_sign
    await home.stop()
    home.hass.set_state(CoreState.starting)
    home.freezer.tick(6 * 3600)
    home.hass.states.async_remove(lamp)
    await home.show(lamp, "off")
    await home.start()
    home.hass.set_state(CoreState.running)
    home.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await home.wait(seconds=50)
    await home.show(lamp, "on")
    await home.wait(seconds=6)
    assert home.last_sign == before
    await home.show(lamp, "off")
    switched = home.now
    await home.wait(seconds=6)
    assert home.last_sign == switched
