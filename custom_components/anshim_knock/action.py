"""What the actions share: for which household one is called, and what is answered."""

from typing import Any

from homeassistant.core import ServiceCall
from homeassistant.helpers import service
from homeassistant.helpers.selector import ConfigEntrySelector
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .const import CONF_ENTRY, DOMAIN
from .coordinator import AnshimConfigEntry, HouseholdCoordinator
from .hands import said_by
from .logic.decide import Decision
from .logic.inputs import Input
from .refusals import accepted

# Need not be said where there is only one.
HOUSEHOLD: dict[Any, Any] = {vol.Optional(CONF_ENTRY): ConfigEntrySelector({"integration": DOMAIN})}


def entry_of(call: ServiceCall) -> AnshimConfigEntry:
    """Raises `ServiceValidationError` where there is none, or several and no word which."""
    entry: AnshimConfigEntry = service.async_get_config_entry(
        call.hass, DOMAIN, call.data.get(CONF_ENTRY)
    )
    return entry


def household_of(call: ServiceCall) -> HouseholdCoordinator:
    return entry_of(call).runtime_data


async def done(call: ServiceCall, given: Input) -> dict[str, JsonValueType]:
    """Decided by the household, as from whoever called. Raises when it refuses."""
    household = household_of(call)
    said = said_by(household, given, call.context.user_id)
    return answer_of(accepted(await household.decide(said)))


def answer_of(decision: Decision) -> dict[str, JsonValueType]:
    """Where the household stands now, and why."""
    return {
        "stage": decision.state.stage,
        "episode": decision.state.episode,
        "reason": decision.why,
    }
