"""The actions by which somebody goes away, has guests, and is alone at home again."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .action import HOUSEHOLD, done, entry_of
from .const import CONF_CONSENT, CONF_ITEMS, CONSENT_SENSITIVE, DOMAIN
from .logic.inputs import ComeBack, GuestsStay, Leave
from .logic.words import Reason

_UNTIL, _HOURS, _REASON = "until", "hours", "reason"
LONGEST = timedelta(days=60)
_ABSENCE = vol.Schema(
    vol.All(
        {
            **HOUSEHOLD,
            # A template that knows of none says so.
            vol.Optional(_REASON): vol.Any(None, vol.Coerce(Reason)),
            vol.Exclusive(_UNTIL, "end"): cv.datetime,
            vol.Exclusive(_HOURS, "end"): vol.All(
                vol.Coerce(float),
                vol.Range(min=0, min_included=False, max=LONGEST / timedelta(hours=1)),
            ),
        },
        cv.has_at_least_one_key(_UNTIL, _HOURS),
    )
)
_PLAIN = vol.Schema(HOUSEHOLD)


def async_setup_absence(hass: HomeAssistant) -> None:
    for name, handler, schema in (
        ("set_away", _set_away, _ABSENCE),
        ("set_guests", _set_guests, _ABSENCE),
        ("end_away", _end_away, _PLAIN),
    ):
        hass.services.async_register(
            DOMAIN, name, handler, schema, supports_response=SupportsResponse.OPTIONAL
        )


async def _set_away(call: ServiceCall) -> ServiceResponse:
    return await done(call, Leave(until=_end_of(call), reason=_reason_of(call)))


async def _set_guests(call: ServiceCall) -> ServiceResponse:
    return await done(call, GuestsStay(until=_end_of(call), reason=_reason_of(call)))


def _reason_of(call: ServiceCall) -> Reason | None:
    """A hospital is a matter of health: said only where the resident agreed to that."""
    reason: Reason | None = call.data.get(_REASON)
    return reason if CONSENT_SENSITIVE in entry_of(call).data[CONF_CONSENT][CONF_ITEMS] else None


def _end_of(call: ServiceCall) -> datetime:
    now = dt_util.utcnow()
    if (until := call.data.get(_UNTIL)) is None:
        until = now + timedelta(hours=call.data[_HOURS])
    until = dt_util.as_utc(until)
    if not now < until <= now + LONGEST:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="away_end",
            translation_placeholders={"days": str(LONGEST.days)},
        )
    return until


async def _end_away(call: ServiceCall) -> ServiceResponse:
    return await done(call, ComeBack())
