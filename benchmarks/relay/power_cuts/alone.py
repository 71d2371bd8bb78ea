"""The relay by itself: homes talk without a pause, then its power is cut, or it is killed or ended.

The judge is the oracle. It hears of the relay's own 202s, and of what reaches a district stand-in
that shares no code with the relay and checks every signature itself.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
import functools
from pathlib import Path
import random
import secrets
from typing import Any, override

import aiohttp

from benchmarks.relay.power_cuts.disk import Disk, Kind
from benchmarks.relay.power_cuts.oracle import Oracle
from tests.relay.support.events import event
from tests.relay.support.process import SRC, RelayProcess, warm
from tests.relay.support.stand_in_district import CODE, Result, StandInDistrict
from tests.relay.support.warm import Warm

ROOT = Path(__file__).parents[3]
SENDERS = 4
LONGEST_LOAD_S = 0.25
LONGEST_BEGIN_S = 60
# The outbox is checked whole at each start: a fresh one keeps a long run as quick as a short one.
CUTS_OF_A_DISK = 25
KEPT = 202


class End(StrEnum):
    CUT = "power cut"
    KILL = "kill -9"
    TERM = "SIGTERM, then power cut"


@dataclass(kw_only=True)
class Tally:
    """`under_way`: how many ends came while at least one commit was asked for and not answered."""

    ends: int = 0
    kept: int = 0
    lost: int = 0
    ends_with_loss: int = 0
    under_way: int = 0
    signed_twice: int = 0

    def add(self, kept: int, lost: int, under_way: int) -> None:
        self.ends += 1
        self.kept += kept
        self.lost += lost
        self.ends_with_loss += bool(lost)
        self.under_way += bool(under_way)


@functools.cache
def unsynced() -> Warm:
    return Warm(SRC, ROOT, module="benchmarks.relay.power_cuts.unsynced")


class ToldDistrict(StandInDistrict):
    """Tells the oracle what it has before the relay hears of it."""

    def __init__(self) -> None:
        super().__init__()
        self.oracle: Oracle | None = None

    @override
    def _take(self, token: str) -> Result:
        result = super()._take(token)
        if self.oracle is not None:
            self.oracle.delivered(result["id"])
        return result


@dataclass
class Homes:
    """They talk until nobody answers, and tell the oracle what the relay promised."""

    relay: RelayProcess
    oracle: Oracle
    version: int = 0
    asked: int = 0
    kept: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    is_dark: bool = False

    async def talk(self) -> None:
        while True:
            self.version += 1
            kind = "emergency" if self.version % 7 == 0 else "quiet"
            await self._say(event(self.version, kind))

    async def _say(self, message: dict[str, Any]) -> None:
        self.asked += 1
        try:
            status, _ = await self.relay.post(message)
        finally:
            self.asked -= 1
        if self.is_dark:
            raise aiohttp.ClientError("nobody is answered without power")
        if status != KEPT:
            raise aiohttp.ClientError(f"answered {status}")
        self.oracle.kept(message["id"])
        self.kept += 1
        self.answered.set()


@dataclass(kw_only=True)
class Bench:
    """One disk, one relay on it, one district that has never seen that relay."""

    disk: Disk
    relay: RelayProcess
    district: ToldDistrict
    homes: Homes
    dice: random.Random = field(default_factory=random.Random)
    line: float = 0.25
    lost: set[str] = field(default_factory=set)

    async def end(self, how: End, tally: Tally) -> None:
        """1. load, with the district there or not; 2. the end; 3. all comes back; 4. the count."""
        before = self.homes.kept
        if self.dice.random() >= self.line:
            await self.district.close()
        self.homes.answered.clear()
        self.homes.is_dark = False
        talking = [asyncio.create_task(self.homes.talk()) for _ in range(SENDERS)]
        # on a busy machine the load may begin late: an end before it proves nothing
        await asyncio.wait_for(self.homes.answered.wait(), LONGEST_BEGIN_S)
        await asyncio.sleep(self.dice.uniform(0.02, LONGEST_LOAD_S))
        under_way = await self._happen(how)
        await quiet(talking)
        if how is not End.KILL:
            self.disk.come_back()
        await self.district.close()
        await self.district.open()
        await self.relay.start()
        await self.relay.nothing_waits()
        lost = self.homes.oracle.missing() - self.lost
        self.lost |= lost
        tally.add(self.homes.kept - before, len(lost), under_way)

    async def _happen(self, how: End) -> int:
        if how is End.TERM:
            await self.relay.end()
            self.disk.cut()
            return 0
        if how is End.CUT:
            # Whatever was answered is on the disk. While the kernel gives up what was under way, a
            # sync may still succeed; a machine without power hears nothing of it.
            self.homes.is_dark = True
            self.disk.cut()
        under_way = self.homes.asked
        await self.relay.kill()
        return under_way


async def quiet(talking: list[asyncio.Task[None]]) -> None:
    for outcome in await asyncio.gather(*talking, return_exceptions=True):
        if not isinstance(outcome, aiohttp.ClientError | RuntimeError | AssertionError):
            raise outcome if isinstance(outcome, BaseException) else TypeError(outcome)


async def measured(
    how: End,
    ends: int,
    *,
    kind: Kind,
    folder: Path,
    seed: int,
    starter: Callable[[], Warm] = warm,
    line: float = 0.25,
) -> Tally:
    """`line`: how often the district is there under load. What it has, no cut can take."""
    tally, dice = Tally(), random.Random(seed)
    while tally.ends < ends:
        async with set_up(folder / secrets.token_hex(4), kind, starter) as bench:
            bench.dice, bench.line = dice, line
            for _ in range(min(CUTS_OF_A_DISK, ends - tally.ends)):
                await bench.end(how, tally)
            tally.signed_twice += len(bench.district.stand.signed_twice)
    return tally


@asynccontextmanager
async def set_up(folder: Path, kind: Kind, starter: Callable[[], Warm]) -> AsyncIterator[Bench]:
    disk, district = Disk(folder / "disk", kind), ToldDistrict()
    oracle = Oracle(folder / "oracle", never_on=disk.place)
    district.oracle = oracle
    await district.open()
    relay = RelayProcess(folder / "relay", starter=starter, district_url=district.url,
                         enrolment_code=CODE)  # fmt: skip
    relay.data = disk.place / "relay"
    try:
        await relay.start()
        await relay.said("enrolled")
        yield Bench(disk=disk, relay=relay, district=district, homes=Homes(relay, oracle))
    finally:
        await relay.end()
        await district.close()
        oracle.close()
        disk.throw_away()
