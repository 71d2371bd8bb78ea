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
    # Kits that this relay was and that were reported lost; what the district signed of this one;
    # the key to be enrolled with next, for a lost one never comes back.
    lost: tuple[str, ...] = ()
    refusal: str | None = None
    next_key: Ed25519PrivateKey | None = None

    @property
    def is_lost(self) -> bool:
        return self.enrolment is not None and self.enrolment.kit in self.lost

    @property
    def is_at_home(self) -> bool:
        """Enrolled, and not reported lost: no code is asked for."""
        return self.enrolment is not None and not self.is_lost

    @property
    def to_enrol(self) -> Identity:
        """As whom the next code is used."""
        return self if self.next_key is None else replace(self, key=self.next_key)

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
        new = replace(self.identity.to_enrol, enrolment=enrolment)
        self.save(replace(new, refusal=None, next_key=None))

    def pin(self, pinned: Pinned) -> None:
        if self.enrolment is not None:
            self.save(replace(self.identity, enrolment=replace(self.enrolment, pinned=pinned)))

    def lose(self, kit: str, refusal: str | None) -> None:
        """The key for another enrolment is on the disk before a code is spent on it."""
        known = self.identity
        lost = replace(known, lost=tuple(dict.fromkeys((*known.lost, kit))))
        if lost.is_lost:
            key = known.next_key or Ed25519PrivateKey.generate()
            lost = replace(lost, refusal=refusal or known.refusal, next_key=key)
        self.save(lost)

    def spend(self) -> None:
        """The next key has become a kit of somebody else's home: it is of no use here."""
        self.save(replace(self.identity, next_key=Ed25519PrivateKey.generate()))

    def find(self) -> None:
        """The district takes this kit after all."""
        known = self.identity
        if known.enrolment is not None:
            left = tuple(kit for kit in known.lost if kit != known.enrolment.kit)
            self.save(replace(known, lost=left, refusal=None, next_key=None))

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
    document: dict[str, Any] = {
        "version": 1,
        "instance": identity.instance,
        "key": plain_key(identity.key),
        "starts": identity.starts,
        "enrolment": None if identity.enrolment is None else plain_enrolment(identity.enrolment),
    }
    if identity.lost:
        next_key = None if identity.next_key is None else plain_key(identity.next_key)
        document |= {"lost": identity.lost, "refusal": identity.refusal, "next_key": next_key}
    return document


def plain_key(key: Ed25519PrivateKey) -> str:
    return jws.b64url(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))


def key_from(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(jws.unb64url(text))


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
    enrolment, next_key = document["enrolment"], document.get("next_key")
    return Identity(
        key=key_from(document["key"]),
        instance=document["instance"],
        starts=document["starts"],
        enrolment=None if enrolment is None else enrolment_from(enrolment),
        lost=tuple(document.get("lost", ())),
        refusal=document.get("refusal"),
        next_key=None if next_key is None else key_from(next_key),
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
