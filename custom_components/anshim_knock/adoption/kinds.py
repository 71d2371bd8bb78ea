"""Which entities can be a source of which role. The flow offers and checks them."""

from collections.abc import Mapping
from dataclasses import dataclass
import re

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.components.switch.const import SwitchDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, Platform
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
)

from ..const import DOMAIN
from ..logic.activity import PHONE_LOCKS
from ..logic.words import Role
from ..sources.facts import siblings

PHONE_APP = "mobile_app"
# What the companion app counts them in, in every language.
_STEPS = "steps"
# Doors through which people leave, as a technician names them.
_OUTSIDE = re.compile(r"front|entrance|entry|outer|main door|현관|대문|출입", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One domain, and where it matters its device classes or its integration."""

    domain: str
    device_classes: tuple[str, ...] = ()
    integration: str | None = None


_DOORS = (
    Kind(
        domain=Platform.BINARY_SENSOR, device_classes=("door", "garage_door", "opening", "window")
    ),
)
_BY_ROLE: Mapping[Role, tuple[Kind, ...]] = {
    Role.DOOR: _DOORS,
    Role.OUTER_DOOR: _DOORS,
    Role.PLUG: (
        Kind(domain=Platform.SENSOR, device_classes=("power",)),
        Kind(domain=Platform.BINARY_SENSOR, device_classes=("power", "running")),
        Kind(domain=Platform.SWITCH),
    ),
    Role.MOTION: (
        Kind(
            domain=Platform.BINARY_SENSOR,
            device_classes=("motion", "moving", "occupancy", "vibration"),
        ),
    ),
    Role.PHONE: (
        Kind(domain=Platform.SENSOR, integration=PHONE_APP),
        Kind(domain=Platform.BINARY_SENSOR, integration=PHONE_APP),
    ),
    Role.BUTTON: (
        Kind(domain=Platform.EVENT),
        Kind(domain=Platform.BUTTON),
        Kind(domain="input_button"),
    ),
    Role.LIGHT: (Kind(domain=Platform.LIGHT), Kind(domain=Platform.SWITCH)),
    Role.OTHER: (
        Kind(domain=Platform.BINARY_SENSOR),
        Kind(domain=Platform.SWITCH),
        Kind(domain=Platform.FAN),
        Kind(domain="input_boolean"),
    ),
}
# Looked for by itself. Other events, buttons on a screen and lamps are many, few of them in daily
# use: those are chosen by hand.
_LOOKED_FOR: tuple[tuple[Role, Kind], ...] = (
    *((Role.DOOR, kind) for kind in _DOORS),
    (Role.PLUG, Kind(domain=Platform.SENSOR, device_classes=("power",))),
    (Role.PLUG, Kind(domain=Platform.SWITCH)),
    *((Role.MOTION, kind) for kind in _BY_ROLE[Role.MOTION]),
    *((Role.PHONE, kind) for kind in _BY_ROLE[Role.PHONE]),
    (Role.BUTTON, Kind(domain=Platform.EVENT, device_classes=("button",))),
)


def selector_for(hass: HomeAssistant, role: Role) -> EntitySelector:
    """Everything that fits, except what we made ourselves: a mirror would watch itself."""
    return EntitySelector(
        EntitySelectorConfig(
            filter=[_filter(kind) for kind in _BY_ROLE[role]], exclude_entities=_own_entities(hass)
        )
    )


def fits(hass: HomeAssistant, role: Role, entity_id: str) -> bool:
    """Not every client filters by the selector."""
    return any(_is(hass, kind, role, entity_id) for kind in _BY_ROLE[role])


def role_of(hass: HomeAssistant, entity_id: str) -> Role | None:
    """The role to suggest for an entity found in the home; `None`: it is no candidate."""
    for role, kind in _LOOKED_FOR:
        if _is(hass, kind, role, entity_id):
            return _nearer(hass, role, entity_id)
    return None


def roles_of(hass: HomeAssistant, entity_id: str) -> tuple[Role, ...]:
    """Every role that an entity can have. A plain contact is no "other"."""
    found = tuple(r for r in Role if r is not Role.OTHER and fits(hass, r, entity_id))
    return found or tuple(r for r in (Role.OTHER,) if fits(hass, r, entity_id))


def measures_power(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether the device behind a socket says how much is drawn through it."""
    return any(
        device_class(hass, name) == SensorDeviceClass.POWER for name in siblings(hass, entity_id)
    )


def device_class(hass: HomeAssistant, entity_id: str) -> str | None:
    """As the registry has it, or the state where there is no registration."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and (found := entry.device_class or entry.original_device_class):
        return found
    state = hass.states.get(entity_id)
    return None if state is None else state.attributes.get(ATTR_DEVICE_CLASS)


def _nearer(hass: HomeAssistant, role: Role, entity_id: str) -> Role | None:
    """What the name and the device tell beyond the kind."""
    domain, _ = split_entity_id(entity_id)
    if role is Role.PLUG and domain == Platform.SWITCH:
        # Where power is measured, the measurement is the better witness.
        if measures_power(hass, entity_id):
            return None
        outlet = device_class(hass, entity_id) == SwitchDeviceClass.OUTLET
        return Role.PLUG if outlet else Role.LIGHT
    if role is not Role.DOOR:
        return role
    garage = device_class(hass, entity_id) == BinarySensorDeviceClass.GARAGE_DOOR
    state = hass.states.get(entity_id)
    named = _OUTSIDE.search(entity_id if state is None else f"{state.name} {entity_id}")
    return Role.OUTER_DOOR if garage or named else Role.DOOR


def _is(hass: HomeAssistant, kind: Kind, role: Role, entity_id: str) -> bool:
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform == DOMAIN:
        return False
    domain, _ = split_entity_id(entity_id)
    classes = kind.device_classes
    if kind.domain != domain or (classes and device_class(hass, entity_id) not in classes):
        return False
    if kind.integration is not None and (entry is None or entry.platform != kind.integration):
        return False
    if role is not Role.PHONE:
        return True
    if domain == Platform.BINARY_SENSOR:
        # Its screen lights up by itself; only its locks are opened by a hand.
        return entry is not None and entry.unique_id.endswith(PHONE_LOCKS)
    return _shows_use(hass, entity_id, entry)


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
    if device_class(hass, entity_id) not in {None, SensorDeviceClass.ENUM}:
        return False
    return state is None or not _is_number(state.state)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _own_entities(hass: HomeAssistant) -> list[str]:
    return [e.entity_id for e in er.async_get(hass).entities.values() if e.platform == DOMAIN]


def _filter(kind: Kind) -> EntityWithDeviceFilterSelectorConfig:
    found = EntityWithDeviceFilterSelectorConfig(domain=kind.domain)
    if kind.device_classes:
        found["device_class"] = list(kind.device_classes)
    if kind.integration is not None:
        found["integration"] = kind.integration
    return found
