"""The picture of the last backtest: the week's life, would-be alarms, the limits by hour."""

from datetime import datetime
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AnshimConfigEntry, HouseholdCoordinator
from .entity import AnshimEntity

PARALLEL_UPDATES = 0
BACKTEST = ImageEntityDescription(
    key="backtest", translation_key="backtest", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnshimConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the picture."""
    async_add_entities([BacktestPicture(hass, entry.runtime_data)])


class BacktestPicture(AnshimEntity, ImageEntity):
    """Unknown until a limit was tried; nothing of it is kept over a restart."""

    _attr_content_type = "image/svg+xml"

    def __init__(self, hass: HomeAssistant, coordinator: HouseholdCoordinator) -> None:
        AnshimEntity.__init__(self, coordinator, BACKTEST)
        ImageEntity.__init__(self, hass)

    @override
    def shown(self) -> object:
        return self.image_last_updated

    @callback
    @override
    def async_update_token(self) -> None:
        """Every five minutes, each time a row for the recorder: not while there is no picture."""
        if not self.access_tokens or self.coordinator.backtest is not None:
            super().async_update_token()

    @property
    @override
    def image_last_updated(self) -> datetime | None:
        found = self.coordinator.backtest
        return None if found is None else found[1]

    @override
    async def async_image(self) -> bytes | None:
        found = self.coordinator.backtest
        return None if found is None else found[0].encode()
