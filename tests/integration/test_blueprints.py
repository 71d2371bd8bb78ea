"""The blueprints, filled in as a technician would, run by Home Assistant's own engine."""

from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.integration.house import House

BLUEPRINTS = Path(__file__).resolve().parents[2] / "blueprints"
GUARDIAN = "notify.daughter"


async def fill(home: House, **inputs: Any) -> list[ServiceCall]:
    """Install the guardians' blueprint, fill it, and hear what it would send."""
    hass = home.hass
    shutil.copytree(BLUEPRINTS, hass.config.path("blueprints"), dirs_exist_ok=True)
    sent: list[ServiceCall] = async_mock_service(hass, "notify", "send_message")
    automation = {
        "id": "guardians",
        "use_blueprint": {
            "path": "anshim_knock/tell_a_guardian.yaml",
            "input": {
                "household": home.entity_id("event", "said"),
                "guardians": [GUARDIAN],
                **inputs,
            },
        },
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await home.settle()
    assert hass.states.async_entity_ids("automation")
    return sent


def messages(sent: list[ServiceCall]) -> list[str]:
    return [call.data["message"] for call in sent]


async def test_a_guardian_hears_that_nobody_answered_and_that_it_is_over(home: House) -> None:
    sent = await fill(home, who="어머니")
    await home.wait(hours=12)
    assert messages(sent) == []

    await home.wait(minutes=15)
    assert messages(sent) == [
        "어머니: 집에서 대답이 없어 전화로 안부를 확인합니다. 연락이 닿으시면 알려 주십시오."
    ]
    assert sent[0].data["entity_id"] == [GUARDIAN]

    await home.boil_water()
    assert messages(sent)[1:] == ["어머니: 상황이 끝났습니다."]


async def test_a_call_for_help_is_told_at_once_and_in_the_guardians_language(home: House) -> None:
    sent = await fill(home, who="Mother", language="en")
    await home.press("help")
    assert messages(sent) == ["Mother: Help was called. Please get in touch at once."]


@pytest.mark.parametrize("kinds", [["quiet"], ["quiet", "knock", "visit"]])
async def test_only_what_was_chosen_is_told(home: House, kinds: list[str]) -> None:
    sent = await fill(home, kinds=kinds)
    await home.wait(hours=12)
    await home.wait(minutes=15)
    await home.wait(minutes=30)
    await home.boil_water()
    assert len(sent) == len(kinds)


async def test_a_restart_tells_nothing_twice(home: House) -> None:
    sent = await fill(home)
    await home.wait(hours=12)
    await home.wait(minutes=15)
    assert len(sent) == 1
    await home.wait(minutes=5)
    await home.restart()
    assert len(sent) == 1
