"""One source as the tracker follows it: which entity it is, what `logic` knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from ..const import CONF_ENTITY, CONF_PRESS, CONF_ROLE
from ..logic.activity import BLANK, Change
from ..logic.source import Source, observe, source_from_dict
from ..logic.words import Role


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


def tracked_of(subentry: ConfigSubentry, kept: Mapping[str, Any] | None) -> Tracked:
    """With what was learnt of it; another sensor in its place is untested."""
    role = Role(subentry.data[CONF_ROLE])
    entity = str(subentry.data[CONF_ENTITY])
    return Tracked(
        subentry_id=subentry.subentry_id,
        entity=entity,
        role=role,
        press=subentry.data.get(CONF_PRESS),
        source=_restored(role, entity, kept),
    )


def _restored(role: Role, entity: str, kept: Mapping[str, Any] | None) -> Source:
    if kept is None or kept.get("entity") != entity or kept.get("role") != role:
        return Source(role=role)
    try:
        return source_from_dict(kept)
    except KeyError, TypeError, ValueError:
        # Lost is only what was learnt: the home is blind until the source shows life again.
        return Source(role=role)


def first_look(tracked: Tracked, state: State | None, now: datetime, started: datetime) -> None:
    """What is there when we begin to listen is no activity: nobody saw it happen."""
    shown = None if state is None else state.state
    tracked.shown = shown
    if tracked.role is Role.BUTTON:
        # A button shows its last press for ever; only whether it is there says something.
        there = shown is not None and shown != STATE_UNAVAILABLE
        heard = state.last_reported if there and state is not None else tracked.source.heard
        tracked.source = replace(tracked.source, available=there, changed=now, heard=heard)
        return
    change = Change(old=None, new=shown, at=now, started=started)
    seen = observe(replace(tracked.source, changed=now), change).source
    if state is not None and shown not in BLANK:
        heard = latest(tracked.source.heard, min(state.last_reported, now))
        seen = replace(seen, heard=heard)
    tracked.source = seen


def refreshed(hass: HomeAssistant, tracked: Tracked) -> None:
    """A report of the same value is no event of its own; Home Assistant only notes its time."""
    if tracked.entity_id is None or not tracked.source.available:
        return
    state = hass.states.get(tracked.entity_id)
    if state is not None and state.state not in BLANK:
        heard = latest(tracked.source.heard, state.last_reported)
        tracked.source = replace(tracked.source, heard=heard)


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


def latest(first: datetime | None, second: datetime) -> datetime:
    return second if first is None else max(first, second)
