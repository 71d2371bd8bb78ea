"""Begins a household's journal with what Home Assistant's recorder knows of its sources.

The coordinator asks it to look whenever a source may have been proved. The recorder is read day by
day in its own executor while the household watches already; `logic.past` judges what was read.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import DATA_INSTANCE, DATA_RECORDER
from homeassistant.util.file import WriteError

from .const import CONF_CONSENT, CONF_TEXT_VERSION, CONSENT_READS_PAST
from .journal import Journal
from .journal_files import KEPT
from .logic.activity import phone_word
from .logic.journal import HOUSEHOLD, Entry
from .logic.past import Past, Recorded, Run, household_marks, past_of
from .logic.source import Source
from .logic.words import Role
from .rhythm import RhythmKeeper
from .sources.facts import siblings
from .sources.recorded import runs_of, states_of
from .sources.tracked import Tracked
from .sources.tracker import SourceTracker

_LOGGER = logging.getLogger(__name__)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the reading of one source has come."""

    read: int
    days: int


class PastReader:
    """Each source is read once, as soon as it is proved."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        tracker: SourceTracker,
        journal: Journal,
        rhythm: RhythmKeeper,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._tracker = tracker
        self._journal = journal
        self._rhythm = rhythm
        self._lock = asyncio.Lock()
        # By source, while it is read and afterwards.
        self.progress: Mapping[str, Progress] = {}

    def look(self, now: datetime) -> None:
        """Read what has become readable, beside everything else."""
        if self._unread() and self._may_read():
            self._entry.async_create_background_task(
                self._hass, self._read(now), f"{self._entry.domain} past"
            )

    def _unread(self) -> list[Tracked]:
        """A button shows nothing of the day; what nobody has proved counts for nothing."""
        return [
            tracked
            for tracked in self._tracker.sources.values()
            if tracked.source.tested is not None
            and tracked.entity_id is not None
            and tracked.role is not Role.BUTTON
            and not tracked.past_known
        ]

    def _may_read(self) -> bool:
        """The resident's consent names what was recorded before it; earlier texts did not."""
        version = str(self._entry.data[CONF_CONSENT][CONF_TEXT_VERSION])
        return version >= CONSENT_READS_PAST and DATA_INSTANCE in self._hass.data

    async def _read(self, now: datetime) -> None:
        if not await self._hass.data[DATA_RECORDER].db_connected:
            return
        async with self._lock:
            runs = await self._in_recorder(runs_of, self._hass, now - KEPT, now)
            began = await self._journal.began(now)
            known = await self._journal.past()
            marks = [e for e in known if e.source == HOUSEHOLD] or household_marks(runs, began)
            entries = {e for e in known if e.source != HOUSEHOLD}
            unread = self._unread()
            found = {t.subentry_id: await self._past_of(t, runs, began) for t in unread}
            entries.update(entry for past in found.values() for entry in past.entries)
            if entries and not await self._put([*marks, *entries]):
                return
            self._tracker.past_is_known({key: past.source for key, past in found.items()})
            await self._rhythm.learn_anew(self._journal, now)

    async def _past_of(self, tracked: Tracked, runs: Sequence[Run], began: datetime) -> Past:
        states = await self._states(tracked, runs)
        source = Source(
            role=tracked.role, tested=tracked.source.tested, overruled=tracked.source.overruled
        )
        past = await self._hass.async_add_executor_job(
            past_of, tracked.subentry_id, source, states, runs, began
        )
        _LOGGER.info(
            "Of source %s, %d recorded states gave %d entries for the journal",
            tracked.subentry_id,
            len(states),
            len(past.entries),
        )
        return past

    async def _states(self, tracked: Tracked, runs: Sequence[Run]) -> list[Recorded]:
        """Day by day: the recorder has other things to do in between."""
        entity_id, states = tracked.entity_id, list[Recorded]()
        if entity_id is None or not runs:
            return states
        since, until = runs[0].since, runs[-1].until
        days = -((since - until) // _DAY)
        around = siblings(self._hass, entity_id)
        for day in range(days):
            begin = since + day * _DAY
            end = min(begin + _DAY, until)
            states += await self._in_recorder(states_of, self._hass, entity_id, around, begin, end)
            step = Progress(read=day + 1, days=days)
            self.progress = {**self.progress, tracked.subentry_id: step}
        if tracked.role is Role.PHONE:
            return [_in_our_words(state, tracked.unique_id) for state in states]
        return states

    async def _put(self, entries: Sequence[Entry]) -> bool:
        try:
            await self._journal.put_past(entries)
        except (OSError, WriteError) as err:
            _LOGGER.warning("What was recorded before cannot be kept: %s", err)
            return False
        return True

    async def _in_recorder[*A, R](self, job: Callable[[*A], R], *args: *A) -> R:
        recorder = self._hass.data[DATA_INSTANCE]
        return await recorder.async_add_executor_job(job, *args)


def _in_our_words(state: Recorded, unique_id: str) -> Recorded:
    return replace(state, state=phone_word(unique_id, state.state))
