"""One source as the tracker follows it: which entity it is, what `logic` knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_ENTITY,
    CONF_OVERRULED,
    CONF_PRESS,
    CONF_ROLE,
    CONF_TESTED,
    CONF_TESTED_DEVICE,
)
from ..logic.activity import BLANK, SETTLE, Change
from ..logic.source import Source, observe, source_from_dict
from ..logic.words import Role
from .facts import identity_of

# Of a device's entities, those whose reports come from the device itself.
_REPORTING = frozenset({Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR, Platform.SWITCH})


@dataclass(slots=True, kw_only=True)
class Tracked:
    """`entity` is what was chosen: a registry id, or an entity id where there is none."""

    subentry_id: str
    entity: str
    role: Role
    press: str | None
    source: Source
    entity_id: str | None = None
    shown: str | None = None
    returned: datetime | None = None
    commanded: datetime | None = None

    def resolve(self, registry: er.EntityRegistry) -> None:
        """The entity's present name; `None` when it has gone."""
        self.entity_id = er.async_resolve_entity_id(registry, self.entity)


def tracked_of(
    hass: HomeAssistant, subentry: ConfigSubentry, kept: Mapping[str, Any] | None
) -> Tracked:
    """With what was learnt of it; another sensor in its place is untested."""
    role = Role(subentry.data[CONF_ROLE])
    entity = str(subentry.data[CONF_ENTITY])
    source = replace(
        _restored(role, entity, kept),
        tested=tested_at(hass, subentry.data),
        overruled=bool(subentry.data.get(CONF_OVERRULED)),
    )
    return Tracked(
        subentry_id=subentry.subentry_id,
        entity=entity,
        role=role,
        press=subentry.data.get(CONF_PRESS),
        source=source,
    )


def tested_at(hass: HomeAssistant, data: Mapping[str, Any]) -> datetime | None:
    """When a walk test proved this very device; `None` also when another stands in its place."""
    if data.get(CONF_TESTED_DEVICE) != identity_of(hass, str(data[CONF_ENTITY])):
        return None
    moment = dt_util.parse_datetime(str(data.get(CONF_TESTED)))
    return moment if moment is not None and moment.tzinfo is not None else None


def _restored(role: Role, entity: str, kept: Mapping[str, Any] | None) -> Source:
    if kept is None or kept.get("entity") != entity or kept.get("role") != role:
        return Source(role=role)
    try:
        return source_from_dict(kept)
    except KeyError, TypeError, ValueError:
        # Lost is only what was learnt: the home is blind until the source shows life again.
        return Source(role=role)


def first_look(tracked: Tracked, state: State | None, now: datetime, started: datetime) -> None:
    """What is there when we begin to listen is no activity, and no word from the device either."""
    tracked.shown = None if state is None else state.state
    if tracked.role is Role.BUTTON:
        # A button shows its last press for ever; only whether it is there says something.
        there = tracked.shown is not None and tracked.shown != STATE_UNAVAILABLE
        tracked.source = replace(tracked.source, available=there, changed=now)
        return
    change = Change(old=None, new=tracked.shown, at=now, started=started)
    tracked.source = observe(replace(tracked.source, changed=now), change).source


def refreshed(hass: HomeAssistant, tracked: Tracked, started: datetime) -> None:
    """A report of the same value is no event of its own; Home Assistant only notes its time.

    Whatever else the device reports, its battery say, proves it alive as well. What is said on its
    behalf just after a start or a return does not.
    """
    if tracked.entity_id is None or not tracked.source.available:
        return
    settled = max(started, tracked.returned or started) + SETTLE
    reports = [
        state.last_reported
        for entity_id in _of_the_device(hass, tracked.entity_id)
        if (state := hass.states.get(entity_id)) is not None and state.state not in BLANK
    ]
    newest = max(reports, default=settled)
    if newest > settled and (tracked.source.heard is None or newest > tracked.source.heard):
        tracked.source = replace(tracked.source, heard=newest)


def _of_the_device(hass: HomeAssistant, entity_id: str) -> list[str]:
    registry = er.async_get(hass)
    entry = registry.async_get(entity_id)
    if entry is None or entry.device_id is None:
        return [entity_id]
    device = er.async_entries_for_device(registry, entry.device_id)
    return [e.entity_id for e in device if e.domain in _REPORTING]


def moved(source: Source, since: datetime, by: timedelta) -> Source:
    """The wall clock was set: what happened since `since` is on its new scale, too."""

    def of(moment: datetime | None) -> datetime | None:
        return moment if moment is None or moment < since else moment + by

    return replace(
        source,
        changed=of(source.changed),
        heard=of(source.heard),
        last_activity=of(source.last_activity),
        weighed=of(source.weighed),
    )
