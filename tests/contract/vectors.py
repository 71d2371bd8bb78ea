"""What is signed, by whom, and what a receiver must make of it; for make_vectors."""

from dataclasses import dataclass, field, replace

from .contract_files import EXAMPLES, Json, read
from .signing import (
    KEYS,
    Signed,
    TestKey,
    compact_json,
    digest,
    signed,
    signed_with_public_key_as_secret,
    unsigned,
)

KIT = "k-4c8t2v9x6w"
HOUSEHOLD = "h-7f3k9d2m5q"
DISTRICT = "example-gu"
NOW = "2026-11-22T09:32:00Z"
CODE = "7XK2M9PQ4RTVW01BCDEF"
INSTANCE = "0b5c1f7e9a2d4c38b6e0f1a2d3c4b5a6"
PINNED = ["district_current", "district_successor"]

ENROL, EVENT, ACK = "anshim-enrol+jws", "anshim-event+jws", "anshim-ack+jws"
SESSION, DOWN, ROTATION = "anshim-session+jws", "anshim-down+jws", "anshim-keys+jws"
REFUSAL = "anshim-refusal+jws"


@dataclass(frozen=True, kw_only=True)
class Vector:
    """One signed thing, what its receiver knows, and the verdict."""

    name: str
    about: str
    expected_typ: str
    signed: Signed
    given: Json = field(default_factory=dict)
    because: str | None = None

    @property
    def document(self) -> Json:
        verdict: Json = {"verdict": "refused", "because": self.because}
        return {
            "about": self.about,
            "expected_typ": self.expected_typ,
            "given": self.given,
            "header": self.signed.header,
            "payload": self.signed.payload,
            "payload_sha256": digest(self.signed.payload),
            "compact": self.signed.compact,
            **(verdict if self.because else {"verdict": "accepted"}),
        }


def _header(key: TestKey, typ: str) -> Json:
    return {"alg": "EdDSA", "kid": key.kid, "typ": typ}


def sign(key: str, typ: str, payload: Json) -> Signed:
    return signed(KEYS[key], _header(KEYS[key], typ), payload)


def golden(name: str) -> Json:
    return read(EXAMPLES / "accepted" / f"{name}.json")


def tampered(true: Signed, old: str, new: str) -> Signed:
    if old not in true.payload:
        raise ValueError(f"{old} is not in the payload: nothing would be tampered with")
    return replace(true, payload=true.payload.replace(old, new))


def enrolment() -> list[Vector]:
    key = KEYS["kit"]
    payload = {"code_sha256": digest(CODE), "instance": INSTANCE}
    header = {"alg": "EdDSA", "jwk": key.public, "typ": ENROL}
    good = signed(key, header, payload)
    given = {"code_sha256": digest(CODE), "instance": INSTANCE}
    row = Vector(
        name="enrolment_proof",
        about="A new kit shows that it holds the key in its header.",
        expected_typ=ENROL,
        signed=good,
        given=given,
    )
    return [
        row,
        replace(
            row,
            name="enrolment_proof_by_another_key",
            about="The header names a key that did not sign.",
            signed=signed(KEYS["foreign"], header, payload),
            because="signature",
        ),
        replace(
            row,
            name="enrolment_proof_for_another_code",
            about="The hash is not that of the code beside it.",
            signed=signed(key, header, payload | {"code_sha256": digest("0" * 20)}),
            because="code",
        ),
    ]


def events() -> list[Vector]:
    payload = golden("quiet/as_the_relay_signs_it")
    good = sign("kit", EVENT, payload)
    row = Vector(
        name="event",
        about="An alert, signed once, when the relay kept it.",
        expected_typ=EVENT,
        signed=good,
        given={"keys": ["kit"]},
    )
    greeting = replace(
        row,
        name="hello",
        about="A kit has started and asks for a session.",
        signed=sign("kit", EVENT, golden("hello/ordinary")),
    )
    return [row, greeting, *variants(row, _bad_events(payload, good))]


def _bad_events(payload: Json, good: Signed) -> dict[str, tuple[str, Signed, str]]:
    kit = KEYS["kit"]
    return {
        "event_tampered": (
            "The limit was changed after signing.",
            tampered(good, '"limit_h":12', '"limit_h":13'),
            "signature",
        ),
        "event_wrong_typ": (
            "Signed by the right key as something else.",
            sign("kit", DOWN, payload),
            "typ",
        ),
        "event_without_typ": (
            "No typ: it could be taken for anything.",
            signed(kit, {"alg": "EdDSA", "kid": kit.kid}, payload),
            "typ",
        ),
        "event_alg_none": (
            "Not signed at all, and says so.",
            unsigned({"alg": "none", "kid": kit.kid, "typ": EVENT}, payload),
            "alg",
        ),
        "event_alg_hs256": (
            "An HMAC with the public key as secret.",
            signed_with_public_key_as_secret(
                kit, {"alg": "HS256", "kid": kit.kid, "typ": EVENT}, payload
            ),
            "alg",
        ),
        "event_foreign_signature": (
            "Names the kit's key, signed by another.",
            signed(KEYS["foreign"], _header(kit, EVENT), payload),
            "signature",
        ),
        "event_unknown_key": (
            "A key the district has never enrolled.",
            sign("foreign", EVENT, payload),
            "key",
        ),
    }


