"""Homes for the measurements: rows as enrolment and hello leave them, keys that really sign.

Laid into the database at once: enrolling a hundred thousand homes one by one is another story.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
import hashlib
import json
from pathlib import Path
import random
import ssl
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import httpx
import msgspec
from sqlalchemy import Engine, Table, insert

from anshim_district.cases.model import Ledger
from anshim_district.door import digest
from anshim_district.storage.registry_tables import residents
from anshim_district.storage.tables import epochs, households, kits, pulses, sessions
from tests.district.support.kit import JWS, Json, Kit, encoded

# of every kit that is laid in
INSTANCE, EPOCH = "0" * 32, "epoch"
_AT_ONCE = 5000
_PACE_S = 60
_MAY_WAIT = timedelta(hours=6)
# the kits here only write and sign; what they wrote is sent by another program
NOBODY = httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    number: int
    # one key for many: what is measured is the checking, not the making
    key: Ed25519PrivateKey

    @property
    def household(self) -> str:
        return f"h-home{self.number:08d}"

    @property
    def kit(self) -> str:
        return f"k-home{self.number:08d}"

    @property
    def kid(self) -> str:
        return f"kid-{self.number}"

    @property
    def token(self) -> str:
        return hashlib.sha256(f"session {self.number}".encode()).hexdigest()


def homes(many: int, *, keys: int | None = None, seed: int = 1) -> list[Home]:
    """`keys`: how many different ones; each home its own when it has to sign."""
    made = random.Random(seed)
    some = [Ed25519PrivateKey.from_private_bytes(made.randbytes(32)) for _ in range(keys or many)]
    return [Home(number=n, key=some[n % len(some)]) for n in range(many)]


def write_keys(file: Path, some: Sequence[Home]) -> None:
    """By kid (msgpack): for a server that knows nothing else of them."""
    raw = (Encoding.Raw, PublicFormat.Raw)
    keys = {home.kid: home.key.public_key().public_bytes(*raw) for home in some}
    file.write_bytes(msgspec.msgpack.encode(keys))


def settle(
    engine: Engine, all_homes: Sequence[Home], now: datetime, *, due: timedelta, near: bool = False
) -> None:
    """As homes that were heard a moment ago, and are missed `due` from now."""
    with engine.begin() as connection:
        for start in range(0, len(all_homes), _AT_ONCE):
            some = all_homes[start : start + _AT_ONCE]
            for table, rows in _rows(some, now, due, near=near):
                connection.execute(insert(table), rows)


def _rows(
    some: Sequence[Home], now: datetime, due: timedelta, *, near: bool
) -> Iterator[tuple[Table, list[dict[str, object]]]]:
    yield (
        households,
        [
            {
                "id": home.household,
                "created": now,
                "ledger": msgspec.json.encode(Ledger(household=home.household)),
                "kit": home.kit,
            }
            for home in some
        ],
    )
    yield kits, [_kit(home, now) for home in some]
    condition = msgspec.json.encode(beat_data(EPOCH, 0, near=near))
    yield (
        pulses,
        [
            {
                "kit": home.kit,
                "household": home.household,
                "heard": now,
                "home_heard": now,
                "due": now + due,
                "interval_s": _PACE_S,
                "condition": condition,
                "may_wait": None if near else now + _MAY_WAIT,
            }
            for home in some
        ],
    )
    yield (
        sessions,
        [
            {
                "token": digest(home.token.encode()),
                "kit": home.kit,
                # beyond any night that is brought forward
                "expires": now + timedelta(days=7),
            }
            for home in some
        ],
    )
    yield epochs, [{"kit": home.kit, "epoch": EPOCH, "first_seen": now} for home in some]


def live_in(engine: Engine, some: Sequence[Home], now: datetime, *, areas: int) -> None:
    """Spreads homes over dongs; what names a person is sealed elsewhere and stays so."""
    with engine.begin() as connection:
        for start in range(0, len(some), _AT_ONCE):
            connection.execute(
                insert(residents),
                [
                    {
                        "household": home.household,
                        "dong": f"dong {home.number % areas}",
                        "line": "",
                        "sealed": b"",
                        "updated": now,
                        "updated_by": "benchmark",
                    }
                    for home in some[start : start + _AT_ONCE]
                ],
            )


def _kit(home: Home, now: datetime) -> dict[str, object]:
    return {
        "id": home.kit,
        "household": home.household,
        "kid": home.kid,
        "x": encoded(home.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
        "instance": INSTANCE,
        "epoch": EPOCH,
        "enrolled": now,
    }


def beat_data(epoch: str, seq: int, **changes: object) -> Json:
    home = {
        "stage": "calm",
        "watch": "seeing",
        "presence": "home",
        "service": "on",
        "limit_h": 12,
        "householdversion": 0,
        "near": False,
        "clock_set": True,
        "store_ok": True,
        "sources": {"live": 5, "late": 0, "lost": 0},
    } | changes
    return {
        "home": home,
        "home_age_s": 0,
        "ha": "alive",
        "queue": {"emergency": 0, "alert": 0, "trouble": 0, "routine": 0, "oldest_s": None},
        "clock_set": True,
        "highwater": {"epoch": epoch, "seq": seq, "householdversion": 0},
        "refused_down": 0,
        "relay_version": "0.1.0",
    }


def request(path: str, body: bytes, *headers: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1",
        "Host: district",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def heartbeat(home: Home, now: str) -> bytes:
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"{home.kit}.heartbeat",
        "source": f"urn:anshim:kit:{home.kit}",
        "subject": home.household,
        "type": "kr.anshim.knock.heartbeat.v1",
        "time": now,
        "bootid": "boot-1",
        "uptime": 1000,
        "datacontenttype": "application/json",
        "priority": "routine",
        "data": beat_data(EPOCH, 0),
    }
    body = json.dumps(event).encode()
    return request("/v1/heartbeats", body, f"Authorization: Bearer {home.token}")


def alerts(some: Sequence[Home], many: int) -> list[bytes]:
    """Each signed and alone: a silence begins, grows, is to be visited, is over; then the next."""
    speakers = [_speaker(home) for home in some]
    made: list[bytes] = []
    for at in range(-(-many // len(some))):
        for home, kit in zip(some, speakers, strict=True):
            made.append(_signed(home, _word(kit, at)))
    return made[:many]


def calls_for_help(some: Sequence[Home], many: int) -> list[bytes]:
    """Each from another home, signed and alone."""
    return [_signed(home, _speaker(home).emergency()) for home in some[:many]]


def _signed(home: Home, event: Json) -> bytes:
    headers = {"typ": "anshim-event+jws", "kid": home.kid}
    body = json.dumps(event).encode()
    jws = JWS.encode(body, home.key, algorithm="EdDSA", headers=headers)
    return request("/v1/events", json.dumps({"events": [jws]}).encode())


def _speaker(home: Home) -> Kit:
    kit = Kit(client=NOBODY, key=home.key, epoch="epoch")
    kit.id, kit.household = home.kit, home.household
    return kit


def _word(kit: Kit, at: int) -> Json:
    kinds = ("quiet", "knock", "visit", "resolved")
    kind, episode = kinds[at % len(kinds)], at - at % len(kinds) + 1
    if kind == "resolved":
        return kit.resolved(episode)
    return kit.alert(kind, episode=episode)
