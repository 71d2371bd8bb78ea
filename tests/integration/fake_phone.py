"""A phone with the companion app, as HA's own integration knows it: it keeps what is pushed."""

from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

MOBILE_APP = "mobile_app"


class FakePhone:
    """Registered over a push service on loopback."""

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        self._hass = hass
        self._name = name
        self._runner: web.AppRunner | None = None
        self.pushed: list[dict[str, Any]] = []
        self.device_id = ""
        self.user_id = ""

    async def start(self) -> FakePhone:
        app = web.Application()
        app.router.add_post("/push", self._push)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        await self._register(f"http://127.0.0.1:{port}/push")
        return self

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def newest(self) -> dict[str, Any]:
        return self.pushed[-1]

    def tap(self, title: str) -> None:
        """A button of the newest message that has it, as the app reports it."""
        actions = next(a for p in reversed(self.pushed) if (a := p.get("data", {}).get("actions")))
        action = next(a["action"] for a in actions if a["title"] == title)
        self._hass.bus.async_fire("mobile_app_notification_action", {"action": action})

    async def _push(self, request: web.Request) -> web.Response:
        self.pushed.append(await request.json())
        return web.json_response({}, status=201)

    async def _register(self, url: str) -> None:
        assert await async_setup_component(self._hass, MOBILE_APP, {})
        self.user_id = (await self._hass.auth.async_create_user(self._name)).id
        entry = MockConfigEntry(
            domain=MOBILE_APP,
            title=self._name,
            data={
                "app_data": {"push_token": "token", "push_url": url},
                "app_id": "io.homeassistant.companion.android",
                "app_name": "Home Assistant",
                "app_version": "2026.10",
                "device_id": self._name,
                "device_name": self._name,
                "manufacturer": "Samsung",
                "model": "A17",
                "os_name": "Android",
                "os_version": "16",
                "supports_encryption": False,
                "user_id": self.user_id,
                "webhook_id": f"webhook-{self._name}",
            },
        )
        await self._hass.config_entries.async_add(entry)
        await self._hass.async_block_till_done()
        device = next(
            iter(dr.async_entries_for_config_entry(dr.async_get(self._hass), entry.entry_id))
        )
        self.device_id = device.id
