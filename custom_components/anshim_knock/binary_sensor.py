"""Yes or no: is the home silent, can its district be reached, what do its sources show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_ROLE
from .coordinator import AnshimConfigEntry
from .entity import AnshimEntity, SourceEntity, followed_sources
from .logic.words import Role
from .view import SourceView, View

PARALLEL_UPDATES = 0


def _nothing(_: View) -> None:
    """A row without attributes."""


@dataclass(frozen=True, kw_only=True)
class HouseholdBinarySensor(BinarySensorEntityDescription):
    """A row of the household."""

    value: Callable[[View], bool | None]
    attributes: Callable[[View], Mapping[str, Any] | None] = _nothing


@dataclass(frozen=True, kw_only=True)
class SourceBinarySensor(BinarySensorEntityDescription):
    """A row of a source, for some roles."""

    roles: frozenset[Role]
    value: Callable[[SourceView], bool | None] = lambda source: source.active


def _explanation(view: View) -> Mapping[str, Any] | None:
    """Of an alert only: in a calm home it would be written to the disk at every step."""
    if not view.inactive:
        return None
    usual = view.explained.usual
    return {
        "limit_reason": view.limit_why,
        "usual_silence_hours": usual and round(usual / timedelta(hours=1), 1),
        "watched_hours": round(view.watched / timedelta(hours=1), 1),
        "last_source": view.explained.last_source,
    }


HOUSEHOLD = (
    HouseholdBinarySensor(
        key="inactivity",
        translation_key="inactivity",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value=lambda view: view.inactive,
        attributes=_explanation,
    ),
    HouseholdBinarySensor(
        key="connection",
        translation_key="connection",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda view: view.link.reached and view.link.connected,
    ),
)
SOURCE = (
    SourceBinarySensor(
        key="door",
        device_class=BinarySensorDeviceClass.DOOR,
        roles=frozenset({Role.DOOR, Role.OUTER_DOOR}),
    ),
    SourceBinarySensor(
        key="running",
        device_class=BinarySensorDeviceClass.RUNNING,
        roles=frozenset({Role.PLUG}),
    ),
    SourceBinarySensor(
        key="motion",
        device_class=BinarySensorDeviceClass.MOTION,
        roles=frozenset({Role.MOTION}),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnshimConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the rows."""
    coordinator = entry.runtime_data
    async_add_entities(HouseholdBinary(coordinator, row) for row in HOUSEHOLD)
    for key, subentry in followed_sources(entry):
        role = Role(subentry.data[CONF_ROLE])
        async_add_entities(
            (SourceBinary(coordinator, row, subentry) for row in SOURCE if role in row.roles),
            config_subentry_id=key,
        )


class HouseholdBinary(AnshimEntity, BinarySensorEntity):
    """A row of the household."""

    entity_description: HouseholdBinarySensor

    @override
    def shown(self) -> object:
        return self.is_on

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.value(self.view)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        return self.entity_description.attributes(self.view)


class SourceBinary(SourceEntity, BinarySensorEntity):
    """What the source itself shows."""

    entity_description: SourceBinarySensor

    @override
    def shown(self) -> object:
        return self.source.available, self.is_on

    @property
    @override
    def available(self) -> bool:
        return super().available and self.source.available

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.value(self.source)
