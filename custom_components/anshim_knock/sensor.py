"""Words, moments and durations of the household and of its sources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AnshimConfigEntry
from .entity import AnshimEntity, SourceEntity, followed_sources
from .logic.words import Answer, Liveness, Stage, Watch
from .view import SourceView, View

PARALLEL_UPDATES = 0
NO_RECEIPT = "none"
MINUTE = timedelta(minutes=1)
# A tenth of an hour is what is displayed; every step would be written to the disk.
SHOWN_STEP = timedelta(minutes=6)

type Shown = str | int | datetime | None


def _nothing(_: object) -> None:
    """A row without attributes."""


@dataclass(frozen=True, kw_only=True)
class HouseholdSensor(SensorEntityDescription):
    """A row of the household."""

    value: Callable[[View], Shown]
    attributes: Callable[[View], Mapping[str, Any] | None] = _nothing


@dataclass(frozen=True, kw_only=True)
class SourceSensor(SensorEntityDescription):
    """A row of a source."""

    value: Callable[[SourceView], Shown]
    attributes: Callable[[SourceView], Mapping[str, Any] | None] = _nothing


def _stage_attributes(view: View) -> Mapping[str, Any]:
    return {
        "reason": view.why,
        "cause": view.cause,
        "since": view.since,
        "owned": view.owned,
        "episode": view.episode,
    }


def _receipt_attributes(view: View) -> Mapping[str, Any]:
    receipt, case, call = view.receipt, view.case, view.call
    return {
        "by": receipt and receipt.by,
        "at": receipt and receipt.at,
        "outcome": receipt and receipt.outcome,
        "case": case.case if case else receipt and receipt.case,
        "case_state": case and case.state,
        "case_kind": case and case.kind,
        "call": call and call.result,
        "call_by": call and call.by,
        "call_at": call and call.at,
    }


def _liveness_attributes(source: SourceView) -> Mapping[str, Any]:
    return {"reason": source.why, "battery_days": source.battery_days}


def _limit_attributes(view: View) -> Mapping[str, Any]:
    return {"reason": view.limit_why, "learning_days_left": ceil(view.days_missing)}


HOUSEHOLD = (
    HouseholdSensor(
        key="stage",
        translation_key="stage",
        device_class=SensorDeviceClass.ENUM,
        options=[stage.value for stage in Stage],
        value=lambda view: view.stage,
        attributes=_stage_attributes,
    ),
    HouseholdSensor(
        key="watch",
        translation_key="watch",
        device_class=SensorDeviceClass.ENUM,
        options=[watch.value for watch in Watch],
        value=lambda view: view.watch,
    ),
    HouseholdSensor(
        key="receipt",
        translation_key="receipt",
        device_class=SensorDeviceClass.ENUM,
        options=[NO_RECEIPT, *(answer.value for answer in Answer)],
        value=lambda view: view.receipt.answer if view.receipt else NO_RECEIPT,
        attributes=_receipt_attributes,
    ),
    HouseholdSensor(
        key="last_activity",
        translation_key="last_activity",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda view: view.last_sign,
    ),
    HouseholdSensor(
        key="quiet_since",
        translation_key="quiet_since",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda view: view.silent_since,
    ),
    HouseholdSensor(
        key="next_deadline",
        translation_key="next_deadline",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda view: view.deadline,
    ),
    HouseholdSensor(
        key="limit",
        translation_key="limit",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda view: int(view.limit.total_seconds() // 60),
        attributes=_limit_attributes,
    ),
    HouseholdSensor(
        key="watched_time",
        translation_key="watched_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda view: int(view.watched // SHOWN_STEP) * SHOWN_STEP // MINUTE,
    ),
)
SOURCE = (
    SourceSensor(
        key="liveness",
        translation_key="liveness",
        device_class=SensorDeviceClass.ENUM,
        options=[liveness.value for liveness in Liveness],
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda source: source.liveness,
        attributes=_liveness_attributes,
    ),
    SourceSensor(
        key="last_activity",
        translation_key="last_activity",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda source: source.last_activity,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnshimConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the rows."""
    coordinator = entry.runtime_data
    async_add_entities(HouseholdValue(coordinator, row) for row in HOUSEHOLD)
    for key, subentry in followed_sources(entry):
        async_add_entities(
            (SourceValue(coordinator, row, subentry) for row in SOURCE), config_subentry_id=key
        )


class HouseholdValue(AnshimEntity, SensorEntity):
    """A row of the household."""

    entity_description: HouseholdSensor

    @override
    def shown(self) -> object:
        return self.native_value, self.extra_state_attributes

    @property
    @override
    def native_value(self) -> Shown:
        return self.entity_description.value(self.view)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        return self.entity_description.attributes(self.view)


class SourceValue(SourceEntity, SensorEntity):
    """A row of a source. Shown while the source is dead, too: that is when it matters."""

    entity_description: SourceSensor

    @override
    def shown(self) -> object:
        return self.native_value, self.extra_state_attributes

    @property
    @override
    def native_value(self) -> Shown:
        return self.entity_description.value(self.source)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        return self.entity_description.attributes(self.source)
