"""Writes contract/examples/signing/ and the examples of signed bodies.

Started by hand when they change: `python -m tests.contract.make_vectors`.
Ed25519 is deterministic: the same keys and words give the same bytes, which a test holds us to.
"""

import json
from pathlib import Path

from .contract_files import EXAMPLES, Json
from .signing import KEYS, b64, digest
from .vectors import (
    CODE,
    DISTRICT,
    HOUSEHOLD,
    INSTANCE,
    KIT,
    NOW,
    Vector,
    acks,
    enrolment,
    events,
    golden,
    refusals,
    sessions,
)
from .vectors_down import downs, rotations

TYPED_CODES = [
    "7XK2M-9PQ4R-TVW01-BCDEF",
    "7xk2m 9pq4r tvw01 bcdef",
    "7xk2m9pq4rtvwolbcdef",
    "7XK2M-9PQ4R-TVWOI-BCDEF",
]


def all_vectors() -> list[Vector]:
    up = [*enrolment(), *events()]
    return [*up, *acks(), *sessions(), *refusals(), *downs(), *rotations()]


def write_all(target: Path) -> None:
    """Every file this program is answerable for, below a folder that stands for `examples/`."""
    for place, document in _documents().items():
        path = target / place
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, indent=2, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")


def _documents() -> dict[str, Json]:
    signing = {f"signing/{vector.name}.json": vector.document for vector in all_vectors()}
    bodies = {f"accepted/{place}.json": body for place, body in _bodies().items()}
    return {
        "signing/_keys.json": _keys(),
        "signing/_codes.json": _codes(),
        **signing,
        **bodies,
    }


def _keys() -> Json:
    return {
        name: {
            "kid": key.kid,
            "seed_hex": key.seed.hex(),
            "jwk": {**key.public, "d": b64(key.seed)},
        }
        for name, key in KEYS.items()
    }


def _codes() -> Json:
    """How a code is typed and read, and the QR that carries it."""
    url = "https://knock.example-gu.kr"
    k = KEYS["district_current"].kid
    return {
        "normalised": CODE,
        "code_sha256": digest(CODE),
        "typed": TYPED_CODES,
        "qr": f"anshim:enrol?u=https%3A%2F%2Fknock.example-gu.kr&c={TYPED_CODES[0]}&k={k}",
        "qr_means": {"u": url, "c": CODE, "k": k},
    }


def _bodies() -> dict[str, Json]:
    """Bodies and payloads that hold signatures: taken from the vectors, so that they verify too."""
    named = {vector.name: vector.signed for vector in all_vectors()}
    payloads = {
        "proof/ordinary": "enrolment_proof",
        "ack/ordinary": "ack",
        "session/ordinary": "session",
        "keys/ordinary": "keys_new_successor",
        "refusal/ordinary": "refusal",
    }
    return {
        **{place: json.loads(named[name].payload) for place, name in payloads.items()},
        "enrolment/ordinary": {
            "code": TYPED_CODES[0],
            "instance": INSTANCE,
            "contract": "1.0",
            "proof": named["enrolment_proof"].compact,
        },
        "enrolled/ordinary": _enrolled(),
        "hello_request/ordinary": {"hello": named["hello"].compact},
        "hello_answer/ordinary": {"session": named["session"].compact},
        "hello_answer/keys_rotate": {
            "session": named["session"].compact,
            "keys": named["keys_new_successor"].compact,
        },
        "hello/of_a_lost_kit": _shows(named["refusal"].compact),
        "problem/kit_reported_lost": {
            "type": "urn:anshim:problem:unauthorised",
            "title": "Not authorised",
            "status": 401,
            "detail": "This kit was reported lost. Ask the district for a new code.",
            "refusal": named["refusal"].compact,
        },
        "events_request/ordinary": {"events": [named["event"].compact]},
        "events_answer/ordinary": {"ack": named["ack"].compact},
        "downlink_answer/ordinary": {
            "messages": [named["down"].compact],
            "latest": golden("receipt/ordinary")["counter"],
        },
        "ack/every_status": _every_status(),
    }


def _shows(refusal: str) -> Json:
    hello = golden("hello/ordinary")
    return {**hello, "data": hello["data"] | {"refusal": refusal}}


def _enrolled() -> Json:
    keys = [KEYS["district_current"].public, KEYS["district_successor"].public]
    return {
        "kit": KIT,
        "household": HOUSEHOLD,
        "kid": KEYS["kit"].kid,
        "district": {"id": DISTRICT, "keys": keys},
        "heartbeat_seconds": 300,
        "now": NOW,
    }


def _every_status() -> Json:
    def result(n: int, status: str, **more: str) -> Json:
        return {"id": f"{HOUSEHOLD}.{n}.knock", "digest": digest(str(n)), "status": status, **more}

    return {
        "kit": KIT,
        "now": NOW,
        "results": [
            result(44, "durable"),
            result(45, "repeat"),
            result(46, "quarantined", reason="schema"),
            result(47, "later", reason="unavailable"),
            result(48, "later", reason="kit_revoked"),
            {"id": None, "digest": None, "status": "quarantined", "reason": "unreadable"},
        ],
    }


if __name__ == "__main__":
    write_all(EXAMPLES)
