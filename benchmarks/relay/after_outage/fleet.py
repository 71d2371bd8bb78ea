"""All relays of a district are back in the same moment: how soon it has everything, and what first.

The relays are light ones; the district is the real one, on the same machine.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import random
import resource
import time

from benchmarks.district.homes import homes as homes_of
from benchmarks.relay.after_outage.kits import Kit, Relayed
from benchmarks.relay.district import District
from benchmarks.relay.messages import ALERT, HELP

# Each relay has a connection for each thing that it is doing.
CONNECTIONS = 4
OTHER_FILES = 200


class TooFewFilesError(Exception):
    """This machine does not allow for so many connections."""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    relays: int
    alerts: int
    calling: float
    # How long the first try of the last of them is in coming: relays pause up to four seconds.
    spread: float


@dataclass(kw_only=True)
class Returned:
    """Seconds from the moment the line was back."""

    help_s: list[float]
    alerts_s: list[float]
    requests: int
    # processor time
    district_s: float
    relays_s: float

    @property
    def alerts_before_the_last_call(self) -> float:
        last = max(self.help_s)
        return sum(alert < last for alert in self.alerts_s) / len(self.alerts_s)


async def measured(fleet: Fleet, folder: Path, *, seed: int) -> Returned:
    allow_files(fleet.relays * CONNECTIONS + OTHER_FILES)
    district, dice = District(folder), random.Random(seed)
    homes = [Relayed(number=home.number, key=home.key) for home in homes_of(fleet.relays)]
    district.settle(homes)
    kits = [Kit(district.port, home) for home in homes]
    for kit in kits:
        kit.keep(fleet.alerts, calls=int(dice.random() < fleet.calling))
    await district.start()
    try:
        used, own = district.processor_s(), time.process_time()
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*[kit.come_back(dice, fleet.spread) for kit in kits])
        used, own = district.processor_s() - used, time.process_time() - own
        check(district, kits)
    finally:
        await district.end()
    return Returned(
        help_s=[at - began for kit in kits for at in kit.arrived[HELP]],
        alerts_s=[at - began for kit in kits for at in kit.arrived[ALERT]],
        requests=sum(kit.tries for kit in kits),
        district_s=used,
        relays_s=own,
    )


def check(district: District, kits: Sequence[Kit]) -> None:
    """Nothing that a relay believes to be delivered is missing there."""
    with district.read() as connection:
        [there] = connection.execute("SELECT count(*) FROM events").fetchone()
    delivered = sum(len(times) for kit in kits for times in kit.arrived.values())
    if there != delivered:
        raise ValueError(f"{delivered} were acknowledged and {there} are there")


def allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return
    if hard < wanted:
        raise TooFewFilesError(f"{wanted} open files are needed, and {hard} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
