"""Follows the entities of all sources with one listener, and reports what the household must know.

The coordinator starts it once the household is restored, and asks it how much can be seen. A change
costs the same however many sources there are; how a source is, is looked at when it may have
changed: at its deadline, on its return, never by polling.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.start import async_at_started

from ..clocks import Clocks
from ..const import PRESS_HELP, SUBENTRY_SOURCE
from ..journal import Journal
from ..logic.activity import COMMAND_MEMORY, Change, Word
from ..logic.appliance import Appliance
from ..logic.evidence import Evidence
from ..logic.inputs import Help, Input, Life, Ok, Person, Place
from ..logic.journal import Mark
from ..logic.source import Seen, Source, moved, observe, told, told_too_late, watch_of
from ..logic.words import Cause, Liveness, Role, Watch
from ..restore import has_consent
from ..view import SourceView
from .clock import SourceClock
from .commands import Commands, by_command
from .evidence import evidence_of, is_unheard
from .flips import SWITCHED, Flips
from .hubs import Returns
from .memory import SourceMemory
from .standing import Standings, may_be_other
from .tracked import DOORS, Tracked, first_look, missed_press, proof_taken, tracked_of, word_of
from .zigbee2mqtt import Zigbee2Mqtt

_LOGGER = logging.getLogger(__name__)

_PLACES: Mapping[Role, Place] = {
    Role.DOOR: Place.INSIDE,
    Role.OUTER_DOOR: Place.OUTER_DOOR,
    Role.PLUG: Place.INSIDE,
    Role.MOTION: Place.INSIDE,
    Role.PHONE: Place.PHONE,
    Role.LIGHT: Place.INSIDE,
    Role.OTHER: Place.INSIDE,
}

type Report = Callable[[Input | None], None]
type Notice = Callable[[], None]
type Called = Callable[[datetime], datetime | None]


class SourceTracker:
    """All sources of one household."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        clocks: Clocks,
        memory: SourceMemory,
        journal: Journal,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._memory = memory
        self._journal = journal
        self.sources: dict[str, Tracked] = {
            key: tracked_of(subentry, memory.of(key))
            for key, subentry in entry.subentries.items()
            if subentry.subentry_type == SUBENTRY_SOURCE and has_consent(entry)
        }
        self._standings = Standings(journal, self.sources.values())
        self._commands = Commands(hass, self.sources.values())
        self._returns = Returns()
        self._flips = Flips(hass, self.sources.values(), self._is_seen)
        self._mqtt = Zigbee2Mqtt(hass)
        self._clock = SourceClock(clocks, self._clock_was_set)
        self._by_entity: dict[str, list[Tracked]] = {}
        self._stops: list[CALLBACK_TYPE] = []
        self._stop_states: CALLBACK_TYPE | None = None
        self._with_home_assistant = False
        self._report: Report = lambda _: None
        self._other: Notice = lambda: None
        self._gone: Notice = lambda: None
        self._called: Called = lambda _: None
        self._alert: Called = lambda _: None

    def start(
        self, report: Report, other: Notice, gone_changed: Notice, called: Called, alert: Called
    ) -> None:
        """Look once at everything, then listen.

        `report`: a sign, or only something new to show. `other`: a source may be seen otherwise.
        `called`: when, as of then, a call of ours may last have rung the resident's phone.
        `alert`: until when, as of then, an alert was open.
        """
        self._report, self._other, self._gone = report, other, gone_changed
        self._called, self._alert = called, alert
        self._with_home_assistant = self._hass.state is not CoreState.running
        self._mqtt.settle()
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
        self._flips.stop()
        self._mqtt.stop()
        if self._stop_states is not None:
            self._stop_states()
            self._stop_states = None
        await self._memory.save(self.sources.values())

    @property
    def views(self) -> Mapping[str, SourceView]:
        """What is shown of each source."""
        return self._standings.views

    def watch(self) -> Watch:
        """How much of the usual activity could be seen now."""
        return watch_of([t.source for t in self.sources.values()], self._clock.now())

    def lives(self) -> dict[str, Liveness]:
        return {key: tracked.condition.liveness for key, tracked in self.sources.items()}

    @property
    def asks_again(self) -> bool:
        """The radio had lost a device. When it has it again nobody says so: it is to be asked."""
        return any(tracked.source.reachable is False for tracked in self.sources.values())

    def next_change(self) -> datetime | None:
        """When to look again if nothing more is heard."""
        return min((t.due for t in self.sources.values() if t.due is not None), default=None)

    def look(self) -> bool:
        """Ask the radio about whatever is due, and about what we could not see anyway.

        True when one of them is other than before.
        """
        now = self._clock.now()
        waiting = [
            t
            for t in self.sources.values()
            if t.condition.liveness is not Liveness.LIVE or (t.due is not None and t.due <= now)
        ]
        other = [self._look_at(tracked, now) for tracked in waiting]
        return any(other)

    @callback
    def proofs_changed(self) -> None:
        """A walk test proved a source, or a technician overruled: no reason to stop watching."""
        self._follow()
        self._other()

    @callback
    def past_is_known(self, learnt: Mapping[str, Source]) -> None:
        """What the recorded past has taught, for whoever has not learnt by itself yet."""
        now = self._clock.now()
        for key, source in learnt.items():
            tracked = self.sources[key]
            tracked.past_known = True
            if not tracked.source.habit.days:
                tracked.source = replace(
                    tracked.source, habit=source.habit, appliance=_taught(tracked.source, source)
                )
            self._standings.judge(tracked, now)
        self._memory.save_later(self.sources.values())
        self._other()

    def gone(self) -> set[str]:
        """Sources whose entity is no longer there."""
        return {t.subentry_id for t in self.sources.values() if t.entity_id is None}

    @property
    def listening_since(self) -> datetime:
        return self._clock.started

    def bridge_is_gone(self, tracked: Tracked) -> bool:
        return tracked.entity_id is not None and self._mqtt.bridge_is_gone(tracked.entity_id)

    def _look_at(self, tracked: Tracked, now: datetime) -> bool:
        """Whatever is wrong with one source, the others are looked at and the household starts."""
        try:
            return self._ask_about(tracked, now)
        except Exception:
            _LOGGER.exception("Nobody can say how source %s is", tracked.subentry_id)
            return False

    def _ask_about(self, tracked: Tracked, now: datetime) -> bool:
        """With the best evidence there is. What says nothing new is no word of the device."""
        evidence = evidence_of(self._hass, tracked, self._mqtt, self._clock.started)
        waiting = tracked.due is None or tracked.due > now
        if not waiting or _is_news(tracked.source, evidence):
            tracked.source = told(tracked.source, evidence, now)
        return self._standings.judge(tracked, now)

    def _clock_was_set(self, drift: timedelta) -> None:
        for tracked in self.sources.values():
            tracked.source = moved(tracked.source, self._clock.started, drift)
            tracked.due = tracked.due and tracked.due + drift
        self._journal.move(self._clock.started, drift)
        self._flips.move(self._clock.started, drift)
        self._mqtt.settle()

    @callback
    def _follow(self) -> None:
        """Resolve names, and look at whatever was not followed under this name before."""
        now = self._clock.now()
        for key, tracked in self.sources.items():
            before = tracked.entity_id
            tracked.resolve(self._hass)
            if (subentry := self._entry.subentries.get(key)) is not None:
                proof_taken(self._hass, tracked, subentry.data)
            if tracked.entity_id is None or tracked.entity_id != before:
                self._look_first(tracked, now)
            if tracked.entity_id is not None:
                self._mqtt.follow(tracked.entity_id, from_start=self._stop_states is None)
            self._look_at(tracked, now)
        self._by_entity = {}
        for tracked in self.sources.values():
            if tracked.entity_id is not None:
                self._by_entity.setdefault(tracked.entity_id, []).append(tracked)
        if self._stop_states is not None:
            self._stop_states()
        self._stop_states = async_track_state_change_event(
            self._hass, list(self._by_entity), self._changed
        )

    def _look_first(self, tracked: Tracked, now: datetime) -> None:
        state = self._hass.states.get(tracked.entity_id) if tracked.entity_id else None
        first_look(tracked, state, now, self._clock.started)
        starts = self._hass.state is not CoreState.running
        began = self._clock.process_began() if starts else None
        if (missed := missed_press(tracked, now, self._clock.started, began)) is not None:
            tracked.source = missed.source
            self._report(_input(tracked, missed.at))

    @callback
    def _home_assistant_started(self, _hass: HomeAssistant) -> None:
        """Until here integrations were still making their entities; from here they settle."""
        self._clock.start_anew()
        if self._with_home_assistant:
            self._mqtt.line_is_back()
        else:
            self._mqtt.settle()

    @callback
    def _registry_changed(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        names = {event.data["entity_id"], event.data.get("old_entity_id")}
        gone = self.gone()
        if not gone and names.isdisjoint(self._by_entity):
            return
        self._follow()
        if self.gone() != gone:
            self._gone()
        self._other()

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        self._clock.glance()
        for tracked in self._by_entity.get(event.data["entity_id"], ()):
            self._observe(tracked, event)

    def _observe(self, tracked: Tracked, event: Event[EventStateChangedData]) -> None:
        """In most cases nothing comes of it: a watt more, a motion's end, a report again."""
        data, at = event.data, event.time_fired
        new = data["new_state"]
        before = tracked.word(data["old_state"])
        back = tracked.shows(before, tracked.word(new), at)
        if back:
            self._came_back(tracked, at)
            self._mqtt.came_back(data["entity_id"], from_absence=before == STATE_UNAVAILABLE)
        if (asked := by_command(new, at)) is not None:
            tracked.commanded = asked
        asks = tracked.role in SWITCHED and self._asks(at)
        change = Change(
            old=before,
            new=tracked.shown,
            at=at,
            started=self._clock.started if self._hass.state is CoreState.running else at,
            power_back=self._returns.back_since(tracked.hub, tracked.returned),
            commanded=tracked.commanded,
            called=self._called(at) if tracked.role is Role.PHONE else None,
            near=tracked.near,
            switched=self._commands.switched if asks else None,
            woken=self._commands.woken if asks else None,
            along=self._flips.along(tracked, before, at),
            with_report=tracked.role in DOORS and self._mqtt.came_with_report(data["entity_id"]),
            word=self._word(tracked, event),
            unheard=self._is_unheard(tracked, event),
        )
        known = tracked.source
        seen = observe(known, change)
        tracked.source = seen.source
        if not self._flips.waits(tracked, known, seen, before=before, at=at):
            self._tell(tracked, known, seen, at, back=back)
        self._memory.save_later(self.sources.values())

    def _tell(
        self, tracked: Tracked, known: Source, seen: Seen, at: datetime, *, back: bool
    ) -> None:
        if seen.finding.activity:
            try:
                self._keep_in_mind(tracked, seen, at)
            finally:
                # Whatever is wrong with what is noted and shown of it, it was a person.
                self._report(_input(tracked, seen.at))
        elif back or may_be_other(tracked, known, alive=seen.finding.alive):
            if self._standings.judge(tracked, at):
                self._other()
        elif self._standings.is_used_otherwise(tracked):
            self._report(None)

    def _keep_in_mind(self, tracked: Tracked, seen: Seen, at: datetime) -> None:
        if not told_too_late((t.source for t in self.sources.values()), seen.at, at):
            self._journal.note(seen.at, tracked.subentry_id, Mark.ACTIVITY)
        self._standings.judge(tracked, at)

    def _is_seen(self, tracked: Tracked, seen: Seen) -> None:
        """A lamp's flip that waited: by now it is known whether another one did the same."""
        self._tell(tracked, seen.source, seen, self._clock.now(), back=False)

    def _asks(self, at: datetime) -> bool:
        """An alert is open, or what asked in it has just put things back."""
        alert = self._alert(at)
        return alert is not None and at - alert < COMMAND_MEMORY

    def _word(self, tracked: Tracked, event: Event[EventStateChangedData]) -> Word:
        began = self._clock.started if self._with_home_assistant else None
        heard = self._mqtt.word(event.data["entity_id"])
        hub = self._returns.back_since(tracked.hub, None)
        return heard or word_of(tracked, event.data["old_state"], event.time_fired, began, hub)

    def _is_unheard(self, tracked: Tracked, event: Event[EventStateChangedData]) -> bool:
        if self._mqtt.word(event.data["entity_id"]) is not None:
            # It says so itself, and Home Assistant notes no report of the same value there.
            return False
        began = self._clock.started if self._with_home_assistant else None
        back = self._returns.back_since(tracked.hub, tracked.returned)
        return is_unheard(event.data["old_state"], event.time_fired, began, back)

    def _came_back(self, tracked: Tracked, at: datetime) -> None:
        hubs = {key: t.hub for key, t in self.sources.items() if t.hub is not None}
        away = tracked.source.changed or self._clock.started
        self._returns.note(tracked.subentry_id, at, since=away, hubs=hubs)


def _taught(source: Source, past: Source) -> Appliance:
    """The levels of the past; what it draws now is known better."""
    now = source.appliance
    return replace(past.appliance, watts=now.watts, read=now.read, stopped=now.stopped)


def _is_news(source: Source, evidence: Evidence) -> bool:
    if evidence.reachable is not None and evidence.reachable is not source.reachable:
        return True
    return evidence.heard is not None and (source.heard is None or evidence.heard > source.heard)


def _input(tracked: Tracked, at: datetime) -> Input:
    if tracked.role is not Role.BUTTON:
        return Life(place=_PLACES[tracked.role], at=at)
    if tracked.press == PRESS_HELP:
        return Help(cause=Cause.BUTTON)
    return Ok(person=Person.RESIDENT)
