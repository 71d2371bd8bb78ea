"""The resident's buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import AnshimConfigEntry
from .entity import AnshimEntity
from .hands import said_by
from .logic.inputs import Help, Input, Leave, Ok, Person, TakeBack
from .logic.words import Cause
from .refusals import accepted

PARALLEL_UPDATES = 0
# Nobody who says "I'm out" and stays is left alone for longer than this ...
OUT_FOR = timedelta(hours=12)
# ... and whoever was heard going may stay overnight.
OUT_AT_MOST = timedelta(hours=24)


def gone_out(now: datetime) -> Leave:
    """For the shorter time only, unless the door or the phone confirms it."""
    return Leave(until=now + OUT_FOR, longest=now + OUT_AT_MOST, usual=True)


@dataclass(frozen=True, kw_only=True)
class HouseholdButton(ButtonEntityDescription):
    """What a press says."""

    says: Callable[[], Input]


BUTTONS = (
    HouseholdButton(key="ok", translation_key="ok", says=lambda: Ok(person=Person.RESIDENT)),
    HouseholdButton(key="help", translation_key="help", says=lambda: Help(cause=Cause.PANEL)),
    HouseholdButton(key="take_back", translation_key="take_back", says=TakeBack),
    HouseholdButton(key="out", translation_key="out", says=lambda: gone_out(dt_util.utcnow())),
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
    def shown(self) -> object:
        """Its last press, which it writes itself."""
        return None

    @override
    async def async_press(self) -> None:
        user = self._context.user_id if self._context else None
        given = said_by(self.coordinator, self.entity_description.says(), user)
        accepted(await self.coordinator.decide(given))
