"""Tells the resident's people, and hears their answers. Beside the district, never in its place.

One step at every change of the household and at each deadline; whatever a messenger does, the
ladder goes on without it.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
import logging
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..coordinator import HouseholdCoordinator
from ..logic.calling import UNDELIVERED, Call, Plan, Situation, plan
from ..logic.inputs import Coming, Ok, Person as Says
from ..told import Told, told as told_of
from .book import Book
from .channels import (
    ANSWER_EVENT,
    Message,
    action_of,
    buttons_of,
    tag_of,
    told,
    users_of,
)
from .people import Person, may_be_told, people_of, person_of
from .trial import Trials
from .wording import Wording, alert_key, over_key

_LOGGER = logging.getLogger(__name__)
COMING, SEEN, RECEIVED = "coming", "seen", "received"
ANSWERS = (COMING, SEEN, RECEIVED)
# A wall clock may be set at any time, and nobody tells.
_LOOK_AGAIN = timedelta(minutes=15)
# After a start the line is found first: what was cut before may have been mended meanwhile.
_SETTLING = timedelta(minutes=1)


class ContactCaller:
    """The contacts of one household."""

    def __init__(
        self, hass: HomeAssistant, coordinator: HouseholdCoordinator, book: Book, wording: Wording
    ) -> None:
        self._hass = hass
        self._home = coordinator
        self._entry = coordinator.config_entry
        self._book = book
        self._wording = wording
        self.people = people_of(self._entry)
        self.trials = Trials(hass, self._entry, book, wording, coordinator.outfit.issues)
        self._began = coordinator.outfit.clocks.read().steady
        self._lock = asyncio.Lock()
        self._stops: list[CALLBACK_TYPE] = []
        self._disarm: CALLBACK_TYPE | None = None
        self._stopped = False

    @callback
    def start(self) -> None:
        """Messengers are there once Home Assistant has started."""
        # It may begin at once, and appends what must be stopped as well.
        self._stops.append(async_at_started(self._hass, self._begin))

    async def stop(self) -> None:
        """Whatever is under way looks no further: after a reload another one calls."""
        self._stopped = True
        for stop in self._stops:
            stop()
        self._stops = []
        if self._disarm is not None:
            self._disarm()
        await self._book.close()

    @callback
    def _begin(self, _hass: HomeAssistant) -> None:
        self.trials.forget_all_but(self.people)
        self._stops += [
            self._home.async_add_listener(self._look),
            self._hass.bus.async_listen(ANSWER_EVENT, self._tapped),
        ]
        self._look()

    @callback
    def _look(self, _now: datetime | None = None) -> None:
        known = self.people or (self._book.page.entered and may_be_told(self._entry))
        if known and not self._stopped:
            self._entry.async_create_background_task(
                self._hass, self.step(), "anshim_knock contacts"
            )

    async def step(self) -> None:
        """1. What is due? 2. Keep it. 3. Tell. 4. Keep what came of it. Until nothing is due."""
        async with self._lock:
            if self._stopped:
                return
            # A step that fails must not be the last one.
            self._arm(None)
            look: datetime | None = None
            # One after the other of those who cannot be reached; never round and round.
            for _ in range(len(self.people) + 1):
                found = self._plan()
                self._book.keep(found.calling)
                if not (found.tell or found.over):
                    look = found.look
                    break
                await (self._tell(found) if found.tell else self._end())
                if found.over:
                    look = found.look
                    break
            else:
                look = dt_util.utcnow()
            if not self._home.state.episodes:
                await self.trials.step(self.people)
            self._arm(look)

    def _situation(self) -> Situation:
        view = self._home.data
        return Situation(
            stage=view.stage,
            since=view.since,
            episode=view.episode,
            owned=view.owned,
            helped_again=self._home.state.helped_again,
            cut=None if self._is_settling() else self._book.page.cut,
        )

    def _see_the_line(self, now: datetime) -> None:
        """Since when: a message is always under way for a moment, and a line is cut for one."""
        view = self._home.data
        line = view.link.reached and view.link.connected
        page = self._book.page
        before = page.cut
        if (line and not view.untold) or told_of(view) is Told.RECEIVED:
            page.cut = None
        elif before is None or before > now:
            page.cut = now
        if page.cut != before:
            self._book.save_soon()

    def _is_settling(self) -> bool:
        steady = self._home.outfit.clocks.read().steady
        return steady - self._began < _SETTLING.total_seconds()

    def _plan(self) -> Plan:
        contacts = tuple(person.contact for person in self.people.values())
        zone = dt_util.get_default_time_zone()
        now = self._home.outfit.clocks.read().wall
        self._see_the_line(now)
        return plan(self._situation(), self._book.page.calling, contacts, now, zone)

    async def _tell(self, found: Plan) -> None:
        here, page = self._situation(), self._book.page
        now = self._home.outfit.clocks.read().wall
        calls = tuple(Call(contact=name, at=now) for name in found.tell)
        if not page.calling.calls:
            page.answers, page.entered = {}, {}
        page.calling = replace(page.calling, calls=(*page.calling.calls, *calls))
        page.entered |= {name: {**self._entry.subentries[name].data} for name in found.tell}
        await self._book.save()
        cut_off = here.cut is not None and now - here.cut >= UNDELIVERED
        key = alert_key(here.stage, cut_off=cut_off)
        people = [self.people[name] for name in found.tell]
        arrived = await asyncio.gather(
            *(told(self._hass, p, self._message(p, key, urgent=True)) for p in people)
        )
        done = tuple(replace(c, arrived=a) for c, a in zip(calls, arrived, strict=True))
        page.calling = replace(page.calling, calls=(*page.calling.calls[: -len(done)], *done))
        await self._book.save()
        for person, reached in zip(people, arrived, strict=True):
            self.trials.learn(person, reached=reached)
        self._home.async_update_listeners()

    async def _end(self) -> None:
        """Whoever was told is told the end, once; whom it did not reach is tried again."""
        page = self._book.page
        await self._book.save()
        key = over_key(self._home.data.why)
        people = self._whoever_was_told()
        arrived = await asyncio.gather(
            *(told(self._hass, p, self._message(p, key, urgent=False)) for p in people)
        )
        left = {p.id for p, reached in zip(people, arrived, strict=True) if not reached}
        calls = tuple(call for call in page.calling.calls if call.contact in left)
        page.calling = replace(page.calling, calls=calls)
        page.entered = {key: data for key, data in page.entered.items() if key in left}
        await self._book.save()
        self._home.async_update_listeners()

    def _whoever_was_told(self) -> list[Person]:
        """Those who were removed since as well: they may be on their way."""
        page = self._book.page
        before = {key: person_of(key, data) for key, data in page.entered.items()}
        known = before | self.people if may_be_told(self._entry) else {}
        return [known[name] for name in page.calling.told() if name in known]

    def _message(self, person: Person, key: str, *, urgent: bool, **values: str) -> Message:
        labels = [
            (answer, self._wording.say(person, f"button_{answer}")) for answer in (COMING, SEEN)
        ]
        return Message(
            title=self._wording.say(person, "title"),
            text=self._wording.say(person, key, **values),
            urgent=urgent,
            tag=tag_of(self._entry.entry_id),
            buttons=buttons_of(labels, person) if urgent else (),
        )

    @callback
    def _tapped(self, event: Event[dict[str, Any]]) -> None:
        tapped = event.data.get("action")
        for person in self.people.values():
            for answer in ANSWERS:
                if tapped == action_of(answer, person.id):
                    self._entry.async_create_task(
                        self._hass, self.answered(person, answer), "anshim_knock contact"
                    )

    async def answered(self, person: Person, answer: str) -> None:
        """By a button or by an action. It closes nothing: the district's staff does."""
        if answer == RECEIVED:
            await self.trials.received(person)
            return
        await self._home.decide(Coming() if answer == COMING else Ok(person=Says.GUARDIAN))
        if self._home.data.episode is None:
            return
        await self._note(person, answer)

    async def _note(self, person: Person, answer: str) -> None:
        """What was said, kept and passed on by whoever calls now."""
        async with self._lock:
            if not self._stopped:
                await self._keep_and_pass_on(person, answer)
                self._home.async_update_listeners()
                self._look()
                return
        # Set up anew while the answer waited: the next one has read the book already.
        heir = self._entry.runtime_data.contacts
        if heir is not None and heir is not self:
            await heir._note(person, answer)  # noqa: SLF001 -- another one of us

    async def _keep_and_pass_on(self, person: Person, answer: str) -> None:
        page = self._book.page
        now = self._home.outfit.clocks.read().wall
        page.calling = replace(page.calling, answered=now)
        page.answers[person.id] = answer
        await self._book.save()
        others = [
            self.people[name] for name in page.calling.told() - {person.id} if name in self.people
        ]
        message = partial(self._message, key=answer, urgent=False, name=person.name)
        await asyncio.gather(*(told(self._hass, p, message(p)) for p in others))

    def is_contact(self, user_id: str | None) -> bool:
        """Whoever is logged in on a contact's phone is not the resident, whatever they press."""
        phones = {person.phone for person in self.people.values() if person.phone is not None}
        return user_id is not None and user_id in users_of(self._hass, phones)

    def shown(self) -> list[dict[str, Any]]:
        """Who has been told of the open alert, when, and what they said. For the page."""
        page = self._book.page
        if page.calling.over is not None:
            return []
        latest = {call.contact: call for call in page.calling.calls}
        return [
            {
                "name": self.people[key].name,
                "at": call.at.isoformat(),
                "arrived": call.arrived,
                "answer": page.answers.get(key),
            }
            for key, call in latest.items()
            if key in self.people
        ]

    def _arm(self, look: datetime | None) -> None:
        if self._disarm is not None:
            self._disarm()
            self._disarm = None
        if self._stopped:
            return
        wait = _LOOK_AGAIN
        if look is not None:
            wait = min(max(look - self._home.outfit.clocks.read().wall, timedelta(0)), wait)
        if self._is_settling():
            wait = min(wait, _SETTLING)
        self._disarm = async_call_later(self._hass, wait + timedelta(seconds=1), self._look)
