"""The action that answers how a household stands, for automations that tell people."""

from datetime import datetime, timedelta

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .action import HOUSEHOLD, allowed
from .const import DOMAIN
from .coordinator import AnshimConfigEntry
from .told import told
from .view import View

_STATUS = vol.Schema(HOUSEHOLD)


def async_setup_status(hass: HomeAssistant) -> None:
    hass.services.async_register(
        DOMAIN, "get_status", _status, _STATUS, supports_response=SupportsResponse.ONLY
    )


async def _status(call: ServiceCall) -> ServiceResponse:
    return status_of(await allowed(call, POLICY_READ))


def status_of(entry: AnshimConfigEntry) -> ServiceResponse:
    view: View = entry.runtime_data.data
    return {
        "stage": view.stage,
        "reason": view.why,
        "owned": view.owned,
        "presence": view.presence,
        "presence_reason": view.away_reason,
        "until": _iso(view.until),
        "watch": view.watch,
        "last_sign": _iso(view.last_sign),
        "silent_since": _iso(view.silent_since),
        "deadline": _iso(view.deadline),
        "explanation": {
            "limit_hours": _hours(view.limit),
            "limit_reason": view.limit_why,
            "usual_silence_hours": _hours(view.explained.usual),
            "watched_hours": _hours(view.watched),
            "last_source": view.explained.last_source,
        },
        "told": told(view),
        "answer": None if view.receipt is None else view.receipt.answer,
        "word": None
        if view.word is None
        else {"says": view.word.says, "by": view.word.by, "at": _iso(view.word.at)},
        "call": None
        if view.call is None
        else {"result": view.call.result, "by": view.call.by, "at": _iso(view.call.at)},
        "take_back_until": _iso(view.take_back_until),
        "contacts": _contacts(entry),
    }


def _contacts(entry: AnshimConfigEntry) -> list[JsonValueType]:
    caller = entry.runtime_data.contacts
    return [] if caller is None else [dict(row) for row in caller.shown()]


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span / timedelta(hours=1), 1)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
