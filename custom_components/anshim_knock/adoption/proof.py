"""What is kept of a walk test, and what of an entry can change without setting it up anew."""

from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..const import CONF_OVERRULED, CONF_TEST_RESULT, CONF_TESTED, CONF_TESTED_DEVICE
from ..sources.facts import identity_of
from .stations import Station, result_of

PROOF = frozenset({CONF_TESTED, CONF_TESTED_DEVICE, CONF_TEST_RESULT})
# Taken over while the household goes on: a test must never stop the ladder, not for a moment.
_TAKEN_LIVE = PROOF | {CONF_OVERRULED}


def proof_of(hass: HomeAssistant, station: Station) -> dict[str, Any]:
    """The dated record of a use that was seen, bound to the device that showed it."""
    at: datetime = station.at or dt_util.utcnow()
    return {
        CONF_TESTED: at.isoformat(),
        CONF_TESTED_DEVICE: identity_of(hass, station.entity_id),
        CONF_TEST_RESULT: result_of(station),
    }


def shape_of(entry: ConfigEntry) -> tuple[Any, ...]:
    """All of an entry that a household is built from: when it changes, it is built anew."""
    sources = {
        key: (subentry.title, {k: v for k, v in subentry.data.items() if k not in _TAKEN_LIVE})
        for key, subentry in entry.subentries.items()
    }
    return dict(entry.data), entry.title, sources
