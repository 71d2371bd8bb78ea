"""Devices that a volunteer has paired, as they stand in the registries and show their states."""

from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.house import House

DRAWER = "binary_sensor.drawer"


async def a_drawer(home: House) -> None:
    await home.show(DRAWER, "off", device_class="door", friendly_name="Drawer")
    await home.wait(minutes=1)


async def a_device(
    home: House, ieee: str, states: Iterable[tuple[str, str, str | None, str | None]]
) -> list[er.RegistryEntry]:
    """A Zigbee2MQTT device: entity id, state, device class and unit of each entity."""
    entry = _mqtt(home)
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mqtt", f"zigbee2mqtt_{ieee}")}
    )
    made = []
    for entity_id, state, device_class, unit in states:
        domain, _, name = entity_id.partition(".")
        registered = er.async_get(home.hass).async_get_or_create(
            domain,
            "mqtt",
            f"{ieee}_{name}",
            suggested_object_id=name,
            config_entry=entry,
            device_id=device.id,
            original_device_class=device_class,
            unit_of_measurement=unit,
        )
        attributes = {"device_class": device_class, "unit_of_measurement": unit}
        said = name.replace("_", " ").capitalize()
        await home.show(
            registered.entity_id,
            state,
            friendly_name=said,
            **{key: value for key, value in attributes.items() if value is not None},
        )
        made.append(registered)
    return made


def _mqtt(home: House) -> ConfigEntry:
    for there in home.hass.config_entries.async_entries("mqtt"):
        return there
    made = MockConfigEntry(domain="mqtt")
    made.add_to_hass(home.hass)
    entry: ConfigEntry = made
    return entry


async def lamp_of(home: House, hub: ConfigEntry, name: str, *, followed: bool = True) -> str:
    """A lamp that is out, on a device of its own."""
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=hub.entry_id, identifiers={(hub.domain, name)}, name=name
    )
    lamp = er.async_get(home.hass).async_get_or_create(
        "light",
        hub.domain,
        name,
        config_entry=hub,
        device_id=device.id,
        suggested_object_id=name,
    )
    await home.show(lamp.entity_id, "off")
    if followed:
        await home.follow("light", lamp.entity_id)
        await home.wait(minutes=2)
    return lamp.entity_id
