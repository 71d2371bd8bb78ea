"""One relay, one line, one district that stands in; the line breaks and is mended again and again.

Every time an alert and a call for help are kept while it is broken. The clock starts when the line
is mended, or with the 202 where it looks whole and is not.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
import random

from tests.relay.support.bad_line import BadLine, Fault
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict

KEPT = 202
LONGEST_BROKEN_S = 6.0
# Of these nobody mends anything: the line works for whoever takes a new one, or slowly.
NEVER_MENDED = frozenset({Fault.HALF_OPEN, Fault.SLOW})
# What such a line has taken is gone, and only its silence tells.
SWALLOWED_S = 15.0
MENDED_S = 5.0


def limit_s(fault: Fault) -> float:
    return SWALLOWED_S if fault in {Fault.HALF_OPEN, Fault.BLACK_HOLE, Fault.SLOW} else MENDED_S


def name_of(fault: Fault) -> str:
    """The proxy leaves dead what was opened during the hole, as a router does that forgets."""
    forgets = " behind a router that forgets" if fault is Fault.BLACK_HOLE else ""
    return fault.replace("_", " ") + forgets


@dataclass(kw_only=True)
class Found:
    seconds: list[float] = field(default_factory=list)
    lost: int = 0
    new_twice: int = 0


@dataclass
class Street:
    relay: RelayProcess
    line: BadLine
    district: StandInDistrict
    version: int = 0


@asynccontextmanager
async def street(folder: Path) -> AsyncIterator[Street]:
    district = StandInDistrict()
    await district.open()
    async with BadLine(district.port) as line:
        relay = RelayProcess(folder / "relay", district_url=line.url, enrolment_code=CODE)
        async with relay:
            await relay.said("enrolled")
            yield Street(relay, line, district)
    await district.close()


async def measured(fault: Fault, rounds: int, *, folder: Path, seed: int) -> Found:
    found, dice = Found(), random.Random(seed)
    async with street(folder) as there:
        for _ in range(rounds):
            await one(there, fault, found, dice.uniform(0.5, LONGEST_BROKEN_S))
        found.new_twice = len(there.district.stand.signed_twice)
    return found


async def one(there: Street, fault: Fault, found: Found, broken_s: float) -> None:
    """1. its connections are used; 2. the line breaks; 3. something happens; 4. it is mended."""
    await says(there, "quiet", "emergency")
    await there.relay.nothing_waits()
    there.line.breaks(fault)
    kept = await says(there, "knock", "emergency")
    if fault not in NEVER_MENDED:
        await asyncio.sleep(broken_s)
        there.line.mends()
    await arrives(there, kept, found)
    there.line.mends()


async def arrives(there: Street, kept: set[str], found: Found) -> None:
    """From now on; what never does is lost."""
    began, durable = now(), there.district.stand.durable
    try:
        await until(lambda: kept <= durable.keys())
    except TimeoutError:
        found.lost += len(kept - durable.keys())
    found.seconds.append(now() - began)


async def says(there: Street, *kinds: str) -> set[str]:
    messages = [event(there.version + n, kind) for n, kind in enumerate(kinds, start=1)]
    there.version += len(kinds)
    status, _ = await there.relay.post(messages)
    if status != KEPT:
        raise ValueError(f"the relay answered {status}")
    return {message["id"] for message in messages}


def now() -> float:
    return asyncio.get_running_loop().time()
