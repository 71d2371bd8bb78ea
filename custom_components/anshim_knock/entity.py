"""What all entities share: rows of `View`, on the device of the household or of one source."""

from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import AnshimConfigEntry, HouseholdCoordinator
from .view import SourceView, View

_MANUFACTURER = "Anshim Knock"


def household_device(entry: ConfigEntry) -> DeviceInfo:
    return DeviceInfo(
        identifiers={(DOMAIN, pseudonym_of(entry))},
        translation_key="household",
        manufacturer=_MANUFACTURER,
        entry_type=DeviceEntryType.SERVICE,
    )


def pseudonym_of(entry: ConfigEntry) -> str:
    """The household's own pseudonym, so that a household set up again finds its entities again."""
    return entry.unique_id or entry.entry_id


def followed_sources(entry: AnshimConfigEntry) -> list[tuple[str, ConfigSubentry]]:
    """Those that the coordinator knows; one added since then waits for the reload it causes."""
    known = entry.runtime_data.data.sources
    return [(key, subentry) for key, subentry in entry.subentries.items() if key in known]


class AnshimEntity(CoordinatorEntity[HouseholdCoordinator]):
    """A row. Available even when the relay is not: the home goes on by itself."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: HouseholdCoordinator, description: EntityDescription) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        entry = coordinator.config_entry
        self._attr_unique_id = f"{pseudonym_of(entry)}_{description.key}"
        self._attr_device_info = household_device(entry)
        self._shown: object = None

    @property
    def view(self) -> View:
        """What is to be shown."""
        return self.coordinator.data

    def shown(self) -> object:
        """The part of the view that this row shows; anything else is no news for it."""
        return self.view

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._shown = self.shown()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if (shown := self.shown()) != self._shown:
            self._shown = shown
            self.async_write_ha_state()


class SourceEntity(AnshimEntity):
    """A row of one source, on a device of its own."""

    def __init__(
        self,
        coordinator: HouseholdCoordinator,
        description: EntityDescription,
        subentry: ConfigSubentry,
    ) -> None:
        super().__init__(coordinator, description)
        entry = coordinator.config_entry
        self._source_id = subentry.subentry_id
        self._last: SourceView | None = None
        self._attr_unique_id = f"{pseudonym_of(entry)}_{self._source_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, f"{pseudonym_of(entry)}_{self._source_id}")},
            name=subentry.title,
            manufacturer=_MANUFACTURER,
            via_device_id=dr.async_get_device_id_by_identifier(
                coordinator.hass, (DOMAIN, pseudonym_of(entry)), config_entry_id=entry.entry_id
            ),
        )

    @property
    def source(self) -> SourceView:
        """What is to be shown of it."""
        return self.view.sources[self._source_id]

    @override
    def shown(self) -> object:
        return self.source

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Most sources did nothing; theirs is the very view that was shown before."""
        if (source := self.source) is not self._last:
            self._last = source
            super()._handle_coordinator_update()
