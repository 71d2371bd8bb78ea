"""A source before it is one: what the technician has chosen so far, and what it becomes."""

from dataclasses import dataclass
from typing import Any

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_ENTITY,
    CONF_OVERRULED,
    CONF_PHONE_CHECKED,
    CONF_PRESS,
    CONF_ROLE,
)
from ..logic.words import Role
from .kinds import measures_power
from .proof import proof_of
from .stations import Mark, Station, ask_of


@dataclass(slots=True, kw_only=True)
class Draft:
    """Filled in step by step."""

    # `None`: the technician has not said, what the entity looks like decides.
    chosen: Role | None = None
    role: Role = Role.OTHER
    entity_id: str = ""
    name: str = ""
    press: str | None = None
    phone_checked: list[str] | None = None
    overruled: bool = False

    def title(self, hass: HomeAssistant) -> str:
        """How it is called in this home."""
        if name := self.name.strip():
            return name
        state = hass.states.get(self.entity_id)
        return self.entity_id if state is None else state.name

    def is_socket(self, hass: HomeAssistant) -> bool:
        """A plug that can only be known by its own button."""
        on_off = self.role is Role.PLUG and self.entity_id.startswith(f"{Platform.SWITCH}.")
        return on_off and not measures_power(hass, self.entity_id)

    def station(self, hass: HomeAssistant, *, key: str = "") -> Station:
        """It as a station of a walk test."""
        return Station(
            key=key or self.entity_id,
            title=self.title(hass),
            role=self.role,
            entity_id=self.entity_id,
            ask=ask_of(
                self.role,
                self.entity_id,
                self.press,
                is_socket=self.is_socket(hass),
                is_source=bool(key),
            ),
            mark=Mark.WAITING if self.entity_id else Mark.MISSED,
        )

    def data(self, hass: HomeAssistant, proved: Station | None) -> dict[str, Any]:
        """What is kept of it."""
        data: dict[str, Any] = {
            CONF_ROLE: self.role.value,
            CONF_ENTITY: kept_as(hass, self.entity_id),
        }
        if self.press is not None:
            data[CONF_PRESS] = self.press
        if self.phone_checked is not None:
            data[CONF_PHONE_CHECKED] = self.phone_checked
        if self.overruled:
            data[CONF_OVERRULED] = True
        return data if proved is None else data | proof_of(hass, proved)


def kept_as(hass: HomeAssistant, entity_id: str) -> str:
    """The registry id, or the name of an entity that has none."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id
