"""Signed objects of the contract (RFC 7515, Ed25519) and the names of keys.

Used by whoever signs or believes.
"""

import base64
from collections.abc import Mapping
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWS
from jwt.exceptions import InvalidTokenError
import orjson

# Receivers of version 1 believe this and nothing else; "none" and shared secrets never get near a
# key.
ALGORITHMS = ("EdDSA",)

ENROL = "anshim-enrol+jws"
EVENT = "anshim-event+jws"
ACK = "anshim-ack+jws"
SESSION = "anshim-session+jws"
DOWN = "anshim-down+jws"
KEYS = "anshim-keys+jws"
REFUSAL = "anshim-refusal+jws"

_jws = PyJWS(algorithms=ALGORITHMS)


class UntrustedError(Exception):
    """It is not signed by whom it should be, or it is not what it should be."""


class NotAKeyError(ValueError):
    """A JWK that is no Ed25519 public key."""


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def digest(payload: bytes) -> str:
    return b64url(hashlib.sha256(payload).digest())


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def payload_of(token: str) -> bytes:
    """The signed bytes, unverified: for tokens of our own making."""
    return unb64url(token.split(".")[1])


def key_id_of(token: str) -> str:
    """Whose signature a token carries, once `unseal` has believed it."""
    return str(claimed(token)["kid"])


def claimed(token: str) -> dict[str, Any]:
    """A token's header, believed by nobody yet. The library would decode the whole token for it."""
    header = orjson.loads(unb64url(token.partition(".")[0]))
    if not isinstance(header, dict):
        raise UntrustedError("not a signed object")
    return header


def jwk_of(key: Ed25519PublicKey) -> dict[str, str]:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": b64url(raw)}


def thumbprint(key: Ed25519PublicKey) -> str:
    """RFC 7638: members in order, no spaces."""
    return digest(orjson.dumps(jwk_of(key), option=orjson.OPT_SORT_KEYS))


def key_from(jwk: Any) -> Ed25519PublicKey:
    if not isinstance(jwk, Mapping) or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
        raise NotAKeyError("not an Ed25519 key")
    if "d" in jwk:
        raise NotAKeyError("a private key, which is nobody's any more")
    x = jwk.get("x")
    if not isinstance(x, str):
        raise NotAKeyError("x is missing")
    try:
        return Ed25519PublicKey.from_public_bytes(unb64url(x))
    except ValueError as error:
        raise NotAKeyError("x is not 32 bytes") from error


def seal(payload: bytes, key: Ed25519PrivateKey, typ: str, *, with_jwk: bool = False) -> str:
    return seal_under(header_of(key.public_key(), typ, with_jwk=with_jwk), payload, key)


def header_of(public: Ed25519PublicKey, typ: str, *, with_jwk: bool = False) -> str:
    """The first part of all that a key signs as one type: finding its name costs a signature."""
    header: dict[str, Any] = {"alg": ALGORITHMS[0], "kid": thumbprint(public), "typ": typ}
    if with_jwk:
        header["jwk"] = jwk_of(public)
    return b64url(orjson.dumps(header))


def seal_under(header: str, payload: bytes, key: Ed25519PrivateKey) -> str:
    signed = f"{header}.{b64url(payload)}"
    return f"{signed}.{b64url(key.sign(signed.encode()))}"


def unseal(token: Any, keys: Mapping[str, Ed25519PublicKey], typ: str) -> Any:
    """The payload as JSON, once the algorithm, the type, the key and the signature are right."""
    if not isinstance(token, str):
        raise UntrustedError("not a signed object")
    try:
        key = keys.get(str(claimed(token).get("kid")))
        if key is None:
            raise UntrustedError("unknown key")
        found = _jws.decode_complete(token, key, algorithms=ALGORITHMS)
        if found["header"].get("typ") != typ:
            raise UntrustedError("another type")
        return orjson.loads(found["payload"])
    except (InvalidTokenError, ValueError, TypeError) as error:
        raise UntrustedError("not a signature of ours to believe") from error
