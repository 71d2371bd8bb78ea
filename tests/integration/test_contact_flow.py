"""A technician enters the resident's people, and changes them."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, SubentryFlowContext
from homeassistant.data_entry_flow import FlowResultType
import pytest

from tests.integration.family import Family
from tests.integration.house import House

DAUGHTER: dict[str, Any] = {
    "name": "민지",
    "kind": "guardian",
    "order": 1,
    "notify": ["notify.daughter"],
    "language": "ko",
    "who": "어머니",
}


@pytest.fixture
async def family(home: House) -> Family:
    family = Family(home)
    await family.agree()
    return family


async def asked(home: House, subentry_id: str | None = None) -> Any:
    """The form of a new contact, or of one that is there."""
    context = SubentryFlowContext(source=SOURCE_USER)
    if subentry_id is not None:
        context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=subentry_id)
    handler = (home.entry_id, "contact")
    return await home.hass.config_entries.subentries.async_init(handler, context=context)


async def filled(home: House, flow: Any, **data: Any) -> Any:
    found = await home.hass.config_entries.subentries.async_configure(flow["flow_id"], data)
    await home.settle()
    return found


async def test_a_contact_is_entered_and_is_told_from_then_on(family: Family) -> None:
    found = await filled(family.home, await asked(family.home), **DAUGHTER)
    assert (found["type"], found["title"]) == (FlowResultType.CREATE_ENTRY, "민지")
    caller = family.home.entry.runtime_data.contacts
    assert [person.name for person in caller.people.values()] == ["민지"]


async def test_without_any_way_to_tell_them_a_contact_is_none(family: Family) -> None:
    flow = await asked(family.home)
    found = await filled(family.home, flow, **{**DAUGHTER, "notify": []})
    assert found["errors"] == {"base": "no_way"}
    found = await filled(family.home, found, **DAUGHTER)
    assert found["type"] is FlowResultType.CREATE_ENTRY


async def test_hours_have_two_ends(family: Family) -> None:
    found = await filled(family.home, await asked(family.home), **DAUGHTER, **{"from": "08:00:00"})
    assert found["errors"] == {"to": "half_hours"}


async def test_a_contact_is_changed(family: Family) -> None:
    await filled(family.home, await asked(family.home), **DAUGHTER)
    (key,) = (k for k, s in family.home.entry.subentries.items() if s.subentry_type == "contact")
    flow = await asked(family.home, subentry_id=key)
    found = await filled(family.home, flow, **{**DAUGHTER, "name": "민지 (서울)"})
    assert found["reason"] == "reconfigure_successful"
    assert family.home.entry.subentries[key].title == "민지 (서울)"


async def test_without_consent_nobody_is_entered(home: House) -> None:
    found = await asked(home)
    assert found["reason"] == "no_consent_for_contacts"


async def test_a_contact_is_no_source(family: Family) -> None:
    """It has no entities, is lost by nobody, and ends with the household."""
    before = len(family.home.hass.states.async_all())
    await filled(family.home, await asked(family.home), **DAUGHTER)
    assert len(family.home.hass.states.async_all()) == before
    await family.home.hass.services.async_call(
        "anshim_knock",
        "return_kit",
        {"household": "h-7f3k9d2m5q", "recorded_by": "technician"},
        blocking=True,
    )
    await family.home.settle()
    assert not family.home.hass.config_entries.async_entries("anshim_knock")
