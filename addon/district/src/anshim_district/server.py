"""The process: opens what is kept, listens, watches deadlines, and stops cleanly on SIGTERM.

Started by the command line.
"""

import asyncio
from collections.abc import Sequence
import gc
import logging
from pathlib import Path
import resource
import signal
import ssl
from typing import Final, Protocol

from aiohttp import web

from .api import SERVICE, add_api
from .clock import SystemClock
from .connections import Handler, listen
from .console.routes import add_console
from .options import Options
from .probes import add_probes
from .problems import answer_to
from .service import Service, database_of
from .storage.workers import at_one_worker

_LOG: Final = logging.getLogger(__name__)
_MAX_BODY: Final = 1024 * 1024
_STOP_WITHIN: Final = 0.5


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The kits' side answers problems as problem+json, whatever happens behind it."""
    if not request.path.startswith("/v1/"):
        return await handler(request)
    try:
        return await handler(request)
    except ConnectionError:
        raise  # whoever asked has gone
    except Exception as error:  # noqa: BLE001 - a kit is always answered in the contract's words
        return answer_to(error, request.path)


def make_app(service: Service) -> web.Application:
    app = web.Application(middlewares=[problems], client_max_size=_MAX_BODY)
    app[SERVICE] = service
    add_api(app)
    add_probes(app)
    add_console(app)
    return app


def allow_connections() -> None:
    """Each home keeps one open for what comes down; 1,024, a common start, are not enough."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _keep_what_stays() -> None:
    """What was loaded at the start is never garbage; to look through it stops all for 60 ms."""
    gc.collect()
    gc.freeze()


class _Going(Protocol):
    async def run(self) -> None: ...


async def serve(options: Options, data: Path, *, host: str) -> None:
    """1.

    open  2. listen  3. watch deadlines until told to stop  4. let go of who waits, finish what was
    asked.
    """
    allow_connections()
    service = Service.put_together(options, data, SystemClock())
    service.open(data)
    runner = web.AppRunner(make_app(service), shutdown_timeout=_STOP_WITHIN, handle_signals=False)
    listening = None
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    watching: list[asyncio.Task[None]] = []
    try:
        listening = await _listen(runner, options, host)
        watching = _watch(service, database_of(options, data))
        _keep_what_stays()
        await _until(stop, watching)
    finally:
        service.live.close()
        for task in watching:
            task.cancel()
        await service.dispatcher.close()
        for clerk in service.outside.clerks:
            await clerk.close()
        if listening is not None:
            listening.close()
        await runner.cleanup()
        await asyncio.to_thread(service.database.close)
        _LOG.info("stopped")


def _watch(service: Service, where: str) -> list[asyncio.Task[None]]:
    """Everything that goes on by itself."""
    going: list[_Going | None] = [service.overseer, service.dispatcher, service.dead_man]
    going += [service.nightly, service.sweeper]
    going += [*service.outside.clerks, service.outside.receiver, service.outside.line]
    if service.outside.line is not None:
        going.append(service.outside.line.registration)
    watching = [asyncio.create_task(one.run()) for one in going if one is not None]
    if service.mqtt is not None:
        watching.append(asyncio.create_task(at_one_worker(where, service.mqtt.run)))
    return watching


async def _listen(runner: web.AppRunner, options: Options, host: str) -> asyncio.Server:
    await runner.setup()
    tls = None
    if options.tls_certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.tls_certificate, options.tls_key)
    listening = await listen(runner, host, options.listen.port, tls=tls)
    port = listening.sockets[0].getsockname()[1]
    _LOG.info("listening", extra={"host": host, "port": port})
    return listening


async def _until(stop: asyncio.Event, watching: Sequence[asyncio.Task[None]]) -> None:
    """A district that no longer watches deadlines, or tells nobody, must not look alive.

    It ends, and is started again.
    """
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, *watching}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    for task in watching:
        if task.done():
            task.result()
