"""The actions of the household."""

import asyncio
import logging
from uuid import uuid4

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .absence_action import async_setup_absence
from .accept_action import async_setup_accept
from .action import HOUSEHOLD, answer_of, done, entry_of
from .adoption.farewell import return_kit
from .backtest_action import async_setup_backtest
from .const import (
    CONF_ENTRY,
    CONF_HOUSEHOLD,
    CONF_RECORDED_BY,
    CONF_UNTOLD,
    CONSENT_RECORDERS,
    DOMAIN,
)
from .contacts.actions import async_setup_contacts
from .install import async_setup_install
from .logic.inputs import (
    CallEnded,
    Coming,
    Help,
    Ok,
    Person,
    StartDrill,
    TakeBack,
)
from .logic.words import Caller, CallResult, Cause
from .raised_action import async_setup_raised
from .refusals import accepted
from .status import async_setup_status

_LOGGER = logging.getLogger(__name__)

ATTR_BY = "by"
ATTR_CAUSE = "cause"
ATTR_RESULT = "result"
# A button on the wall is a source; everything else may call for help by an action.
CALLERS = (Cause.ACTION, Cause.SPOKEN, Cause.PHONE, Cause.PANEL)

_CONFIRM_OK = vol.Schema(
    {**HOUSEHOLD, vol.Required(ATTR_BY, default=Person.RESIDENT): vol.Coerce(Person)}
)
_REQUEST_HELP = vol.Schema(
    {
        **HOUSEHOLD,
        vol.Required(ATTR_CAUSE, default=Cause.ACTION): vol.All(vol.Coerce(Cause), vol.In(CALLERS)),
    }
)
_RECORD_CALL = vol.Schema({**HOUSEHOLD, vol.Required(ATTR_RESULT): vol.Coerce(CallResult)})
_PLAIN = vol.Schema(HOUSEHOLD)
_RETURN_KIT = vol.Schema(
    {
        **HOUSEHOLD,
        vol.Required(CONF_HOUSEHOLD): cv.string,
        vol.Required(CONF_RECORDED_BY): vol.In(CONSENT_RECORDERS),
        vol.Optional(CONF_UNTOLD, default=False): cv.boolean,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register them once, whether or not a household is set up."""
    for name, handler, schema, response in (
        ("confirm_ok", _confirm_ok, _CONFIRM_OK, SupportsResponse.OPTIONAL),
        ("request_help", _request_help, _REQUEST_HELP, SupportsResponse.OPTIONAL),
        ("take_back", _take_back, _PLAIN, SupportsResponse.OPTIONAL),
        ("record_call", _record_call, _RECORD_CALL, SupportsResponse.OPTIONAL),
        ("guardian_coming", _guardian_coming, _PLAIN, SupportsResponse.OPTIONAL),
        ("start_drill", _start_drill, _PLAIN, SupportsResponse.OPTIONAL),
    ):
        hass.services.async_register(DOMAIN, name, handler, schema, supports_response=response)
    service.async_register_admin_service(hass, DOMAIN, "return_kit", _return_kit, _RETURN_KIT)
    async_setup_absence(hass)
    async_setup_contacts(hass)
    async_setup_install(hass)
    async_setup_status(hass)
    async_setup_backtest(hass)
    async_setup_accept(hass)
    async_setup_raised(hass)


async def _confirm_ok(call: ServiceCall) -> ServiceResponse:
    return await done(call, Ok(person=call.data[ATTR_BY]))


async def _request_help(call: ServiceCall) -> ServiceResponse:
    """A call that does not say for which household it is made alarms each of this Home Assistant.

    One alarm too many is ended by a word; one that is not raised, by nobody.
    """
    given = Help(cause=call.data[ATTR_CAUSE])
    households = call.hass.config_entries.async_loaded_entries(DOMAIN)
    if CONF_ENTRY in call.data or len(households) <= 1:
        return await done(call, given)
    answers = await asyncio.gather(
        *(entry.runtime_data.decide(given) for entry in households), return_exceptions=True
    )
    failed = [answer for answer in answers if isinstance(answer, BaseException)]
    decided = [answer for answer in answers if not isinstance(answer, BaseException)]
    for error in failed:
        _LOGGER.error("A household did not take a call for help", exc_info=error)
    if not decided:
        raise failed[0]
    heard = next((decision for decision in decided if not decision.refused), decided[0])
    return answer_of(accepted(heard))


async def _take_back(call: ServiceCall) -> ServiceResponse:
    return await done(call, TakeBack())


async def _record_call(call: ServiceCall) -> ServiceResponse:
    """A digit is the resident's own word by phone; help first, whatever becomes of the record."""
    result: CallResult = call.data[ATTR_RESULT]
    if result is CallResult.ANSWERED_HELP:
        await done(call, Help(cause=Cause.PHONE))
    recorded = await done(call, CallEnded(result=result, by=Caller.HOME))
    if result is CallResult.ANSWERED_OK:
        return await done(call, Ok(person=Person.PHONE))
    return recorded


async def _guardian_coming(call: ServiceCall) -> ServiceResponse:
    """From a guardian who is no contact here. It closes nothing."""
    return await done(call, Coming())


async def _start_drill(call: ServiceCall) -> ServiceResponse:
    drill = f"d-{uuid4().hex[:12]}"
    return {**await done(call, StartDrill(id=drill)), "drill": drill}


async def _return_kit(call: ServiceCall) -> None:
    """Whoever does it names the household: there is no way back."""
    entry = entry_of(call)
    if call.data[CONF_HOUSEHOLD] != entry.data[CONF_HOUSEHOLD]:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="other_household")
    await return_kit(call.hass, entry, call.data[CONF_RECORDED_BY], untold=call.data[CONF_UNTOLD])
