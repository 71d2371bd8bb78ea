"""Ends a household so that its kit can move on: consent withdrawn and reported, then all wiped."""

import asyncio
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_CONSENT,
    CONF_ENTITY,
    CONF_TEXT_VERSION,
    CONSENT_TEXT_VERSION,
    DOMAIN,
    SUBENTRY_SOURCE,
)
from ..forms import consent_data
from ..logic.inputs import ConsentGiven, ConsentWithdrawn
from ..logic.words import Stage

if TYPE_CHECKING:
    from ..coordinator import AnshimConfigEntry

# A relay that runs takes a message at once.
PATIENCE_S = 20.0
_RECORDER = "recorder"


async def give_consent(
    hass: HomeAssistant, entry: AnshimConfigEntry, items: list[str], recorded_by: str
) -> None:
    """To these items from now on, whatever was consented to before."""
    given = ConsentGiven(
        text_version=CONSENT_TEXT_VERSION, items=tuple(items), recorded_by=recorded_by, anew=True
    )
    await entry.runtime_data.decide(given)
    _record(hass, entry, items, recorded_by)


async def withdraw_consent(hass: HomeAssistant, entry: AnshimConfigEntry, recorded_by: str) -> None:
    """Nothing more is read from here on, and what was learnt goes."""
    version = entry.data[CONF_CONSENT][CONF_TEXT_VERSION]
    withdrawn = ConsentWithdrawn(text_version=version, recorded_by=recorded_by)
    await entry.runtime_data.decide(withdrawn)
    # Set up anew without consent, the household forgets what was learnt and reads nothing more.
    _record(hass, entry, [], recorded_by)


async def return_kit(
    hass: HomeAssistant, entry: AnshimConfigEntry, recorded_by: str, *, untold: bool = False
) -> None:
    """The whole farewell.

    1. Not while an alert is open. 2. Withdraw. 3. Wait until the relay has it, for it alone can
    still report it; `untold`: the relay is gone for good. 4. Wipe.
    """
    household = entry.runtime_data
    if household.state.stage is not Stage.CALM:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="refused_alert_open"
        )
    version = entry.data[CONF_CONSENT][CONF_TEXT_VERSION]
    await household.decide(ConsentWithdrawn(text_version=version, recorded_by=recorded_by))
    try:
        async with asyncio.timeout(PATIENCE_S):
            await household.until_told()
    except TimeoutError as err:
        if not untold:
            # Even a restart must not take the old consent up again.
            _record(hass, entry, [], recorded_by)
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="return_untold"
            ) from err
    watched = _watched(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    await _purge(hass, watched)


def _record(
    hass: HomeAssistant, entry: AnshimConfigEntry, items: list[str], recorded_by: str
) -> None:
    consent = consent_data(items, recorded_by)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_CONSENT: consent})


def _watched(hass: HomeAssistant, entry: AnshimConfigEntry) -> list[str]:
    """What shows this resident's days in Home Assistant's own history."""
    registry = er.async_get(hass)
    own = er.async_entries_for_config_entry(registry, entry.entry_id)
    chosen = [
        er.async_resolve_entity_id(registry, str(subentry.data[CONF_ENTITY]))
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_SOURCE
    ]
    return [e.entity_id for e in own] + [name for name in chosen if name is not None]


async def _purge(hass: HomeAssistant, entity_ids: list[str]) -> None:
    if entity_ids and hass.services.has_service(_RECORDER, "purge_entities"):
        await hass.services.async_call(
            _RECORDER, "purge_entities", {"entity_id": entity_ids, "keep_days": 0}, blocking=True
        )
