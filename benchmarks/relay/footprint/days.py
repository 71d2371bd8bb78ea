"""Days of a home's traffic, one after the other without the waiting between.

A day: a heartbeat every five minutes, a question for what came down every fifty seconds, a few
alerts. What happens by the clock alone (nothing but an hourly look) is not in it.
"""

import asyncio
from dataclasses import dataclass, field
import os
from pathlib import Path
import resource
import time

from benchmarks.relay.footprint.process import resident_mb, written_mb
from benchmarks.relay.machine import processor_s
from tests.relay.support.events import event, heartbeat
from tests.relay.support.mosquitto import Mosquitto
from tests.relay.support.page import PageReader
from tests.relay.support.process import RelayProcess
from tests.relay.support.stand_in_district import CODE, StandInDistrict

HEARTBEATS, QUESTIONS = 24 * 12, 24 * 72
ALERTS_OF_A_DAY = 10
ALERTS_OFFLINE = 50
LOOKS = 100
CHECKS, CHECK_EVERY_S = 5, 60
WEEK = 7


@dataclass(kw_only=True)
class Footprint:
    resident_mb: list[float] = field(default_factory=list)
    idle_percent: float = 0.0
    written_mb: list[float] = field(default_factory=list)
    offline_mb: float = 0.0
    check_percent: float = 0.0
    everything_mb: float = 0.0


@dataclass
class Home:
    relay: RelayProcess
    version: int = 0

    async def alerts(self, count: int) -> None:
        for _ in range(count):
            self.version += 1
            await self.relay.post(event(self.version, "quiet"))

    async def day(self, alerts: int, *, share: float = 1.0) -> None:
        for _ in range(round(HEARTBEATS * share)):
            await self.relay.post(heartbeat())
        for _ in range(round(QUESTIONS * share)):
            await self.relay.downlink(wait=0)
        await self.alerts(alerts)


async def measured(folder: Path, *, idle_s: float, days: int, share: float) -> Footprint:
    """As a container runs it, with an interpreter of its own."""
    found, district = Footprint(), StandInDistrict()
    district.heartbeat_seconds = 300
    await district.open()
    relay = RelayProcess(folder / "relay", district_url=district.url, enrolment_code=CODE)
    process = relay.launch_cold({})
    try:
        await relay.connect()
        await relay.said("enrolled")
        home = Home(relay)
        found.idle_percent = await idle(relay, process.pid, idle_s)
        found.check_percent = await asyncio.to_thread(check, relay)
        found.resident_mb.append(resident_mb(process.pid))
        for _ in range(days):
            before = written_mb(process.pid)
            await home.day(ALERTS_OF_A_DAY, share=share)
            await relay.nothing_waits()
            os.sync()
            found.written_mb.append(written_mb(process.pid) - before)
            found.resident_mb.append(resident_mb(process.pid))
    finally:
        await relay.end()
        process.wait()
        await district.close()
    return found


async def everything(folder: Path) -> float:
    """With a control centre by its hours, a broker, further addresses, and the page looked at."""
    district = StandInDistrict()
    await district.open()
    broker = Mosquitto(folder / "broker", None)
    await broker.open()
    centre = {
        "centre_address": "127.0.0.1:9",
        "centre_account": "12AB",
        "centre_hours": [{"days": "free", "from": "00:00", "to": "24:00"}],
    }
    relay = RelayProcess(
        folder / "everything", district_url=district.url, other_district_urls=[district.url],
        enrolment_code=CODE, page_port=0, **broker.options, **centre,
    )  # fmt: skip
    process = relay.launch_cold({})
    try:
        await relay.connect()
        await relay.said("enrolled")
        await Home(relay).alerts(ALERTS_OF_A_DAY)
        async with PageReader(relay) as page:
            for _ in range(LOOKS):
                await page.get("/live")
            await page.get("/report")
        return resident_mb(process.pid)
    finally:
        await relay.end()
        process.wait()
        await broker.close()
        await district.close()


async def idle(relay: RelayProcess, pid: int, seconds: float) -> float:
    """Of one core, while the home waits for news and nothing happens."""
    before, began = processor_s(pid), time.monotonic()
    while time.monotonic() - began < seconds:
        await relay.downlink(wait=min(50, round(seconds)))
    return (processor_s(pid) - before) / (time.monotonic() - began) * 100


def check(relay: RelayProcess) -> float:
    """What the container's own look at the relay takes of a core, which it has once a minute."""
    relay.options["listen_port"] = relay.port
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(CHECKS):
        if relay.check_health():
            raise RuntimeError("the check does not find the relay")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took_s / CHECKS / CHECK_EVERY_S * 100


async def offline(folder: Path, *, days: int, share: float) -> float:
    """What lies on the card in the end, log and shared memory included."""
    district = StandInDistrict()
    await district.open()
    relay = RelayProcess(folder / "offline", district_url=district.url, enrolment_code=CODE)
    async with relay:
        await relay.said("enrolled")
        await district.close()
        home = Home(relay)
        for day in range(days):
            due = ALERTS_OFFLINE * (day + 1) // days - ALERTS_OFFLINE * day // days
            await home.day(due, share=share)
        files = [file.stat().st_size for file in relay.data.glob("outbox.db*")]
    return sum(files) / 1024 / 1024
