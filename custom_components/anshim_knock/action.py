"""What the actions share: for which household one is called, by whom, and what is answered."""

from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import ServiceCall
from homeassistant.helpers import service
from homeassistant.helpers.selector import ConfigEntrySelector
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .const import CONF_ENTRY, DOMAIN
from .coordinator import AnshimConfigEntry
from .hands import said_by
from .logic.decide import Decision
from .logic.inputs import Help, Input
from .permissions import check_caller
from .refusals import accepted

# Need not be said where there is only one.
HOUSEHOLD: dict[Any, Any] = {vol.Optional(CONF_ENTRY): ConfigEntrySelector({"integration": DOMAIN})}


def entry_of(call: ServiceCall) -> AnshimConfigEntry:
    """Raises `ServiceValidationError` where there is none, or several and no word which."""
    entry: AnshimConfigEntry = service.async_get_config_entry(
        call.hass, DOMAIN, call.data.get(CONF_ENTRY)
    )
    return entry


async def allowed(call: ServiceCall, policy: str = POLICY_CONTROL) -> AnshimConfigEntry:
    """The same, for whoever may see it or act on it. Raises `ServiceValidationError` otherwise."""
    entry = entry_of(call)
    await check_caller(call, entry, policy)
    return entry


async def done(call: ServiceCall, given: Input) -> dict[str, JsonValueType]:
    """Decided by the household, as from whoever called. Raises when it refuses.

    Whoever is logged in at all may call for help.
    """
    entry = entry_of(call) if isinstance(given, Help) else await allowed(call)
    household = entry.runtime_data
    said = said_by(household, given, call.context.user_id)
    return answer_of(accepted(await household.decide(said)))


def answer_of(decision: Decision) -> dict[str, JsonValueType]:
    """Where the household stands now, and why."""
    return {
        "stage": decision.state.stage,
        "episode": decision.state.episode,
        "reason": decision.why,
    }
