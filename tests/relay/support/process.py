"""The real program as its users start it, and what a home says to it over HTTP."""

import asyncio
from collections.abc import Callable
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any, Self

import aiohttp

SRC = Path(__file__).parents[3] / "addon" / "relay" / "src"
TOKEN = "a-token-for-tests-only"
DEADLINE_S = 20.0
ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


async def until[T](look: Callable[[], T | None], deadline: float = DEADLINE_S) -> T:
    """Waits for a condition, never for a time. Nothing tells us when another process is done."""
    async with asyncio.timeout(deadline):
        while not (found := look()):
            await asyncio.sleep(0.01)
        return found


class RelayProcess:
    def __init__(self, folder: Path, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.data = folder / "data"
        self.options = {"listen_port": 0, "intake_token": TOKEN} | options
        self.token = TOKEN
        self.environment: dict[str, str] = {}
        self._options_file = folder / "options.json"
        self._log_file = folder / "relay.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._http: aiohttp.ClientSession | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()

    async def start(self) -> None:
        self.launch()
        line = await until(lambda: self._said("listening"))
        self._port = line["port"]
        self._http = aiohttp.ClientSession(f"http://127.0.0.1:{self._port}")

    def launch(self) -> subprocess.Popen[bytes]:
        self._options_file.write_text(json.dumps(self.options), encoding="utf-8")
        command = [sys.executable, "-m", "anshim_relay", "--options", str(self._options_file)]
        with self._log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--data", str(self.data)],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(SRC), **self.environment},
            )
        return self._process

    def log(self) -> list[dict[str, Any]]:
        lines = self._log_file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def log_text(self) -> str:
        return self._log_file.read_text(encoding="utf-8")

    def _said(self, what: str) -> dict[str, Any] | None:
        assert self._process is not None
        assert self._process.poll() is None, self.log_text()
        return next((line for line in self.log() if line["what"] == what), None)

    async def said(self, what: str) -> dict[str, Any]:
        return await until(lambda: self._said(what))

    async def kill(self) -> None:
        """No goodbye: what a power supply or an impatient person does."""
        await self._end_with(signal.SIGKILL)

    async def end(self) -> int:
        return await self._end_with(signal.SIGTERM)

    async def restart(self) -> None:
        await self.end()
        await self.start()

    async def _end_with(self, number: signal.Signals) -> int:
        if self._http is not None:
            await self._http.close()
            self._http = None
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = await asyncio.to_thread(self._process.wait, DEADLINE_S)
        self._process = None
        return code

    async def ended(self) -> int:
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, DEADLINE_S)

    async def ask(
        self, method: str, path: str, *, token: str | None = None, **sent: Any
    ) -> tuple[int, Any]:
        assert self._http is not None
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

    async def downlink(self, after: int = 0, wait: int = 10) -> dict[str, Any]:
        status, body = await self.ask("GET", f"/v1/downlink?after={after}&wait={wait}")
        assert status == 200, body
        answer: dict[str, Any] = body
        return answer

    async def nothing_waits(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while (await self.status())["destinations"][0]["waiting"]:
                await asyncio.sleep(0.02)
