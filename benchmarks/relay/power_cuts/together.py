"""Home, relay and district on one disk, and the power of all three cut in the same moment.

The judge reads what the home's process had promised on its standard output, and the district's
file with plain SQL: every promised message is there, and no episode has two cases.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
import functools
import json
from pathlib import Path
import random
import secrets
import signal

from benchmarks.relay.district import District
from benchmarks.relay.power_cuts.alone import CUTS_OF_A_DISK, ROOT
from benchmarks.relay.power_cuts.disk import Disk, Kind
from tests.relay.support.process import TOKEN, RelayProcess, Running, until
from tests.relay.support.warm import Warm

LONGEST_LOAD_S = 0.6


@dataclass(kw_only=True)
class Verdict:
    cuts: int = 0
    promised: int = 0
    lost: int = 0
    second_cases: int = 0
    quarantined: int = 0
    episodes: int = 0

    def add(self, other: Verdict) -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def wrong(self) -> bool:
        return bool(self.lost or self.second_cases or self.quarantined)


@functools.cache
def home_program() -> Warm:
    return Warm(ROOT, module="benchmarks.relay.power_cuts.home")


@dataclass(kw_only=True)
class Street:
    """Logs and options lie beside the disk: the judge's evidence must outlive the cut."""

    folder: Path
    disk: Disk
    relay: RelayProcess
    household: str
    district: District
    home: Running | None = None
    lives: int = 0

    async def start(self) -> None:
        self.lives += 1
        await self.district.start()
        await self.relay.start()
        state = self.disk.place / "home" / "household"
        arguments = ["--state", str(state), "--household", self.household]
        arguments += ["--relay", str(self.relay.port), "--token", TOKEN]
        log, code = self.folder / f"home-{self.lives}.log", self.folder / "home.code"
        self.home = Running(home_program().launch(arguments, log, code), code)

    async def kill(self) -> None:
        if self.home is not None:
            self.home.signal(signal.SIGKILL)
        await self.district.end(signal.SIGKILL)
        await self.relay.kill()
        if self.home is not None:
            await self.home.wait()

    def promised(self) -> set[str]:
        """Whole lines only: the last one may have been cut short."""
        lines = [
            line
            for log in self.folder.glob("home-*.log")
            for line in log.read_text(encoding="utf-8").splitlines(keepends=True)
        ]
        return {line.split()[1] for line in lines if line.startswith("saved ") and line[-1] == "\n"}

    def arrived(self) -> set[str]:
        with self.district.read() as connection:
            return {id_ for (id_,) in connection.execute("SELECT id FROM events")}

    async def some_more(self) -> None:
        """Until the chain from home to district works."""
        before = len(self.arrived())
        await until(lambda: len(self.arrived()) > before)

    async def missing(self, promised: set[str]) -> set[str]:
        with suppress(TimeoutError):
            await until(lambda: promised <= self.arrived())
        return promised - self.arrived()

    def judged(self) -> Verdict:
        with self.district.read() as connection:
            rows = connection.execute("SELECT state FROM cases WHERE family = 'welfare'")
            episodes = [json.loads(state)["episode"] for (state,) in rows]
            [[apart]] = connection.execute("SELECT count(*) FROM quarantine")
        return Verdict(
            promised=len(self.promised()),
            second_cases=len(episodes) - len(set(episodes)),
            episodes=len(set(episodes)),
            quarantined=apart,
        )


@contextmanager
def street(folder: Path, kind: Kind) -> Iterator[Street]:
    folder.mkdir(parents=True)
    disk = Disk(folder / "disk", kind)
    try:
        district = District(folder, disk.place / "district")
        issued = district.enrol()
        relay = RelayProcess(folder / "relay", enrolment_code=issued["uri"])
        relay.data = disk.place / "relay"
        yield Street(folder=folder, disk=disk, relay=relay, household=issued["household"],
                     district=district)  # fmt: skip
    finally:
        disk.throw_away()


async def measured(cuts: int, *, kind: Kind, folder: Path, seed: int) -> Verdict:
    total, dice = Verdict(), random.Random(seed)
    while total.cuts < cuts:
        with street(folder / secrets.token_hex(4), kind) as home:
            verdict = await cut_often(home, min(CUTS_OF_A_DISK, cuts - total.cuts), dice)
        total.add(verdict)
    return total


async def cut_often(street: Street, cuts: int, dice: random.Random) -> Verdict:
    """After each cut all three come back, and what was promised before it must arrive."""
    lost: set[str] = set()
    await street.start()
    await street.relay.said("enrolled")
    try:
        for _ in range(cuts):
            await street.some_more()
            await asyncio.sleep(dice.uniform(0, LONGEST_LOAD_S))
            # what is said later may be a sync that succeeded while the kernel gave up its commit
            promised = street.promised()
            street.disk.cut()
            await street.kill()
            street.disk.come_back()
            await street.start()
            lost |= await street.missing(promised)
        verdict = street.judged()
    finally:
        await street.kill()
    verdict.cuts, verdict.lost = cuts, len(lost)
    return verdict
