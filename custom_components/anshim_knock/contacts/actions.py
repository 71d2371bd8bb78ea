"""The actions about the resident's people: are they reached, and what did one answer."""

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..action import HOUSEHOLD, allowed
from ..const import DOMAIN
from .caller import ANSWERS, ContactCaller

_CONTACT, _ANSWER = "contact", "answer"
_ANSWERED = vol.Schema(
    {
        **HOUSEHOLD,
        vol.Required(_CONTACT): cv.string,
        vol.Required(_ANSWER): vol.In(ANSWERS),
    }
)
_TEST = vol.Schema(HOUSEHOLD)


def async_setup_contacts(hass: HomeAssistant) -> None:
    for name, handler, schema in (
        ("test_contacts", _test_contacts, _TEST),
        ("contact_answered", _contact_answered, _ANSWERED),
    ):
        hass.services.async_register(
            DOMAIN, name, handler, schema, supports_response=SupportsResponse.OPTIONAL
        )


async def _test_contacts(call: ServiceCall) -> ServiceResponse:
    """By name, whether somebody was reached."""
    caller = await _caller(call)
    return {"reached": {**await caller.trials.test(list(caller.people.values()))}}


async def _contact_answered(call: ServiceCall) -> ServiceResponse:
    caller, name = await _caller(call), call.data[_CONTACT]
    person = next((p for p in caller.people.values() if p.name == name), None)
    if person is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_contact",
            translation_placeholders={"contact": name},
        )
    await caller.answered(person, call.data[_ANSWER])
    return {"contact": name}


async def _caller(call: ServiceCall) -> ContactCaller:
    caller = (await allowed(call)).runtime_data.contacts
    if caller is None or not caller.people:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_contacts")
    return caller
