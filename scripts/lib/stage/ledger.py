"""The books: which alerts the relay has kept, and which of them the district has made durable.

Written from what goes over the two lines, so neither program is asked about itself.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import hashlib
from http import HTTPStatus
import json
from typing import Any

from stage.wire import Exchange

COUNTED = frozenset({"alert", "emergency"})
KEPT = frozenset({"kept", "repeat"})
DURABLE = frozenset({"durable", "repeat", "quarantined"})


@dataclass(frozen=True, kw_only=True)
class Alert:
    """An alert or emergency as the home sent it."""

    id: str
    kind: str
    said: str | None

    @classmethod
    def of(cls, event: dict[str, Any]) -> Alert:
        kind = event["type"].split(".")[-2]
        return cls(id=event["id"], kind=kind, said=event["data"].get("said"))


def _tell_nobody(alert: Alert) -> None:
    """Nobody wants to hear of it at once."""


@dataclass(kw_only=True)
class Books:
    """Alerts by id, in the order in which they were first heard."""

    on_kept: Callable[[Alert], None] = _tell_nobody
    on_delivered: Callable[[Alert], None] = _tell_nobody
    kept: dict[str, Alert] = field(default_factory=dict)
    delivered: dict[str, Alert] = field(default_factory=dict)

    @property
    def lost(self) -> list[str]:
        return [event for event in self.kept if event not in self.delivered]

    def said(self, word: str) -> bool:
        """Whether an alert said `first`, `again` or `note`."""
        return any(alert.said == word for alert in self.kept.values())

    def hear_home(self, exchange: Exchange) -> None:
        """Listen to the line from the home to its relay."""
        if not _is_intake(exchange) or exchange.status != HTTPStatus.ACCEPTED:
            return
        for alert in _kept(exchange):
            if alert.id not in self.kept:
                self.kept[alert.id] = alert
                self.on_kept(alert)

    def hear_relay(self, exchange: Exchange) -> None:
        """Listen to the line from the relay to its district."""
        if not _is_intake(exchange) or exchange.status != HTTPStatus.OK:
            return
        for alert in _delivered(exchange):
            if alert.id not in self.delivered:
                self.delivered[alert.id] = alert
                self.on_delivered(alert)


def _is_intake(exchange: Exchange) -> bool:
    return (exchange.method, exchange.path) == ("POST", "/v1/events")


def _kept(exchange: Exchange) -> Iterator[Alert]:
    asked = json.loads(exchange.asked)
    events = {event["id"]: event for event in (asked if isinstance(asked, list) else [asked])}
    for kept in json.loads(exchange.answered)["kept"]:
        event = events[kept["id"]]
        if kept["status"] in KEPT and event["priority"] in COUNTED:
            yield Alert.of(event)


def _delivered(exchange: Exchange) -> Iterator[Alert]:
    sent = {_digest(jws): _payload(jws) for jws in json.loads(exchange.asked)["events"]}
    for result in _payload(json.loads(exchange.answered)["ack"])["results"]:
        # The acknowledgement is for these very bytes, or it is for nothing.
        event = sent.get(result["digest"])
        if event and result["status"] in DURABLE and event["priority"] in COUNTED:
            yield Alert.of(event)


def _payload_bytes(jws: str) -> bytes:
    part = jws.split(".")[1]
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _payload(jws: str) -> Any:
    return json.loads(_payload_bytes(jws))


def _digest(jws: str) -> str:
    digest = hashlib.sha256(_payload_bytes(jws)).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
