"""All that the household says, and how calls ended: for the logbook and simple automations."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AnshimConfigEntry
from .entity import AnshimEntity
from .logic.effects import Effect
from .logic.household import CallReport
from .logic.words import Kind
from .performer import ANNOUNCED, Announcement

PARALLEL_UPDATES = 0

CALL = "call"
SAID = EventEntityDescription(
    key="said", translation_key="said", event_types=[*(kind.value for kind in Kind), CALL]
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnshimConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the row."""
    async_add_entities([SaidEvent(entry.runtime_data, SAID)])


class SaidEvent(AnshimEntity, EventEntity):
    """Shows the newest effect that was announced."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, ANNOUNCED, self._announced))

    @callback
    def _announced(self, announcement: Announcement) -> None:
        if announcement.entry_id != self.coordinator.config_entry.entry_id:
            return
        match announcement.what:
            case Effect() as effect:
                self._trigger_event(effect.kind, {**effect.data, "version": effect.version})
            case CallReport() as call:
                self._trigger_event(CALL, {"result": call.result, "by": call.by})
            case _:
                return
        self.async_write_ha_state()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """What was said does not change with the household."""
