"""The programs of a measurement: the district, the server that only answers, and the sender."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import os
from pathlib import Path
import platform
import subprocess
import sys
from typing import IO, cast

import msgspec
from sqlalchemy import Engine

from anshim_district.keys import make_keys
from anshim_district.service import DATABASE
from anshim_district.storage.database import Database
from anshim_district.storage.engines import sqlite_file
from tests.district.support.process import DistrictProcess

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Answers:
    seconds: float
    statuses: dict[int, int]
    took: list[float]

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    @property
    def good(self) -> bool:
        return set(self.statuses) == {200}

    def slowest(self, share: float) -> float:
        """The time that `share` of all answers did not exceed (seconds)."""
        return self.took[min(len(self.took) - 1, int(len(self.took) * share))]


@dataclass(frozen=True, kw_only=True)
class Requests:
    """Written down once, sent by as many senders as there are rounds."""

    file: Path

    @classmethod
    def written(cls, file: Path, requests: Sequence[bytes]) -> Requests:
        file.write_bytes(msgspec.msgpack.encode(list(requests)))
        return cls(file=file)

    def begin(self, port: int, **options: object) -> subprocess.Popen[bytes]:
        words = [
            word
            for name, value in options.items()
            if value is not False
            for word in ([f"--{name}"] if value is True else [f"--{name}", str(value)])
        ]
        command = [sys.executable, "-m", "benchmarks.district.sender", str(port), str(self.file)]
        return subprocess.Popen([*command, *words], stdout=subprocess.PIPE)

    def send(self, port: int, **options: object) -> Answers:
        return answers_of(self.begin(port, **options))


def answers_of(sender: subprocess.Popen[bytes]) -> Answers:
    said, _ = sender.communicate()
    if sender.returncode:
        raise RuntimeError("the sender failed; see above")
    told = json.loads(said)
    statuses = {int(status): many for status, many in told["statuses"].items()}
    return Answers(seconds=told["seconds"], statuses=statuses, took=told["took"])


@contextmanager
def serving(program: str, *arguments: str) -> Iterator[int]:
    """The port of a server to compare with: `answering`, or `least`."""
    command = [sys.executable, "-m", f"benchmarks.district.{program}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        told = cast("IO[bytes]", server.stdout)
        try:
            yield int(told.readline())
        finally:
            server.terminate()


@contextmanager
def running(district: DistrictProcess) -> Iterator[int]:
    """Its port."""
    district.start_cold()
    try:
        yield int(district.url.rpartition(":")[2])
    finally:
        district.end()


def cpu_seconds(district: DistrictProcess) -> float:
    """What it has used of the processor since it was started."""
    if district.process is None:
        raise RuntimeError("the district does not run")
    pid = district.process.pid
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def headline(what: str) -> str:
    cores = os.cpu_count()
    return (
        f"{what}\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {cores} cores, "
        f"load {os.getloadavg()[0]:.1f} when it began, Python {platform.python_version()}\n"
    )


def where_of(district: DistrictProcess) -> str:
    return str(district.options.get("database") or sqlite_file(district.data / DATABASE))


def prepared(district: DistrictProcess) -> Engine:
    """Its database with all its tables, to lay homes into before it starts."""
    district.data.mkdir(parents=True)
    # before there is a database: kits trust these
    make_keys(district.data)
    database = Database(where_of(district), lambda _: None)
    database.prepare()
    return database.engine
