"""The books: which alerts the relay has kept, and which of them the district has made durable.

Written from what went over the two lines, so neither program is asked about itself.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
import hashlib
import json
from typing import Any

from stage.wire import Exchange, Wire

COUNTED = frozenset({"alert", "emergency"})
DURABLE = frozenset({"durable", "repeat", "quarantined"})


def _payload_bytes(jws: str) -> bytes:
    part = jws.split(".")[1]
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _payload(jws: str) -> Any:
    return json.loads(_payload_bytes(jws))


@dataclass(frozen=True, kw_only=True)
class Books:
    """Ids of alerts and emergencies, in the order in which they were first heard."""

    kept: dict[str, str] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)

    @property
    def lost(self) -> list[str]:
        return [event for event in self.kept if event not in self.delivered]


def audit(home_to_relay: Wire, relay_to_district: Wire) -> Books:
    """Go through everything that was heard."""
    books = Books()
    for exchange in tuple(home_to_relay.heard):
        if (exchange.method, exchange.path) == ("POST", "/v1/events") and exchange.status == 202:
            books.kept.update(_kept(exchange))
    for exchange in tuple(relay_to_district.heard):
        if (exchange.method, exchange.path) == ("POST", "/v1/events") and exchange.status == 200:
            books.delivered.update(_delivered(exchange))
    return books


def _kept(exchange: Exchange) -> dict[str, str]:
    asked = json.loads(exchange.asked)
    events = {event["id"]: event for event in (asked if isinstance(asked, list) else [asked])}
    return {
        kept["id"]: events[kept["id"]]["type"]
        for kept in json.loads(exchange.answered)["kept"]
        if kept["status"] in {"kept", "repeat"} and events[kept["id"]]["priority"] in COUNTED
    }


def _delivered(exchange: Exchange) -> set[str]:
    ack = _payload(json.loads(exchange.answered)["ack"])
    sent = {_digest(jws): _payload(jws)["id"] for jws in json.loads(exchange.asked)["events"]}
    return {
        result["id"]
        for result in ack["results"]
        # The acknowledgement is for these very bytes, or it is for nothing.
        if result["status"] in DURABLE and sent.get(result["digest"]) == result["id"]
    }


def _digest(jws: str) -> str:
    digest = hashlib.sha256(_payload_bytes(jws)).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
