"""Wakes everybody who is waiting for something to arrive. Rung by whoever stored it."""

import asyncio
from contextlib import suppress


class Bell:
    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.closed = False

    def listen(self) -> asyncio.Event:
        """Take it before looking, wait for it after: what arrives in between is not missed."""
        return self._next

    def ring(self) -> None:
        self._next.set()
        if not self.closed:
            self._next = asyncio.Event()

    def close(self) -> None:
        """From now on nobody waits."""
        self.closed = True
        self._next.set()


async def wait(signal: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        return await asyncio.wait_for(signal.wait(), seconds)
    return False
