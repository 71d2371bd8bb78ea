"""The one door for events.

Bytes → a frozen `Event`, or a `Refusal` that names what is wrong and where.

Whoever takes events in (intake, hello, heartbeats) calls `read_event`; no raw JSON goes further.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
import hashlib
import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
import orjson

from . import messages as m
from .pointer import Flaw, explain

MAX_EVENT: Final = 16 * 1024
_MOST_SEQ: Final = 2**31
_TYPE: Final = re.compile(r"kr\.anshim\.knock\.(?P<kind>[a-z][a-z0-9_]*)\.v(?P<major>[1-9][0-9]*)")
_KIT_SOURCE: Final = re.compile(r"urn:anshim:kit:(?P<kit>k-[a-z0-9]{8,32})")
_STAMPED: Final = ("source", "epoch", "seq")
_WITHOUT_VERSION: Final = frozenset({"hello", "heartbeat", "trouble"})
_WITHOUT_HOUSEHOLD: Final = frozenset({"hello", "heartbeat"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an event may not go further.

    `id`, `kind` and `household` are claims, as far as they could be read.
    """

    because: str
    flaw: Flaw
    id: str | None = None
    kind: str | None = None
    household: str | None = None
    epoch: str | None = None
    seq: int | None = None


class _Envelope(Struct, frozen=True, kw_only=True):
    specversion: Literal["1.0"]
    id: m.EventId
    source: Annotated[
        str,
        Meta(
            pattern=r"^urn:anshim:(home:h-[a-z0-9]{8,32}|kit:k-[a-z0-9]{8,32}|district:[a-z0-9][a-z0-9-]{0,62})\Z"
        ),
    ]
    type: Annotated[
        str, Meta(pattern=r"^kr\.anshim\.knock\.[a-z][a-z0-9_]*\.v[1-9][0-9]*\Z", max_length=100)
    ]
    datacontenttype: Literal["application/json"]
    data: msgspec.Raw
    priority: m.Priority
    subject: m.HouseholdId | UnsetType = UNSET
    time: m.TimeText | UnsetType = UNSET
    bootid: m.TokenWord | UnsetType = UNSET
    uptime: m.Count | UnsetType = UNSET
    householdversion: m.Version | UnsetType = UNSET
    epoch: m.TokenWord | UnsetType = UNSET
    seq: m.Version | UnsetType = UNSET


class _Claims(Struct, frozen=True, kw_only=True):
    """What staff is told about something that could not be read whole."""

    id: object = None
    type: object = None
    subject: object = None
    epoch: object = None
    seq: object = None


class _Flawed(Exception):  # noqa: N818 - carries a refusal to the door's only exit, it is no error of ours
    def __init__(self, because: str, flaw: Flaw) -> None:
        super().__init__(flaw.detail)
        self.because = because
        self.flaw = flaw


def read_event(raw: bytes) -> m.Event | Refusal:
    """The only way in. Never raises."""
    try:
        return _read(raw)
    except _Flawed as flawed:
        because, flaw = flawed.because, flawed.flaw
    except msgspec.DecodeError as error:
        because, flaw = "schema", explain(error)
    except (UnicodeDecodeError, RecursionError, orjson.JSONDecodeError) as error:
        flaw = Flaw(field="", reason="format", detail=f"not readable as JSON: {error}")
        because = "malformed"
    claims = _claims(raw)
    return Refusal(
        because=because,
        flaw=flaw,
        id=_text(claims.id),
        kind=_kind_claimed(claims.type),
        household=_text(claims.subject),
        epoch=_text(claims.epoch),
        seq=claims.seq if isinstance(claims.seq, int) and 0 < claims.seq < _MOST_SEQ else None,
    )


def _read(raw: bytes) -> m.Event:
    if len(raw) > MAX_EVENT:
        raise _Flawed("too_large", Flaw(field="", reason="size", detail="more than 16 KiB"))
    envelope = msgspec.json.decode(raw, type=_Envelope)
    kind = _known_kind(envelope.type)
    _check_attributes(envelope, kind)
    body = _body(envelope, kind)
    kit = _KIT_SOURCE.fullmatch(envelope.source)
    if kit is None:
        raise _Flawed("schema", _flaw("/source", "format", "a district hears kits only"))
    return m.Event(
        id=envelope.id,
        kit=kit["kit"],
        household=envelope.subject or None,
        kind=kind,
        body=body,
        time=_moment(envelope.time, "/time") if envelope.time else None,
        version=envelope.householdversion or None,
        epoch=envelope.epoch or None,
        seq=envelope.seq or None,
        # nobody repeats a condition under its name: it is never compared with anything
        content="" if kind == "heartbeat" else _content(raw),
    )


