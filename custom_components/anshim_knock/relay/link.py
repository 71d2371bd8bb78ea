"""Keeps a home and its relay in touch: three loops that start and stop together."""

import asyncio
import logging
from typing import Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .client import RelayClient
from .health import Health
from .home import Home
from .listener import Listener
from .pulse import Pulse
from .sender import Sender

_LOGGER = logging.getLogger(__name__)
_BREATH_S = 5.0


class Loop(Protocol):
    """Runs until it is cancelled."""

    async def run(self) -> None:
        """Never returns."""


async def kept_running(loop: Loop) -> None:
    """Whatever a relay may answer that nobody thought of: it ends no loop for good."""
    while True:
        try:
            await loop.run()
        except Exception:
            _LOGGER.exception("%s failed and begins anew", type(loop).__name__)
            await asyncio.sleep(_BREATH_S)


class RelayLink:
    """Started by the coordinator when the household has been restored."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, client: RelayClient) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._tasks: list[asyncio.Task[None]] = []
        self._sender: Sender | None = None
        self._pulse: Pulse | None = None

    def start(self, home: Home) -> None:
        health = Health(home)
        self._sender = Sender(self._client, home, health)
        self._pulse = Pulse(self._client, home, health)
        loops = (self._sender, self._pulse, Listener(self._client, home, health))
        self._tasks = [
            self._entry.async_create_background_task(
                self._hass, kept_running(loop), f"anshim_knock {type(loop).__name__}"
            )
            for loop in loops
        ]

    def wake(self) -> None:
        """Something new has to be told."""
        if self._sender is not None:
            self._sender.wake()

    def report(self) -> None:
        """A heartbeat now, not at the next interval."""
        if self._pulse is not None:
            self._pulse.wake()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
