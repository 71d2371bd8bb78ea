"""Home, relay and district on one disk, and the power of all three cut in the same moment.

The judge reads what the home's process had promised on its standard output, and the district's
file with plain SQL: every promised message is there, and no episode has two cases.
"""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
import functools
import json
import os
from pathlib import Path
import random
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys

from benchmarks.relay.power_cuts.alone import CUTS_OF_A_DISK, ROOT
from benchmarks.relay.power_cuts.disk import Disk, Kind
from tests.relay.support.process import TOKEN, RelayProcess, Running, until
from tests.relay.support.warm import Warm

DISTRICT_SRC = ROOT / "addon" / "district" / "src"
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
def district_program() -> Warm:
    return Warm(DISTRICT_SRC, module="anshim_district.cli")


@functools.cache
def home_program() -> Warm:
    return Warm(ROOT, module="benchmarks.relay.power_cuts.home")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(kw_only=True)
class Street:
    """Logs and options lie beside the disk: the judge's evidence must outlive the cut."""

    folder: Path
    disk: Disk
    relay: RelayProcess
    household: str
    district_port: int
    running: dict[str, Running] = field(default_factory=dict)
    lives: int = 0

    @property
    def database(self) -> Path:
        return self.disk.place / "district" / "district.sqlite"

    def launch(self, name: str, program: Warm, arguments: list[str]) -> None:
        code = self.folder / f"{name}.code"
        log = self.folder / f"{name}-{self.lives}.log"
        self.running[name] = Running(program.launch(arguments, log, code), code)

    async def start(self) -> None:
        self.lives += 1
        self.launch("district", district_program(), district_arguments(self.folder, self.disk))
        await until(lambda: listens(self.district_port))
        await self.relay.start()
        state = self.disk.place / "home" / "household"
        arguments = ["--state", str(state), "--household", self.household]
        arguments += ["--relay", str(self.relay.port), "--token", TOKEN]
        self.launch("home", home_program(), arguments)

    async def kill(self) -> None:
        for running in self.running.values():
            running.signal(signal.SIGKILL)
        await self.relay.kill()
        for running in self.running.values():
            await running.wait()

    def promised(self) -> set[str]:
        """Whole lines only: the last one may have been cut short."""
        lines = [
            line
            for log in self.folder.glob("home-*.log")
            for line in log.read_text(encoding="utf-8").splitlines(keepends=True)
        ]
        return {line.split()[1] for line in lines if line.startswith("saved ") and line[-1] == "\n"}

    def arrived(self) -> set[str]:
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
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
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            rows = connection.execute("SELECT state FROM cases WHERE family = 'welfare'")
            episodes = [json.loads(state)["episode"] for (state,) in rows]
            [[apart]] = connection.execute("SELECT count(*) FROM quarantine")
        return Verdict(
            promised=len(self.promised()),
            second_cases=len(episodes) - len(set(episodes)),
            episodes=len(set(episodes)),
            quarantined=apart,
        )


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def district_arguments(folder: Path, disk: Disk) -> list[str]:
    options = folder / "district.json"
    return ["--options", str(options), "--data", str(disk.place / "district")]


@contextmanager
def street(folder: Path, kind: Kind) -> Iterator[Street]:
    folder.mkdir(parents=True)
    disk = Disk(folder / "disk", kind)
    try:
        port = free_port()
        options = {
            "district": {"id": "seodaemun", "name": "서대문구"},
            "listen": {"host": "127.0.0.1", "port": port},
            "public_url": f"http://127.0.0.1:{port}",
            "admin": {"user": "center", "password": secrets.token_urlsafe(9)},
        }
        (folder / "district.json").write_text(json.dumps(options), encoding="utf-8")
        printed = subprocess.run(
            [sys.executable, "-m", "anshim_district", *district_arguments(folder, disk), "enrol"],
            env={**os.environ, "PYTHONPATH": str(DISTRICT_SRC)},
            check=True,
            capture_output=True,
        ).stdout
        issued = json.loads(printed)
        relay = RelayProcess(folder / "relay", enrolment_code=issued["uri"])
        relay.data = disk.place / "relay"
        yield Street(folder=folder, disk=disk, relay=relay, household=issued["household"],
                     district_port=port)  # fmt: skip
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
            street.disk.cut()
            await street.kill()
            street.disk.come_back()
            promised = street.promised()
            await street.start()
            lost |= await street.missing(promised)
        verdict = street.judged()
    finally:
        await street.kill()
    verdict.cuts, verdict.lost = cuts, len(lost)
    return verdict
