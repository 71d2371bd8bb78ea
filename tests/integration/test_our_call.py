"""A voice box that picks up our own call is nobody: only the resident's hands end an alert."""

from collections.abc import AsyncIterator

from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from tests.integration.blueprint_desk import Desk, desk_of
from tests.integration.house import DOOR, House

CALL = "sensor.phone_call_state"
LOCK = "binary_sensor.phone_device_locked"
BUTTON = "event.ok_button"


@pytest.fixture
async def desk(home: House) -> AsyncIterator[Desk]:
    async for desk in desk_of(home):
        yield desk


@pytest.fixture
async def called_home(desk: Desk) -> House:
    """Nobody answers at home, and a provider of this home's own has just dialled."""
    home = desk.home
    calls = async_mock_service(home.hass, "notify", "provider_call")
    await _phone(home)
    await home.show(BUTTON, "unknown")
    await home.follow("button", BUTTON, press="ok")
    await desk.fill("call_by_provider", provider="notify.provider_call", number="010-1234-5678")
    await home.wait(hours=12)
    await home.wait(minutes=15)
    assert (home.stage, len(calls)) == ("knock", 1)
    return home


async def _phone(home: House) -> None:
    app = MockConfigEntry(domain="mobile_app", title="Mother's phone")
    app.add_to_hass(home.hass)
    registry = er.async_get(home.hass)
    for entity_id, key, state in ((CALL, "phone_state", "idle"), (LOCK, "device_locked", "on")):
        platform, _, name = entity_id.partition(".")
        registry.async_get_or_create(
            platform, "mobile_app", key, config_entry=app, suggested_object_id=name
        )
        await home.show(entity_id, state)
        await home.follow("phone", entity_id)


async def _picked_up(home: House) -> None:
    await home.show(CALL, "ringing")
    await home.wait(seconds=25)
    await home.show(CALL, "offhook")
    await home.wait(seconds=20)
    await home.show(CALL, "idle")


async def test_a_voice_box_that_takes_our_call_ends_no_alert(called_home: House) -> None:
    home, before = called_home, called_home.last_sign
    await _picked_up(home)
    assert (home.stage, home.last_sign) == ("knock", before)
    assert home.relay.of("resolved") == []


async def test_a_voice_box_that_takes_the_districts_call_ends_no_visit(home: House) -> None:
    await _phone(home)
    await home.wait(hours=14)
    assert home.stage == "visit"
    await _picked_up(home)
    assert home.stage == "visit"
    # A restart of Home Assistant forgets nothing of it.
    await home.restart()
    await home.wait(minutes=1)
    await _picked_up(home)
    assert home.stage == "visit"


async def test_a_voice_box_that_still_takes_our_call_after_the_alert_is_no_life(
    called_home: House,
) -> None:
    home = called_home
    await home.show(CALL, "ringing")
    await home.use_door(DOOR)
    assert home.stage == "calm"
    before = home.last_sign
    await home.wait(seconds=25)
    await home.show(CALL, "offhook")
    assert home.last_sign == before


async def test_a_call_that_the_resident_takes_well_after_the_alert_is_life(
    called_home: House,
) -> None:
    home = called_home
    await home.use_door(DOOR)
    await home.wait(minutes=4)
    await home.show(CALL, "ringing")
    await home.show(CALL, "offhook")
    assert home.last_sign == home.now


async def test_a_call_that_the_resident_takes_ends_a_quiet_in_which_nobody_called(
    home: House,
) -> None:
    await _phone(home)
    await home.wait(hours=12)
    assert home.stage == "quiet"
    await home.show(CALL, "ringing")
    await home.show(CALL, "offhook")
    assert home.stage == "calm"


async def test_a_phone_that_is_unlocked_after_our_call_ends_the_alert(called_home: House) -> None:
    home = called_home
    await _picked_up(home)
    await home.show(LOCK, "off")
    assert (home.stage, home.last_sign) == ("calm", home.now)


async def test_calling_back_after_our_call_ends_the_alert(called_home: House) -> None:
    home = called_home
    await _picked_up(home)
    await home.show(LOCK, "off")
    await home.show(CALL, "offhook")
    assert (home.stage, home.last_sign) == ("calm", home.now)


async def test_a_voice_box_that_takes_our_call_before_the_phone_told_of_the_ringing_is_no_life(
    called_home: House,
) -> None:
    """A phone that saves its battery reports what is now, not everything in between."""
    home, before = called_home, called_home.last_sign
    await home.show(CALL, "offhook")
    assert (home.stage, home.last_sign) == ("knock", before)


async def test_the_button_that_our_call_asks_for_ends_the_alert(called_home: House) -> None:
    home = called_home
    await _picked_up(home)
    await home.show(BUTTON, home.now.isoformat())
    assert (home.stage, home.reason) == ("calm", "said_ok")


async def test_the_district_that_spoke_to_the_resident_ends_the_alert(called_home: House) -> None:
    home = called_home
    await _picked_up(home)
    await home.receive("life", {"evidence": "answered_call", "at": home.now.isoformat()})
    assert home.stage == "calm"
