"""Tells the district what a household that is removed had yet to say, and that its consent ends.

Called when the entry goes, by whatever way: the kit may have been unplugged long before.
"""

import asyncio
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..clocks import clocks_of_this_boot
from ..const import CONF_CONSENT, CONF_TEXT_VERSION
from ..logic.decide import decide
from ..logic.effects import Effect, untold
from ..logic.inputs import ConsentWithdrawn
from ..relay.client import RelayClient
from ..relay.envelope import event_of
from ..relay.errors import RelayError, RelayUnreachableError
from ..restore import has_consent, restored, settings_of
from ..store import StateFile, state_path

_LOGGER = logging.getLogger(__name__)
# Whoever removes it waits for it.
_PATIENCE_S = 15.0
# Whoever is at Home Assistant's settings.
_REMOVED_BY = "technician"


async def say_last_words(hass: HomeAssistant, entry: ConfigEntry, client: RelayClient) -> bool:
    """Whether the relay has all of it. What it has not is lost with the entry."""
    clocks = await hass.async_add_executor_job(clocks_of_this_boot)
    file = StateFile(state_path(hass, entry.entry_id))
    found = await hass.async_add_executor_job(restored, entry, file, clocks.read())
    if found.reborn:
        # Under which number it would have to be said is forgotten.
        return not has_consent(entry)
    withdrawn = ConsentWithdrawn(
        text_version=entry.data[CONF_CONSENT][CONF_TEXT_VERSION], recorded_by=_REMOVED_BY
    )
    state = decide(found.kept.household, withdrawn, clocks.read(), settings_of(entry)).state
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await _tell(client, state.id, untold(state.outbox))
    except TimeoutError:
        return False


async def _tell(client: RelayClient, household: str, waiting: tuple[Effect, ...]) -> bool:
    """One that is refused holds back no other; a relay that is not there is not asked again."""
    all_told = True
    for effect in waiting:
        try:
            await client.post(event_of(effect, household))
        except RelayError as err:
            _LOGGER.warning("The household goes with %s untold: %s", effect.kind, err)
            all_told = False
            if isinstance(err, RelayUnreachableError) and not err.answered:
                break
    return all_told
