"""One household as the resident's page shows it: words of the contract, no sentences.

The page makes sentences of them in the language of whoever looks.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from homeassistant.config_entries import ConfigEntryState
from homeassistant.util import dt as dt_util

from ..coordinator import AnshimConfigEntry
from ..logic.effects import Json
from ..logic.words import Answer
from ..told import Told, told
from ..view import View

# A use and the sign of life it became are the same moment, but for rounding.
_SAME = timedelta(seconds=1)
__all__ = ["Service", "Told", "picture_of", "told"]


class Service(StrEnum):
    """Whether anybody would hear a press."""

    ON = "on"
    NO_CONSENT = "no_consent"
    # Starting, stopped or broken: nothing is known of this home.
    NOT_READY = "not_ready"


def picture_of(entry: AnshimConfigEntry) -> dict[str, Json]:
    """All that the page may know of a household."""
    named: dict[str, Json] = {"id": entry.entry_id, "name": entry.title}
    if entry.state is not ConfigEntryState.LOADED:
        return {**named, "service": Service.NOT_READY}
    coordinator = entry.runtime_data
    view = coordinator.data
    consented = coordinator.state.consented
    return {
        **named,
        "service": Service.ON if consented else Service.NO_CONSENT,
        "stage": view.stage,
        "watch": view.watch,
        "presence": view.presence,
        "until": _iso(view.until),
        "last_sign": _last_sign(entry, view),
        "told": told(view),
        "answer": _answer(view),
        "contacts": _contacts(entry),
        "take_back": _take_back(view),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _take_back(view: View) -> str | None:
    """Only while it can be: whoever opens the page later has nothing to take back."""
    until = view.take_back_until
    return None if until is None or until <= dt_util.utcnow() else until.isoformat()


def _contacts(entry: AnshimConfigEntry) -> Json:
    """Which of the resident's own people were told of the open alert, and what they said."""
    caller = entry.runtime_data.contacts
    return [] if caller is None else [dict(row) for row in caller.shown()]


def _last_sign(entry: AnshimConfigEntry, view: View) -> Json:
    if view.last_sign is None:
        return None
    return {"at": view.last_sign.isoformat(), "source": _shown_by(entry, view)}


def _shown_by(entry: AnshimConfigEntry, view: View) -> str | None:
    """The source that showed it, by its name; a press or a call has none."""
    for key, source in view.sources.items():
        at, sign = source.last_activity, view.last_sign
        if at and sign and abs(at - sign) <= _SAME and key in entry.subentries:
            return entry.subentries[key].title
    return None


def _answer(view: View) -> Json:
    """What a person last answered in this stage. A hold counts only as long as it holds."""
    receipt = view.receipt
    if receipt is None or receipt.at < view.since:
        return None
    if receipt.answer is Answer.HOLD and not view.owned:
        return None
    return {
        "answer": receipt.answer,
        "by": receipt.by,
        "outcome": receipt.outcome,
        "at": receipt.at.isoformat(),
    }
