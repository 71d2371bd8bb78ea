"""Sends requests that were made before, from a process of its own: `python -m … PORT FILE`.

FILE holds requests (msgpack). At a pace each goes out at its time; without one each connection
sends its next when the last is answered. Prints what came back, and when, as one line of JSON.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
import itertools
import json
from pathlib import Path
import sys
import time
from typing import Any, cast, override

import msgspec

_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(kw_only=True)
class Heard:
    """How many answers of which status, and how long each took (seconds)."""

    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)


class Line(asyncio.Protocol):
    """One connection that is kept. Pipelines nothing: one request, one answer.

    A district hangs up on whoever says nothing: the next request connects anew, as a relay does.
    """

    def __init__(self, port: int, heard: Heard) -> None:
        self._port = port
        self._heard = heard
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._began = 0.0
        self.done: asyncio.Future[None] | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self.done and not self.done.done():
            self.done.set_exception(ConnectionError("the line was cut"))

    async def connected(self) -> asyncio.Transport:
        if self._transport is None or self._transport.is_closing():
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        return self._transport

    async def send(self, request: bytes, began: float) -> None:
        transport = await self.connected()
        self._began = began
        self.done = asyncio.get_running_loop().create_future()
        transport.write(request)
        await self.done

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(_HEAD_ENDS)
        if not end:
            return
        low = head.lower()
        at = low.find(_LENGTH)
        length = int(low[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        self._buffer = b""
        self._heard.statuses[int(head[9:12])] += 1
        self._heard.took.append(time.perf_counter() - self._began)
        if self.done and not self.done.done():
            self.done.set_result(None)


async def as_fast_as_answered(lines: list[Line], requests: Iterator[bytes], until: float) -> None:
    async def one(line: Line) -> None:
        for request in requests:
            if (now := time.perf_counter()) >= until:
                return
            await line.send(request, now)

    await asyncio.gather(*(one(line) for line in lines))


async def at_a_pace(
    lines: list[Line], requests: Iterator[bytes], until: float, per_second: float
) -> None:
    """The time of a request counts from when it was to go, though no line was free."""
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)
    sent: set[asyncio.Task[None]] = set()

    async def one(line: Line, request: bytes, at: float) -> None:
        await line.send(request, at)
        free.put_nowait(line)

    began = time.perf_counter()
    for number, request in enumerate(requests):
        at = began + number / per_second
        if at >= until:
            break
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        task = asyncio.create_task(one(await free.get(), request, at))
        sent.add(task)
        task.add_done_callback(sent.discard)
    await asyncio.gather(*sent)


async def sent(given: argparse.Namespace) -> dict[str, Any]:
    made: list[bytes] = msgspec.msgpack.decode(given.file.read_bytes(), type=list[bytes])
    some = made[given.skip :]
    requests = itertools.cycle(some) if given.again else iter(some)
    heard = Heard()
    lines = [Line(given.port, heard) for _ in range(given.lines)]
    for line in lines:
        await line.connected()
    began = time.perf_counter()
    until = began + given.seconds
    if given.pace:
        await at_a_pace(lines, requests, until, given.pace)
    else:
        await as_fast_as_answered(lines, requests, until)
    return {
        "seconds": time.perf_counter() - began,
        "statuses": dict(heard.statuses),
        "took": sorted(heard.took),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--lines", type=int, default=64)
    parser.add_argument("--skip", type=int, default=0, help="requests that were sent before")
    parser.add_argument("--again", action="store_true", help="from the first again after the last")
    parser.add_argument("--pace", type=float, default=0.0, help="requests a second; 0: no pause")
    json.dump(asyncio.run(sent(parser.parse_args())), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
