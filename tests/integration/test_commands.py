"""What the home, a guardian or an automation sets going is no sign of life; what a hand does is."""

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.integration.house import KETTLE, House


@pytest.fixture
async def silent_home(home: House) -> House:
    """Everything was used a while ago."""
    await home.wait(hours=2)
    return home


async def _act(home: House, action: str, entity_id: str) -> None:
    domain, service = action.split(".")
    async_mock_service(home.hass, domain, service)
    await home.hass.services.async_call(domain, service, {"entity_id": entity_id}, blocking=True)


@pytest.mark.parametrize(
    "action",
    [
        "homeassistant.update_entity",
        "homeassistant.reload_config_entry",
        "zwave_js.refresh_value",
        "logbook.log",
        "recorder.purge_entities",
        "template.reload",
    ],
)
async def test_a_kettle_counts_whose_plug_was_only_asked_for_its_reading(
    silent_home: House, action: str
) -> None:
    home = silent_home
    await _act(home, action, KETTLE)
    await home.wait(seconds=30)
    await home.show(KETTLE, "1850.0")
    assert home.last_sign == home.now


@pytest.mark.parametrize("action", ["homeassistant.turn_on", "switch.turn_on", "somebodys.own"])
async def test_a_plug_that_may_have_been_switched_is_no_life(
    silent_home: House, action: str
) -> None:
    home, before = silent_home, silent_home.last_sign
    await _act(home, action, KETTLE)
    await home.wait(seconds=30)
    await home.show(KETTLE, "1850.0")
    assert home.last_sign == before
