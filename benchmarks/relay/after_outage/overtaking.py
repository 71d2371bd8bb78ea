"""One relay has a thousand alerts waiting, and somebody calls for help.

The clock starts when the relay's first connection after the outage is taken, and ends when the
district's file has the call: read with plain SQL, so that nobody is believed.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
import time

from benchmarks.relay.district import District
from benchmarks.relay.messages import ALERT, HELP, said
from tests.relay.support.bad_line import BadLine, Fault
from tests.relay.support.process import RelayProcess

BATCH = 50
KEPT = 202
LOOK_EVERY_S = 0.002
PATIENCE_S = 60.0


class Moment(StrEnum):
    """When help is called."""

    IN_THE_OUTAGE = "while the line was down"
    ON_RETURN = "when the first connection came"


@dataclass(kw_only=True)
class Overtaken:
    """Milliseconds from the first connection (or from the 202, if it came later)."""

    help_ms: list[float] = field(default_factory=list)
    alerts_ms: list[float] = field(default_factory=list)
    overtaken: list[int] = field(default_factory=list)


async def measured(rounds: int, *, waiting: int, folder: Path) -> dict[Moment, Overtaken]:
    district = District(folder)
    issued = district.enrol()
    await district.start()
    found = {moment: Overtaken() for moment in Moment}
    try:
        async with BadLine(district.port) as line:
            options = {
                "enrolment_code": issued["code"],
                "district_key": issued["key"],
                "listen_port": 0,
            }
            relay = RelayProcess(folder / "relay", district_url=line.url, **options)
            async with relay:
                await relay.said("enrolled")
                street = Street(Home(relay, issued["household"]), line, district)
                for _ in range(rounds):
                    for moment, into in found.items():
                        await one(street, moment, waiting, into)
    finally:
        await district.end()
    return found


@dataclass
class Home:
    """`alerts`: how many it has ever said."""

    relay: RelayProcess
    household: str
    version: int = 0
    alerts: int = 0

    async def says(self, kind: str, count: int = 1) -> str:
        """The id of the last."""
        messages = [said(kind, self.version + n, self.household) for n in range(1, count + 1)]
        self.version += count
        self.alerts += count if kind == ALERT else 0
        status, _ = await self.relay.post(messages)
        if status != KEPT:
            raise ValueError(f"the relay answered {status}")
        return str(messages[-1]["id"])


@dataclass
class Street:
    home: Home
    line: BadLine
    district: District


async def one(street: Street, moment: Moment, waiting: int, into: Overtaken) -> None:
    """1. the line is cut; 2. alerts wait; 3. it is back; 4. help was called before that, or now."""
    home, line, district = street.home, street.line, street.district
    line.breaks(Fault.CUT)
    for _ in range(0, waiting, BATCH):
        last = await home.says(ALERT, BATCH)
    called = await home.says(HELP) if moment is Moment.IN_THE_OUTAGE else ""
    line.mends()
    began = await line.first_taken()
    called = called or await home.says(HELP)
    arrived, there = await asyncio.to_thread(durable, district, called)
    into.help_ms.append((arrived - began) * 1000)
    into.overtaken.append(home.alerts - there)
    arrived, _ = await asyncio.to_thread(durable, district, last)
    into.alerts_ms.append((arrived - began) * 1000)
    await home.relay.nothing_waits()


def durable(district: District, id_: str) -> tuple[float, int]:
    """When it was there by the event loop's clock, and how many alerts were there with it."""
    with district.read() as connection:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if connection.execute("SELECT 1 FROM events WHERE id = ?", (id_,)).fetchone():
                now = time.monotonic()
                [there] = connection.execute(
                    "SELECT count(*) FROM events WHERE kind = ?", (ALERT,)
                ).fetchone()
                return now, there
            time.sleep(LOOK_EVERY_S)
    raise TimeoutError(id_)
