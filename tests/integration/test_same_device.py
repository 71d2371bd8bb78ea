"""A walk test proves a device: it stays proved while it is that device, under whatever new name."""

from typing import Any

from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.house import House

MAC = ("mac", "aa:bb:cc:dd:ee:01")
OTHER_MAC = ("mac", "aa:bb:cc:dd:ee:02")
NAME = ("shelly", "kitchen")


async def _plug(home: House, **proved: Any) -> tuple[str, str]:
    """A plug of a network: its entity and its device."""
    shelly = MockConfigEntry(domain="shelly")
    shelly.add_to_hass(home.hass)
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=shelly.entry_id, connections={MAC}, identifiers={NAME}
    )
    plug = er.async_get(home.hass).async_get_or_create(
        "sensor", "shelly", "power", config_entry=shelly, device_id=device.id
    )
    await home.show(plug.entity_id, "0.1")
    await home.follow("plug", plug.entity_id, **proved)
    await home.wait(minutes=2)
    return plug.entity_id, device.id


async def _is_proved(home: House, plug: str) -> bool:
    await home.restart()
    await home.wait(minutes=2)
    swapped = any("swapped" in name for _, name in ir.async_get(home.hass).issues)
    await home.show(plug, "1850")
    counts = home.last_sign == home.now
    assert counts is not swapped
    return counts


# The second is what was written down before all names were.
@pytest.mark.parametrize("proved", [{}, {"tested_device": "mac aa:bb:cc:dd:ee:01"}])
async def test_a_proof_outlives_another_connection_of_the_device(
    home: House, proved: dict[str, str]
) -> None:
    plug, device = await _plug(home, **proved)
    both = {MAC, ("bluetooth", "AA:BB:CC:DD:EE:01")}
    dr.async_get(home.hass).async_update_device(device, new_connections=both)
    assert await _is_proved(home, plug)


async def test_a_proof_outlives_an_address_that_is_no_longer_told(home: House) -> None:
    plug, device = await _plug(home)
    dr.async_get(home.hass).async_update_device(device, new_connections=set())
    assert await _is_proved(home, plug)


async def test_another_device_under_the_same_name_is_not_proved(home: House) -> None:
    plug, device = await _plug(home)
    dr.async_get(home.hass).async_update_device(device, new_connections={OTHER_MAC})
    assert not await _is_proved(home, plug)


async def test_another_device_with_nothing_in_common_is_not_proved(home: House) -> None:
    plug, device = await _plug(home)
    dr.async_get(home.hass).async_update_device(
        device, new_connections={("zigbee", "00:11")}, new_identifiers={("zha", "00:11")}
    )
    assert not await _is_proved(home, plug)
