"""Relays as light as they can be: a key, what waits, and the rules by which a relay speaks.

Thousands of them live in one process. They share no code with the relay; what they send, when they
try again and what they believe is the contract's.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
import functools
import json
import random
import secrets
from typing import Any, override

from benchmarks.district.homes import EPOCH, INSTANCE, Home
from benchmarks.relay.district import ROOT
from benchmarks.relay.messages import ALERT, HELP, said
from tests.relay.support.keys import jwk, payload_of, sign, thumbprint

EVENT = "anshim-event+jws"
MOST = 100
POLL_S = 50
PATIENCE_S = 8.0
CONNECT_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 4.0
DELIVERED = frozenset({"durable", "repeat"})


class AwayError(Exception):
    """Not there, or not now: again later, and not before it asks for that."""

    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass
class Line:
    """One connection that is kept alive, as a relay has one for each thing it is doing."""

    port: int
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", token: str = "") -> Any:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._ask(method, path, body, token)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self.close()
            raise AwayError(type(error).__name__) from error

    async def _ask(self, method: str, path: str, body: bytes, token: str) -> Any:
        if self._streams is None:
            async with asyncio.timeout(CONNECT_S):
                self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        answer = await reader.readexactly(number_in(lines, b"content-length:"))
        if lines[0].split()[1] not in {b"200", b"201"}:
            raise AwayError(lines[0].decode(), float(number_in(lines, b"retry-after:") or 0))
        return json.loads(answer)

    async def leave_open(self, path: str, token: str) -> None:
        """A question whose answer is not waited for."""
        if self._streams is not None:
            bearer = f"Authorization: Bearer {token}"
            self._streams[1].write(f"GET {path} HTTP/1.1\r\nHost: x\r\n{bearer}\r\n\r\n".encode())

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
        self._streams = None


def number_in(lines: list[bytes], header: bytes) -> int:
    found = (line for line in lines if line.lower().startswith(header))
    return int(next(found, b":0").split(b":")[1])


class Relayed(Home):
    """Its key is named as the contract wants it."""

    @property
    @override
    def kid(self) -> str:
        return thumbprint(jwk(self.key))


@dataclass
class Kit:
    """`waiting`: signed events by priority, as the outbox of a relay gives them out."""

    port: int
    home: Relayed
    seq: int = 0
    lanes: dict[str, list[str]] = field(default_factory=lambda: {HELP: [], ALERT: []})
    arrived: dict[str, list[float]] = field(default_factory=lambda: {HELP: [], ALERT: []})
    up: asyncio.Event = field(default_factory=asyncio.Event)
    tries: int = 0

    def keep(self, alerts: int, calls: int) -> None:
        """What the home says while the line is down."""
        kinds = [ALERT] * alerts + [HELP] * calls
        for version, kind in enumerate(kinds, start=1):
            self.seq += 1
            stamps = {"epoch": EPOCH, "seq": self.seq} | self._source
            self.lanes[kind].append(
                sign(said(kind, version, self.home.household) | stamps, self.home.key, EVENT)
            )

    @property
    def _source(self) -> dict[str, str]:
        return {"source": f"urn:anshim:kit:{self.home.kit}"}

    async def come_back(self, dice: random.Random, spread: float) -> None:
        """Until all is delivered. Whatever is answered first ends the pauses of all the others."""
        lanes = [
            self._deliver(kind, dice.uniform(0, spread))
            for kind, waiting in self.lanes.items()
            if waiting
        ]
        listening = asyncio.create_task(self._listen(dice.uniform(0, spread)))
        await asyncio.gather(*lanes)
        await listening

    async def _deliver(self, kind: str, first_s: float) -> None:
        line, failures = Line(self.port), 0
        await self._pause(first_s)
        while waiting := self.lanes[kind]:
            try:
                answer = await self._asked(line, "/v1/events", {"events": waiting[:MOST]})
            except AwayError as error:
                failures += 1
                grown = min(FIRST_PAUSE_S * 2.0 ** (failures - 1), LONGEST_PAUSE_S)
                asked = 0.0 if kind == HELP else error.retry_after
                await asyncio.sleep(max(grown * random.uniform(0.5, 1.0), asked))
                continue
            failures = 0
            self._mark(kind, payload_of(answer["ack"])["results"])
        line.close()

    def _mark(self, kind: str, results: list[dict[str, str]]) -> None:
        now = asyncio.get_running_loop().time()
        delivered = sum(result["status"] in DELIVERED for result in results)
        if delivered != len(results):
            raise ValueError(f"not all were taken: {results}")
        del self.lanes[kind][:delivered]
        self.arrived[kind] += [now] * delivered

    async def _listen(self, first_s: float) -> None:
        """Hello, heartbeat, and a question for what came down, which is left open."""
        line = Line(self.port)
        await self._pause(first_s)
        while True:
            try:
                await self._greet(line)
            except AwayError as error:
                pause = random.uniform(FIRST_PAUSE_S, LONGEST_PAUSE_S)
                await asyncio.sleep(max(pause, error.retry_after))
            else:
                return

    async def _greet(self, line: Line) -> None:
        hello = self._own("hello", {"instance": INSTANCE, "epoch": EPOCH})
        answer = await self._asked(line, "/v1/hello", {"hello": sign(hello, self.home.key, EVENT)})
        token = payload_of(answer["session"])["token"]
        mark = {"epoch": EPOCH, "seq": self.seq, "householdversion": self.seq}
        beat = self._own("heartbeat", {"highwater": mark})
        await self._asked(line, "/v1/heartbeats", beat, token)
        await line.leave_open(f"/v1/downlink?after=0&wait={POLL_S}", token)

    def _own(self, kind: str, facts: dict[str, Any]) -> dict[str, Any]:
        """The contract's own example, in this kit's name."""
        example = example_of(kind)
        own = {
            "id": f"{self.home.kit}.{kind}.{secrets.token_hex(8)}",
            "subject": self.home.household,
        }
        own["time"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return example | own | self._source | {"data": example["data"] | facts}

    async def _asked(self, line: Line, path: str, body: Any, token: str = "") -> Any:
        self.tries += 1
        answer = await line.ask("POST", path, json.dumps(body).encode(), token)
        self.up.set()
        return answer

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.up.wait(), seconds)


@functools.cache
def example_of(kind: str) -> dict[str, Any]:
    file = ROOT / "contract" / "examples" / "accepted" / kind / "ordinary.json"
    example: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return example
