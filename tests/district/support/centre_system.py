"""A control centre's own system as a district meets it: HTTPS in, signed answers out.

It believes nothing that the public library of Standard Webhooks does not believe.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
from pathlib import Path
import ssl
import threading
from typing import Any, Final, override

import httpx

from anshim_district.reach.webhook import is_genuine, secret_bytes

from .moved import MovedDistrict
from .provider import post_signed

SECRET: Final = "whsec_" + b64encode(b"another secret of thirty-two byte").decode()


@dataclass(frozen=True, kw_only=True)
class Heard:
    id: str
    signed_at: int
    signatures: str
    raw: bytes

    @property
    def kind(self) -> str:
        return str(json.loads(self.raw)["type"])

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.raw)["data"]
        return data

    def is_genuine(self, now: datetime, secret: str = SECRET) -> bool:
        return is_genuine(
            secret_bytes(secret),
            id_=self.id,
            timestamp=str(self.signed_at),
            signatures=self.signatures,
            body=self.raw,
            now=now,
        )


@dataclass(kw_only=True)
class CentreSystem:
    pem: Path
    heard: list[Heard] = field(default_factory=list)
    # what it answers, and where it would have us go
    status: int = 200
    elsewhere: str = ""

    def __post_init__(self) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.pem)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def options(self, folder: Path, **other: object) -> dict[str, object]:
        secret = folder / "centre.secret"
        secret.write_text(f"{SECRET}\n", encoding="ascii")
        own = {"url": f"{self.url}/cases", "secret_file": str(secret), "ca": str(self.pem)}
        return own | other

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    def taken(self) -> list[Heard]:
        """Since the last look."""
        heard, self.heard = self.heard, []
        return heard

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(system: CentreSystem) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            system.heard.append(
                Heard(
                    id=self.headers["webhook-id"],
                    signed_at=int(self.headers["webhook-timestamp"]),
                    signatures=self.headers["webhook-signature"],
                    raw=raw,
                )
            )
            self.send_response(system.status)
            if system.elsewhere:
                self.send_header("Location", system.elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler


def centre_says(
    district: MovedDistrict,
    case: str,
    answer: str,
    *,
    outcome: str = "",
    id_: str = "",
    secret: str = SECRET,
    late_s: float = 0,
) -> httpx.Response:
    body = {"case": case, "answer": answer} | ({"outcome": outcome} if outcome else {})
    now = district.now.timestamp() - late_s
    client = district.client()
    return post_signed(client, now, "/v1/centre/answers", body, secret=secret, id_=id_)
