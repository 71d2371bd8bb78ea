"""A kit with a real key that speaks the contract: enrols, greets, signs events, beats, listens.

It shares no code with the district; what the district signs is checked with the keys of its
enrolment.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import httpx
from jwt.api_jws import PyJWS
from jwt.utils import base64url_decode

type Json = dict[str, Any]

JWS = PyJWS(algorithms=["EdDSA", "none"])
PRIORITIES = {"emergency": "emergency", "trouble": "trouble"}
ROUTINE = {"hello", "heartbeat", "absence", "drill"}


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def digest_of(jws: str) -> str:
    return encoded(hashlib.sha256(base64url_decode(jws.split(".")[1])).digest())


def now_text(moment: datetime | None = None) -> str:
    moment = moment or datetime.now(UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the district answered to one event."""

    status: str
    reason: str | None
    id: str | None


@dataclass(kw_only=True)
class Kit:
    client: httpx.Client
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    instance: str = field(default_factory=lambda: secrets.token_hex(16))
    epoch: str = field(default_factory=lambda: secrets.token_hex(6))
    id: str = "k-00000000"
    household: str = "h-00000000"
    seq: int = 0
    version: int = 0
    hellos: int = 0
    token: str = ""
    district_key: Ed25519PublicKey | None = None

    @property
    def jwk(self) -> Json:
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": encoded(raw)}

    @property
    def kid(self) -> str:
        canonical = json.dumps(self.jwk, sort_keys=True, separators=(",", ":")).encode()
        return encoded(hashlib.sha256(canonical).digest())

    # what it says

    def enrolment(self, code: str) -> Json:
        normal = code.upper().replace("-", "").replace(" ", "")
        proof = {
            "code_sha256": encoded(hashlib.sha256(normal.encode()).digest()),
            "instance": self.instance,
        }
        signed = JWS.encode(
            json.dumps(proof).encode(),
            self.key,
            algorithm="EdDSA",
            headers={"typ": "anshim-enrol+jws", "jwk": self.jwk},
        )
        return {"code": code, "instance": self.instance, "contract": "1.0", "proof": signed}

    def enrol(self, code: str) -> httpx.Response:
        answer = self.client.post("/v1/enrolments", json=self.enrolment(code))
        if answer.status_code == 201:
            told = answer.json()
            self.id, self.household = told["kit"], told["household"]
            raw = base64url_decode(told["district"]["keys"][0]["x"])
            self.district_key = Ed25519PublicKey.from_public_bytes(raw)
        return answer

    def event(self, kind: str, data: Json, **attributes: Any) -> Json:
        """As its relay keeps it; `attributes` overrule, `None` takes one away."""
        self.seq += 1
        made: Json = {
            "specversion": "1.0",
            "id": f"{self.household}.{self.version}.{kind}",
            "source": f"urn:anshim:kit:{self.id}",
            "subject": self.household,
            "type": f"kr.anshim.knock.{kind}.v1",
            "time": now_text(),
            "bootid": "boot-1",
            "uptime": 1000,
            "datacontenttype": "application/json",
            "priority": PRIORITIES.get(kind, "routine" if kind in ROUTINE else "alert"),
            "householdversion": self.version,
            "epoch": self.epoch,
            "seq": self.seq,
            "data": data,
        }
        made |= attributes
        return {name: value for name, value in made.items() if value is not None}

    def decided(self, kind: str, data: Json, **attributes: Any) -> Json:
        """An event of a new decision of the home."""
        self.version += 1
        return self.event(kind, data) | attributes

    def alert(self, kind: str = "quiet", **changes: Any) -> Json:
        episode = changes.pop("episode", self.version + 1)
        attributes = changes.pop("attributes", {})
        data = {
            "cause": "silence",
            "episode": episode,
            "said": "first",
            "watch": "seeing",
            "presence": "home",
            "last_sign_hour": "2026-11-21T21:00:00Z",
            "limit_h": 12,
            "watched_h": 12.5,
            "rungs": {"knock_in_s": 900, "visit_in_s": 2700},
        }
        event: Json = self.decided(kind, data | changes) | attributes
        return event

    def emergency(self, **changes: Any) -> Json:
        attributes = changes.pop("attributes", {})
        data = {"cause": "button", "episode": self.version + 1, "said": "first"} | changes
        event = self.decided("emergency", data) | attributes
        return {name: value for name, value in event.items() if value is not None}

    def resolved(self, episode: int, by: str = "activity", **attributes: Any) -> Json:
        return self.decided("resolved", {"episode": episode, "by": by}, **attributes)

    # how it says it

    def signed(self, event: Json, *, typ: str = "anshim-event+jws", with_jwk: bool = False) -> str:
        headers: Json = {"typ": typ, "kid": self.kid}
        if with_jwk:
            headers["jwk"] = self.jwk
        return JWS.encode(json.dumps(event).encode(), self.key, algorithm="EdDSA", headers=headers)

    def post(self, *signed: str) -> httpx.Response:
        return self.client.post("/v1/events", json={"events": list(signed)})

    def send(self, *events: Json | str) -> list[Sent]:
        """Sends, and believes an answer only with the district's signature and the digest."""
        signed = [event if isinstance(event, str) else self.signed(event) for event in events]
        answer = self.post(*signed)
        assert answer.status_code == 200, answer.text
        ack = self.opened(answer.json()["ack"], "anshim-ack+jws")
        results = ack["results"]
        assert [result["digest"] for result in results] == [digest_of(jws) for jws in signed]
        return [Sent(status=r["status"], reason=r.get("reason"), id=r["id"]) for r in results]

    def opened(self, jws: str, typ: str) -> Json:
        """What the district has signed."""
        assert self.district_key is not None
        whole = JWS.decode_complete(jws, self.district_key, algorithms=["EdDSA"])
        assert whole["header"]["typ"] == typ
        content: Json = json.loads(whole["payload"])
        return content

    def hello_event(self, **changes: Any) -> Json:
        self.hellos += 1
        data = {
            "instance": self.instance,
            "boot": "boot-1",
            "relay_version": "0.1.0",
            "contract": "1.0",
            "epoch": self.epoch,
            "seq": self.seq,
            "clock_set": True,
            "algs": ["EdDSA"],
        } | changes
        name = f"{self.id}.{self.epoch}.{self.hellos}"
        event = self.event("hello", data, id=name, householdversion=None, seq=None, epoch=None)
        self.seq -= 1
        return event

    def hello(self, event: Json | None = None) -> Json:
        said = event or self.hello_event()
        answer = self.client.post("/v1/hello", json={"hello": self.signed(said)})
        assert answer.status_code == 200, answer.text
        session = self.opened(answer.json()["session"], "anshim-session+jws")
        assert session["hello"] == said["id"]
        self.token = session["token"]
        return session

    def condition(self, **changes: Any) -> Json:
        return {
            "stage": "calm",
            "watch": "seeing",
            "presence": "home",
            "service": "on",
            "limit_h": 12,
            "householdversion": self.version,
            "near": False,
            "clock_set": True,
            "store_ok": True,
            "sources": {"live": 5, "late": 0, "lost": 0},
        } | changes

    def heartbeat_event(self, **changes: Any) -> Json:
        home = changes.pop("home", self.condition())
        data = {
            "home": home,
            "home_age_s": None if home is None else 0,
            "ha": "alive",
            "queue": {"emergency": 0, "alert": 0, "trouble": 0, "routine": 0, "oldest_s": None},
            "clock_set": True,
            "highwater": {"epoch": self.epoch, "seq": self.seq, "householdversion": self.version},
            "refused_down": 0,
            "relay_version": "0.1.0",
        } | changes
        event = self.event("heartbeat", data, householdversion=None, seq=None, epoch=None)
        self.seq -= 1
        return event

    def beat(self, **changes: Any) -> httpx.Response:
        return self.client.post(
            "/v1/heartbeats",
            content=json.dumps(self.heartbeat_event(**changes)),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/cloudevents+json",
            },
        )

    def listen(self, after: int = 0, wait: int = 0) -> list[Json]:
        """What came down, each checked for signature, addressee and order."""
        answer = self.client.get(
            "/v1/downlink",
            params={"after": after, "wait": wait},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 200, answer.text
        messages = [self.opened(jws, "anshim-down+jws") for jws in answer.json()["messages"]]
        for message in messages:
            assert (message["kit"], message["subject"]) == (self.id, self.household)
            assert message["source"] == "urn:anshim:district:test-gu"
        counters = [message["counter"] for message in messages]
        assert counters == sorted(set(counters))
        return messages
