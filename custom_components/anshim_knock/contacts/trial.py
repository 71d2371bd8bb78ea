"""The monthly test of the contacts: one check in six in the field ends at a dead number."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..issues import CONTACT_SILENT, CONTACT_UNREACHED, Issues
from .book import Book, Trial
from .channels import Message, buttons_of, tag_of, told
from .people import Person
from .wording import Wording

EVERY = timedelta(days=30)
# Whoever got it and has a button to say so has this long.
ANSWER_WITHIN = timedelta(days=3)
# When a message that means nothing disturbs nobody.
_FROM_HOUR, _TO_HOUR = 10, 17


class Trials:
    """Tests each contact, and says where a test failed."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        book: Book,
        wording: Wording,
        issues: Issues,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._book = book
        self._wording = wording
        self._issues = issues

    async def step(self, people: Mapping[str, Person]) -> None:
        """Test whoever is due, by day. Not while an alert is open: that is a test of its own."""
        now = dt_util.utcnow()
        self._judge(people, now)
        due = [p for p in people.values() if now >= self._next(p)]
        if due and _FROM_HOUR <= dt_util.as_local(now).hour < _TO_HOUR:
            await self.test(due)

    def forget_all_but(self, people: Mapping[str, Person]) -> None:
        """Whoever was removed needs no repair any more."""
        trials = self._book.page.trials
        for key in trials.keys() - people.keys():
            del trials[key]
            for issue in (CONTACT_UNREACHED, CONTACT_SILENT):
                self._issues.tell(issue, raised=False, part=key)

    def learn(self, person: Person, *, reached: bool) -> None:
        """From an alert, which says more than a test."""
        page, now = self._book.page, dt_util.utcnow()
        before = page.trials.get(person.id)
        page.trials[person.id] = Trial(
            at=now, arrived=reached, answered=None if before is None else before.answered
        )
        self._judge({person.id: person}, now)

    async def test(self, people: list[Person]) -> dict[str, bool]:
        """Now, at any hour. By name, whether a way took it."""
        arrived = await asyncio.gather(*(told(self._hass, p, self._message(p)) for p in people))
        now = dt_util.utcnow()
        for person, reached in zip(people, arrived, strict=True):
            answered = False if reached and person.phone is not None else None
            self._book.page.trials[person.id] = Trial(at=now, arrived=reached, answered=answered)
        await self._book.save()
        self._judge({p.id: p for p in people}, now)
        return {p.name: reached for p, reached in zip(people, arrived, strict=True)}

    async def received(self, person: Person) -> None:
        if (trial := self._book.page.trials.get(person.id)) is None:
            return
        self._book.page.trials[person.id] = replace(trial, answered=True)
        await self._book.save()
        self._judge({person.id: person}, dt_util.utcnow())

    def _next(self, person: Person) -> datetime:
        """A contact that was just entered is tried on the next day that it may be."""
        trial = self._book.page.trials.get(person.id)
        return dt_util.utc_from_timestamp(0) if trial is None else trial.at + EVERY

    def _judge(self, people: Mapping[str, Person], now: datetime) -> None:
        for key, person in people.items():
            trial = self._book.page.trials.get(key)
            if trial is None:
                continue
            silent = trial.answered is False and now - trial.at >= ANSWER_WITHIN
            for issue, raised in (
                (CONTACT_UNREACHED, not trial.arrived),
                (CONTACT_SILENT, silent),
            ):
                self._issues.tell(issue, raised=raised, part=key, contact=person.name)

    def _message(self, person: Person) -> Message:
        labels = [("received", self._wording.say(person, "button_received"))]
        buttons = buttons_of(labels, person)
        return Message(
            title=self._wording.say(person, "title"),
            text=self._wording.say(person, "test_answer" if buttons else "test"),
            urgent=False,
            tag=tag_of(self._entry.entry_id),
            buttons=buttons,
        )
