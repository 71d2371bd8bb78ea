"""Fills blueprints in as a technician would, for Home Assistant's own engine to run."""

from collections.abc import AsyncIterator
from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.integration.house import House

BLUEPRINTS = Path(__file__).resolve().parents[2] / "blueprints"
GUARDIAN = "notify.daughter"


class Desk:
    """One household, its blueprints, and what its devices were asked to do."""

    def __init__(self, home: House) -> None:
        self.home = home
        self.spoken: list[ServiceCall] = []
        self.sent: list[ServiceCall] = []

    async def devices(self) -> None:
        """Speakers, lights and messengers that only remember what they were asked."""
        hass = self.home.hass
        self.spoken = async_mock_service(hass, "tts", "speak")
        self.sent = async_mock_service(hass, "notify", "send_message")

    async def fill(self, blueprint: str, **inputs: Any) -> None:
        """Install and fill one, with the household chosen."""
        await self.fill_all(blueprint, {blueprint: inputs})

    async def fill_all(self, blueprint: str, each: dict[str, dict[str, Any]]) -> None:
        """The same one several times: by the automation's name its inputs."""
        hass = self.home.hass
        automations = [self._filled(blueprint, name, inputs) for name, inputs in each.items()]
        shutil.copytree(BLUEPRINTS, hass.config.path("blueprints"), dirs_exist_ok=True)
        assert await async_setup_component(hass, "automation", {"automation": automations})
        await self.home.settle()
        assert all(hass.states.is_state(f"automation.{name}", "on") for name in each)
        self.home.scripts_wait = True

    def _filled(self, blueprint: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": name,
            "alias": name,
            "use_blueprint": {
                "path": f"anshim_knock/{blueprint}.yaml",
                "input": {"household": self.home.entry_id, **inputs},
            },
        }

    async def run_by_hand(self, blueprint: str) -> None:
        """What the button "Run" does."""
        await self.home.hass.services.async_call(
            "automation", "trigger", {"entity_id": f"automation.{blueprint}"}, blocking=True
        )
        await self.home.settle()

    @property
    def words(self) -> list[str]:
        return [call.data["message"] for call in self.spoken]

    @property
    def messages(self) -> list[str]:
        return [call.data["message"] for call in self.sent]


async def desk_of(home: House) -> AsyncIterator[Desk]:
    """In the end the automations are switched off, and their timers with them."""
    desk = Desk(home)
    await desk.devices()
    yield desk
    home.scripts_wait = False
    if home.hass.services.has_service("automation", "turn_off"):
        await home.hass.services.async_call(
            "automation", "turn_off", {"entity_id": "all"}, blocking=True
        )
