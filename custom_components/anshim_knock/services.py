"""The actions of the household."""

import asyncio
from datetime import datetime, timedelta
import logging
from typing import Any
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
from homeassistant.helpers.selector import ConfigEntrySelector
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .accept_action import async_setup_accept
from .adoption.farewell import return_kit
from .backtest_action import async_setup_backtest
from .const import (
    CONF_CONSENT,
    CONF_HOUSEHOLD,
    CONF_ITEMS,
    CONF_RECORDED_BY,
    CONF_UNTOLD,
    CONSENT_RECORDERS,
    CONSENT_SENSITIVE,
    DOMAIN,
)
from .contacts.caller import ANSWERS, ContactCaller
from .coordinator import AnshimConfigEntry, HouseholdCoordinator
from .hands import said_by
from .install import async_setup_install
from .logic.decide import Decision
from .logic.inputs import (
    CallEnded,
    ComeBack,
    Coming,
    GuestsStay,
    Help,
    Input,
    Leave,
    Ok,
    Person,
    StartDrill,
    TakeBack,
)
from .logic.words import Caller, CallResult, Cause, Reason
from .refusals import accepted
from .status import async_setup_status

_LOGGER = logging.getLogger(__name__)

ATTR_ENTRY = "config_entry_id"
ATTR_BY = "by"
ATTR_CAUSE = "cause"
ATTR_UNTIL = "until"
ATTR_HOURS = "hours"
ATTR_REASON = "reason"
ATTR_CONTACT = "contact"
ATTR_ANSWER = "answer"
ATTR_RESULT = "result"
LONGEST_ABSENCE = timedelta(days=60)
# A button on the wall is a source; everything else may call for help by an action.
CALLERS = (Cause.ACTION, Cause.SPOKEN, Cause.PHONE, Cause.PANEL)

_HOUSEHOLD: dict[Any, Any] = {
    vol.Optional(ATTR_ENTRY): ConfigEntrySelector({"integration": DOMAIN})
}
_CONFIRM_OK = vol.Schema(
    {**_HOUSEHOLD, vol.Required(ATTR_BY, default=Person.RESIDENT): vol.Coerce(Person)}
)
_REQUEST_HELP = vol.Schema(
    {
        **_HOUSEHOLD,
        vol.Required(ATTR_CAUSE, default=Cause.ACTION): vol.All(vol.Coerce(Cause), vol.In(CALLERS)),
    }
)
_SET_AWAY = vol.Schema(
    vol.All(
        {
            **_HOUSEHOLD,
            # A template that knows of none says so.
            vol.Optional(ATTR_REASON): vol.Any(None, vol.Coerce(Reason)),
            vol.Exclusive(ATTR_UNTIL, "end"): cv.datetime,
            vol.Exclusive(ATTR_HOURS, "end"): vol.All(
                vol.Coerce(float),
                vol.Range(min=0, min_included=False, max=LONGEST_ABSENCE / timedelta(hours=1)),
            ),
        },
        cv.has_at_least_one_key(ATTR_UNTIL, ATTR_HOURS),
    )
)
_SET_GUESTS = _SET_AWAY
_CONTACT_ANSWER = vol.Schema(
    {
        **_HOUSEHOLD,
        vol.Required(ATTR_CONTACT): cv.string,
        vol.Required(ATTR_ANSWER): vol.In(ANSWERS),
    }
)
_RECORD_CALL = vol.Schema({**_HOUSEHOLD, vol.Required(ATTR_RESULT): vol.Coerce(CallResult)})
_PLAIN = vol.Schema(_HOUSEHOLD)
_RETURN_KIT = vol.Schema(
    {
        **_HOUSEHOLD,
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
        ("set_away", _set_away, _SET_AWAY, SupportsResponse.OPTIONAL),
        ("set_guests", _set_guests, _SET_GUESTS, SupportsResponse.OPTIONAL),
        ("end_away", _end_away, _PLAIN, SupportsResponse.OPTIONAL),
        ("take_back", _take_back, _PLAIN, SupportsResponse.OPTIONAL),
        ("test_contacts", _test_contacts, _PLAIN, SupportsResponse.OPTIONAL),
        ("contact_answered", _contact_answered, _CONTACT_ANSWER, SupportsResponse.OPTIONAL),
        ("record_call", _record_call, _RECORD_CALL, SupportsResponse.OPTIONAL),
        ("guardian_coming", _guardian_coming, _PLAIN, SupportsResponse.OPTIONAL),
        ("start_drill", _start_drill, _PLAIN, SupportsResponse.OPTIONAL),
    ):
        hass.services.async_register(DOMAIN, name, handler, schema, supports_response=response)
    service.async_register_admin_service(hass, DOMAIN, "return_kit", _return_kit, _RETURN_KIT)
    async_setup_install(hass)
    async_setup_status(hass)
    async_setup_backtest(hass)
    async_setup_accept(hass)


async def _confirm_ok(call: ServiceCall) -> ServiceResponse:
    return await _done(call, Ok(person=call.data[ATTR_BY]))


async def _request_help(call: ServiceCall) -> ServiceResponse:
    """A call that does not say for which household it is made alarms each of this Home Assistant.

    One alarm too many is ended by a word; one that is not raised, by nobody.
    """
    given = Help(cause=call.data[ATTR_CAUSE])
    households = call.hass.config_entries.async_loaded_entries(DOMAIN)
    if ATTR_ENTRY in call.data or len(households) <= 1:
        return await _done(call, given)
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
    return _response(accepted(heard))


async def _set_away(call: ServiceCall) -> ServiceResponse:
    return await _done(call, Leave(until=_end_of(call), reason=_reason_of(call)))


async def _set_guests(call: ServiceCall) -> ServiceResponse:
    return await _done(call, GuestsStay(until=_end_of(call), reason=_reason_of(call)))


def _reason_of(call: ServiceCall) -> Reason | None:
    """A hospital is a matter of health: said only where the resident agreed to that."""
    reason: Reason | None = call.data.get(ATTR_REASON)
    return reason if CONSENT_SENSITIVE in _entry(call).data[CONF_CONSENT][CONF_ITEMS] else None


def _end_of(call: ServiceCall) -> datetime:
    now = dt_util.utcnow()
    if (until := call.data.get(ATTR_UNTIL)) is None:
        until = now + timedelta(hours=call.data[ATTR_HOURS])
    until = dt_util.as_utc(until)
    if not now < until <= now + LONGEST_ABSENCE:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="away_end",
            translation_placeholders={"days": str(LONGEST_ABSENCE.days)},
        )
    return until


