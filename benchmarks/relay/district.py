"""The real district as a process, for benchmarks that end where a person looks."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
import functools
import json
import os
from pathlib import Path
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys

from anshim_district.keys import make_keys
from anshim_district.storage.database import Database
from anshim_district.storage.engines import sqlite_file
from benchmarks.district.homes import Home, settle
from benchmarks.relay.machine import processor_s
from tests.relay.support.process import Running, until
from tests.relay.support.warm import Warm

ROOT = Path(__file__).parents[2]
DISTRICT_SRC = ROOT / "addon" / "district" / "src"
# longer than any measurement: no home is missed meanwhile
NOT_MISSED = timedelta(hours=6)


@functools.cache
def district_program() -> Warm:
    return Warm(DISTRICT_SRC, module="anshim_district.cli")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class District:
    """Options and log lie in `folder`, what it keeps in `data`."""

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.data = data or folder / "district"
        self.port = free_port()
        self._running: Running | None = None
        options = {
            "district": {"id": "seodaemun", "name": "서대문구"},
            "listen": {"host": "127.0.0.1", "port": self.port},
            "public_url": self.url,
            "admin": {"user": "center", "password": secrets.token_urlsafe(9)},
        }
        (folder / "district.json").write_text(json.dumps(options), encoding="utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.data / "district.sqlite"

    def enrol(self) -> dict[str, str]:
        printed = subprocess.run(
            [sys.executable, "-m", "anshim_district", *self._arguments(), "enrol"],
            env={**os.environ, "PYTHONPATH": str(DISTRICT_SRC)},
            check=True,
            capture_output=True,
        ).stdout
        issued: dict[str, str] = json.loads(printed)
        return issued

    def settle(self, homes: Sequence[Home]) -> None:
        """As kits that were enrolled, and heard a moment ago."""
        self.data.mkdir(parents=True, exist_ok=True)
        make_keys(self.data)  # before there is a database: kits trust these
        database = Database(sqlite_file(self.database), lambda _: None)
        try:
            database.prepare()
            settle(database.engine, homes, datetime.now(UTC), due=NOT_MISSED)
        finally:
            database.close()

    async def start(self) -> None:
        code = self._folder / "district.code"
        pid = district_program().launch(self._arguments(), self._folder / "district.log", code)
        self._running = Running(pid, code)
        await until(lambda: listens(self.port))

    async def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.signal(how)
            await running.wait()

    def processor_s(self) -> float:
        """What it has used so far: a machine with much else to do changes nothing about that."""
        return 0.0 if self._running is None else processor_s(self._running.pid)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Its file, with plain SQL."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            yield connection

    def _arguments(self) -> list[str]:
        return ["--options", str(self._folder / "district.json"), "--data", str(self.data)]
