"""A control centre: pysiaalarm's receiver on a port of its own, behind a door that can misbehave.

The door passes frames on unless a test tells it to answer in the receiver's place, or not at all.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Self

from pysiaalarm.account import SIAAccount
from pysiaalarm.aio.client import SIAClient
from pysiaalarm.event import SIAEvent
from pysiaalarm.utils.enums import MessageTypes

ACCOUNT = "12AB"
KEY = "0123456789ABCDEF"

type Misbehave = Callable[[bytes], bytes | None]


class ControlCentre:
    def __init__(self, key: str | None, accounts: Sequence[str] = (ACCOUNT,)) -> None:
        self._key = key
        self._accounts = accounts
        self.events: list[SIAEvent] = []
        self.frames: list[bytes] = []
        # What the door answers itself: b"" is silence, None hands the frame on.
        self.misbehave: Misbehave = lambda _: None
        self.hangs_up = False
        self._receiver: Any = None
        self._door: asyncio.Server | None = None
        self.port = 0

    @property
    def options(self) -> dict[str, Any]:
        return {
            "centre_address": f"127.0.0.1:{self.port}",
            "centre_account": ACCOUNT,
            "centre_key": self._key or "",
            "centre_poll_seconds": 10,
        }

    @property
    def codes(self) -> list[str]:
        """Of events; the receiver files a poll as a test."""
        alarms = (event for event in self.events if event.message_type is MessageTypes.SIADCS)
        return [event.code for event in alarms if event.code]

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        async def came(event: SIAEvent) -> None:
            self.events.append(event)

        accounts = [SIAAccount(number, self._key) for number in self._accounts]
        self._receiver = SIAClient("127.0.0.1", 0, accounts, came)  # type: ignore[abstract]  # its __new__ chooses
        await self._receiver.async_start()
        self._door = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._door.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door.close_clients()
            await self._door.wait_closed()
            await self._receiver.async_stop()
        self._door = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = self._receiver.server.sockets[0].getsockname()[1]
        inside, to_inside = await asyncio.open_connection("127.0.0.1", port)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._talk(reader, writer, inside, to_inside)
        finally:
            to_inside.close()
            writer.close()

    async def _talk(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        inside: asyncio.StreamReader,
        to_inside: asyncio.StreamWriter,
    ) -> None:
        while True:
            sent = await reader.readuntil(b"\r")
            self.frames.append(sent)
            answer = self.misbehave(sent)
            if answer is None:
                to_inside.write(sent)
                answer = await inside.readuntil(b"\r")
            writer.write(answer)
            await writer.drain()
            if self.hangs_up:
                return
