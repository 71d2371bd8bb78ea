"""The resident's two buttons."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AnshimConfigEntry
from .entity import AnshimEntity
from .logic.inputs import Help, Input, Ok, Person
from .logic.words import Cause
from .refusals import accepted

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HouseholdButton(ButtonEntityDescription):
    """What a press says."""

    says: Input


BUTTONS = (
    HouseholdButton(key="ok", translation_key="ok", says=Ok(person=Person.RESIDENT)),
    HouseholdButton(key="help", translation_key="help", says=Help(cause=Cause.PANEL)),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnshimConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the rows."""
    async_add_entities(HouseholdPress(entry.runtime_data, row) for row in BUTTONS)


class HouseholdPress(AnshimEntity, ButtonEntity):
    """A button."""

    entity_description: HouseholdButton

    @override
    async def async_press(self) -> None:
        accepted(await self.coordinator.decide(self.entity_description.says))
