"""A district in this process whose clock the test moves.

The real program behind its real front door.

Only the `Clock` port is another adapter; time passes when the test says so.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
import threading
from typing import Any, override

from aiohttp import web
import httpx
import msgspec

from anshim_district.clock import Clock
from anshim_district.connections import PATIENCE_S, listen
from anshim_district.forgetting.sweeper import Sweeper
from anshim_district.options import Options
from anshim_district.server import make_app
from anshim_district.service import DATABASE, Service

from .opened import lay_out
from .process import PASSWORD, USER, client_of


@dataclass(kw_only=True)
class HandClock(Clock):
    moment: datetime

    @override
    def now(self) -> datetime:
        return self.moment


@dataclass(kw_only=True)
class MovedDistrict:
    data: Path
    options: dict[str, Any] = field(default_factory=dict)
    clock: HandClock = field(
        default_factory=lambda: HandClock(moment=datetime(2026, 11, 22, 3, tzinfo=UTC))
    )
    # how long a connection may take over one request
    patience_s: float = PATIENCE_S
    url: str = ""

    def __post_init__(self) -> None:
        given = {
            "district": {"id": "test-gu", "name": "시험구"},
            "admin": {"user": USER, "password": PASSWORD},
            "second_factor": "optional",
        } | self.options
        if not (self.data / DATABASE).exists() and not {"admin", "database"} & set(self.options):
            lay_out(self.data, user=USER, password=PASSWORD)
        options = msgspec.convert(given, Options)
        self.service = Service.put_together(options, self.data, self.clock)
        # one that does not start leaves nothing running
        self.service.open(self.data)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.app = make_app(self.service)
        self._runner = web.AppRunner(self.app, shutdown_timeout=0.1)
        self._do(self._listen())

    async def _listen(self) -> None:
        await self._runner.setup()
        self._listening = await listen(self._runner, "127.0.0.1", 0, patience_s=self.patience_s)
        self.url = f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    def _do[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    @property
    def now(self) -> datetime:
        return self.clock.moment

    def pass_time(self, **length: float) -> datetime | None:
        """Moves the clock and does what is due; the next deadline."""
        self.clock.moment += timedelta(**length)
        return self._do(self._step())

    async def _step(self) -> datetime | None:
        until = await self.service.overseer.step(self.clock.moment)
        await self.service.dispatcher.step(self.clock.moment)
        for clerk in self.service.outside.clerks:
            await clerk.step(self.clock.moment)
        return until

    def look_at_deadlines(self, **length: float) -> None:
        """Time passes, and nobody is told of what comes of it."""
        self.clock.moment += timedelta(**length)
        self._do(self.service.overseer.step(self.clock.moment))

    def supervise(self) -> None:
        """Whether the control centre's receiver answers."""
        assert self.service.outside.receiver
        self._do(self.service.outside.receiver.poll())

    def watch_line(self, *, down_for: timedelta | None) -> None:
        """Looks at the registration as if it were so."""
        assert self.service.outside.line
        registration = self.service.outside.line.registration
        registration.down_since = None if down_for is None else self.now - down_for
        registration.up_since = self.now if down_for is None else None
        self._do(self.service.outside.line.step(self.now))

    def sweep(self, by: Sweeper | None = None) -> dict[str, int] | None:
        """What was too old and went, if it was time for it; `by` another worker."""
        return self._do((by or self.service.sweeper).step(self.clock.moment))

    def ask_outside(self) -> bool:
        """Whether whoever watches from outside heard of us."""
        return self._do(self.service.dead_man.step(self.clock.moment))

    def client(self) -> httpx.Client:
        return client_of(self.url)

    def close(self) -> None:
        """Once; a test may do it before its fixture does."""
        if self._loop.is_closed():
            return
        self.service.live.close()
        self._do(self.service.dispatcher.close())
        for clerk in self.service.outside.clerks:
            self._do(clerk.close())
        self._loop.call_soon_threadsafe(self._listening.close)
        self._do(self._runner.cleanup())
        self.service.database.close()
        self._end_loop()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
