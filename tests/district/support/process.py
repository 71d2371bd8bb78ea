"""A real district on loopback, in a folder of its own: started, stopped, killed, started again."""

from collections.abc import Callable
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import ssl
import subprocess
import sys
import time
from typing import Any

import httpx

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


@dataclass(kw_only=True)
class DistrictProcess:
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    url: str = ""

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

    def command(self, *more: str) -> list[str]:
        paths = ("--options", str(self.folder / "options.json"), "--data", str(self.data))
        return [sys.executable, "-m", "anshim_district", *paths, *more]

    def start(self) -> None:
        self.write_options()
        seen = self.log.count('"what":"listening"')
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), env=environment(), stdout=log, stderr=log
            )

        def listening() -> list[str]:
            assert self.process is not None
            assert self.process.poll() is None, self.log
            lines = [line for line in self.log.splitlines() if '"what":"listening"' in line]
            return lines[seen:]

        lines = until(listening, within=_STARTS_WITHIN, what="the district to listen")
        self.url = f"http://127.0.0.1:{json.loads(lines[-1])['port']}"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.write_options()
        return self.ended(*arguments)

    def ended(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself, with the options as they are."""
        return subprocess.run(
            self.command(*arguments),
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=_STARTS_WITHIN,
        )

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> float:
        """Seconds until it had ended after SIGTERM."""
        assert self.process is not None
        began = time.monotonic()
        self.process.terminate()
        self.process.wait(20)
        return time.monotonic() - began

    def end(self) -> None:
        if self.process and self.process.poll() is None:
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
