"""Connections that wait for a request, but not for ever: whoever sends a byte a second is cut off.

Made by the server. A thin line in the mountains is slow as well: as long as a kilobyte a second
comes in, a request may take its time. What a connection costs meanwhile is a socket; who is heard
when many come is the gate's matter.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import ssl
from typing import Final, override

from aiohttp import hdrs, web

# from the first byte of a request to its last, or to the first of a new connection
PATIENCE_S: Final = 15.0
_BYTES_A_SECOND: Final = 1024
# a browser's or a relay's next request; a relay beats every five minutes
_IDLE_S: Final = 900.0
# every home of a district comes at once when its line is back
_BACKLOG: Final = 4096

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type Anyone = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

# what is answered without the application, though it knows it as well: by path, all of it POST
QUICK: Final = web.AppKey("quick", Mapping[str, Handler])


class Connection(web.RequestHandler):
    """aiohttp's, with a clock that runs while a request is being received."""

    __slots__ = ("_answering", "_began", "_clock", "_patience_s", "_received")

    def __init__(
        self, server: web.Server, loop: asyncio.AbstractEventLoop, patience_s: float
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=_IDLE_S,
            # nothing is unpacked here (`problems.is_squeezed`)
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type]  # which switches it off
        )
        self._patience_s = patience_s
        self._clock: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._received = 0
        self._answering = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._start()
        super().connection_made(transport)

    @override
    def data_received(self, data: bytes) -> None:
        if self._clock is None and not self._answering:
            self._start()
        self._received += len(data)
        super().data_received(data)

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def answers(self, request: web.BaseRequest) -> None:
        """The head is here; the clock goes on until the body is."""
        self._answering = True
        request.content.on_eof(self._stop)

    def answered(self) -> None:
        self._answering = False

    def _start(self) -> None:
        self._began, self._received = self._loop.time(), 0
        self._clock = self._loop.call_later(self._patience_s, self._look)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _look(self) -> None:
        allowed = self._patience_s + self._received / _BYTES_A_SECOND
        left = self._began + allowed - self._loop.time()
        if left > 0:
            self._clock = self._loop.call_later(left, self._look)
            return
        self._clock = None
        self.force_close()


async def listen(
    runner: web.AppRunner,
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    patience_s: float = PATIENCE_S,
) -> asyncio.Server:
    """For a runner that is set up; the caller closes it before the runner."""
    server, loop = runner.server, asyncio.get_running_loop()
    if server is None:
        raise RuntimeError("Set the runner up first.")
    server.request_handler = _in_front(server.request_handler, runner.app.get(QUICK, {}))
    return await loop.create_server(
        lambda: Connection(server, loop, patience_s),
        host,
        port,
        ssl=tls,
        ssl_handshake_timeout=patience_s if tls else None,
        backlog=_BACKLOG,
    )


def _in_front(usual: Anyone, quick: Mapping[str, Handler]) -> Anyone:
    """Tells the connection where it stands, and who answers.

    What each home says every minute goes straight to its handler: the way through the application
    is a good part of what such an answer costs.
    """

    async def front(request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        if not isinstance(connection, Connection):
            return await usual(request)
        connection.answers(request)
        try:
            if isinstance(request, web.Request) and (handler := _quick(request, quick)):
                return await handler(request)
            return await usual(request)
        finally:
            connection.answered()

    return front


def _quick(request: web.Request, quick: Mapping[str, Handler]) -> Handler | None:
    if request.method != hdrs.METH_POST or hdrs.EXPECT in request.headers:
        return None
    return quick.get(request.raw_path)
