"""A provider of texts and calls as a district meets it: HTTP in, signed callbacks out."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import threading
from typing import Any, override
import uuid

import httpx

from anshim_district.reach.webhook import secret_bytes, signature

SECRET = "whsec_" + b64encode(b"a secret of thirty-two bytes....").decode()
TOKEN = "the-district's-token"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A text or call that the provider was asked for."""

    what: str
    to: str
    words: str
    reference: str
    content: dict[str, Any]


@dataclass(kw_only=True)
class Provider:
    sent: list[Sent] = field(default_factory=list)
    # what it answers; 202 is "taken"
    status: int = 202
    heard: Callable[[Sent], None] = field(default=lambda _: None)
    refused: Callable[[], None] = field(default=lambda: None)
    # every post, repeats included
    references: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def options(self) -> dict[str, object]:
        port = self._server.server_address[1]
        return {
            "url": f"http://127.0.0.1:{port}",
            "token": TOKEN,
            "sender": "02-120-0000",
            "secret": SECRET,
        }

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = provider.status
                if self.headers["Authorization"] != f"Bearer {TOKEN}":
                    status = 401
                elif status < 300:
                    provider.take(self.path.strip("/"), body)
                else:
                    provider.refused()
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        return Handler

    def take(self, what: str, body: dict[str, Any]) -> None:
        """The same reference twice is one text or call, as the district relies on."""
        is_repeat = body["reference"] in self.references
        self.references.append(body["reference"])
        if is_repeat:
            return
        words = body.get("text") or body.get("say") or ""
        sent = Sent(
            what=what, to=body["to"], words=words, reference=body["reference"], content=body
        )
        self.sent.append(sent)
        self.heard(sent)

    def taken(self) -> list[Sent]:
        """Since the last look."""
        sent, self.sent = self.sent, []
        return sent

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def say_back(
    client: httpx.Client,
    now: float,
    body: dict[str, str],
    *,
    id_: str = "",
    secret: str = SECRET,
) -> httpx.Response:
    """A callback as Standard Webhooks signs it."""
    return post_signed(client, now, "/v1/reach/callbacks", body, id_=id_, secret=secret)


def post_signed(
    client: httpx.Client, now: float, path: str, body: object, *, secret: str, id_: str = ""
) -> httpx.Response:
    id_ = id_ or f"msg_{uuid.uuid4().hex}"
    raw = json.dumps(body).encode()
    timestamp = str(int(now))
    signed = signature(secret_bytes(secret), id_=id_, timestamp=timestamp, body=raw)
    headers = {
        "content-type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": timestamp,
        "webhook-signature": signed,
    }
    return client.post(path, content=raw, headers=headers)
