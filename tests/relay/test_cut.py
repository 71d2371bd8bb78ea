"""Killed at random moments under load: whatever was answered with 202 is delivered.

The judge reads answers alone.
"""

import asyncio
import random
from typing import Any

import aiohttp
import pytest

from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess
from tests.relay.support.stand_in_district import StandInDistrict

ROUNDS = 20
SENDERS = 4


class Senders:
    """Homes that talk without a pause. `kept` is what the relay promised, in its own answers."""

    def __init__(self, relay: RelayProcess) -> None:
        self._relay = relay
        self._version = 0
        self.kept: set[str] = set()

    async def talk(self) -> None:
        while True:
            self._version += 1
            kind = "emergency" if self._version % 7 == 0 else "quiet"
            await self._say(event(self._version, kind))

    async def _say(self, message: dict[str, Any]) -> None:
        status, _ = await self._relay.post(message)
        assert status == 202
        self.kept.add(message["id"])


async def load_until_ended(relay: RelayProcess, senders: Senders, *, kill: bool) -> None:
    tasks = [asyncio.create_task(senders.talk()) for _ in range(SENDERS)]
    await asyncio.sleep(random.uniform(0.0, 0.25))
    await (relay.kill() if kill else relay.end())
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(outcome, aiohttp.ClientError | RuntimeError | AssertionError), outcome


@pytest.mark.parametrize("kill", [True, False], ids=["kill_nine", "sigterm"])
async def test_everything_answered_is_delivered_however_the_relay_ends(
    relay: RelayProcess, district: StandInDistrict, kill: bool
) -> None:
    senders = Senders(relay)
    for _ in range(ROUNDS if kill else ROUNDS // 4):
        await load_until_ended(relay, senders, kill=kill)
        await relay.start()
    await relay.nothing_waits()

    assert senders.kept
    assert senders.kept - set(district.stand.durable) == set()
