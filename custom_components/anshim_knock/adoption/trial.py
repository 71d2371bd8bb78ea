"""Watches entities for a real use, judged by the same rules as a source. Walk tests run on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..logic.activity import BLANK, SETTLE, Change, Why, Word
from ..logic.evidence import Evidence
from ..logic.source import Seen, Source, observe
from ..logic.words import Role
from ..sources.commands import Commands, by_command
from ..sources.facts import siblings
from ..sources.flips import Flips
from ..sources.hubs import hub_of
from ..sources.tracked import DOORS, Tracked, first_look, unique_id_of
from ..sources.zigbee2mqtt import Zigbee2Mqtt

# Seen, but it happened before anybody was asked: a timer's report of a missed edge.
LATE_REPORT = "late_report"

type Report = Callable[[str, str, datetime], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be tried. `source` is what was learnt of it, if it is one already.

    One that is only `beside` is not: whatever moves both in one moment is no hand.
    """

    key: str
    role: Role
    entity_id: str
    source: Source | None = None
    beside: bool = False


class Trial:
    """Listens beside the household, which goes on by itself and hears nothing of it."""

    def __init__(self, hass: HomeAssistant, subjects: Iterable[Subject], report: Report) -> None:
        self._hass = hass
        self._report = report
        now = dt_util.utcnow()
        known = list(subjects)
        self._tried = {s.entity_id: _tracked(hass, s, now) for s in known}
        self._beside = {s.key for s in known if s.beside}
        self._came = {name: came(hass, t, now) for name, t in self._tried.items()}
        self._commands = Commands(hass, self._tried.values())
        self._flips = Flips(hass, self._tried.values(), self._is_judged)
        self._mqtt = Zigbee2Mqtt(hass)
        self._begun = now
        self._stops: list[CALLBACK_TYPE] = []

    def start(self) -> None:
        """From here on each change is judged."""
        self._begun = now = dt_util.utcnow()
        for name, tracked in self._tried.items():
            first_look(tracked, self._hass.states.get(name), now, self._came[name])
            self._mqtt.follow(name, from_start=True)
        self._stops = [
            self._commands.listen(),
            async_track_state_change_event(self._hass, list(self._tried), self._changed),
        ]

    def stop(self) -> None:
        for stop in self._stops:
            stop()
        self._stops = []
        self._flips.stop()
        self._mqtt.stop()

    def settles(self, entity_id: str) -> datetime:
        """Until when what it shows may only be its hub coming back."""
        tracked = self._tried[entity_id]
        since = self._came[entity_id]
        return since if tracked.role is Role.BUTTON else since + SETTLE

    def heard(self, entity_id: str) -> Evidence | None:
        """What the radio said along with the newest report."""
        return self._mqtt.evidence(entity_id)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        tracked = self._tried[event.data["entity_id"]]
        old, new, at = event.data["old_state"], event.data["new_state"], event.time_fired
        before, tracked.shown = tracked.word(old), tracked.word(new)
        if before in BLANK and tracked.shown not in BLANK:
            tracked.returned = at
        if (asked := by_command(new, at)) is not None:
            tracked.commanded = asked
        running = self._hass.state is CoreState.running
        change = Change(
            old=before,
            new=tracked.shown,
            at=at,
            started=self._came[event.data["entity_id"]] if running else at,
            power_back=tracked.returned,
            commanded=tracked.commanded,
            near=tracked.near,
            along=self._flips.along(tracked, before, at),
            with_report=tracked.role in DOORS and self._mqtt.came_with_report(tracked.entity),
            word=self._mqtt.word(tracked.entity) or Word.NOW,
        )
        known = tracked.source
        seen = observe(known, change)
        tracked.source = seen.source
        if not self._flips.waits(tracked, known, seen, before=before, at=at):
            self._tell(tracked, seen, at)

    def _is_judged(self, tracked: Tracked, seen: Seen) -> None:
        """A lamp's flip that waited whether another one does the same."""
        self._tell(tracked, seen, seen.at)

    def _tell(self, tracked: Tracked, seen: Seen, at: datetime) -> None:
        if tracked.subentry_id not in self._beside:
            self._report(tracked.subentry_id, self._said_of(seen), at)

    def _said_of(self, seen: Seen) -> str:
        if not seen.finding.activity:
            return seen.finding.why
        return LATE_REPORT if seen.at < self._begun else Why.COUNTS


def came(hass: HomeAssistant, tracked: Tracked, now: datetime) -> datetime:
    """When the device last came back, at the latest.

    A restart or a returning hub gives everything that a device shows a new time, a hand only one
    thing: what has stood longest tells since when the device has been there. Of a source that is
    followed already it is known.
    """
    entity_id, known = tracked.entity, tracked.source
    own = hass.states.get(entity_id)
    if own is None or own.state in BLANK:
        return now
    states = [hass.states.get(name) for name in siblings(hass, entity_id)]
    stood = [s.last_changed for s in (own, *states) if s is not None and s.state not in BLANK]
    if known.available and known.changed is not None:
        stood.append(known.changed)
    return min(stood)


def _tracked(hass: HomeAssistant, subject: Subject, now: datetime) -> Tracked:
    """As a source that counts: whether it does is what the trial is to show."""
    known = subject.source or Source(role=subject.role)
    return Tracked(
        subentry_id=subject.key,
        entity=subject.entity_id,
        role=subject.role,
        press=None,
        source=replace(known, tested=now, overruled=True),
        entity_id=subject.entity_id,
        hub=hub_of(hass, subject.entity_id),
        unique_id=unique_id_of(hass, subject.entity_id),
    )
