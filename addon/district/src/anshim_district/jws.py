"""JWS compact serialisations (RFC 7515): taken apart, checked against an allow-list, signed.

Used by intake and keys.

Every receiver names the `typ` it wants, so that one signed thing can never be taken for another.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.utils import base64url_decode, base64url_encode
import msgspec

ALGORITHMS: Final = ("EdDSA",)
_PARTS: Final = 3


class NotAJwsError(Exception):
    """Not three base64url parts with a readable header."""


class UntrustedError(Exception):
    """A JWS that may not be believed; `because` is a closed code."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class PublicJwk(msgspec.Struct, frozen=True, kw_only=True):
    kty: str
    crv: str = ""
    x: str = ""


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    alg: str
    typ: str = ""
    kid: str = ""
    jwk: PublicJwk | None = None
    crit: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Jws:
    """Taken apart, believed by nobody yet."""

    token: str
    alg: str
    typ: str
    kid: str
    jwk: PublicJwk | None
    payload: bytes
    # what was signed, and how
    signed: bytes
    signature: bytes
    # the header asks for more than we know: then nobody may believe it (RFC 7515, 4.1.11)
    asks_more: bool


def take_apart(token: str) -> Jws:
    parts = token.split(".")
    if len(parts) != _PARTS:
        raise NotAJwsError("not three parts")
    try:
        header = msgspec.json.decode(base64url_decode(parts[0]), type=_Header)
        payload = base64url_decode(parts[1])
        signature = base64url_decode(parts[2])
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise NotAJwsError(str(error)) from error
    return Jws(
        token=token,
        alg=header.alg,
        typ=header.typ,
        kid=header.kid,
        jwk=header.jwk,
        payload=payload,
        signed=token.rpartition(".")[0].encode(),
        signature=signature,
        asks_more=header.crit is not msgspec.UNSET,
    )


def check_header(jws: Jws, typ: str) -> None:
    if jws.alg not in ALGORITHMS or jws.asks_more:
        raise UntrustedError("algorithm")
    if jws.typ != typ:
        raise UntrustedError("wrong_type")


def verify(jws: Jws, key: Ed25519PublicKey, typ: str) -> bytes:
    """The payload, once signature, algorithm and type are right."""
    check_header(jws, typ)
    try:
        key.verify(jws.signature, jws.signed)
    except InvalidSignature as error:
        raise UntrustedError("signature") from error
    return jws.payload


def sign(payload: bytes, key: Ed25519PrivateKey, *, kid: str, typ: str) -> str:
    """The compact serialisation (RFC 7515, 7.1)."""
    signed = b".".join((_header(kid, typ), base64url_encode(payload)))
    return b".".join((signed, base64url_encode(key.sign(signed)))).decode()


@cache
def _header(kid: str, typ: str) -> bytes:
    return base64url_encode(msgspec.json.encode({"alg": "EdDSA", "kid": kid, "typ": typ}))


def public_key(jwk: PublicJwk) -> Ed25519PublicKey:
    if (jwk.kty, jwk.crv) != ("OKP", "Ed25519"):
        raise UntrustedError("algorithm")
    try:
        return Ed25519PublicKey.from_public_bytes(base64url_decode(jwk.x))
    except ValueError as error:
        raise UntrustedError("key") from error
