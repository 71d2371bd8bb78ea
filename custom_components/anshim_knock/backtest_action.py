"""The action that answers what a limit would have done to the home's own past."""

from datetime import UTC
from math import isinf
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .action import HOUSEHOLD, allowed
from .backtest import Setting, Tried, setting_of, tried
from .const import (
    CONF_CALL_BUDGET,
    CONF_LIMIT,
    CONF_LIMIT_MODE,
    CONF_QUIET_BUDGET,
    CONF_RISK_ITEMS,
    DOMAIN,
)
from .coordinator import AnshimConfigEntry
from .forms import LimitMode
from .journal_files import KEPT
from .logic.rhythm import Rung, risk
from .logic.rhythm.backtest import Alarm, Backtest
from .logic.rhythm.clockface import moment

_DAYS = "days"
_HOUR_S = 3600.0


def _within(low: float, high: float) -> vol.All:
    return vol.All(vol.Coerce(float), vol.Range(min=low, max=high))


# Whatever is not given is as the household has it.
_BACKTEST = vol.Schema(
    {
        **HOUSEHOLD,
        vol.Required(_DAYS, default=KEPT.days): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=KEPT.days)
        ),
        vol.Optional(CONF_LIMIT_MODE): vol.All(vol.Coerce(LimitMode)),
        vol.Optional(CONF_LIMIT): _within(1, 240),
        vol.Optional(CONF_QUIET_BUDGET): _within(7, 180),
        vol.Optional(CONF_CALL_BUDGET): _within(30, 730),
        vol.Optional(CONF_RISK_ITEMS): vol.All(cv.ensure_list, [vol.Coerce(risk.Item)]),
    }
)


def async_setup_backtest(hass: HomeAssistant) -> None:
    hass.services.async_register(
        DOMAIN, "backtest", _backtest, _BACKTEST, supports_response=SupportsResponse.ONLY
    )


async def _backtest(call: ServiceCall) -> ServiceResponse:
    entry = await allowed(call)
    found = await tried(call.hass, entry, _setting(entry, call.data), days=call.data[_DAYS])
    entry.runtime_data.show_backtest(found.picture, found.at)
    return _answer(found)


def _setting(entry: AnshimConfigEntry, given: dict[str, Any]) -> Setting:
    chosen = {**entry.data, **given}
    if given.get(CONF_LIMIT_MODE) is LimitMode.RISK and CONF_RISK_ITEMS in given:
        chosen[CONF_LIMIT] = risk.limit(given[CONF_RISK_ITEMS]) / _HOUR_S
    return setting_of(chosen)


def _answer(found: Tried) -> dict[str, JsonValueType]:
    past = found.past
    return {
        "text": found.text,
        "limit_mode": found.setting.mode,
        "days": round(past.days, 1),
        "watched_days": round(past.watched_days, 1),
        **{rung.value: _rung(found, past.rungs[rung]) for rung in Rung},
        "limits_by_hour": {
            rung.value: [round(limit / _HOUR_S, 2) for limit in limits]
            for rung, limits in past.limits.items()
        },
        "life_by_weekday_and_hour": [[*row] for row in past.heat],
        "picture": found.picture,
    }


def _rung(found: Tried, rung: Backtest) -> dict[str, JsonValueType]:
    return {
        "count": len(rung.alarms),
        "alarms": [_alarm(found, alarm) for alarm in rung.alarms],
        "noticed_after_hours": {
            "median": _hours(rung.delay(0.5)),
            "worst_in_20": _hours(rung.delay(0.95)),
        },
    }


def _alarm(found: Tried, alarm: Alarm) -> dict[str, JsonValueType]:
    at = moment(alarm.at, found.zone)
    return {
        "at": None if at is None else at.astimezone(UTC).isoformat(timespec="minutes"),
        "reason": alarm.why,
        "last_source": found.titles.get(alarm.after),
        "life_hours_later": _hours(alarm.until - alarm.at),
    }


def _hours(seconds: float) -> float | None:
    return None if isinf(seconds) else round(seconds / _HOUR_S, 1)
