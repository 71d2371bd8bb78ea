"""Keys and signed objects as the contract describes them, without a line of the relay's code."""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def digest(payload: bytes) -> str:
    return b64url(hashlib.sha256(payload).digest())


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": b64url(raw)}


def thumbprint(public: dict[str, str]) -> str:
    return digest(compact({name: public[name] for name in ("crv", "kty", "x")}))


def sign(
    payload: Any, key: Ed25519PrivateKey, typ: str, *, alg: str = "EdDSA", with_jwk: bool = False
) -> str:
    public = jwk(key)
    header: dict[str, Any] = {"alg": alg, "kid": thumbprint(public), "typ": typ}
    if with_jwk:
        header["jwk"] = public
    signing = f"{b64url(compact(header))}.{b64url(compact(payload))}"
    return f"{signing}.{b64url(key.sign(signing.encode()))}"


def header_of(token: str) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(unb64url(token.split(".", maxsplit=1)[0]))
    return header


def payload_bytes(token: str) -> bytes:
    return unb64url(token.split(".")[1])


def payload_of(token: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(payload_bytes(token))
    return payload


def verify(token: str, public: dict[str, str]) -> None:
    """Raises InvalidSignature."""
    signing, _, signature = token.rpartition(".")
    key = Ed25519PublicKey.from_public_bytes(unb64url(public["x"]))
    key.verify(unb64url(signature), signing.encode())
