"""What several devices have in common: the hub, bridge or broker that brings them in.

What a hub's devices report as it comes back, nobody did; and devices that fell silent together with
it are one trouble, not many.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

# Several devices of one hub that return, or go, within this did so with it.
TOGETHER = timedelta(seconds=30)
_GONE_TOGETHER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The integration's entry that an entity comes from, and the bridge to its device."""

    entry_id: str
    bridge: str | None = None


def hub_of(hass: HomeAssistant, entity_id: str | None) -> Hub | None:
    entry = er.async_get(hass).async_get(entity_id) if entity_id else None
    if entry is None or entry.config_entry_id is None:
        return None
    device = dr.async_get(hass).async_get(entry.device_id) if entry.device_id else None
    bridge = device.via_device_id if isinstance(device, dr.DeviceEntry) else None
    return Hub(entry_id=entry.config_entry_id, bridge=bridge)


def name_of(hass: HomeAssistant, hub: Hub) -> str:
    bridge = dr.async_get(hass).async_get(hub.bridge) if hub.bridge else None
    if bridge is not None and (name := bridge.name_by_user or bridge.name):
        return name
    entry = hass.config_entries.async_get_entry(hub.entry_id)
    return hub.entry_id if entry is None else entry.title


def is_down(hass: HomeAssistant, hub: Hub) -> bool:
    """Home Assistant itself could not set its integration up."""
    entry = hass.config_entries.async_get_entry(hub.entry_id)
    return entry is not None and entry.state in {
        ConfigEntryState.SETUP_ERROR,
        ConfigEntryState.SETUP_RETRY,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A source as part of its hub. `down`: the hub itself is known to be away."""

    key: str
    hub: Hub | None
    gone_since: datetime | None = None
    lost: bool = False
    down: bool = False


def outages(members: Iterable[Member]) -> Mapping[Hub, frozenset[str]]:
    """Hubs that are lost with all their sources, and these. A broker is its bridges' hub."""
    found: dict[Hub, frozenset[str]] = {}
    everyone = [m for m in members if m.hub is not None]
    for hub in {Hub(entry_id=m.hub.entry_id) for m in everyone if m.hub}:
        under = [m for m in everyone if m.hub and m.hub.entry_id == hub.entry_id]
        if _is_outage(under):
            found[hub] = frozenset(m.key for m in under)
            continue
        for bridge in {m.hub for m in under if m.hub and m.hub.bridge}:
            behind = [m for m in under if m.hub == bridge]
            if _is_outage(behind):
                found[bridge] = frozenset(m.key for m in behind)
    return found


def _is_outage(members: list[Member]) -> bool:
    """All lost, and either their hub is known to be down or they went away in one moment."""
    if not all(m.lost and m.gone_since is not None for m in members):
        return False
    if all(m.down for m in members):
        return True
    gone = [m.gone_since for m in members if m.gone_since is not None]
    return len(gone) > 1 and max(gone) - min(gone) <= _GONE_TOGETHER


class Returns:
    """Since when a source's reports are suspect, because it or its hub has just come back."""

    def __init__(self) -> None:
        # By the integration's entry: a broker that returns brings all its bridges.
        self._last: dict[str, tuple[str, datetime]] = {}
        self._several: dict[str, datetime] = {}

    def note(self, key: str, hub: Hub | None, at: datetime) -> None:
        if hub is None:
            return
        other = self._last.get(hub.entry_id)
        if other is not None and other[0] != key and at - other[1] < TOGETHER:
            self._several[hub.entry_id] = at
        self._last[hub.entry_id] = (key, at)

    def back_since(self, hub: Hub | None, own: datetime | None) -> datetime | None:
        """Its own return; or, where several of its hub came back together, the latest of these."""
        together = None if hub is None else self._several.get(hub.entry_id)
        if own is None or together is None:
            return own or together
        return max(own, together)
