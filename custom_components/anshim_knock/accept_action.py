"""The action by which a person says that the longer silences of late are how life is now.

A learned limit does not grow beyond what was accepted: a decline is not learnt in silence.
"""

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import service
import voluptuous as vol

from .action import HOUSEHOLD, entry_of
from .const import DOMAIN

_ACCEPT = vol.Schema(HOUSEHOLD)


def async_setup_accept(hass: HomeAssistant) -> None:
    service.async_register_admin_service(hass, DOMAIN, "accept_rhythm", _accept, _ACCEPT)


async def _accept(call: ServiceCall) -> None:
    outfit = entry_of(call).runtime_data.outfit
    if not outfit.settings.learned:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_learned")
    await outfit.rhythm.accept(outfit.journal, outfit.clocks.read().wall)
