"""Follows the entities of all sources with one listener, and reports what the household must know.

The coordinator starts it once the household is restored, and asks it how much can be seen.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.start import async_at_started

from ..clocks import Clocks
from ..const import PRESS_HELP, SUBENTRY_SOURCE
from ..logic.activity import BLANK, Change
from ..logic.clock import TOLERANCE, Reading
from ..logic.inputs import Help, Input, Life, Ok, Person, Place
from ..logic.source import liveness, next_change, observe, watch_of
from ..logic.words import Cause, Liveness, Role, Watch
from .commands import Commands, by_command
from .memory import SourceMemory
from .returns import Returns
from .tracked import Tracked, first_look, moved, refreshed, tracked_of

_PLACES: Mapping[Role, Place] = {
    Role.DOOR: Place.INSIDE,
    Role.OUTER_DOOR: Place.OUTER_DOOR,
    Role.PLUG: Place.INSIDE,
    Role.MOTION: Place.INSIDE,
    Role.PHONE: Place.PHONE,
    Role.LIGHT: Place.INSIDE,
    Role.OTHER: Place.INSIDE,
}


class SourceTracker:
    """All sources of one household."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, clocks: Clocks, memory: SourceMemory
    ) -> None:
        self._hass = hass
        self._clocks = clocks
        self._memory = memory
        self.sources: dict[str, Tracked] = {
            key: tracked_of(hass, subentry, memory.of(key))
            for key, subentry in entry.subentries.items()
            if subentry.subentry_type == SUBENTRY_SOURCE
        }
        self._commands = Commands(hass, self.sources.values())
        self._returns = Returns(hass, self.sources.values())
        self._read = clocks.read()
        self._started = self._read.wall
        self._by_entity: dict[str, list[Tracked]] = {}
        self._stops: list[CALLBACK_TYPE] = []
        self._stop_states: CALLBACK_TYPE | None = None
        self._report: Callable[[Input | None], None] = lambda _: None
        self._gone: Callable[[], None] = lambda: None

    def start(
        self, report: Callable[[Input | None], None], gone_changed: Callable[[], None]
    ) -> None:
        """Look once at everything, then listen. `report(None)`: something else may have changed."""
        self._report, self._gone = report, gone_changed
        self._follow()
        self._stops = [
            self._commands.listen(),
            self._hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._registry_changed),
            async_at_started(self._hass, self._home_assistant_started),
        ]

    async def stop(self) -> None:
        for stop in self._stops:
            stop()
        self._stops = []
        if self._stop_states is not None:
            self._stop_states()
            self._stop_states = None
        await self._memory.save(self.sources.values())

    def watch(self) -> Watch:
        """How much of the usual activity could be seen now."""
        now = self._now()
        return watch_of([t.source for t in self._fresh()], now)

    def lives(self) -> dict[str, Liveness]:
        now = self._now()
        return {t.subentry_id: liveness(t.source, now) for t in self._fresh()}

    def next_change(self) -> datetime | None:
        """When the liveness of some source changes if nothing more is heard."""
        now = self._now()
        marks = [next_change(t.source, now) for t in self._fresh()]
        return min((m for m in marks if m is not None), default=None)

    def gone(self) -> set[str]:
        """Sources whose entity is no longer there."""
        return {t.subentry_id for t in self.sources.values() if t.entity_id is None}

    def _fresh(self) -> list[Tracked]:
        for tracked in self.sources.values():
            refreshed(self._hass, tracked, self._started)
        return list(self.sources.values())

    def _now(self) -> datetime:
        """The wall clock; when it was set meanwhile, the sources' moments move with it."""
        reading = self._clocks.read()
        drift = _drift(self._read, reading)
        if abs(drift) > TOLERANCE:
            for tracked in self.sources.values():
                tracked.source = moved(tracked.source, self._started, drift)
            self._started += drift
        self._read = reading
        return reading.wall

    @callback
    def _follow(self) -> None:
        """Resolve names, and look at whatever was not followed under this name before."""
        registry, now = er.async_get(self._hass), self._now()
        for tracked in self.sources.values():
            before = tracked.entity_id
            tracked.resolve(registry)
            if tracked.entity_id is None or tracked.entity_id != before:
                state = self._hass.states.get(tracked.entity_id) if tracked.entity_id else None
                first_look(tracked, state, now, self._started)
        self._by_entity = {}
        for tracked in self.sources.values():
            if tracked.entity_id is not None:
                self._by_entity.setdefault(tracked.entity_id, []).append(tracked)
        if self._stop_states is not None:
            self._stop_states()
        self._stop_states = async_track_state_change_event(
            self._hass, list(self._by_entity), self._changed
        )

    @callback
    def _home_assistant_started(self, _hass: HomeAssistant) -> None:
        """Until here integrations were still making their entities; from here they settle."""
        self._started = self._now()

    @callback
    def _registry_changed(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        names = {event.data["entity_id"], event.data.get("old_entity_id")}
        gone = self.gone()
        if not gone and names.isdisjoint(self._by_entity):
            return
        self._follow()
        if self.gone() != gone:
            self._gone()
        self._report(None)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        self._now()
        for tracked in self._by_entity.get(event.data["entity_id"], ()):
            self._observe(tracked, event)

    def _observe(self, tracked: Tracked, event: Event[EventStateChangedData]) -> None:
        old, new, at = event.data["old_state"], event.data["new_state"], event.time_fired
        before, tracked.shown = _shown(old), _shown(new)
        if before in BLANK and tracked.shown not in BLANK:
            tracked.returned = at
        if (asked := by_command(new, at)) is not None:
            tracked.commanded = asked
        change = Change(
            old=before,
            new=tracked.shown,
            at=at,
            started=self._started if self._hass.state is CoreState.running else at,
            power_back=self._returns.back_since(tracked, at),
            commanded=tracked.commanded,
        )
        seen = observe(tracked.source, change)
        tracked.source = seen.source
        self._memory.save_later(self.sources.values())
        self._report(_input(tracked, at) if seen.finding.activity else None)


def _shown(state: State | None) -> str | None:
    return None if state is None else state.state


def _input(tracked: Tracked, at: datetime) -> Input:
    if tracked.role is not Role.BUTTON:
        return Life(place=_PLACES[tracked.role], at=at)
    if tracked.press == PRESS_HELP:
        return Help(cause=Cause.BUTTON)
    return Ok(person=Person.RESIDENT)


def _drift(before: Reading, after: Reading) -> timedelta:
    return (after.wall - before.wall) - timedelta(seconds=after.steady - before.steady)
