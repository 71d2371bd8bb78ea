"""Tries a limit on the home's own past before it is switched on, for an action and a flow's step.

Reads the journal and plays it in the executor. Whatever it finds stays in the home: nothing is
stored and nothing is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .backtest_words import BacktestWords
from .const import (
    CONF_CEILING_MARGIN,
    CONF_KNOCK_AFTER,
    CONF_LIMIT,
    CONF_LIMIT_MODE,
    DOMAIN,
)
from .coordinator import AnshimConfigEntry
from .days_off import holidays_of
from .forms import LimitMode
from .journal_files import KEPT
from .logic.diary import Diary
from .logic.journal import Mark
from .logic.picture import draw
from .logic.played import Played, play
from .logic.rhythm import Parameters, Rhythm
from .logic.rhythm.backtest import Limit
from .logic.rhythm.clockface import wall
from .logic.rhythm.fixed import Fixed
from .restore import has_consent
from .rhythm import parameters_of, places_of

_HOUR_S = 3600.0
# A home says at least so often that nothing happens: less than this is no past.
_LEAST = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is tried: of an entry, or of a form before it is one."""

    mode: LimitMode
    hours: float
    margin_hours: float
    pause: timedelta
    parameters: Parameters

    def limit(self, holidays: frozenset[int]) -> Limit:
        """A new one that has learnt nothing yet."""
        if self.mode is LimitMode.LEARNED:
            return Rhythm(parameters=replace(self.parameters, holidays=holidays))
        return Fixed(limit=self.hours * _HOUR_S, margin=self.margin_hours * _HOUR_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of it. `text` and `picture` are in Home Assistant's language."""

    setting: Setting
    past: Played
    at: datetime
    zone: tzinfo
    titles: Mapping[str, str]
    text: str
    picture: str


def setting_of(data: Mapping[str, Any]) -> Setting:
    """From what an entry keeps."""
    return Setting(
        mode=LimitMode(data.get(CONF_LIMIT_MODE, LimitMode.FIXED)),
        hours=data[CONF_LIMIT],
        margin_hours=data[CONF_CEILING_MARGIN],
        pause=timedelta(minutes=data[CONF_KNOCK_AFTER]),
        parameters=parameters_of(data),
    )


async def tried(
    hass: HomeAssistant, entry: AnshimConfigEntry, setting: Setting, *, days: int = KEPT.days
) -> Tried:
    """Play the last days with it. Raises `ServiceValidationError` where there is no past."""
    if not has_consent(entry):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="refused_no_consent"
        )
    now = entry.runtime_data.outfit.clocks.read().wall
    # It begins with what the recorder had before.
    entries = await entry.runtime_data.outfit.journal.read(now - timedelta(days=days), now)
    if not any(entry.mark is Mark.ACTIVITY for entry in entries) or now - entries[0].at < _LEAST:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_past")
    words = await BacktestWords.of(hass)
    zone = dt_util.get_default_time_zone()
    limit = setting.limit(await holidays_of(hass))
    diary = Diary(limit=limit, zone=zone, places=places_of(entry))
    titles = {key: subentry.title for key, subentry in entry.subentries.items()}

    def work() -> tuple[Played, str]:
        past = play(diary, entries, until=wall(now, zone), pause=setting.pause)
        return past, draw(past, words.captions())

    # A busy home's three months take seconds.
    past, picture = await hass.async_add_executor_job(work)
    text = words.told(setting.mode, past, zone, titles)
    return Tried(
        setting=setting, past=past, at=now, zone=zone, titles=titles, text=text, picture=picture
    )
