"""Who may see a household and act on it.

The page and the actions give nobody more than the button entities and the stage would.
"""

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .entity import pseudonym_of


def may(hass: HomeAssistant, user: User, entry: ConfigEntry, policy: str) -> bool:
    """`policy`: Home Assistant's `POLICY_CONTROL` or `POLICY_READ`."""
    platform, key = (
        (Platform.BUTTON, "help") if policy == POLICY_CONTROL else (Platform.SENSOR, "stage")
    )
    unique_id = f"{pseudonym_of(entry)}_{key}"
    entity_id = er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)
    if entity_id is None:
        return user.permissions.access_all_entities(policy)
    return user.permissions.check_entity(entity_id, policy)


async def check_caller(call: ServiceCall, entry: ConfigEntry, policy: str) -> None:
    """Raises `ServiceValidationError` for a user who may not.

    Without a user it was an automation or a script, which somebody who may has set up.
    """
    user_id = call.context.user_id
    if user_id is None:
        return
    user = await call.hass.auth.async_get_user(user_id)
    if user is None or not may(call.hass, user, entry, policy):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key=f"not_allowed_{policy}"
        )
