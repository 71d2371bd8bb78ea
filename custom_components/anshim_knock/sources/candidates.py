"""Which entities can be a source of which role. The subentry flow offers and checks them."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, Platform
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
)

from ..const import DOMAIN
from ..logic.words import Role

# What the companion app counts them in, in every language.
_STEPS = "steps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """One domain, and where it matters its device classes or its integration."""

    domain: str
    device_classes: tuple[str, ...] = ()
    integration: str | None = None


_DOORS = (
    Candidates(
        domain=Platform.BINARY_SENSOR, device_classes=("door", "garage_door", "opening", "window")
    ),
)
_BY_ROLE: Mapping[Role, tuple[Candidates, ...]] = {
    Role.DOOR: _DOORS,
    Role.OUTER_DOOR: _DOORS,
    Role.PLUG: (
        Candidates(domain=Platform.SENSOR, device_classes=("power",)),
        Candidates(domain=Platform.BINARY_SENSOR, device_classes=("power", "running")),
        Candidates(domain=Platform.SWITCH),
    ),
    Role.MOTION: (
        Candidates(
            domain=Platform.BINARY_SENSOR,
            device_classes=("motion", "moving", "occupancy", "vibration"),
        ),
    ),
    Role.PHONE: (Candidates(domain=Platform.SENSOR, integration="mobile_app"),),
    Role.BUTTON: (
        Candidates(domain=Platform.EVENT),
        Candidates(domain=Platform.BUTTON),
        Candidates(domain="input_button"),
    ),
    Role.LIGHT: (Candidates(domain=Platform.LIGHT), Candidates(domain=Platform.SWITCH)),
    Role.OTHER: (Candidates(domain=Platform.BINARY_SENSOR), Candidates(domain=Platform.EVENT)),
}


def selector_for(hass: HomeAssistant, role: Role) -> EntitySelector:
    """Everything that fits, except what we made ourselves: a mirror would watch itself."""
    return EntitySelector(
        EntitySelectorConfig(
            filter=[_filter(c) for c in _BY_ROLE[role]], exclude_entities=_own_entities(hass)
        )
    )


def fits(hass: HomeAssistant, role: Role, entity_id: str) -> bool:
    """Not every client filters by the selector."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform == DOMAIN:
        return False
    if role is Role.PHONE and not _shows_use(hass, entity_id, entry):
        return False
    domain, _ = split_entity_id(entity_id)
    device_class = _device_class(hass, entity_id, entry)
    return any(
        c.domain == domain
        and (not c.device_classes or device_class in c.device_classes)
        and (c.integration is None or (entry is not None and entry.platform == c.integration))
        for c in _BY_ROLE[role]
    )


def _shows_use(hass: HomeAssistant, entity_id: str, entry: er.RegistryEntry | None) -> bool:
    """A step counter, or a word such as the call state.

    Any other number of a phone rises by itself: a battery on its charger must not look like steps.
    """
    state = hass.states.get(entity_id)
    unit = entry.unit_of_measurement if entry is not None else None
    if unit is None and state is not None:
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit is not None:
        return unit == _STEPS
    if _device_class(hass, entity_id, entry) not in {None, SensorDeviceClass.ENUM}:
        return False
    return state is None or not _is_number(state.state)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _device_class(
    hass: HomeAssistant, entity_id: str, entry: er.RegistryEntry | None
) -> str | None:
    if entry is not None and (found := entry.device_class or entry.original_device_class):
        return found
    state = hass.states.get(entity_id)
    return None if state is None else state.attributes.get(ATTR_DEVICE_CLASS)


def _own_entities(hass: HomeAssistant) -> list[str]:
    return [e.entity_id for e in er.async_get(hass).entities.values() if e.platform == DOMAIN]


def _filter(candidates: Candidates) -> EntityWithDeviceFilterSelectorConfig:
    found = EntityWithDeviceFilterSelectorConfig(domain=candidates.domain)
    if candidates.device_classes:
        found["device_class"] = list(candidates.device_classes)
    if candidates.integration is not None:
        found["integration"] = candidates.integration
    return found
