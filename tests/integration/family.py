"""The resident's people, with messengers that can fail, for tests of who is told what."""

import asyncio
from types import MappingProxyType
from typing import Any, override

from homeassistant.components.notify import NotifyEntity
from homeassistant.components.notify.const import DOMAIN as NOTIFY
from homeassistant.config_entries import ConfigSubentry
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.setup import async_setup_component

from tests.integration.house import House


class Messenger(NotifyEntity):
    """Takes every message, unless its line is down."""

    def __init__(self, name: str) -> None:
        self._attr_name = name
        self._attr_unique_id = name
        self.works = True
        # Held while it takes its time over a message.
        self.slow = asyncio.Lock()
        self.got: list[str] = []
        self.tried = 0

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        self.tried += 1
        async with self.slow:
            self._take(message)

    def _take(self, message: str) -> None:
        if not self.works:
            raise HomeAssistantError("no line")
        self.got.append(message)


class Family:
    """Contacts of one household, by name, in the order in which they were added."""

    def __init__(self, home: House) -> None:
        self.home = home
        self.messengers: dict[str, Messenger] = {}

    @classmethod
    async def of(cls, home: House, *names: str) -> Family:
        """People whom the resident wants to be told."""
        # It is night where this home is: no test is sent yet.
        await home.hass.config.async_update(time_zone="UTC")
        family = cls(home)
        await family.agree()
        for name in names:
            await family.add(name)
        return family

    async def agree(self) -> None:
        """The resident consents to their being told."""
        entry = self.home.entry
        consent = entry.data["consent"]
        consent = {**consent, "items": [*consent["items"], "emergency_contact"]}
        self.home.hass.config_entries.async_update_entry(
            entry, data={**entry.data, "consent": consent}
        )
        await self.home.settle()

    async def add(self, name: str, **more: Any) -> Messenger:
        hass = self.home.hass
        assert await async_setup_component(hass, NOTIFY, {})
        messenger = self.messengers[name] = Messenger(name)
        component: EntityComponent[NotifyEntity] = hass.data["notify"]
        await component.async_add_entities([messenger])
        data = {
            "name": name,
            "kind": "guardian",
            "order": len(self.messengers),
            "notify": [messenger.entity_id],
            "language": "en",
            "who": "Mother",
            **more,
        }
        subentry = ConfigSubentry(
            data=MappingProxyType(data), subentry_type="contact", title=name, unique_id=None
        )
        hass.config_entries.async_add_subentry(self.home.entry, subentry)
        await self.home.settle()
        return messenger

    def got(self) -> dict[str, list[str]]:
        return {name: messenger.got for name, messenger in self.messengers.items()}