async def _take_back(call: ServiceCall) -> ServiceResponse:
    return await _done(call, TakeBack())


async def _test_contacts(call: ServiceCall) -> ServiceResponse:
    """By name, whether somebody was reached."""
    caller = _caller(call)
    return {"reached": {**await caller.trials.test(list(caller.people.values()))}}


async def _contact_answered(call: ServiceCall) -> ServiceResponse:
    caller, name = _caller(call), call.data[ATTR_CONTACT]
    person = next((p for p in caller.people.values() if p.name == name), None)
    if person is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_contact",
            translation_placeholders={"contact": name},
        )
    await caller.answered(person, call.data[ATTR_ANSWER])
    return {"contact": name}


def _caller(call: ServiceCall) -> ContactCaller:
    caller = _household(call).contacts
    if caller is None or not caller.people:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_contacts")
    return caller


async def _record_call(call: ServiceCall) -> ServiceResponse:
    """A digit is the resident's own word by phone; help first, whatever becomes of the record."""
    result: CallResult = call.data[ATTR_RESULT]
    if result is CallResult.ANSWERED_HELP:
        await _done(call, Help(cause=Cause.PHONE))
    recorded = await _done(call, CallEnded(result=result, by=Caller.HOME))
    if result is CallResult.ANSWERED_OK:
        return await _done(call, Ok(person=Person.PHONE))
    return recorded


async def _guardian_coming(call: ServiceCall) -> ServiceResponse:
    """From a guardian who is no contact here. It closes nothing."""
    return await _done(call, Coming())


async def _end_away(call: ServiceCall) -> ServiceResponse:
    return await _done(call, ComeBack())


async def _start_drill(call: ServiceCall) -> ServiceResponse:
    drill = f"d-{uuid4().hex[:12]}"
    return {**await _done(call, StartDrill(id=drill)), "drill": drill}


async def _return_kit(call: ServiceCall) -> None:
    """Whoever does it names the household: there is no way back."""
    entry = _entry(call)
    if call.data[CONF_HOUSEHOLD] != entry.data[CONF_HOUSEHOLD]:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="other_household")
    await return_kit(call.hass, entry, call.data[CONF_RECORDED_BY], untold=call.data[CONF_UNTOLD])


async def _done(call: ServiceCall, given: Input) -> dict[str, JsonValueType]:
    household = _household(call)
    said = said_by(household, given, call.context.user_id)
    return _response(accepted(await household.decide(said)))


def _household(call: ServiceCall) -> HouseholdCoordinator:
    return _entry(call).runtime_data


def _entry(call: ServiceCall) -> AnshimConfigEntry:
    entry: AnshimConfigEntry = service.async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_ENTRY)
    )
    return entry


def _response(decision: Decision) -> dict[str, JsonValueType]:
    """Where the household stands now, and why."""
    return {
        "stage": decision.state.stage,
        "episode": decision.state.episode,
        "reason": decision.why,
    }
