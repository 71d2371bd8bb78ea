"""A relay on loopback that speaks the contract's local API and remembers what it was told.

An adapter, not a mock: the integration talks to it over HTTP as to the real one. `says` makes it
misbehave in the ways that real ones do.
"""

import asyncio
from collections.abc import Callable
import json
from typing import Any, Self

from aiohttp import web

type Event = dict[str, Any]
type Misbehaviour = Callable[[web.Request], web.StreamResponse | None]

KIT = "k-4c8t2v9x6w"


class FakeRelay:
    """Kept events in the order of their arrival; down events under running numbers."""

    def __init__(self, household: str | None, token: str) -> None:
        self.household = household
        self.token = token
        self.contract = "1.0"
        self.connected = True
        self.reason: str | None = None
        self.heartbeat_seconds = 300
        self.highwater = 0
        self.kept: list[Event] = []
        self.heartbeats: list[Event] = []
        self.requests = 0
        self.acknowledged = 0
        self.misbehaves: Misbehaviour | None = None
        self.hangs = False
        # Heartbeats are answered all the same.
        self.takes_no_alert = False
        self._down: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._answering: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> Self:
        """On the same port as before, if there was one."""
        app = web.Application(middlewares=[self._door])
        app.router.add_post("/v1/events", self._events)
        app.router.add_get("/v1/downlink", self._downlink)
        app.router.add_get("/v1/status", self._status)
        self._runner = web.AppRunner(app, shutdown_timeout=0, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """The line is cut: what hangs is cut with it."""
        for task in self._answering:
            task.cancel()
        self._answering = set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def of(self, kind: str) -> list[Event]:
        """What was kept of a kind."""
        return [e for e in self.kept if e["type"] == f"kr.anshim.knock.{kind}.v1"]

    def kinds(self) -> list[str]:
        return [e["type"].split(".")[3] for e in self.kept]

    def send_down(self, kind: str, data: Event, *, subject: str | None = None) -> None:
        """A verified down event, as the relay would hand it on."""
        number = 1 + len(self._down)
        self._down.append(
            {
                "n": number,
                "event": {
                    "specversion": "1.0",
                    "id": f"example-gu.{KIT}.{number}",
                    "source": "urn:anshim:district:example-gu",
                    "subject": subject or self.household,
                    "type": f"kr.anshim.knock.{kind}.v1",
                    "time": "2026-11-22T09:31:40Z",
                    "datacontenttype": "application/json",
                    "kit": KIT,
                    "caseid": "c-20261122-0007",
                    "counter": number,
                    "expires": "2027-11-22T09:31:40Z",
                    "data": data,
                },
            }
        )
        self._news.set()

    @web.middleware
    async def _door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests += 1
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return problem(401, "unauthorised")
        if self.hangs:
            await asyncio.Event().wait()
        if self.misbehaves is not None and (answer := self.misbehaves(request)) is not None:
            return answer
        found: web.StreamResponse = await handler(request)
        return found

    async def _events(self, request: web.Request) -> web.StreamResponse:
        event: Event = json.loads(await request.read())
        if self.household not in {None, event["subject"]}:
            return problem(403, "foreign-subject")
        if event["type"] == "kr.anshim.knock.heartbeat.v1":
            self.heartbeats.append(event)
            return self._kept(event, "noted")
        if self.takes_no_alert:
            return problem(503, "unavailable")
        for known in self.kept:
            if known["id"] == event["id"]:
                if known == event:
                    return self._kept(event, "repeat")
                return problem(409, "id-conflict", householdversion=self.highwater)
        self.kept.append(event)
        self.highwater = max(self.highwater, event["householdversion"])
        return self._kept(event, "kept")

    def _kept(self, event: Event, status: str) -> web.Response:
        return web.json_response(
            {
                "kept": [{"id": event["id"], "status": status}],
                "heartbeat_seconds": self.heartbeat_seconds,
            },
            status=202,
        )

    async def _downlink(self, request: web.Request) -> web.StreamResponse:
        after = int(request.query["after"])
        self.acknowledged = max(self.acknowledged, after)
        while not (news := [m for m in self._down if m["n"] > after]):
            self._news.clear()
            try:
                async with asyncio.timeout(int(request.query["wait"])):
                    await self._news.wait()
            except TimeoutError:
                break
        return web.json_response({"messages": news, "latest": len(self._down)})

    async def _status(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(
            {
                "contract": self.contract,
                "relay_version": "0.1.0",
                "kit": None if self.household is None else KIT,
                "household": self.household,
                "destinations": [
                    {
                        "id": "example-gu",
                        "connected": self.connected,
                        "since": None,
                        "reason": self.reason,
                        "waiting": 0,
                    }
                ],
                "queue": {"emergency": 0, "alert": 0, "trouble": 0, "routine": 0, "oldest_s": None},
                "clock_set": True,
                "now": "2026-11-22T09:15:00Z",
                "highwater": {
                    "epoch": "01J9ZQ5V3W",
                    "seq": len(self.kept),
                    "householdversion": self.highwater,
                },
                "heartbeat_seconds": self.heartbeat_seconds,
                "refused_down": 0,
            }
        )


def problem(status: int, code: str, **members: object) -> web.Response:
    """RFC 9457."""
    body = {
        "type": f"urn:anshim:problem:{code}",
        "title": code,
        "status": status,
        "detail": "What to do.",
        **members,
    }
    return web.json_response(body, status=status, content_type="application/problem+json")
