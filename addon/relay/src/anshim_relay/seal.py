"""A kit's name and key, with which events are signed.

Made by the identity, used by the outbox and by hello.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
import orjson

from anshim_relay import jws


@dataclass(frozen=True, kw_only=True)
class Signed:
    """An event as it leaves: signed once, sent as it is for ever."""

    jws: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Seal:
    kit: str
    key: Ed25519PrivateKey

    @property
    def source(self) -> str:
        return f"urn:anshim:kit:{self.kit}"

    @property
    def public(self) -> Ed25519PublicKey:
        return self.key.public_key()

    @cached_property
    def _header(self) -> str:
        return jws.header_of(self.public, jws.EVENT)

    def sign(self, event: dict[str, Any]) -> Signed:
        payload = orjson.dumps(event)
        token = jws.seal_under(self._header, payload, self.key)
        return Signed(jws=token, digest=jws.digest(payload))

    def sign_with_jwk(self, event: dict[str, Any]) -> str:
        """With the key beside it, a district that has lost it can be given it back by its staff."""
        return jws.seal(orjson.dumps(event), self.key, jws.EVENT, with_jwk=True)

    def stamp(self, content: bytes, *, epoch: str, seq: int) -> Signed:
        """The home's event under the kit's name, with what finds gaps."""
        event = orjson.loads(content)
        return self.sign({**event, "source": self.source, "epoch": epoch, "seq": seq})
