"""The network line between two programs: carries each request, can be cut, and listens in.

What the demo and the journeys say was kept and delivered is what was heard on these lines, not what
either end believes of itself.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
import threading

import aiohttp
from aiohttp import web

from stage.processes import free_port

STARTS_WITHIN_S = 10.0
CUT_WITHIN_S = 0.05
# Belong to one hop, or are made anew from the body that is passed on.
HOP_HEADERS = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer, as they went over the line."""

    method: str
    path: str
    asked: bytes
    status: int
    answered: bytes


class Wire:
    """A line on loopback from a port of its own to the port of a program."""

    def __init__(self, target_port: int, heard: Callable[[Exchange], None]) -> None:
        self.port = free_port()
        self._heard = heard
        self._target = f"http://127.0.0.1:{target_port}"
        self._loop = asyncio.new_event_loop()
        self._listening: tuple[asyncio.Server, web.Server] | None = None
        self._blocked: frozenset[str] = frozenset()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        self._thread.start()
        self._session = self._do(self._make_session())
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def state(self) -> str:
        if self._listening is None:
            return "cut"
        return f"blocked for {sorted(self._blocked)}" if self._blocked else "whole"

    def mend(self) -> None:
        self._blocked = frozenset()
        if self._listening is None:
            self._listening = self._do(self._listen())

    def cut(self) -> None:
        """From now on nobody answers, and what was under way ends in the middle."""
        if self._listening is not None:
            self._do(self._stop_listening(*self._listening))
            self._listening = None

    def block(self, *paths: str) -> None:
        """What is asked under these paths goes nowhere; all else passes, until it is mended."""
        self._blocked = frozenset(paths)

    def close(self) -> None:
        self.cut()
        self._do(self._let_go())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do[T](self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(STARTS_WITHIN_S)

    @staticmethod
    async def _make_session() -> aiohttp.ClientSession:
        unlimited = aiohttp.ClientTimeout(total=None)
        return aiohttp.ClientSession(timeout=unlimited, auto_decompress=False)

    async def _let_go(self) -> None:
        """End what a connection that was cut has left behind."""
        await self._session.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _listen(self) -> tuple[asyncio.Server, web.Server]:
        carrier = web.Server(self._carry)
        listening = await self._loop.create_server(carrier, "127.0.0.1", self.port)
        return listening, carrier

    @staticmethod
    async def _stop_listening(listening: asyncio.Server, carrier: web.Server) -> None:
        listening.close()
        await carrier.shutdown(timeout=CUT_WITHIN_S)

    async def _carry(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = await request.read()
        if request.path in self._blocked:
            return _nobody(request)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP_HEADERS}
        try:
            async with self._session.request(
                request.method,
                f"{self._target}{request.path_qs}",
                headers=headers,
                data=asked,
                allow_redirects=False,
            ) as answer:
                body = await answer.read()
        except aiohttp.ClientError:
            return _nobody(request)
        self._heard(
            Exchange(
                method=request.method,
                path=request.path,
                asked=asked,
                status=answer.status,
                answered=body,
            )
        )
        kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in HOP_HEADERS]
        response = web.Response(status=answer.status, body=body)
        response.headers.clear()
        response.headers.extend(kept)
        return response


def _nobody(request: web.BaseRequest) -> web.Response:
    """The far end is not there: here, too, the line just ends; this answer reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=HTTPStatus.BAD_GATEWAY)
