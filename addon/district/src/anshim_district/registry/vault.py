"""Seals what names a person, and finds it again without opening everything (a blind index).

The key is a file of its own that no backup holds: whoever has a backup alone has no names. Used by
everything below `registry`, and by accounts for second factors.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
import hashlib
import hmac
import logging
from pathlib import Path
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection

from ..keys import KeyFileError, write_private
from ..storage.settings import keep, kept

_LOG: Final = logging.getLogger(__name__)
_LENGTH: Final = 32
_NONCE: Final = 12
_FINGERPRINT: Final = "registry_key"


class VaultClosedError(Exception):
    """The key that sealed the names is not here: nothing can be read or added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    sealing: bytes
    marking: bytes
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Closed without its key. The district watches on all the same: it needs no names to."""

    keys: _Keys | None

    @property
    def is_open(self) -> bool:
        return self.keys is not None

    def seal(self, content: bytes, about: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._open.sealing).encrypt(nonce, content, about.encode())

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """`about` is what it was sealed for: a row copied to another home does not open there."""
        try:
            plain = AESGCM(self._open.sealing)
            return plain.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except InvalidTag as error:
            raise VaultClosedError(about) from error

    def mark(self, kind: str, value: str) -> str:
        """The same for the same value, and telling nothing without the key."""
        tag = hmac.digest(self._open.marking, f"{kind}\0{value}".encode(), "sha256")
        return urlsafe_b64encode(tag).rstrip(b"=").decode()

    @property
    def _open(self) -> _Keys:
        if self.keys is None:
            raise VaultClosedError
        return self.keys


@dataclass(slots=True)
class Keeper:
    """Has the vault once the database is open."""

    vault: Vault = field(default_factory=lambda: Vault(keys=None))


def open_vault(path: Path, connection: Connection) -> Vault:
    """Makes the key once. A database that was sealed with another key stays closed, untouched."""
    sealed_with = kept(connection, _FINGERPRINT)
    if sealed_with is None and not path.exists():
        write_private(path, secrets.token_bytes(_LENGTH))
    _settle(path, sealed_with)
    keys = _read(path)
    if sealed_with is None and keys is not None:
        keep(connection, _FINGERPRINT, keys.fingerprint)
    elif keys is None or keys.fingerprint != sealed_with:
        _LOG.error("names stay sealed: restore the registry's key", extra={"file": str(path)})
        return Vault(keys=None)
    return Vault(keys=keys)


def new_key(path: Path, connection: Connection) -> Vault:
    """Beside the old one, until everything is sealed anew; called in the write that does so."""
    write_private(_next(path), secrets.token_bytes(_LENGTH))
    keys = _read(_next(path))
    if keys is None:
        raise KeyFileError(f"The new key {_next(path)} was not written.")
    keep(connection, _FINGERPRINT, keys.fingerprint)
    return Vault(keys=keys)


def _settle(path: Path, sealed_with: str | None) -> None:
    """A change of keys that a crash interrupted: the database says which of the two counts.

    The other one is left alone: it may belong to a database that was set aside.
    """
    coming = _read(_next(path))
    if coming is not None and coming.fingerprint == sealed_with:
        _next(path).replace(path)


def _next(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")


def _read(path: Path) -> _Keys | None:
    if not path.exists():
        return None
    secret = path.read_bytes()
    if len(secret) != _LENGTH:
        raise KeyFileError(f"The registry's key {path} is not 32 bytes. Restore it from its copy.")
    return _Keys(
        sealing=_derived(secret, b"seal"),
        marking=_derived(secret, b"mark"),
        fingerprint=hashlib.sha256(_derived(secret, b"fingerprint")).hexdigest(),
    )


def _derived(secret: bytes, purpose: bytes) -> bytes:
    info = b"anshim-district " + purpose
    return HKDF(algorithm=SHA256(), length=_LENGTH, salt=None, info=info).derive(secret)
