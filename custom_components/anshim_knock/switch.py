"""Away: for the longest time that a person forgets to come back from an errand."""

from datetime import timedelta
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import AnshimConfigEntry
from .entity import AnshimEntity
from .logic.inputs import ComeBack, Leave
from .logic.words import Presence
from .refusals import accepted

PARALLEL_UPDATES = 0
# An absence always has an end; the action sets another.
AWAY_FOR = timedelta(hours=12)

AWAY = SwitchEntityDescription(key="away", translation_key="away")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnshimConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the row."""
    async_add_entities([AwaySwitch(entry.runtime_data, AWAY)])


class AwaySwitch(AnshimEntity, SwitchEntity):
    """On while the resident is away."""

    @override
    def shown(self) -> object:
        return self.is_on, self.view.until

    @property
    @override
    def is_on(self) -> bool:
        return self.view.presence is Presence.AWAY

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        return {"until": self.view.until}

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        until = dt_util.utcnow() + AWAY_FOR
        accepted(await self.coordinator.decide(Leave(until=until, usual=True)))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Guests are not away: whoever only sees that somebody is at home ends no visit."""
        if self.is_on:
            accepted(await self.coordinator.decide(ComeBack()))
