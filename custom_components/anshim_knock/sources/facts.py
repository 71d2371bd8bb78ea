"""What is known of the device behind an entity, from whoever drives its radio.

Read lazily, each time anew, and fail-soft: a fact that cannot be had is `None`, never an error.
Adoption ranks candidates by it, `evidence` proves a source alive with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, PERCENTAGE, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..logic.activity import BLANK
from .payloads import UNSAID, Settings, settings_of
from .zha import UNKNOWN, ZHA, ZhaDevice, is_twin, zha_device

_MQTT = "mqtt"
_Z2M = "zigbee2mqtt_"
# Of a device's entities, those whose reports come from the device itself.
REPORTING = frozenset(
    {Platform.BINARY_SENSOR, Platform.EVENT, Platform.LIGHT, Platform.SENSOR, Platform.SWITCH}
)
_SWITCHES = frozenset({Platform.LIGHT, Platform.SWITCH})
_MOST_LINK = 255


class Stack(StrEnum):
    """Who brings the device into Home Assistant."""

    ZHA = "zha"
    ZIGBEE2MQTT = "zigbee2mqtt"
    MOBILE_APP = "mobile_app"
    OTHER = "other"


class Trap(StrEnum):
    """What is known to go wrong with a device, as keys of the texts that warn of it."""

    DEAD_TWIN = "dead_twin"
    LOSES_QUICK_USE = "loses_quick_use"
    REPORTS_NO_POWER = "reports_no_power"


# Parts of the model's name, as ZHA or Zigbee2MQTT give it.
_TRAPS = (
    ("PARASOLL", Trap.LOSES_QUICK_USE),
    ("E2013", Trap.LOSES_QUICK_USE),
    ("TS011F", Trap.REPORTS_NO_POWER),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """`link` is 0 to 255, `battery` percent; `real` is false for a twin that never changes."""

    stack: Stack = Stack.OTHER
    manufacturer: str | None = None
    model: str | None = None
    quirk: str | None = None
    heard: datetime | None = None
    # Of `heard`, what the radio itself recorded.
    last_frame: datetime | None = None
    link: int | None = None
    battery: float | None = None
    check_in: timedelta | None = None
    mains: bool | None = None
    zone: str | None = None
    real: bool = True
    trap: Trap | None = None
    reachable: bool | None = None
    # How its bridge is set, where it is Zigbee2MQTT.
    bridge: Settings = UNSAID


def facts_of(hass: HomeAssistant, entity_id: str) -> DeviceFacts:
    """All that is known now. Never raises."""
    entry = er.async_get(hass).async_get(entity_id)
    device = _device(hass, entry)
    zha = _zha(hass, device)
    registered = (None, None) if device is None else (device.manufacturer, device.model)
    model = zha.model or registered[1]
    stack = _stack(entry, device)
    real = entry is None or not (entry.platform == ZHA and is_twin(zha, model, entry.unique_id))
    return DeviceFacts(
        stack=stack,
        manufacturer=zha.manufacturer or registered[0],
        model=model,
        quirk=zha.quirk,
        heard=zha.heard or _last_report(hass, entity_id),
        last_frame=zha.heard,
        link=_first(zha.link, link_of(hass, entity_id)),
        battery=_first(zha.battery, battery_of(hass, entity_id)),
        check_in=zha.check_in,
        mains=_first(zha.mains, _mains(hass, entity_id)),
        zone=zha.zone,
        real=real,
        trap=_trap(model, device, entity_id) if real else Trap.DEAD_TWIN,
        reachable=zha.available,
        bridge=settings_of(hass, entity_id) if stack is Stack.ZIGBEE2MQTT else UNSAID,
    )


def identity_of(hass: HomeAssistant, entity: str) -> list[str]:
    """Which thing stands behind an entity (named by its id or its registry id).

    A walk test proves this thing. All of its radios' addresses and of the names under which its
    device is registered, else how the entity is.
    """
    entry = er.async_get(hass).async_get(entity)
    device = _device(hass, entry)
    if device is None:
        return [entity if entry is None else entry.id]
    addresses, names = _names(device)
    return addresses + names or [device.id]


def is_same_thing(hass: HomeAssistant, entity: str, known: object) -> bool:
    """Whether `identity_of` once said this, of one name or of several, about what is there now.

    One address that is the same proves it. Another address of the same kind is another device,
    even where it was given the old one's name.
    """
    once = {known} if isinstance(known, str) else set(known if isinstance(known, list) else ())
    addresses, _ = _names(_device(hass, er.async_get(hass).async_get(entity)))
    if not once.isdisjoint(addresses):
        return True
    kinds = {address.partition(" ")[0] for address in addresses}
    if any(str(name).partition(" ")[0] in kinds for name in once):
        return False
    return not once.isdisjoint(identity_of(hass, entity))


def _names(device: dr.DeviceEntry | None) -> tuple[list[str], list[str]]:
    if device is None:
        return [], []
    addresses = sorted(f"{kind} {value}" for kind, value in device.connections)
    return addresses, sorted(" ".join(map(str, name)) for name in device.identifiers)


def siblings(hass: HomeAssistant, entity_id: str) -> list[str]:
    """The entities that the same device reports, this one among them."""
    registry = er.async_get(hass)
    entry = registry.async_get(entity_id)
    if entry is None or entry.device_id is None:
        return [entity_id]
    device = er.async_entries_for_device(registry, entry.device_id)
    return [e.entity_id for e in device if e.domain in REPORTING]


def _device(hass: HomeAssistant, entry: er.RegistryEntry | None) -> dr.DeviceEntry | None:
    if entry is None or entry.device_id is None:
        return None
    registry = dr.async_get(hass)
    device = registry.async_get(entry.device_id)
    if isinstance(device, dr.ChildDeviceEntry):
        # One socket of a strip: the strip has the radio.
        device = registry.async_get(device.parent_device_id)
    return device if isinstance(device, dr.DeviceEntry) else None


def _zha(hass: HomeAssistant, device: dr.DeviceEntry | None) -> ZhaDevice:
    addresses = () if device is None else device.connections
    for kind, address in addresses:
        if kind == dr.CONNECTION_ZIGBEE:
            return zha_device(hass, address)
    return UNKNOWN


def _stack(entry: er.RegistryEntry | None, device: dr.DeviceEntry | None) -> Stack:
    if entry is None:
        return Stack.OTHER
    names = () if device is None else device.identifiers
    if entry.platform == _MQTT and any(str(name[1]).startswith(_Z2M) for name in names):
        return Stack.ZIGBEE2MQTT
    return {ZHA: Stack.ZHA, Stack.MOBILE_APP.value: Stack.MOBILE_APP}.get(
        entry.platform, Stack.OTHER
    )


def _trap(model: str | None, device: dr.DeviceEntry | None, entity_id: str) -> Trap | None:
    text = f"{model or ''} {device.model_id or '' if device else ''}".upper()
    found = next((trap for part, trap in _TRAPS if part in text), None)
    if found is Trap.REPORTS_NO_POWER and entity_id.startswith(Platform.SWITCH):
        # Its own button reports well.
        return None
    return found


def _last_report(hass: HomeAssistant, entity_id: str) -> datetime | None:
    return max((state.last_reported for state in _states(hass, entity_id)), default=None)


def battery_of(hass: HomeAssistant, entity_id: str) -> float | None:
    for state in _states(hass, entity_id):
        if (
            state.attributes.get(ATTR_DEVICE_CLASS) == SensorDeviceClass.BATTERY
            and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) == PERCENTAGE
        ):
            return _number(state, most=100)
    return None


def link_of(hass: HomeAssistant, entity_id: str) -> int | None:
    for state in _states(hass, entity_id):
        if state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) == "lqi":
            link = _number(state, most=_MOST_LINK)
            return None if link is None else int(link)
    return None


def _mains(hass: HomeAssistant, entity_id: str) -> bool | None:
    """A device with a battery level runs on it; one that switches a load is fed by it."""
    states = list(_states(hass, entity_id))
    if any(s.attributes.get(ATTR_DEVICE_CLASS) == SensorDeviceClass.BATTERY for s in states):
        return False
    return True if any(s.domain in _SWITCHES for s in states) else None


def _states(hass: HomeAssistant, entity_id: str) -> Iterator[State]:
    for name in siblings(hass, entity_id):
        state = hass.states.get(name)
        if state is not None and state.state not in BLANK:
            yield state


def _number(state: State, *, most: float) -> float | None:
    try:
        number = float(state.state)
    except ValueError:
        return None
    return number if isfinite(number) and 0 <= number <= most else None


def _first[T](*found: T | None) -> T | None:
    return next((value for value in found if value is not None), None)
