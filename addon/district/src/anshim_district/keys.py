"""The district's own keys.

The current one and its successor, made once, kept 0600 in the data folder.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import fcntl
import logging
import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
import orjson

from . import jws
from .door import digest

_LOG: Final = logging.getLogger(__name__)
_FILES: Final = ("district-key.pem", "district-key-successor.pem")


class KeyFileError(Exception):
    """A key file cannot be used; says which, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    private: Ed25519PrivateKey
    jwk: jws.PublicJwk
    kid: str

    def sign(self, value: object, typ: str) -> str:
        return jws.sign(orjson.dumps(value), self.private, kid=self.kid, typ=typ)

    @property
    def announced(self) -> dict[str, str]:
        return {"kty": self.jwk.kty, "crv": self.jwk.crv, "x": self.jwk.x, "kid": self.kid}


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictKeys:
    current: SigningKey
    successor: SigningKey

    @property
    def announced(self) -> list[dict[str, str]]:
        return [self.current.announced, self.successor.announced]


def thumbprint(jwk: jws.PublicJwk) -> str:
    """RFC 7638, with the members RFC 8037 asks for."""
    members = {"crv": jwk.crv, "kty": jwk.kty, "x": jwk.x}
    return digest(orjson.dumps(members, option=orjson.OPT_SORT_KEYS))


def signing_key(private: Ed25519PrivateKey) -> SigningKey:
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = jws.PublicJwk(kty="OKP", crv="Ed25519", x=urlsafe_b64encode(raw).rstrip(b"=").decode())
    return SigningKey(private=private, jwk=jwk, kid=thumbprint(jwk))


def load_or_make_keys(data: Path, *, begun: bool = False) -> DistrictKeys:
    """A lost current key is followed by its successor, which every kit has pinned as well.

    `begun`: kits may trust what was here before, so nothing is made in the place of both.
    """
    current, successor = (data / name for name in _FILES)
    with _alone_in(data):
        if not current.exists() and successor.exists():
            _LOG.warning("the current key is lost: its successor takes over")
            _rotate(data)
        if begun and not current.exists():
            raise KeyFileError(
                f"Both key files are missing in {data}. Restore {current.name} and "
                f"{successor.name} from a safe copy: kits trust no other key. If they are lost for "
                "good, run this program once with `new-keys`; then every kit has to be enrolled "
                "again."
            )
        return _make(data)


def make_keys(data: Path) -> DistrictKeys:
    """What is missing is made."""
    with _alone_in(data):
        return _make(data)


def rotate_keys(data: Path) -> None:
    """The successor becomes current; the next start makes a new successor. Kits follow by hello."""
    with _alone_in(data):
        _rotate(data)


@contextmanager
def _alone_in(data: Path) -> Iterator[None]:
    """Workers that start together for the first time must not each make keys of their own."""
    folder = os.open(data, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make(data: Path) -> DistrictKeys:
    current, successor = (_load_or_make(data / name) for name in _FILES)
    return DistrictKeys(current=current, successor=successor)


def _rotate(data: Path) -> None:
    current, successor = (data / name for name in _FILES)
    _load_or_make(successor)  # readable, or the current one stays
    successor.replace(current)
    _sync(data)


def write_private(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by us alone, on disk before anybody relies on it."""
    draft = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _load_or_make(path: Path) -> SigningKey:
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        write_private(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise KeyFileError(
            f"The key file {path} cannot be read ({error}). Restore it from a safe copy: "
            "kits trust this key, and a new one would lock them out."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"The key file {path} holds no Ed25519 key. Restore it.")
    return signing_key(key)
