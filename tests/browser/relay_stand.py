"""A relay's page as Home Assistant shows it: behind an ingress path, from a relay of its own.

The relay is the real program; the district behind it is the relay tests' stand-in, the ingress a
reverse proxy that does what the Supervisor's does. They live in a thread with a loop of its own.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
import threading
from typing import Any

import aiohttp
from aiohttp import web

from tests.relay.support.process import RelayProcess
from tests.relay.support.stand_in_district import StandInDistrict

INGRESS = "/api/hassio_ingress/Rk3zq9mV2c_b-7"
# What a proxy must not pass on as it came.
HOP = {"transfer-encoding", "content-length", "content-encoding", "connection", "host"}


@dataclass(kw_only=True)
class Ingress:
    """The same path in front of everything, and the header that says so."""

    target: str = ""
    url: str = ""
    answers: list[tuple[str, int]] = field(default_factory=list)

    async def pass_on(self, request: web.Request) -> web.Response:
        """The relay's answer as it is, redirections included."""
        if not request.path.startswith(INGRESS + "/"):
            return web.Response(status=404, text="outside of the ingress")
        headers = {
            name: value for name, value in request.headers.items() if name.lower() not in HOP
        }
        path = request.path_qs.removeprefix(INGRESS)
        try:
            answer, body = await self._asked(
                request.method, path, await request.read(), headers | {"X-Ingress-Path": INGRESS}
            )
        except aiohttp.ClientConnectionError:
            return web.Response(status=502, text="502: Bad Gateway")
        self.answers.append((path, answer.status))
        response = web.Response(status=answer.status, body=body)
        for name, value in answer.headers.items():
            if name.lower() not in HOP:
                response.headers[name] = value
        return response

    async def _asked(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        async with (
            aiohttp.ClientSession(self.target) as http,
            http.request(method, path, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer, await answer.read()


class RelayStand:
    def __init__(self, folder: Path) -> None:
        self.district = StandInDistrict()
        self.relay = RelayProcess(folder, page_port=0)
        self.ingress = Ingress()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def do[T](self, work: Coroutine[Any, Any, T], within: float = 60.0) -> T:
        """Runs it beside the browser, and waits for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within)

    @property
    def page(self) -> str:
        return f"{self.ingress.url}{INGRESS}/"

    async def _open(self) -> web.AppRunner:
        await self.district.open()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.ingress.pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.ingress.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def start(self) -> None:
        self.do(self._start())

    async def _start(self) -> None:
        await self.relay.start()
        self.ingress.target = f"http://127.0.0.1:{(await self.relay.said('page_served'))['port']}"

    @contextmanager
    def running(self) -> Iterator[RelayStand]:
        self._thread.start()
        runner = self.do(self._open())
        try:
            self.start()
            yield self
        finally:
            self.do(self.relay.end())
            self.do(runner.cleanup())
            self.do(self.district.close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
