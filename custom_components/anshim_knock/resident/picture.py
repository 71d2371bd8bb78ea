"""One household as the resident's page shows it: words of the contract, no sentences.

The page makes sentences of them in the language of whoever looks.
"""

from datetime import timedelta
from enum import StrEnum

from homeassistant.config_entries import ConfigEntryState

from ..coordinator import AnshimConfigEntry
from ..logic.effects import Json
from ..logic.words import Answer, Stage
from ..relay.words import CaseState
from ..view import View

# A use and the sign of life it became are the same moment, but for rounding.
_SAME = timedelta(seconds=1)


class Service(StrEnum):
    """Whether anybody would hear a press."""

    ON = "on"
    NO_CONSENT = "no_consent"
    # Starting, stopped or broken: nothing is known of this home.
    NOT_READY = "not_ready"


class Told(StrEnum):
    """How far the open alert has come; never further than is known."""

    SENDING = "sending"
    # The relay keeps it and reaches the district: nobody has said yet that it arrived.
    SENT = "sent"
    RECEIVED = "received"


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
        "until": None if view.until is None else view.until.isoformat(),
        "last_sign": _last_sign(entry, view),
        "told": told(view),
        "answer": _answer(view),
    }


def told(view: View) -> Told | None:
    """Kept, sent and received are not the same (contract §1)."""
    if view.stage is Stage.CALM:
        return None
    if view.untold:
        return Told.SENDING
    case = view.case
    if case and case.episode == view.episode and case.state is not CaseState.CLOSED:
        return Told.RECEIVED
    return Told.SENT if view.link.reached and view.link.connected else Told.SENDING


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
