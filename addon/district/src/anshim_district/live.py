"""Who waits for news: kits in their long polls, consoles with an open event stream.

Told after each commit.
"""

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Self

from .storage.database import After


class Live:
    def __init__(self) -> None:
        self._kits: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._boards: set[asyncio.Event] = set()
        self._closing = asyncio.Event()

    @property
    def is_closing(self) -> bool:
        return self._closing.is_set()

    def tell(self, after: After) -> None:
        for kit in tuple(self._kits) if after.everything else after.kits:
            for waiter in self._kits.get(kit, ()):
                waiter.set()
        if after.board or after.everything:
            for waiter in self._boards:
                waiter.set()

    def close(self) -> None:
        """Everybody who waits is let go, so that stopping takes no long poll's time."""
        self._closing.set()
        for waiters in (*self._kits.values(), self._boards):
            for waiter in waiters:
                waiter.set()

    def listen_kit(self, kit: str) -> Waiter:
        return Waiter(self, self._kits[kit])

    def listen_board(self) -> Waiter:
        return Waiter(self, self._boards)


class Waiter:
    """Listens from the moment it is entered, so nothing is missed between a look and a wait."""

    def __init__(self, live: Live, among: set[asyncio.Event]) -> None:
        self._live = live
        self._among = among
        self._event = asyncio.Event()

    def __enter__(self) -> Self:
        self._among.add(self._event)
        if self._live.is_closing:
            self._event.set()
        return self

    def __exit__(self, *_: object) -> None:
        self._among.discard(self._event)

    async def wait(self, seconds: float) -> bool:
        """Whether there was news. Stays true while closing."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
        news = self._event.is_set()
        if not self._live.is_closing:
            self._event.clear()
        return news
