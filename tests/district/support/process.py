"""A real district on loopback, in a folder of its own: started, stopped, killed, started again."""

import atexit
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
import functools
import json
import os
from pathlib import Path
import signal
import ssl
import subprocess
import sys
import time
from typing import Any

import httpx

from tests.district.support.opened import lay_out
from tests.relay.support.warm import Forked, Warm

SOURCE = Path(__file__).parents[3] / "addon" / "district" / "src"
USER, PASSWORD = "kim", "문을-두드리는-집"
_STARTS_WITHIN = 60.0
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def until[T](look: Callable[[], T], *, within: float = 30.0, what: str = "it") -> T:
    """Waits for a condition with a deadline; says what never came."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within} s for {what} in vain")
        time.sleep(0.02)
    return seen


@functools.cache
def warm() -> Warm:
    """Imported once: the district starts in a tenth of the time."""
    one = Warm(SOURCE, module="anshim_district.cli")
    atexit.register(one.close)
    return one


@dataclass(kw_only=True)
class DistrictProcess:
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    # what is started warm: the program itself, or one that a benchmark has broken
    starter: Callable[[], Warm] = warm
    process: Forked | None = None
    url: str = ""
    _cold: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def write_options(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        options = {
            "district": {"id": "test-gu", "name": "시험구"},
            "listen": {"host": "127.0.0.1", "port": 0},
            "admin": {"user": USER, "password": PASSWORD},
            "second_factor": "optional",
        }
        path = self.folder / "options.json"
        path.write_text(json.dumps(options | self.options), encoding="utf-8")

    def arguments(self, *more: str) -> list[str]:
        paths = ("--options", str(self.folder / "options.json"), "--data", str(self.data))
        return [*paths, *more]

    def start(self) -> None:
        """In a folder that was opened before, unless its options are of a kind of their own."""
        self.write_options()
        if not self.data.exists() and not {"admin", "database"} & set(self.options):
            lay_out(self.data, user=USER, password=PASSWORD)
        self._listening_after(self._launch)

    def start_cold(self, *, later: timedelta = timedelta()) -> None:
        """As a person starts it, in an interpreter of its own; `later` by its clock than it is."""
        self.write_options()
        self._listening_after(lambda: self._launch_cold(clock_ahead(later) if later else {}))

    def _listening_after(self, launch: Callable[[], Forked]) -> None:
        seen = self.log.count('"what":"listening"')
        process = self.process = launch()

        def listening() -> list[str]:
            assert not process.ended, self.log
            lines = [line for line in self.log.splitlines() if '"what":"listening"' in line]
            return lines[seen:]

        lines = until(listening, within=_STARTS_WITHIN, what="the district to listen")
        self.url = f"http://127.0.0.1:{json.loads(lines[-1])['port']}"

    def _launch(self) -> Forked:
        code = self.folder / "code"
        code.unlink(missing_ok=True)
        return Forked(self.starter().launch(self.arguments(), self.folder / "log", code), code)

    def _launch_cold(self, clock: dict[str, str]) -> Forked:
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "anshim_district", *self.arguments()]
            self._cold = subprocess.Popen(
                command, env=environment() | clock, stdout=log, stderr=log
            )
        return Forked(self._cold.pid, self.folder / "code")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.write_options()
        return self.ended(*arguments)

    def ended(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself, with the options as they are."""
        out, err, code = (self.folder / f"command.{name}" for name in ("out", "err", "code"))
        for file in (out, err, code):
            file.unlink(missing_ok=True)
        command = self.arguments(*arguments)
        process = Forked(warm().launch(command, out, code, errors=err), code)
        return subprocess.CompletedProcess(
            args=command,
            returncode=process.exit_code(within=_STARTS_WITHIN),
            stdout=out.read_text(encoding="utf-8"),
            stderr=err.read_text(encoding="utf-8"),
        )

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> float:
        """Seconds until it had ended after SIGTERM."""
        began = time.monotonic()
        self._end(signal.SIGTERM)
        return time.monotonic() - began

    def _end(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.process.signal(how)
        self.exit_code()

    def exit_code(self) -> int:
        """Once it has ended; what ended it is not asked."""
        assert self.process is not None
        code = self.process.exit_code(within=20)
        if self._cold is not None:
            code, self._cold = self._cold.wait(), None
        return code

    def end(self) -> None:
        if self.process:
            self.kill()

    def client(self) -> httpx.Client:
        return client_of(self.url)


def client_of(url: str) -> httpx.Client:
    """Without the authorities of the world: loading them takes longer than most tests."""
    return httpx.Client(base_url=url, timeout=30, verify=_NO_TLS)


def environment() -> dict[str, str]:
    """Compiled code is kept: a district that is started twenty times is compiled once."""
    mine = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**mine, "PYTHONPATH": str(SOURCE)}


def clock_ahead(span: timedelta) -> dict[str, str]:
    return {
        "LD_PRELOAD": os.environ["ANSHIM_FAKETIME"],
        "FAKETIME": f"+{span.total_seconds():.0f}s",
        "DONT_FAKE_MONOTONIC": "1",
    }
