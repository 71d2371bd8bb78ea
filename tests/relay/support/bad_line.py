"""A line between relay and district that breaks in the ways that lines break."""

import asyncio
from enum import StrEnum, auto
import socket
import struct
from typing import Self

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
CHUNK = 65536


class Fault(StrEnum):
    NONE = auto()
    BLACK_HOLE = auto()  # everything is taken, nothing arrives, nothing comes back
    HALF_OPEN = auto()  # what was open before goes nowhere; what is opened anew works
    RESET_IN_THE_REQUEST = auto()
    RESET_IN_THE_ANSWER = auto()
    EARLY_CLOSE = auto()
    GARBAGE = auto()
    SLOW = auto()  # three seconds for whatever passes
    CUT = auto()  # nobody is there
    SERVER_ERROR = auto()
    TOO_MANY = auto()  # with no word of how long to wait


SWALLOWING = frozenset({Fault.HALF_OPEN, Fault.BLACK_HOLE})
SLOW_S = 3.0
ANSWERS = {
    Fault.SERVER_ERROR: b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    Fault.TOO_MANY: b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
}


class BadLine:
    def __init__(self, to_port: int) -> None:
        self._to = to_port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.fault = Fault.NONE
        self.port = 0
        self.opened = 0
        self.harmed = 0
        self._dead_below = 0
        self._taken: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def breaks(self, fault: Fault) -> None:
        self.fault = fault
        if fault in SWALLOWING:
            self._dead_below = self.opened
        if fault is Fault.CUT:
            for task in self._tasks:
                task.cancel()

    def mends(self) -> None:
        """What was swallowed stays swallowed: the peers have to notice by themselves."""
        if self.fault in SWALLOWING:
            self._dead_below = self.opened
        self.fault = Fault.NONE
        self._taken = asyncio.get_running_loop().create_future()

    async def first_taken(self) -> float:
        """When the first connection since it was mended was taken, by the event loop's clock."""
        return await self._taken

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        if self.fault is Fault.CUT:
            self.harmed += 1
            writer.transport.abort()
            self._tasks.discard(task)
            return
        number, self.opened = self.opened, self.opened + 1
        if not self._taken.done():
            self._taken.set_result(asyncio.get_running_loop().time())
        inside, to_inside = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(number, reader, to_inside, writer, up=True))
                both.create_task(self._carry(number, inside, writer, writer, up=False))
        except* ConnectionError:
            pass
        finally:
            to_inside.transport.abort()
            writer.close()
            self._tasks.discard(task)

    async def _carry(
        self,
        number: int,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        home: asyncio.StreamWriter,
        *,
        up: bool,
    ) -> None:
        while chunk := await source.read(CHUNK):
            if number < self._dead_below or self.fault is Fault.BLACK_HOLE:
                self.harmed += 1
                continue
            if self.fault is not Fault.NONE:
                self.harmed += 1
            chunk = await self._spoilt(chunk, home, up=up)
            sink.write(chunk)
            await sink.drain()
        raise ConnectionResetError

    async def _spoilt(self, chunk: bytes, home: asyncio.StreamWriter, *, up: bool) -> bytes:
        match self.fault:
            case Fault.SLOW:
                await asyncio.sleep(SLOW_S)
            case Fault.RESET_IN_THE_REQUEST if up:
                reset(home)
            case Fault.RESET_IN_THE_ANSWER if not up:
                home.write(chunk[: len(chunk) // 2])
                await home.drain()
                reset(home)
            case Fault.EARLY_CLOSE if not up:
                home.write(chunk[: len(chunk) // 2])
                home.close()
                raise ConnectionResetError
            case Fault.GARBAGE if not up:
                return b"\x16\x03\x01" + chunk[::-1]
            case Fault.SERVER_ERROR | Fault.TOO_MANY if up:
                # A request may come in parts; it is answered once.
                home.write(ANSWERS[self.fault] if chunk.startswith((b"POST", b"GET")) else b"")
                return b""
        return chunk


def reset(home: asyncio.StreamWriter) -> None:
    home.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    home.transport.abort()
    raise ConnectionResetError
