"""The published test keys and how they sign; for make_vectors and tests that need a signer."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
import hmac
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .contract_files import Json


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def digest(payload: str) -> str:
    return b64(sha256(payload.encode("utf-8")).digest())


@dataclass(frozen=True, kw_only=True)
class TestKey:
    """An Ed25519 key whose seed is published: it signs nothing but examples."""

    __test__ = False
    seed: bytes

    @property
    def public(self) -> Json:
        raw = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}

    @property
    def kid(self) -> str:
        """RFC 7638: the required members only, in the order of their names, without spaces."""
        return digest(compact_json(dict(sorted(self.public.items()))))

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def _published(name: str) -> TestKey:
    return TestKey(seed=sha256(f"anshim knock published test key: {name}".encode()).digest())


KEYS = {
    # RFC 8037, appendix A.1: its thumbprint stands in A.3, so anyone can check our arithmetic
    "kit": TestKey(seed=unb64("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")),
    "district_current": _published("district current"),
    "district_successor": _published("district successor"),
    "district_next": _published("district next"),
    "foreign": _published("foreign"),
}


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A JWS with the exact bytes that were signed."""

    header: str
    payload: str
    signature: bytes

    @property
    def compact(self) -> str:
        return f"{signing_input(self.header, self.payload)}.{b64(self.signature)}"


def signing_input(header: str, payload: str) -> str:
    return f"{b64(header.encode())}.{b64(payload.encode())}"


def signed(key: TestKey, header: Json, payload: Json) -> Signed:
    head, body = compact_json(header), compact_json(payload)
    return Signed(header=head, payload=body, signature=key.sign(signing_input(head, body).encode()))


def unsigned(header: Json, payload: Json) -> Signed:
    """RFC 7515's `none`: a third part that is empty."""
    return Signed(header=compact_json(header), payload=compact_json(payload), signature=b"")


def signed_with_public_key_as_secret(key: TestKey, header: Json, payload: Json) -> Signed:
    """The old confusion: a public key used as the secret of an HMAC."""
    head, body = compact_json(header), compact_json(payload)
    secret = unb64(key.public["x"])
    return Signed(
        header=head,
        payload=body,
        signature=hmac.digest(secret, signing_input(head, body).encode(), "sha256"),
    )
