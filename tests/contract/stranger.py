"""A receiver of signed things as a stranger would write it from the README, on PyJWT.

It shares nothing with our programs: where both agree with the vectors, they agree with each other.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
import jwt

from .contract_files import EXAMPLES, Json, read
from .signing import b64, unb64

ALLOWED = ("EdDSA",)

type Check = Callable[[Json, Json], bool]


def verdict(vector: Json) -> str | None:
    """Why the vector is refused, or `None` if it is accepted. Checks run in the README's order."""
    header = jwt.get_unverified_header(vector["compact"])
    if header["alg"] not in ALLOWED:
        return "alg"
    if header.get("typ") != vector["expected_typ"]:
        return "typ"
    key = _key(header, vector["given"])
    if key is None:
        return "key"
    try:
        raw = jwt.PyJWS().decode(vector["compact"], key, algorithms=list(ALLOWED))
    except jwt.InvalidSignatureError:
        return "signature"
    payload = json.loads(raw)
    checks = CHECKS[vector["expected_typ"]]
    known = {**vector["given"], "signed_by": b64(key.public_bytes_raw())}
    return next((why for why, holds in checks.items() if not holds(payload, known)), None)


def _key(header: Mapping[str, Any], given: Json) -> Ed25519PublicKey | None:
    """The pinned key that the header names; only an enrolment brings its own."""
    if "keys" not in given:
        return Ed25519PublicKey.from_public_bytes(unb64(header["jwk"]["x"]))
    published = read(EXAMPLES / "signing" / "_keys.json")
    pinned = {published[name]["kid"]: published[name]["jwk"]["x"] for name in given["keys"]}
    x = pinned.get(header["kid"])
    return Ed25519PublicKey.from_public_bytes(unb64(x)) if x else None


def _not_expired(payload: Json, given: Json) -> bool:
    if given["now"] is None:
        return True
    return datetime.fromisoformat(given["now"]) <= datetime.fromisoformat(payload["expires"])


def _answers_what_was_sent(payload: Json, given: Json) -> bool:
    acknowledged = [{"id": one["id"], "digest": one["digest"]} for one in payload["results"]]
    return bool(acknowledged == given["sent"])


def _same(name: str, given_name: str | None = None) -> Check:
    return lambda payload, given: payload[name] == given[given_name or name]


CHECKS: Mapping[str, Mapping[str, Check]] = {
    "anshim-enrol+jws": {"code": _same("code_sha256"), "instance": _same("instance")},
    "anshim-event+jws": {},
    "anshim-ack+jws": {"kit": _same("kit"), "digest": _answers_what_was_sent},
    "anshim-session+jws": {"kit": _same("kit"), "hello": _same("hello")},
    "anshim-refusal+jws": {
        "kit": _same("kit"),
        "hello": _same("hello"),
        "reason": lambda payload, _: payload["reason"] == "kit_revoked",
    },
    "anshim-down+jws": {
        "kit": _same("kit"),
        "subject": _same("subject", "household"),
        "counter": lambda payload, given: payload["counter"] > given["counter"],
        "expired": _not_expired,
    },
    "anshim-keys+jws": {
        "district": _same("id", "district"),
        "signer": lambda payload, given: payload["keys"][0]["x"] == given["signed_by"],
        "older": lambda payload, given: payload["now"] >= given["last_keys"],
    },
}


def digest_of(payload: bytes) -> str:
    return b64(sha256(payload).digest())
