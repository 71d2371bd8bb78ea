"""The resident's phone is got ready by a list that checks itself."""

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.house import House
from tests.integration.technician import Technician


async def a_phone(home: House) -> dr.DeviceEntry:
    entry = MockConfigEntry(domain="mobile_app", title="Grandma's phone")
    entry.add_to_hass(home.hass)
    return dr.async_get(home.hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("mobile_app", "phone-1")},
        name="Grandma's phone",
    )


async def _sensor_on(home: House, phone: dr.DeviceEntry) -> str:
    entry = home.hass.config_entries.async_entries("mobile_app")[0]
    registered = er.async_get(home.hass).async_get_or_create(
        "sensor",
        "mobile_app",
        "phone_state",
        suggested_object_id="phone_state",
        config_entry=entry,
        device_id=phone.id,
    )
    await home.show(registered.entity_id, "idle", friendly_name="Call state")
    return registered.entity_id


async def test_without_the_app_the_technician_is_told_how_to_get_it(
    technician: Technician,
) -> None:
    await technician.adds_a_source()
    await technician.picks("phone")
    assert (technician.step, technician.now["type"]) == ("no_phone", FlowResultType.MENU)


async def test_the_phones_list_is_checked_live(home: House, technician: Technician) -> None:
    phone = await a_phone(home)
    await technician.adds_a_source()
    await technician.picks("phone")
    await technician.fills(phone=phone.id)
    assert technician.shown["list"].count("×") == 3
    await technician.fills(battery_unrestricted=True, go_on=False)
    assert technician.now["errors"] == {"base": "phone_not_ready"}

    await _sensor_on(home, phone)
    await home.hass.config.async_update(external_url="https://home.example")
    await technician.fills(battery_unrestricted=True, go_on=False)
    assert technician.step == "found"
    assert list(technician.options.values()) == ["Call state – phone"]


async def test_whoever_goes_on_without_something_leaves_a_record_of_it(
    home: House, technician: Technician
) -> None:
    phone = await a_phone(home)
    state = await _sensor_on(home, phone)
    await home.wait(minutes=1)
    await technician.adds_a_source()
    await technician.picks("phone")
    await technician.fills(phone=phone.id)
    await technician.fills(battery_unrestricted=False, go_on=True)
    await technician.fills(entity=state)
    await technician.fills(name="Phone")
    await home.show(state, "offhook")
    await technician.looks()
    await technician.fills()
    data = home.entry.subentries[home.source_of(state)].data
    assert data["phone_checked"] == ["sensors", "reporting"]
