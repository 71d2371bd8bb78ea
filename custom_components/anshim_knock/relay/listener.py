"""Listens for what the district sends down, and acknowledges only what the household has kept."""

import asyncio
from datetime import timedelta
import logging

from .client import Down, RelayClient
from .errors import RelayError
from .health import Health, pause_s
from .home import Home
from .words import UnreadableError, Word, word_of

_LOGGER = logging.getLogger(__name__)
_LONG_POLL = timedelta(seconds=55)
# The relay repeats what could not be kept: no reason to ask in a tight circle.
_BREATH_S = 5.0


class Listener:
    """One loop around a long poll."""

    def __init__(self, client: RelayClient, home: Home, health: Health) -> None:
        self._client = client
        self._home = home
        self._health = health
        self._failures = 0
        # Acted on, perhaps not yet kept.
        self._seen = home.heard

    async def run(self) -> None:
        while True:
            pause = await self.listen()
            await asyncio.sleep(pause)

    async def listen(self) -> float:
        """One poll. Answers how many seconds to pause."""
        try:
            down = await self._client.downlink(self._home.heard, _LONG_POLL)
        except RelayError as err:
            self._failures += 1
            _LOGGER.debug("Nothing heard: %s", err)
            await self._health.failed(err)
            return pause_s(self._failures)
        self._failures = 0
        await self._health.answered()
        if down.latest < self._home.heard:
            self._seen = 0
            await self._home.start_hearing_anew()
            return 0.0
        new = [message for message in down.messages if message.number > self._seen]
        for message in new:
            await self._heed(message)
        return 0.0 if new or not down.messages else _BREATH_S

    async def _heed(self, message: Down) -> None:
        self._seen = message.number
        word: Word | None = None
        try:
            word = word_of(message.event, self._home.household)
        except UnreadableError as err:
            _LOGGER.warning("A message from the district means nothing to this home: %s", err)
        await self._home.heed(message.number, word)
