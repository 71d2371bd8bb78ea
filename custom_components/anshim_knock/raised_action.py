"""The actions by which a blueprint raises lights and volume, and has them put back."""

from homeassistant.components.light.const import DOMAIN as LIGHTS
from homeassistant.components.media_player.const import DOMAIN as SPEAKERS
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .action import HOUSEHOLD, allowed
from .const import DOMAIN

_DEVICES = vol.Schema(
    {**HOUSEHOLD, vol.Required(ATTR_ENTITY_ID): cv.entities_domain([LIGHTS, SPEAKERS])}
)


def async_setup_raised(hass: HomeAssistant) -> None:
    for name, handler in (("remember_devices", _remember), ("put_back_devices", _put_back)):
        hass.services.async_register(
            DOMAIN, name, handler, _DEVICES, supports_response=SupportsResponse.OPTIONAL
        )


async def _remember(call: ServiceCall) -> ServiceResponse:
    household = (await allowed(call)).runtime_data
    await household.outfit.raised.remember(call.data[ATTR_ENTITY_ID])
    return {}


async def _put_back(call: ServiceCall) -> ServiceResponse:
    household = (await allowed(call)).runtime_data
    await household.outfit.raised.put_back(call.data[ATTR_ENTITY_ID])
    return {}
