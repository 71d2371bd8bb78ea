"""A kit as a stranger would write it from the README: it signs, and believes what it verifies."""

from dataclasses import dataclass
from itertools import count
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
import jwt

from .contract_files import Json, accepted, faults
from .programs import Answer, Program
from .signing import KEYS, TestKey, digest, signed, unb64

INSTANCE = "0b5c1f7e9a2d4c38b6e0f1a2d3c4b5a6"
EPOCH = "epoch-of-a-stranger"
NUMBERS = count(1)
JSON = {"Content_Type": "application/json"}


def golden(name: str) -> Json:
    return next(example.content for example in accepted() if example.name == name)


def believed(token: str, jwk: Json, typ: str, schema: str) -> Json:
    """Signed by this key, as this thing, and of this shape."""
    key = Ed25519PublicKey.from_public_bytes(unb64(jwk["x"]))
    complete: dict[str, Any] = jwt.PyJWS().decode_complete(token, key, algorithms=["EdDSA"])
    assert complete["header"]["typ"] == typ
    payload: Json = json.loads(complete["payload"])
    assert faults(schema, payload) == set()
    return payload


def enrolment(code: str, key: TestKey) -> Json:
    normalised = code.replace("-", "")
    header = {"alg": "EdDSA", "jwk": key.public, "typ": "anshim-enrol+jws"}
    proof = signed(key, header, {"code_sha256": digest(normalised), "instance": INSTANCE})
    return {"code": code, "instance": INSTANCE, "contract": "1.0", "proof": proof.compact}


@dataclass(frozen=True, kw_only=True)
class StrangerKit:
    """Enrolled with the published key of a kit."""

    district: Program
    key: TestKey
    kit: str
    household: str
    keys: list[Json]

    @classmethod
    def enrolled(cls, district: Program, code: str) -> StrangerKit:
        key = KEYS["kit"]
        answer = district.ask("POST", "/v1/enrolments", enrolment(code, key), **JSON)
        assert answer.status == 201
        assert faults("enrolled", answer.body) == set()
        assert answer.body["kid"] == key.kid
        return cls(
            district=district,
            key=key,
            kit=answer.body["kit"],
            household=answer.body["household"],
            keys=answer.body["district"]["keys"],
        )

    def own(self, event: Json) -> Json:
        """An example, as this kit would send it: its own name, household, number and id."""
        n = next(NUMBERS)
        stamped = {**event, "source": f"urn:anshim:kit:{self.kit}"}
        if "subject" in event:
            stamped["subject"] = self.household
        if "id" in event:
            stamped["id"] = f"{self.kit}.{n}"
        return {**stamped, "epoch": EPOCH, "seq": n}

    def token(self, event: Json, key: TestKey | None = None) -> str:
        header = {"alg": "EdDSA", "kid": (key or self.key).kid, "typ": "anshim-event+jws"}
        return signed(key or self.key, header, event).compact

    def send(self, *tokens: str) -> list[Json]:
        """The results of the district's signed answer, in the order of the events."""
        answer = self.district.ask("POST", "/v1/events", {"events": tokens}, **JSON)
        assert answer.status == 200, answer.body
        assert faults("events_answer", answer.body) == set()
        ack = believed(answer.body["ack"], self.keys[0], "anshim-ack+jws", "ack")
        results: list[Json] = ack["results"]
        assert len(results) == len(tokens)
        return results

    def hello(self) -> Json:
        """The session, if it is the answer to this hello."""
        event = self.own(golden("hello/ordinary"))
        answer = self.district.ask("POST", "/v1/hello", {"hello": self.token(event)}, **JSON)
        assert faults("hello_answer", answer.body) == set()
        if "keys" in answer.body:
            believed(answer.body["keys"], self.keys[0], "anshim-keys+jws", "keys")
        session = believed(answer.body["session"], self.keys[0], "anshim-session+jws", "session")
        assert (session["kit"], session["hello"]) == (self.kit, event["id"])
        return session

    def with_session(self, session: Json, method: str, path: str, body: object = None) -> Answer:
        authorised = {"Authorization": f"Bearer {session['token']}", **JSON}
        return self.district.ask(method, path, body, **authorised)