def variants(row: Vector, bad: dict[str, tuple[str, Signed, str]]) -> list[Vector]:
    return [
        replace(row, name=name, about=about, signed=jws, because=because)
        for name, (about, jws, because) in bad.items()
    ]


def acks() -> list[Vector]:
    event = golden("quiet/as_the_relay_signs_it")
    sent = {"id": event["id"], "digest": digest(compact_json(event))}
    payload = {"kit": KIT, "now": NOW, "results": [{**sent, "status": "durable"}]}
    other = payload | {"results": [{**sent, "digest": digest("{}"), "status": "durable"}]}
    row = Vector(
        name="ack",
        about="The district has the event on its disk.",
        expected_typ=ACK,
        signed=sign("district_current", ACK, payload),
        given={"keys": PINNED, "kit": KIT, "sent": [sent]},
    )
    by_successor = replace(
        row,
        name="ack_by_successor",
        about="The pinned successor is as good as the current key.",
        signed=sign("district_successor", ACK, payload),
    )
    bad = {
        "ack_by_the_kit_itself": (
            "A relay cannot acknowledge itself.",
            sign("kit", ACK, payload),
            "key",
        ),
        "ack_for_other_content": (
            "The right id, but the digest of something else.",
            sign("district_current", ACK, other),
            "digest",
        ),
        "ack_for_another_kit": (
            "An ack for somebody else's relay.",
            sign("district_current", ACK, payload | {"kit": "k-00000000zz"}),
            "kit",
        ),
    }
    return [row, by_successor, *variants(row, bad)]


def sessions() -> list[Vector]:
    answers = golden("hello/ordinary")["id"]
    payload = {
        "kit": KIT,
        "hello": answers,
        "token": "c2Vzc2lvbi1vZi1hbi1leGFtcGxlLWtpdA",
        "expires": "2026-11-23T09:32:00Z",
        "now": NOW,
        "heartbeat_seconds": 300,
        "counter": 57,
    }
    row = Vector(
        name="session",
        about="Answers the hello that was just sent.",
        expected_typ=SESSION,
        signed=sign("district_current", SESSION, payload),
        given={"keys": PINNED, "kit": KIT, "hello": answers},
    )
    bad = {
        "session_replayed": (
            "An old session, for an earlier hello.",
            sign("district_current", SESSION, payload | {"hello": f"{answers}0"}),
            "hello",
        ),
        "session_by_foreign_key": (
            "Somebody between relay and district.",
            sign("foreign", SESSION, payload),
            "key",
        ),
    }
    return [row, *variants(row, bad)]


def refusals() -> list[Vector]:
    answers = golden("hello/ordinary")["id"]
    payload = {
        "kit": KIT,
        "hello": answers,
        "reason": "kit_revoked",
        "since": "2026-11-22T08:00:00Z",
        "now": NOW,
    }
    row = Vector(
        name="refusal",
        about="The kit was reported lost; answers the hello that it just sent.",
        expected_typ=REFUSAL,
        signed=sign("district_current", REFUSAL, payload),
        given={"keys": PINNED, "kit": KIT, "hello": answers},
    )
    bad = {
        "refusal_by_foreign_key": (
            "Somebody between relay and district, who wants a kit out of the way.",
            sign("foreign", REFUSAL, payload),
            "key",
        ),
        "refusal_for_another_kit": (
            "Another kit was lost.",
            sign("district_current", REFUSAL, payload | {"kit": "k-00000000zz"}),
            "kit",
        ),
        "refusal_replayed": (
            "An old refusal, for an earlier hello.",
            sign("district_current", REFUSAL, payload | {"hello": f"{answers}0"}),
            "hello",
        ),
        "refusal_wrong_typ": (
            "Signed by the district as something else.",
            sign("district_current", SESSION, payload),
            "typ",
        ),
        "refusal_for_a_reason_nobody_knows": (
            "A word that is not known takes no kit out of service.",
            sign("district_current", REFUSAL, payload | {"reason": "maintenance"}),
            "reason",
        ),
    }
    return [row, *variants(row, bad)]
