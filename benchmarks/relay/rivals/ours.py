"""The relay with the real district behind it, asked for the same as the bridge.

Acknowledged is the 202; arrived is what the district's file has, read with plain SQL.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import time

from benchmarks.relay.district import District
from benchmarks.relay.messages import ALERT, said
from tests.relay.support.process import BATCH, RelayProcess

KEPT = 202
# What is found is up to so much later than it was there.
LOOK_EVERY_S = 0.0001
PATIENCE_S = 30.0


class Ours:
    """`together`: how many alerts go in one request."""

    def __init__(self, relay: RelayProcess, district: District, household: str) -> None:
        self.relay = relay
        self.district = district
        self.household = household
        self._version = 0

    async def rate(self, count: int, *, at_once: int, together: int) -> float:
        bodies = iter([encoded(self._messages(together)) for _ in range(count // together)])
        began = time.perf_counter()

        async def talk() -> None:
            for body in bodies:
                await self._say(body)

        await asyncio.gather(*[talk() for _ in range(max(1, at_once // together))])
        return count / (time.perf_counter() - began)

    async def latency_ms(self, kind: str = ALERT) -> float:
        [message] = self._messages(1, kind)
        body = encoded([message])
        looking = asyncio.create_task(asyncio.to_thread(self._arrived, message["id"]))
        began = time.perf_counter()
        await self._say(body)
        return (await looking - began) * 1000

    def _messages(self, count: int, kind: str = ALERT) -> list[dict[str, str]]:
        self._version += count
        first = self._version - count + 1
        return [said(kind, first + n, self.household) for n in range(count)]

    async def _say(self, body: bytes) -> None:
        status, _ = await self.relay.send(body, BATCH)
        if status != KEPT:
            raise ValueError(f"the relay answered {status}")

    def _arrived(self, id_: str) -> float:
        deadline = time.perf_counter() + PATIENCE_S
        with self.district.read() as connection:
            while time.perf_counter() < deadline:
                if connection.execute("SELECT 1 FROM events WHERE id = ?", (id_,)).fetchone():
                    return time.perf_counter()
                time.sleep(LOOK_EVERY_S)
        raise TimeoutError(id_)


def encoded(messages: list[dict[str, str]]) -> bytes:
    """Before the clock starts, as the bridge's payload is: what is measured begins at the relay."""
    return json.dumps(messages).encode()


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[Ours]:
    district = District(folder)
    issued = district.enrol()
    await district.start()
    relay = RelayProcess(folder / "relay", district_url=district.url,
                         enrolment_code=issued["code"])  # fmt: skip
    try:
        async with relay:
            await relay.said("enrolled")
            made = Ours(relay, district, issued["household"])
            await made.latency_ms()
            yield made
    finally:
        await district.end()