def _known_kind(type_: str) -> str:
    found = _TYPE.fullmatch(type_)
    kind = found["kind"] if found else ""
    if found is None or kind not in m.KINDS:
        raise _Flawed("unknown_kind", _flaw("/type", "value", "this kind is not known here"))
    if found["major"] != "1":
        raise _Flawed("newer_version", _flaw("/type", "value", "this version is not known here"))
    return kind


def _check_attributes(envelope: _Envelope, kind: str) -> None:
    if envelope.priority is not m.KINDS[kind][1]:
        raise _Flawed("schema", _flaw("/priority", "value", "the kind fixes another priority"))
    if envelope.time is UNSET:
        for name in ("bootid", "uptime"):
            if getattr(envelope, name) is UNSET:
                raise _Flawed("schema", _flaw(f"/{name}", "missing", "needed without a time"))
    if envelope.subject is UNSET and kind not in _WITHOUT_HOUSEHOLD:
        raise _Flawed("schema", _flaw("/subject", "missing", "whose home is it?"))
    if envelope.householdversion is UNSET and kind not in _WITHOUT_VERSION:
        raise _Flawed("schema", _flaw("/householdversion", "missing", "orders this kind"))


def _body(envelope: _Envelope, kind: str) -> m.Body:
    try:
        body = m.decode_body(envelope.data, kind)
    except msgspec.DecodeError as error:
        raise _Flawed("schema", explain(error).below("/data")) from error
    _check_body(body)
    return body


def _check_body(body: m.Body) -> None:
    """What the types alone cannot say."""
    match body:
        case m.Quiet() | m.Unknown() | m.Knock() | m.Visit() if body.last_sign_hour:
            _moment(body.last_sign_hour, "/data/last_sign_hour")
        case m.Absence(state="started", until=UnsetType()):
            raise _Flawed("schema", _flaw("/data/until", "missing", "every absence has an end"))
        case m.Absence(until=str() as until):
            _moment(until, "/data/until")
        case m.Consent():
            _check_consent(body)
        case m.Heartbeat() if (body.home is None) != (body.home_age_s is None):
            raise _Flawed("schema", _flaw("/data/home_age_s", "value", "null together with home"))
        case _:
            pass


def _check_consent(consent: m.Consent) -> None:
    if consent.at:
        _moment(consent.at, "/data/at")
    if consent.state == "given" and not consent.text_version:
        raise _Flawed("schema", _flaw("/data/text_version", "missing", "consent to which text?"))
    if consent.state == "given" and consent.items is UNSET:
        raise _Flawed("schema", _flaw("/data/items", "missing", "consent to what?"))
    if consent.state == "given" and not consent.items:
        raise _Flawed("schema", _flaw("/data/items", "size", "consent to what?"))


def _moment(text: str, field: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _Flawed("schema", _flaw(field, "format", "there is no such time")) from error


def _flaw(field: str, reason: str, detail: str) -> Flaw:
    return Flaw(field=field, reason=reason, detail=detail)


def _content(raw: bytes) -> str:
    members = orjson.loads(raw)
    for name in _STAMPED:
        members.pop(name, None)
    canonical = orjson.dumps(members, option=orjson.OPT_SORT_KEYS)
    return digest(canonical)


def digest(data: bytes) -> str:
    """base64url(SHA-256), unpadded, as acks and thumbprints carry it."""
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _claims(raw: bytes) -> _Claims:
    try:
        return msgspec.json.decode(raw[: 4 * MAX_EVENT], type=_Claims)
    except msgspec.DecodeError, UnicodeDecodeError, RecursionError:
        return _Claims()


def _text(claim: object) -> str | None:
    return claim[:128] if isinstance(claim, str) else None


def _kind_claimed(claim: object) -> str | None:
    found = _TYPE.fullmatch(claim) if isinstance(claim, str) else None
    return found["kind"][:64] if found else None
