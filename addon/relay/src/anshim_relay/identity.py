"""Who this relay is: its key, its installation, its enrolment.

One file, never in a backup, written at once or not at all.
"""

from dataclasses import dataclass, replace
from datetime import datetime
import os
from pathlib import Path
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
import orjson

from anshim_relay import clock, jws, log
from anshim_relay.outbox.database import sync_folder
from anshim_relay.outbox.epochs import Witness
from anshim_relay.seal import Seal

FILE = "identity.json"


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """The district this kit believes: its key of today and the one that may follow."""

    district: str
    current: Ed25519PublicKey
    successor: Ed25519PublicKey
    since: datetime | None = None

    @property
    def keys(self) -> dict[str, Ed25519PublicKey]:
        return {jws.thumbprint(key): key for key in (self.current, self.successor)}


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    kit: str
    household: str
    code_sha256: str
    pinned: Pinned
    heartbeat_seconds: int


@dataclass(frozen=True, kw_only=True)
class Identity:
    key: Ed25519PrivateKey
    instance: str
    starts: int = 0
    enrolment: Enrolment | None = None

    @property
    def seal(self) -> Seal | None:
        return None if self.enrolment is None else Seal(kit=self.enrolment.kit, key=self.key)

    @property
    def witness(self) -> Witness:
        return Witness(instance=self.instance, starts=self.starts)


class IdentityFile:
    """The newest identity, on disk before anybody acts on it."""

    def __init__(self, path: Path, identity: Identity) -> None:
        self._path = path
        self.identity = identity

    @property
    def enrolment(self) -> Enrolment | None:
        return self.identity.enrolment

    def save(self, identity: Identity) -> None:
        write_private(self._path, orjson.dumps(plain(identity)))
        self.identity = identity

    def enrol(self, enrolment: Enrolment) -> None:
        self.save(replace(self.identity, enrolment=enrolment))

    def pin(self, pinned: Pinned) -> None:
        if self.enrolment is not None:
            self.enrol(replace(self.enrolment, pinned=pinned))

    def count_start(self) -> Witness:
        """What was known before this start."""
        before = self.identity.witness
        self.save(replace(self.identity, starts=before.starts + 1))
        return before


def load(data: Path) -> IdentityFile:
    """Made at the first start.

    A file that cannot be read is set aside: keeping events goes before knowing who we are.
    """
    path = data / FILE
    try:
        return IdentityFile(path, identity_from(orjson.loads(path.read_bytes())))
    except FileNotFoundError:
        log.info("identity_made", file=FILE)
    except (ValueError, KeyError, TypeError) as error:
        aside = path.with_suffix(f".damaged-{secrets.token_hex(4)}")
        path.rename(aside)
        log.critical("identity_damaged", error=type(error).__name__, set_aside=aside.name,
                     do="enrol this kit again with a new code")  # fmt: skip
    file = IdentityFile(path, fresh())
    file.save(file.identity)
    return file


def fresh() -> Identity:
    return Identity(key=Ed25519PrivateKey.generate(), instance=secrets.token_hex(16))


def write_private(path: Path, content: bytes) -> None:
    """Readable by its owner only, and either the old content or the new one after a power cut."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def plain(identity: Identity) -> dict[str, Any]:
    raw = identity.key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return {
        "version": 1,
        "instance": identity.instance,
        "key": jws.b64url(raw),
        "starts": identity.starts,
        "enrolment": None if identity.enrolment is None else plain_enrolment(identity.enrolment),
    }


def plain_enrolment(enrolment: Enrolment) -> dict[str, Any]:
    pinned = enrolment.pinned
    return {
        "kit": enrolment.kit,
        "household": enrolment.household,
        "code_sha256": enrolment.code_sha256,
        "heartbeat_seconds": enrolment.heartbeat_seconds,
        "district": pinned.district,
        "keys": [jws.jwk_of(pinned.current), jws.jwk_of(pinned.successor)],
        "keys_since": None if pinned.since is None else clock.text(pinned.since),
    }


def identity_from(document: Any) -> Identity:
    enrolment = document["enrolment"]
    return Identity(
        key=Ed25519PrivateKey.from_private_bytes(jws.unb64url(document["key"])),
        instance=document["instance"],
        starts=document["starts"],
        enrolment=None if enrolment is None else enrolment_from(enrolment),
    )


def enrolment_from(document: Any) -> Enrolment:
    current, successor = (jws.key_from(key) for key in document["keys"])
    since = document["keys_since"]
    return Enrolment(
        kit=document["kit"],
        household=document["household"],
        code_sha256=document["code_sha256"],
        heartbeat_seconds=document["heartbeat_seconds"],
        pinned=Pinned(
            district=document["district"],
            current=current,
            successor=successor,
            since=None if since is None else clock.parse(since),
        ),
    )
