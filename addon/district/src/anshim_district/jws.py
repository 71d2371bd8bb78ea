"""JWS compact serialisations (RFC 7515): taken apart, checked against an allow-list, signed.

Used by intake and keys.

Every receiver names the `typ` it wants, so that one signed thing can never be taken for another.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidTokenError
from jwt.utils import base64url_decode
import msgspec

ALGORITHMS: Final = ("EdDSA",)
_JWS: Final = PyJWS(algorithms=list(ALGORITHMS))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Jws:
    """Taken apart, believed by nobody yet."""

    token: str
    alg: str
    typ: str
    kid: str
    jwk: PublicJwk | None
    payload: bytes


def take_apart(token: str) -> Jws:
    parts = token.split(".")
    if len(parts) != _PARTS:
        raise NotAJwsError("not three parts")
    try:
        header = msgspec.json.decode(base64url_decode(parts[0]), type=_Header)
        payload = base64url_decode(parts[1])
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise NotAJwsError(str(error)) from error
    return Jws(
        token=token,
        alg=header.alg,
        typ=header.typ,
        kid=header.kid,
        jwk=header.jwk,
        payload=payload,
    )


def check_header(jws: Jws, typ: str) -> None:
    if jws.alg not in ALGORITHMS:
        raise UntrustedError("algorithm")
    if jws.typ != typ:
        raise UntrustedError("wrong_type")


def verify(jws: Jws, key: Ed25519PublicKey, typ: str) -> bytes:
    """The payload, once signature, algorithm and type are right."""
    check_header(jws, typ)
    try:
        # `decode` answers Any; PyJWS hands a payload back as the bytes that were signed
        payload: bytes = _JWS.decode(jws.token, key, algorithms=list(ALGORITHMS))
    except (InvalidTokenError, TypeError, ValueError) as error:
        raise UntrustedError("signature") from error
    return payload


def sign(payload: bytes, key: Ed25519PrivateKey, *, kid: str, typ: str) -> str:
    return _JWS.encode(payload, key, algorithm="EdDSA", headers={"kid": kid, "typ": typ})


def public_key(jwk: PublicJwk) -> Ed25519PublicKey:
    if (jwk.kty, jwk.crv) != ("OKP", "Ed25519"):
        raise UntrustedError("algorithm")
    try:
        return Ed25519PublicKey.from_public_bytes(base64url_decode(jwk.x))
    except ValueError as error:
        raise UntrustedError("key") from error
