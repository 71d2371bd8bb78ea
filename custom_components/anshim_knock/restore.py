"""Brings a household back from disk at set-up, or honestly starts without a past."""

from dataclasses import dataclass, replace
from datetime import timedelta
import logging
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.util import dt as dt_util

from .const import (
    CONF_CEILING_MARGIN,
    CONF_CONSENT,
    CONF_HOUSEHOLD,
    CONF_ITEMS,
    CONF_KNOCK_AFTER,
    CONF_LIMIT,
    CONF_LIMIT_MODE,
    CONF_RECORDED_BY,
    CONF_TEXT_VERSION,
    CONF_VISIT_AFTER,
)
from .forms import LimitMode
from .logic.clock import Reading
from .logic.evening import Night
from .logic.household import new_household
from .logic.inputs import ConsentGiven, ConsentWithdrawn, Input, Restarted
from .logic.settings import Settings
from .store import Kept, StateDamagedError, StateFile, StateUnreadableError

_LOGGER = logging.getLogger(__name__)
# An entry that is older than this had a state once.
_NEWBORN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`reborn`: there is no past. `lost`: but there was one. `unread`: it may still be found."""

    kept: Kept
    reborn: bool = False
    lost: bool = False
    unread: tuple[Path, ...] = ()


def restored(entry: ConfigEntry, file: StateFile, reading: Reading) -> Found:
    """Reads a file: to be called in the executor."""
    return replace(_found(entry, file, reading), unread=tuple(file.unread()))


def _found(entry: ConfigEntry, file: StateFile, reading: Reading) -> Found:
    try:
        kept = file.load()
    except StateDamagedError as err:
        _LOGGER.warning("The household's state was damaged and lies aside: %s", err)
        return _reborn(entry, reading, lost=True)
    except StateUnreadableError as err:
        _LOGGER.warning("The household's state cannot be read now and is read again: %s", err)
        return _reborn(entry, reading, lost=True)
    if kept is None or kept.household.id != entry.data[CONF_HOUSEHOLD]:
        age = reading.wall - entry.created_at
        return _reborn(entry, reading, lost=abs(age) > _NEWBORN)
    return Found(kept=kept)


def _reborn(entry: ConfigEntry, reading: Reading, *, lost: bool) -> Found:
    household = new_household(entry.data[CONF_HOUSEHOLD], reading)
    return Found(kept=Kept(household=household), reborn=True, lost=lost)


def first_input(entry: ConfigEntry, found: Found) -> Input:
    """Consent is in the entry. A start does not give again what a kept household has withdrawn."""
    consent, consented = entry.data[CONF_CONSENT], found.kept.household.consented
    agreed = has_consent(entry)
    if consented and not agreed:
        return ConsentWithdrawn(
            text_version=consent[CONF_TEXT_VERSION], recorded_by=consent[CONF_RECORDED_BY]
        )
    if consented or not agreed or not found.reborn:
        return Restarted()
    return ConsentGiven(
        text_version=consent[CONF_TEXT_VERSION],
        items=tuple(consent[CONF_ITEMS]),
        recorded_by=consent[CONF_RECORDED_BY],
    )


def has_consent(entry: ConfigEntry) -> bool:
    """Whether anything may be read. A consent that was withdrawn is kept without its items."""
    return bool(entry.data[CONF_CONSENT][CONF_ITEMS])


def settings_of(entry: ConfigEntry) -> Settings:
    """What the technician chose."""
    return Settings(
        limit=timedelta(hours=entry.data[CONF_LIMIT]),
        ceiling_margin=timedelta(hours=entry.data[CONF_CEILING_MARGIN]),
        knock_after=timedelta(minutes=entry.data[CONF_KNOCK_AFTER]),
        visit_after=timedelta(minutes=entry.data[CONF_VISIT_AFTER]),
        learned=entry.data.get(CONF_LIMIT_MODE) == LimitMode.LEARNED,
        night=Night(zone=dt_util.get_default_time_zone()),
    )
