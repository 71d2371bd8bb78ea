"""Keeps the home's rhythm: learns whatever the journal notes, and says what silence is usual.

The coordinator asks it before each decision. Its loss costs nothing but a moment: what is in the
journal is learnt again at the next start.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import (
    CONF_CALL_BUDGET,
    CONF_QUIET_BUDGET,
    CONF_ROLE,
    DOMAIN,
    SUBENTRY_SOURCE,
)
from .days_off import holidays_of
from .journal import Journal
from .journal_files import KEPT
from .logic.diary import Diary, diary_from_dict, diary_to_dict
from .logic.household import Household
from .logic.journal import HOUSEHOLD, Entry, Mark
from .logic.rhythm import Parameters, Place, Rhythm
from .logic.settings import Expected
from .logic.words import Role

_LOGGER = logging.getLogger(__name__)
_VERSION = 1
# A card must last: this is the largest file of all, and what came since is in the journal.
_SAVE_AFTER_S = 6 * 3600
_SECOND = timedelta(seconds=1)
_VERDICTS = frozenset({Mark.GHOST, Mark.BELIEVED})
_PLACES = {Role.DOOR: Place.DOOR, Role.OUTER_DOOR: Place.OUTER_DOOR}


class RhythmKeeper:
    """`learn` before anything else is asked of it."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, zone: tzinfo) -> None:
        self._hass = hass
        self._entry = entry
        self._journal: Journal | None = None
        self._store: Store[dict[str, Any]] = Store(
            hass, _VERSION, f"{DOMAIN}.{entry.entry_id}.rhythm", private=True, atomic_writes=True
        )
        self._until: datetime | None = None
        self._due = False
        self._parameters = parameters_of(entry.data)
        self._diary = Diary(
            limit=Rhythm(parameters=self._parameters), zone=zone, places=places_of(entry)
        )

    async def learn(self, journal: Journal, state: Household, now: datetime) -> None:
        """Take up what was kept, then the journal since, and listen from there on.

        The household may know of a later sign of life, from before anybody stopped watching: it is
        heard before the journal goes on, or the silence since would pass for unwatched.

        Without its past the household starts all the same: a call for help waits for no rhythm.
        """
        try:
            await self._recall(journal, now)
            if state.silent_since <= now:
                self._diary.vouched(state)
        except Exception:
            _LOGGER.exception("What was learnt of this home cannot be read; it is learnt anew")
        self._journal = journal
        journal.listen(self._note)

    async def _recall(self, journal: Journal, now: datetime) -> None:
        self._parameters = replace(self._parameters, holidays=await holidays_of(self._hass))
        self._diary.limit.use(self._parameters)
        everything = now - KEPT
        kept = await self._store.async_load()
        since = everything if kept is None else self._restored(kept) or everything
        entries = await journal.read(since, now)
        # Three months of a busy home take some seconds on a small machine.
        await self._hass.async_add_executor_job(self._diary.learn, entries)
        self._until = entries[-1].at if entries else since

    async def learn_anew(self, journal: Journal, now: datetime) -> None:
        """The journal has got a past that lies before what was learnt, or is read otherwise now.

        Kept at once: the next start would read only what came since.
        """
        meanwhile: list[Entry] = []
        stop = journal.listen(meanwhile.append)
        diary = Diary(
            limit=Rhythm(parameters=self._parameters),
            zone=self._diary.zone,
            places=self._diary.places,
        )
        entries = await journal.read(now - KEPT, now + _SECOND)
        await self._hass.async_add_executor_job(diary.learn, entries)
        stop()
        known = set(entries)
        diary.learn(entry for entry in meanwhile if entry not in known)
        self._diary = diary
        await self.save()

    def expected(self, state: Household) -> Expected | None:
        """When the present silence is too long; `None` while the rhythm has nothing to say.

        It is asked at every decision, a call for help among them: whatever is wrong with it, the
        limit that was chosen holds, and its ceiling.
        """
        try:
            self._diary.vouched(state)
            return self._diary.expected(state)
        except Exception:
            _LOGGER.exception("The rhythm cannot say what is usual here")
            return None

    def usual(self) -> timedelta | None:
        """How long a silence like the present one usually lasts at most, at this hour."""
        seconds = self._diary.limit.usual()
        return None if seconds is None else timedelta(seconds=seconds)

    @property
    def last_source(self) -> str:
        """Which source spoke last; empty when none has."""
        return self._diary.limit.last

    async def accept(self, journal: Journal, now: datetime) -> None:
        """A person's word, kept at once; what is learnt again hears it again at its time."""
        journal.note(now, HOUSEHOLD, Mark.ACCEPTED)
        await journal.keep(now)
        await self.save()

    async def save(self) -> None:
        await self._store.async_save(self._written())

    async def remove(self) -> None:
        """What was learnt of the resident's days goes."""
        await self._store.async_remove()

    def _note(self, entry: Entry) -> None:
        self._diary.note(entry)
        self._until = entry.at if self._until is None else max(self._until, entry.at)
        self._save_later()
        if entry.mark in _VERDICTS and self._journal is not None:
            # The days before are seen with other eyes.
            self._entry.async_create_background_task(
                self._hass, self.learn_anew(self._journal, entry.at), f"{DOMAIN} rhythm"
            )

    def _save_later(self) -> None:
        """Home Assistant's store would put a pending write off again and again."""
        if not self._due:
            self._due = True
            self._store.async_delay_save(self._written, _SAVE_AFTER_S)

    def _written(self) -> dict[str, Any]:
        self._due = False
        until = self._until.isoformat() if self._until else None
        return {"until": until, "diary": diary_to_dict(self._diary)}

    def _restored(self, kept: Mapping[str, Any]) -> datetime | None:
        """From where on the journal is still to be learnt; `None`: all of it."""
        try:
            until = datetime.fromisoformat(kept["until"])
            self._diary = diary_from_dict(
                kept["diary"], zone=self._diary.zone, places=self._diary.places
            )
        except (KeyError, TypeError, ValueError) as err:
            _LOGGER.warning("The rhythm cannot be read and is learnt again: %r", err)
            return None
        self._diary.limit.use(self._parameters)
        return until + _SECOND


def places_of(entry: ConfigEntry) -> dict[str, Place]:
    """Of each source, whether somebody can go out there. A button shows nothing of the day."""
    roles = {
        key: Role(subentry.data[CONF_ROLE])
        for key, subentry in entry.subentries.items()
        if subentry.subentry_type == SUBENTRY_SOURCE
    }
    return {
        key: _PLACES.get(role, Place.INSIDE)
        for key, role in roles.items()
        if role is not Role.BUTTON
    }


def parameters_of(data: Mapping[str, Any]) -> Parameters:
    """One set for all homes; only how often a needless question is tolerable is chosen."""
    usual = Parameters()
    return Parameters(
        quiet_budget=data.get(CONF_QUIET_BUDGET, usual.quiet_budget),
        call_budget=data.get(CONF_CALL_BUDGET, usual.call_budget),
    )
