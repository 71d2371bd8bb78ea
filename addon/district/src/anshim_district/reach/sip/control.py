"""baresip's own control connection (its module ctrl_tcp): JSON in netstrings, on loopback."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import msgspec

_LONGEST: Final = 65536
_LOOK_AGAIN_S: Final = 0.03


class ControlError(Exception):
    """baresip does not answer, or has gone."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An event, or the answer to a command."""

    response: bool = False
    ok: bool = True
    type: str = ""
    direction: str = ""
    param: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def connect(
        cls, host: str, port: int, *, within: float, lives: Callable[[], bool]
    ) -> Self:
        """It listens some hundredths of a second after it was started, if it lives that long."""
        try:
            async with asyncio.timeout(within):
                while True:
                    try:
                        return cls(*await asyncio.open_connection(host, port))
                    except ConnectionRefusedError:
                        if not lives():
                            raise
                        await asyncio.sleep(_LOOK_AGAIN_S)
        except (OSError, TimeoutError) as error:
            raise ControlError(f"baresip does not listen: {error}") from error

    async def tell(self, command: str, params: str = "") -> None:
        """Its answer comes with the events."""
        said = {"command": command, "params": params} if params else {"command": command}
        line = msgspec.json.encode(said)
        try:
            self.writer.write(b"%d:%s," % (len(line), line))
            await self.writer.drain()
        except OSError as error:
            raise ControlError(f"baresip has gone: {error}") from error

    async def ask(self, command: str, params: str, *, within: float) -> None:
        """Only before there are events to be lost."""
        await self.tell(command, params)
        try:
            async with asyncio.timeout(within):
                while not (said := await self.hear()).response:
                    continue
        except TimeoutError as error:
            raise ControlError(f"baresip says nothing to {command}") from error
        if not said.ok:
            raise ControlError(f"baresip refuses {command}")

    async def hear(self) -> Said:
        try:
            length = int((await self.reader.readuntil(b":"))[:-1])
            if length > _LONGEST:
                raise ControlError("baresip says too much")
            line = await self.reader.readexactly(length + 1)
            return msgspec.json.decode(line[:-1], type=Said)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            # of what cannot be read a JSON error is a ValueError too
            raise ControlError(f"baresip has gone: {error}") from error

    def close(self) -> None:
        self.writer.close()
