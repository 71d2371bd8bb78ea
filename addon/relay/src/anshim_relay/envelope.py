"""The door for what a home sends: untrusted bytes become events, or a refusal that names the field.

Called by the intake. It reads the envelope only: kinds it does not know and members it does not
know are kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
import hashlib
import re
from typing import Any

import orjson

from anshim_relay import clock
from anshim_relay.problems import Code, Flaw, Reason, Refused

MAX_EVENT = 16 * 1024
MAX_BATCH = 50
# The relay's own stamps come on top, and what leaves must not be larger than an event may be.
STAMP_ROOM = 192
STAMPS = ("source", "epoch", "seq")
INT32 = 2**31 - 1

HEARTBEAT = "kr.anshim.knock.heartbeat.v1"
HELLO = "kr.anshim.knock.hello.v1"
TROUBLE = "kr.anshim.knock.trouble.v1"


class Priority(StrEnum):
    EMERGENCY = "emergency"
    ALERT = "alert"
    TROUBLE = "trouble"
    ROUTINE = "routine"

    @property
    def rank(self) -> int:
        return RANKS[self]


RANKS = {priority: rank for rank, priority in enumerate(Priority)}
# A call for help is one whatever its sender wrote beside it.
FIXED = {"kr.anshim.knock.emergency.v1": Priority.EMERGENCY}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a home: `content` is its JSON, `digest` what makes it the same event."""

    id: str
    kind: str
    subject: str
    priority: Priority
    householdversion: int | None
    content: bytes
    digest: bytes

    @property
    def is_heartbeat(self) -> bool:
        return self.kind == HEARTBEAT


type Check = Callable[[Any], Reason | None]


def text(pattern: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any) -> Reason | None:
        if not isinstance(value, str):
            return Reason.TYPE
        return None if compiled.fullmatch(value) else Reason.FORMAT

    return check


def whole(lowest: int) -> Check:
    def check(value: Any) -> Reason | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return Reason.TYPE
        return None if lowest <= value <= INT32 else Reason.RANGE

    return check


def one_of(*values: str) -> Check:
    def check(value: Any) -> Reason | None:
        return None if isinstance(value, str) and value in values else Reason.VALUE

    return check


def moment(value: Any) -> Reason | None:
    if wrong := TIME(value):
        return wrong
    try:
        clock.parse(value)
    except ValueError:
        return Reason.FORMAT
    return None


def mapping(value: Any) -> Reason | None:
    return None if isinstance(value, dict) else Reason.TYPE


TIME = text(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z"
)
WORD = text(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
HOUSEHOLD = text(r"h-[a-z0-9]{8,32}")
SOURCE = text(r"urn:anshim:home:h-[a-z0-9]{8,32}")
EVENT_ID = text(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")

REQUIRED: dict[str, Check] = {
    "specversion": one_of("1.0"),
    "id": EVENT_ID,
    "source": SOURCE,
    "subject": HOUSEHOLD,
    "type": text(r"(?=.{1,100}\Z)kr\.anshim\.knock\.[a-z][a-z0-9_]*\.v[1-9][0-9]*"),
    "datacontenttype": one_of("application/json"),
    "priority": one_of(*Priority),
    "data": mapping,
}
OPTIONAL: dict[str, Check] = {
    "time": moment,
    "bootid": WORD,
    "uptime": whole(0),
    "householdversion": whole(1),
}


def events_from(body: bytes, *, batch: bool) -> list[Event]:
    """Everything in one request, or `Refused`."""
    document = loaded(body)
    if not batch:
        return [event_from(document, at="")]
    if not isinstance(document, list) or not document:
        raise Refused(Code.SCHEMA, [Flaw(field="", reason=Reason.TYPE)])
    if len(document) > MAX_BATCH:
        raise Refused(Code.TOO_LARGE, [Flaw(field="", reason=Reason.SIZE)])
    return [event_from(item, at=f"/{index}") for index, item in enumerate(document)]


def loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(Code.MALFORMED) from error


def event_from(document: Any, *, at: str) -> Event:
    if not isinstance(document, dict):
        raise Refused(Code.SCHEMA, [Flaw(field=at, reason=Reason.TYPE)])
    if flaws := list(flaws_in(document, at)):
        raise Refused(Code.SCHEMA, flaws)
    content, digest = frozen(document)
    if len(content) + STAMP_ROOM > MAX_EVENT:
        raise Refused(Code.TOO_LARGE, [Flaw(field=at, reason=Reason.SIZE)])
    kind = document["type"]
    return Event(
        id=document["id"],
        kind=kind,
        subject=document["subject"],
        priority=FIXED.get(kind, Priority(document["priority"])),
        householdversion=document.get("householdversion"),
        content=content,
        digest=digest,
    )


def flaws_in(document: dict[str, Any], at: str) -> Iterator[Flaw]:
    for name, check in REQUIRED.items():
        if name not in document:
            yield Flaw(field=f"{at}/{name}", reason=Reason.MISSING)
        elif reason := check(document[name]):
            yield Flaw(field=f"{at}/{name}", reason=reason)
    for name, check in OPTIONAL.items():
        if name in document and (reason := check(document[name])):
            yield Flaw(field=f"{at}/{name}", reason=reason)
    yield from flaws_between(document, at)


def flaws_between(document: dict[str, Any], at: str) -> Iterator[Flaw]:
    """What one field demands of another."""
    if "time" not in document:
        for name in ("bootid", "uptime"):
            if name not in document:
                yield Flaw(field=f"{at}/{name}", reason=Reason.MISSING)
    source, subject = document.get("source"), document.get("subject")
    readable = SOURCE(source) is None and HOUSEHOLD(subject) is None
    if readable and source != f"urn:anshim:home:{subject}":
        yield Flaw(field=f"{at}/source", reason=Reason.VALUE)
    if document.get("type") == HEARTBEAT:
        yield from flaws_in_heartbeat(document.get("data"), at)


def flaws_in_heartbeat(data: Any, at: str) -> Iterator[Flaw]:
    """The one body the relay opens: its own heartbeat carries the home's condition on."""
    home = data.get("home") if isinstance(data, dict) else None
    if not isinstance(home, dict):
        reason = Reason.MISSING if home is None else Reason.TYPE
        yield Flaw(field=f"{at}/data/home", reason=reason)


def frozen(document: dict[str, Any]) -> tuple[bytes, bytes]:
    """The event as it will be sent, and the hash of its content: all but what a relay stamps."""
    content = {name: value for name, value in document.items() if name not in STAMPS}
    try:
        canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        return orjson.dumps(document), hashlib.sha256(canonical).digest()
    except TypeError as error:
        # Nested deeper than any reader after us could follow.
        raise Refused(Code.MALFORMED) from error
