"""What the resident's phone needs before it can tell anything; checked live where that shows."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util

from ..logic.activity import BLANK
from ..logic.words import Role
from .kinds import PHONE_APP, fits

# The app sends what it has at least every quarter of an hour, when it is allowed to.
_LATELY = timedelta(hours=1)


class Check(StrEnum):
    """One line of the list. Each has a text for done and for not done."""

    SENSORS = "sensors"
    REPORTING = "reporting"
    ADDRESS = "address"
    # Home Assistant cannot see it: the technician looks and ticks.
    BATTERY = "battery"


def phones(hass: HomeAssistant) -> dict[str, str]:
    """The phones that have the companion app: device id and name."""
    registry = dr.async_get(hass)
    return {
        device.id: device.name_by_user or device.name or device.id
        for entry in hass.config_entries.async_entries(PHONE_APP)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
    }


def seen_of(hass: HomeAssistant, device_id: str) -> Mapping[Check, bool]:
    """What Home Assistant itself can tell of a phone."""
    registry = er.async_get(hass)
    entries = er.async_entries_for_device(registry, device_id)
    shown = {e.entity_id: state for e in entries if (state := _there(hass, e.entity_id))}
    newest = max((state.last_reported for state in shown.values()), default=None)
    return {
        Check.SENSORS: any(fits(hass, Role.PHONE, name) for name in shown),
        Check.REPORTING: newest is not None and dt_util.utcnow() - newest < _LATELY,
        Check.ADDRESS: _reachable_from_outside(hass),
    }


def _there(hass: HomeAssistant, entity_id: str) -> State | None:
    state = hass.states.get(entity_id)
    return None if state is None or state.state in BLANK else state


def _reachable_from_outside(hass: HomeAssistant) -> bool:
    try:
        get_url(hass, allow_internal=False)
    except NoURLAvailableError:
        return False
    return True
