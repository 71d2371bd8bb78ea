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
    """A source as part of its hub. `down`: the hub itself is known to be away.

    `mains`: it has no battery, and goes with the power of the home.
    """

    key: str
    hub: Hub | None
    gone_since: datetime | None = None
    lost: bool = False
    down: bool = False
    mains: bool = False


def power_cut(members: Iterable[Member]) -> frozenset[str]:
    """Everything on the mains, if it went away in one moment while something on a battery lives.

    Then no hub and no device is broken: a fuse has blown, or the street is dark and we are not.
    """
    everyone = list(members)
    on_mains = [m for m in everyone if m.mains]
    alive = any(not m.lost for m in everyone if not m.mains)
    if len(on_mains) > 1 and alive and _is_outage(on_mains):
        return frozenset(m.key for m in on_mains)
    return frozenset()


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
    """Since when a source's reports are suspect, because it or its hub has just come back.

    A hub that returns brings most of its sources, which were away together. A plug that comes and
    goes by itself says nothing of the door beside it.
    """

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._several: dict[Hub, datetime] = {}

    def note(self, key: str, at: datetime, *, since: datetime, hubs: Mapping[str, Hub]) -> None:
        """A source is back that was away `since`. `hubs`: that of each source that has one."""
        self._last[key] = at
        hub = hubs.get(key)
        if hub is None:
            return
        # A broker that returns brings all its bridges, a bridge its own devices.
        for whole in {Hub(entry_id=hub.entry_id), hub}:
            under = [k for k, h in hubs.items() if whole in {Hub(entry_id=h.entry_id), h}]
            back = [k for k in under if self._came_with(k, since, at)]
            if len(back) > 1 and 2 * len(back) > len(under):
                self._several[whole] = at

    def _came_with(self, key: str, since: datetime, at: datetime) -> bool:
        back = self._last.get(key)
        return back is not None and since < back and at - back < TOGETHER

    def back_since(self, hub: Hub | None, own: datetime | None) -> datetime | None:
        """Its own return; or, where most of its hub came back together, the latest of these."""
        if hub is None:
            return own
        wholes = (Hub(entry_id=hub.entry_id), hub)
        known = [own, *(self._several.get(whole) for whole in wholes)]
        return max((moment for moment in known if moment is not None), default=None)
