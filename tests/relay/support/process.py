"""The relay as a process of its own, and what a home says to it over HTTP."""

import asyncio
from collections.abc import Callable
import functools
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any, Self

import aiohttp

from tests.relay.support.warm import Forked, Warm

SRC = Path(__file__).parents[3] / "addon" / "relay" / "src"
TOKEN = "a-token-for-tests-only"
# Long, for a machine that does much else: what comes at once is not waited for.
DEADLINE_S = 60.0
ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


async def until[T](look: Callable[[], T | None], deadline: float = DEADLINE_S) -> T:
    """Waits for a condition, never for a time. Nothing tells us when another process is done."""
    async with asyncio.timeout(deadline):
        while not (found := look()):  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.01)
    return found


@functools.cache
def warm() -> Warm:
    return Warm(SRC)


class Running(Forked):
    """The same for tests that have an event loop."""

    async def wait(self) -> int:
        await until(lambda: self.ended)
        return self.exit_code(within=0)


class RelayProcess:
    def __init__(self, folder: Path, *, starter: Callable[[], Warm] = warm, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._starter = starter
        self.data = folder / "data"
        self.options = {"listen_port": 0, "intake_token": TOKEN} | options
        self.token = TOKEN
        self.port = 0
        self._log = folder / "relay.log"
        self._running: Running | None = None
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    async def start(self) -> None:
        self.launch()
        await self.connect()

    async def connect(self) -> None:
        self.port = (await self.said("listening"))["port"]
        self._http = aiohttp.ClientSession(f"http://127.0.0.1:{self.port}")

    async def reconnect(self) -> None:
        """A relay that lived again may have taken another port."""
        await asyncio.sleep(0.05)
        port = [line for line in self.log() if line["what"] == "listening"][-1]["port"]
        if port != self.port and self._http is not None:
            await self._http.close()
            self.port = port
            self._http = aiohttp.ClientSession(f"http://127.0.0.1:{port}")

    def launch(self, *, options_text: str | None = None) -> None:
        arguments, code = self._prepared(options_text)
        self._running = Running(self._starter().launch(arguments, self._log, code), code)

    def launch_cold(self, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """As a person starts it, with an interpreter of its own."""
        arguments, code = self._prepared(None)
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "anshim_relay", *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(SRC), **environment},
            )
        self._running = Running(process.pid, code)
        return process

    def check_health(self) -> int:
        """The exit code of the check that a container runs."""
        arguments, _ = self._prepared(None)
        return subprocess.call(
            [sys.executable, "-m", "anshim_relay.health", *arguments],
            env={**os.environ, "PYTHONPATH": str(SRC)},
        )

    def run(self, *more: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        arguments, _ = self._prepared(None)
        return subprocess.run(
            [sys.executable, "-m", "anshim_relay", *arguments, *more],
            env={**os.environ, "PYTHONPATH": str(SRC)},
            capture_output=True,
            text=True,
            check=False,
        )

    def _prepared(self, options_text: str | None) -> tuple[list[str], Path]:
        options, code = self._folder / "options.json", self._folder / "code"
        options.write_text(options_text or json.dumps(self.options), encoding="utf-8")
        code.unlink(missing_ok=True)
        self._log.unlink(missing_ok=True)
        return ["--options", str(options), "--data", str(self.data)], code

    def log(self) -> list[dict[str, Any]]:
        lines = self.log_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def log_text(self) -> str:
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    async def said(self, what: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = next((line for line in self.log() if line["what"] == what), None)
            assert found or self._running is None or not self._running.ended, self.log_text()
            return found

        return await until(look)

    async def kill(self) -> None:
        """No goodbye: what a power supply or an impatient person does."""
        await self._end_with(signal.SIGKILL)

    async def end(self) -> int:
        return await self._end_with(signal.SIGTERM)

    def ask_to_end(self) -> None:
        assert self._running is not None
        self._running.signal(signal.SIGTERM)

    async def restart(self) -> None:
        await self.end()
        await self.start()

    async def _end_with(self, number: signal.Signals) -> int:
        if self._http is not None:
            await self._http.close()
            self._http = None
        if self._running is None:
            return 0
        self._running.signal(number)
        return await self.ended()

    async def ended(self) -> int:
        running, self._running = self._running, None
        assert running is not None
        return await running.wait()

    async def ask(
        self, method: str, path: str, *, token: str | None = None, **sent: Any
    ) -> tuple[int, Any]:
        if self._http is None:
            raise aiohttp.ClientConnectionError("the relay is not running")
        headers = {"Authorization": f"Bearer {token or self.token}"} | sent.pop("headers", {})
        async with self._http.request(method, path, headers=headers, **sent) as response:
            return response.status, await response.json(content_type=None)

    async def post(self, event: Any) -> tuple[int, Any]:
        kind = BATCH if isinstance(event, list) else ONE
        return await self.send(json.dumps(event).encode(), kind)

    async def send(self, body: bytes, kind: str = ONE) -> tuple[int, Any]:
        return await self.ask("POST", "/v1/events", data=body, headers={"Content-Type": kind})

    async def status(self) -> dict[str, Any]:
        status, body = await self.ask("GET", "/v1/status")
        assert status == 200
        answer: dict[str, Any] = body
        return answer

    async def downlink(self, after: int = 0, wait: int = 50) -> dict[str, Any]:
        status, body = await self.ask("GET", f"/v1/downlink?after={after}&wait={wait}")
        assert status == 200, body
        answer: dict[str, Any] = body
        return answer

    async def nothing_waits(self) -> None:
        await self.waits_only(0)

    async def waits_only(self, count: int) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while await self._waiting() != count:  # noqa: ASYNC110 - the answer is over there
                await asyncio.sleep(0.02)

    async def _waiting(self) -> int:
        waiting: int = (await self.status())["destinations"][0]["waiting"]
        return waiting
