"""The companion app says "on" for a locked phone: it is the opening that shows a hand."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.anshim_knock.adoption.kinds import fits
from custom_components.anshim_knock.logic.words import Role
from tests.integration.house import House


def a_sensor(hass: HomeAssistant, key: str, domain: str = "binary_sensor") -> str:
    """As the companion app registers it: its own name behind the webhook's."""
    app = MockConfigEntry(domain="mobile_app", title="Mother's phone")
    app.add_to_hass(hass)
    phone = dr.async_get(hass).async_get_or_create(
        config_entry_id=app.entry_id, identifiers={("mobile_app", "1")}, name="Mother's phone"
    )
    entry = er.async_get(hass).async_get_or_create(
        domain,
        "mobile_app",
        f"1f0a3b5c_{key}",
        config_entry=app,
        device_id=phone.id,
        suggested_object_id=f"phone_{key}",
    )
    return entry.entity_id


@pytest.mark.parametrize("key", ["device_locked", "keyguard_locked"])
async def test_unlocking_the_phone_is_life_and_its_locking_itself_is_none(
    home: House, key: str
) -> None:
    lock = a_sensor(home.hass, key)
    await home.show(lock, "on")
    await home.follow("phone", lock)
    await home.wait(minutes=1)
    await home.show(lock, "off")
    unlocked = home.now
    assert home.last_sign == unlocked
    await home.wait(minutes=2)
    await home.show(lock, "on")
    assert home.last_sign == unlocked


@pytest.mark.parametrize(
    ("key", "shows_a_hand"),
    [
        ("device_locked", True),
        ("keyguard_locked", True),
        ("device_secure", False),
        ("interactive", False),
        ("is_charging", False),
    ],
)
async def test_of_a_phones_switches_only_its_locks_are_offered(
    home: House, key: str, *, shows_a_hand: bool
) -> None:
    sensor = a_sensor(home.hass, key)
    await home.show(sensor, "on")
    assert fits(home.hass, Role.PHONE, sensor) is shows_a_hand
