"""A district that speaks the contract over real HTTP with real keys.

It lies, fails or is slow when a test asks for it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import itertools
import secrets
import socket
import ssl
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.relay.support.keys import (
    digest,
    header_of,
    jwk,
    payload_bytes,
    payload_of,
    sign,
    thumbprint,
    verify,
)

CODE = "7K3QM-9XZRT-B4N8W-P2H5D"
KIT = "k-testkit01"
HOUSEHOLD = "h-testhome1"
NAME = "seodaemun"

type Result = dict[str, Any]
type Lie = Callable[[list[str]], "web.StreamResponse | None"]


def now_text(after: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + after).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Stand:
    """What the district has, by id; `order` is how it came in, repeats included."""

    durable: dict[str, dict[str, Any]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    heartbeats: list[dict[str, Any]] = field(default_factory=list)
    hellos: list[dict[str, Any]] = field(default_factory=list)
    signed_twice: list[str] = field(default_factory=list)


class StandInDistrict:
    def __init__(self) -> None:
        self.current = Ed25519PrivateKey.generate()
        self.successor = Ed25519PrivateKey.generate()
        self.code: str | None = CODE
        self.household = HOUSEHOLD
        self.heartbeat_seconds = 15
        # Heartbeats may come again after so long.
        self.busy_for_s: int | None = None
        self.clock_ahead = timedelta()
        self.stand = Stand()
        self.lie: Lie | None = None
        self.loses_enrolment_answers = 0
        self.asked: list[list[str]] = []
        self.answers_later: set[str] = set()
        # A district of a later version: members that it adds, a word that nobody knows yet.
        self.more: dict[str, Any] = {}
        self.says_instead: str | None = None
        # What a hello is refused with, made from the hello itself.
        self.refuses_hello: Callable[[dict[str, Any]], object] | None = None
        self.slow = asyncio.Event()
        self.slow.set()
        self.kit_key: dict[str, str] | None = None
        self.enrolments: list[dict[str, Any]] = []
        self.keys_document: str | None = None
        self.tokens: set[str] = set()
        self.down: list[tuple[int, str]] = []
        self.acknowledged = 0
        self._counters = itertools.count(1)
        self._new_down = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.port = 0
        self._scheme = "http"

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    async def open(self, tls: ssl.SSLContext | None = None) -> None:
        """On the same port each time, as a district that comes back does."""
        app = web.Application(client_max_size=2 * 1024 * 1024)
        app.router.add_post("/v1/enrolments", self._enrol)
        app.router.add_post("/v1/hello", self._hello)
        app.router.add_post("/v1/events", self._events)
        app.router.add_post("/v1/heartbeats", self._heartbeat)
        app.router.add_get("/v1/downlink", self._downlink)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener, ssl_context=tls).start()
        self._scheme = "http" if tls is None else "https"

    async def close(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            self._new_down.set()
            await runner.cleanup()

    def send_down(
        self,
        *,
        key: Ed25519PrivateKey | None = None,
        typ: str = "anshim-down+jws",
        place: int | None = None,
        **changes: Any,
    ) -> str:
        """A receipt for the kit; what a test changes makes it forged, foreign, late or a replay."""
        counter = place or next(self._counters)
        event = {
            "specversion": "1.0",
            "id": f"{NAME}.{secrets.token_hex(4)}",
            "source": f"urn:anshim:district:{NAME}",
            "subject": self.household,
            "type": "kr.anshim.knock.receipt.v1",
            "time": now_text(),
            "datacontenttype": "application/json",
            "kit": KIT,
            "caseid": "c-1",
            "counter": counter,
            "expires": now_text(timedelta(hours=1)),
            "data": {"episode": 1, "answer": "hold"},
        } | changes
        self.down.append((counter, sign(event, key or self.current, typ)))
        self._new_down.set()
        return str(event["id"])

    async def _enrol(self, request: web.Request) -> web.Response:
        body = await request.json()
        proof = body["proof"]
        self.enrolments.append(body)
        public = header_of(proof)["jwk"]
        verify(proof, public)
        if self.code is None or body["code"].replace("-", "") != self.code.replace("-", ""):
            return problem(404, "code-unknown")
        if payload_of(proof)["instance"] != body["instance"]:
            return problem(400, "schema")
        if self.kit_key not in (None, public):
            return problem(410, "code-spent")
        self.kit_key = public
        if self.loses_enrolment_answers:
            self.loses_enrolment_answers -= 1
            raise ConnectionResetError
        answer = {
            "kit": KIT,
            "household": self.household,
            "kid": thumbprint(public),
            "district": {"id": NAME, "keys": [jwk(self.current), jwk(self.successor)]},
            "heartbeat_seconds": self.heartbeat_seconds,
            "now": now_text(self.clock_ahead),
        }
        return web.json_response(answer | self.more, status=201)

    async def _hello(self, request: web.Request) -> web.Response:
        token = (await request.json())["hello"]
        if self.refuses_hello is not None:
            refusal = self.refuses_hello(payload_of(token))
            return web.json_response({"refusal": refusal}, status=401)
        hello = self._believed(token)
        self.stand.hellos.append(hello)
        bearer = secrets.token_urlsafe(24)
        self.tokens.add(bearer)
        session = {
            "kit": KIT,
            "hello": hello["id"],
            "token": bearer,
            "expires": now_text(self.clock_ahead + timedelta(hours=12)),
            "now": now_text(self.clock_ahead),
            "heartbeat_seconds": self.heartbeat_seconds,
            "counter": max((counter for counter, _ in self.down), default=0),
        }
        signed = sign(session | self.more, self.current, "anshim-session+jws")
        answer = {"session": signed} | self.more
        if self.keys_document is not None:
            answer["keys"] = self.keys_document
        return web.json_response(answer)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        tokens = (await request.json())["events"]
        self.asked.append(tokens)
        await self.slow.wait()
        if self.lie is not None and (answer := self.lie(tokens)) is not None:
            return answer
        results = [self._take(token) | self.more for token in tokens]
        return web.json_response({"ack": self.ack(results)} | self.more)

    def ack(self, results: list[Result], key: Ed25519PrivateKey | None = None) -> str:
        payload = {"kit": KIT, "now": now_text(), "results": results}
        return sign(payload | self.more, key or self.current, "anshim-ack+jws")

    def _take(self, token: str) -> Result:
        event = self._believed(token)
        id_, its_digest = event["id"], digest(payload_bytes(token))
        result = {"id": id_, "digest": its_digest, "status": "durable"}
        if id_ in self.answers_later:
            return result | {"status": "later", "reason": "busy"}
        if self.says_instead is not None:
            return result | {"status": self.says_instead}
        self.stand.order.append(id_)
        if self.stand.digests.get(id_) == its_digest:
            return result | {"status": "repeat"}
        if id_ in self.stand.digests:
            self.stand.signed_twice.append(id_)
        self.stand.durable[id_] = event
        self.stand.digests[id_] = its_digest
        return result

    def _believed(self, token: str) -> dict[str, Any]:
        assert header_of(token)["typ"] == "anshim-event+jws"
        assert self.kit_key is not None
        verify(token, self.kit_key)
        return payload_of(token)

    async def _heartbeat(self, request: web.Request) -> web.Response:
        if not self._admitted(request):
            return problem(401, "session-unknown")
        if self.busy_for_s is not None:
            return problem(503, "unavailable", **{"Retry-After": str(self.busy_for_s)})
        self.stand.heartbeats.append(await request.json())
        answer = {"now": now_text(), "heartbeat_seconds": self.heartbeat_seconds, "counter": 0}
        return web.json_response(answer | self.more)

    async def _downlink(self, request: web.Request) -> web.Response:
        if not self._admitted(request):
            return problem(401, "session-unknown")
        after, wait = int(request.query["after"]), int(request.query["wait"])
        self.acknowledged = max(self.acknowledged, after)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while self._runner and not [n for n, _ in self.down if n > after]:
                    self._new_down.clear()
                    await self._new_down.wait()
        messages = [token for counter, token in self.down if counter > after]
        latest = max((counter for counter, _ in self.down), default=0)
        return web.json_response({"messages": messages, "latest": latest})

    def _admitted(self, request: web.Request) -> bool:
        return request.headers.get("Authorization", "").removeprefix("Bearer ") in self.tokens


def problem(status: int, code: str, **headers: str) -> web.Response:
    body = {"type": f"urn:anshim:problem:{code}", "title": code, "status": status, "detail": code}
    return web.json_response(
        body, status=status, content_type="application/problem+json", headers=headers
    )
