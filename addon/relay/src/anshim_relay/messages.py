"""Events that the relay itself says: hello, heartbeat, trouble.

A home's events are made elsewhere and only carried.
"""

import hashlib
from typing import Any

import orjson

from anshim_relay import clock
from anshim_relay.envelope import Event, Priority
from anshim_relay.outbox.keeping import Moment


def own_event(
    *,
    kind: str,
    id_: str,
    source: str,
    subject: str,
    moment: Moment,
    data: dict[str, Any],
    priority: Priority = Priority.ROUTINE,
) -> dict[str, Any]:
    """Without a time while nobody knows it; boot and uptime are there to find it out later."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": id_,
        "source": source,
        "subject": subject,
        "type": kind,
        "bootid": moment.reading.boot,
        "uptime": moment.reading.uptime,
        "datacontenttype": "application/json",
        "priority": priority,
        "data": data,
    }
    if moment.now is not None:
        event["time"] = clock.text(moment.now)
    return event


def to_keep(document: dict[str, Any]) -> Event:
    """Kept like a home's: said again under the same id, it is the same."""
    id_ = document["id"]
    return Event(
        id=id_,
        kind=document["type"],
        subject=document["subject"],
        priority=Priority(document["priority"]),
        householdversion=None,
        content=orjson.dumps(document),
        digest=hashlib.sha256(id_.encode()).digest(),
    )
