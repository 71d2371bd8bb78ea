"""Remembers which sources were just commanded: their answer is no hand's work.

Home Assistant forgets a command's context after five seconds, a sleepy device answers after twenty.
"""

from collections.abc import Iterable
from datetime import datetime

from homeassistant.const import (
    ATTR_DEVICE_ID,
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
    ATTR_GROUP_ENTITIES,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    EVENT_CALL_SERVICE,
    SERVICE_RELOAD,
    SERVICE_TOGGLE,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    DOMAIN as HOMEASSISTANT_DOMAIN,
    Event,
    HomeAssistant,
    State,
    callback,
    split_entity_id,
)
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.util import slugify

from ..logic.words import Role
from .tracked import Tracked

_NOTIFY = "notify"
_MOBILE = "mobile_app_"
_SWITCHED = frozenset({"light", "scene", "switch"})
# Whatever these name, in an alert they may be the home's own question, or part of it.
_SWITCHING = _SWITCHED | {HOMEASSISTANT_DOMAIN}
_WAKING = _SWITCHING | {"assist_satellite", "media_player", "notify", "remote", "tts"}
# Home Assistant's own actions that move something; its others look, load anew or keep.
_MOVING = frozenset({SERVICE_TURN_ON, SERVICE_TURN_OFF, SERVICE_TOGGLE})
# A meter that reports too seldom is asked by an automation before each look: nobody touches it.
_LOOKING = frozenset({"logbook", "logger", "recorder", "utility_meter"})
_LOOKS = frozenset({("zwave_js", "ping"), ("zwave_js", "refresh_value")})


class Commands:
    """Marks sources. What an action moves was no hand at the device, whoever called it."""

    def __init__(self, hass: HomeAssistant, sources: Iterable[Tracked]) -> None:
        self._hass = hass
        self._sources = tuple(sources)
        # When an action of any kind last switched something; switched or woke something.
        self.switched: datetime | None = None
        self.woken: datetime | None = None

    def listen(self) -> CALLBACK_TYPE:
        return self._hass.bus.async_listen(EVENT_CALL_SERVICE, self._called)

    @callback
    def _called(self, event: Event) -> None:
        if not _moves(event):
            return
        at, called = event.time_fired, event.data[ATTR_DOMAIN]
        if called in _SWITCHING:
            self.switched = at
        if called in _WAKING:
            self.woken = at
        data = event.data.get(ATTR_SERVICE_DATA) or {}
        reached = self._with_members(self._entities(data, event)) | self._pushed(event)
        if not reached:
            return
        devices, hubs = self._devices(reached), self._hubs(reached)
        for tracked in self._sources:
            if tracked.entity_id in reached or self._device(tracked.entity_id) in devices:
                tracked.commanded = at
            if tracked.hub is not None and tracked.hub.entry_id in hubs:
                tracked.near = at

    def _entities(self, data: dict[str, object], event: Event) -> set[str]:
        """What was named, and of a room or of everything what the action can reach.

        Dimming the lamps of the kitchen moves no door there.
        """
        target = TargetSelection(data)
        if not target.has_any_target:
            return set()
        if "all" in target.entity_ids:
            found = set(self._hass.states.async_entity_ids())
            return {e for e in found if self._reaches(event, e)}
        named = TargetSelection({k: data.get(k) for k in (ATTR_ENTITY_ID, ATTR_DEVICE_ID)})
        direct, wide = self._targets(named), self._targets(target)
        return direct | {e for e in wide - direct if self._reaches(event, e)}

    def _with_members(self, entity_ids: set[str]) -> set[str]:
        """A hub's group switches its lamps by radio: no action ever names them."""
        found, waiting = set(entity_ids), list(entity_ids)
        while waiting:
            state = self._hass.states.get(waiting.pop())
            members = _members(state) - found if state is not None else set()
            found |= members
            waiting += members
        return found

    def _hubs(self, entity_ids: set[str]) -> set[str]:
        """Where lamps and switches are from: a group that lists no members may be of the same."""
        registry = er.async_get(self._hass)
        found = (registry.async_get(e) for e in entity_ids if split_entity_id(e)[0] in _SWITCHED)
        return {entry.config_entry_id for entry in found if entry and entry.config_entry_id}

    def _targets(self, target: TargetSelection) -> set[str]:
        found = async_extract_referenced_entity_ids(self._hass, target, primary_entities_only=False)
        return found.referenced | found.indirectly_referenced

    def _reaches(self, event: Event, entity_id: str) -> bool:
        """An action works on its own domain, an integration's on what that brings in."""
        called, action = str(event.data[ATTR_DOMAIN]), str(event.data[ATTR_SERVICE])
        domain = split_entity_id(entity_id)[0]
        if called == HOMEASSISTANT_DOMAIN:
            return self._hass.services.has_service(domain, action)
        entry = er.async_get(self._hass).async_get(entity_id)
        return called == domain or (entry is not None and entry.platform == called)

    def _pushed(self, event: Event) -> set[str]:
        """A push to a phone names the phone in the action, not in a target."""
        service = str(event.data.get(ATTR_SERVICE, ""))
        if event.data.get(ATTR_DOMAIN) != _NOTIFY or not service.startswith(_MOBILE):
            return set()
        name = service.removeprefix(_MOBILE)
        return {
            t.entity_id
            for t in self._sources
            if t.role is Role.PHONE and t.entity_id and name == self._device_name(t.entity_id)
        }

    def _device_name(self, entity_id: str) -> str | None:
        device_id = self._device(entity_id)
        device = dr.async_get(self._hass).async_get(device_id) if device_id else None
        return slugify(device.name) if device is not None and device.name else None

    def _devices(self, entity_ids: set[str]) -> set[str]:
        return {d for e in entity_ids if (d := self._device(e)) is not None}

    def _device(self, entity_id: str | None) -> str | None:
        if entity_id is None:
            return None
        entry = er.async_get(self._hass).async_get(entity_id)
        return None if entry is None else entry.device_id


def _members(state: State) -> set[str]:
    listed = (state.attributes.get(key) for key in (ATTR_ENTITY_ID, ATTR_GROUP_ENTITIES))
    return {str(name) for names in listed if isinstance(names, list | tuple) for name in names}


def _moves(event: Event) -> bool:
    """Whether an action can set something going; the unknown one may."""
    called, action = str(event.data[ATTR_DOMAIN]), str(event.data[ATTR_SERVICE])
    if called == HOMEASSISTANT_DOMAIN:
        return action in _MOVING
    return not (called in _LOOKING or action == SERVICE_RELOAD or (called, action) in _LOOKS)


def by_command(state: State | None, at: datetime) -> datetime | None:
    """Home Assistant itself says that somebody, or something, asked for this change."""
    if state is None:
        return None
    context = state.context
    return at if context.user_id is not None or context.parent_id is not None else None
