"""Walks through the config flow and the source flow, as a technician does."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.fake_relay import FakeRelay
from tests.integration.house import DOMAIN, HOUSEHOLD, TOKEN

CONSENT: dict[str, Any] = {
    "life_signs": True,
    "sensitive": True,
    "third_party": True,
    "emergency_contact": False,
    "recorded_by": "technician",
}
TIMES: dict[str, Any] = {
    "limit_mode": "fixed",
    "limit_hours": 12,
    "ceiling_margin_hours": 12,
    "knock_after_minutes": 15,
    "visit_after_minutes": 30,
}


def household_entry(relay: FakeRelay, **sources: str) -> ConfigEntry:
    """What the flows leave behind, for tests that begin after them. Sources by role."""
    entry: ConfigEntry = MockConfigEntry(
        domain=DOMAIN,
        title=HOUSEHOLD,
        unique_id=HOUSEHOLD,
        data={
            "household": HOUSEHOLD,
            "url": relay.url,
            "token": TOKEN,
            "consent": {
                "text_version": "2026-11-2",
                "items": ["life_signs", "third_party"],
                "recorded_by": "technician",
                "at": "2026-11-22T00:00:00+00:00",
            },
            **TIMES,
        },
        subentries_data=[
            ConfigSubentryData(
                data={
                    "role": role,
                    "entity": entity_id,
                    # The walk test's proof; without a registration the device is its entity.
                    "tested": "2026-11-22T00:00:00+00:00",
                    "tested_device": entity_id,
                },
                subentry_type="source",
                title=entity_id.partition(".")[2].replace("_", " ").capitalize(),
                unique_id=entity_id,
            )
            for role, entity_id in sources.items()
        ],
    )
    return entry


async def begin(hass: HomeAssistant) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})


async def go_on(
    hass: HomeAssistant, result: ConfigFlowResult, answers: dict[str, Any]
) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_configure(result["flow_id"], answers)


async def set_up_household(hass: HomeAssistant, relay: FakeRelay, **times: float) -> str:
    """From consent to entry."""
    result = await begin(hass)
    result = await go_on(hass, result, CONSENT)
    result = await go_on(hass, result, {"url": relay.url, "token": TOKEN})
    result = await go_on(hass, result, {"household": HOUSEHOLD, **TIMES, **times})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    return result["result"].entry_id
