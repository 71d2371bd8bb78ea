"""The consent ledger: what was agreed to, by whom, when.

Chained, so that nothing is changed unnoticed; erasable, because the chain holds only a commitment
to the content.

Written by the console and by what homes say; read by intake (may this be taken in?).
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import hashlib
import hmac
import secrets
from typing import Final

import msgspec
import orjson
from sqlalchemy import Connection, Row, insert, select, update

from ..pulse import first_due, silent_after
from ..storage.registry_tables import consents
from ..storage.tables import households, pulses
from .vault import Vault, VaultClosedError

_FIRST: Final = "first"
# what is still taken in after a withdrawal: a call for help, and what closes it
SAVES_A_LIFE: Final = frozenset({"emergency", "resolved", "consent", "hello"})


# what is ticked at home for telling others
_THIRD_PARTIES: Final = frozenset({"third_party", "emergency_contact"})


class ConsentState(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a person signed. The ticks are separate acts (PIPA 22)."""

    signed_by: str
    items: tuple[str, ...] = ()
    sensitive: bool = False
    third_party: bool = False
    location: bool = False
    # that a carrier or a call centre tells us when the telephone was used
    telephone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    household: str
    state: ConsentState
    at: datetime
    by: str
    text_version: str
    content: Content
    # through which the home itself said it; a paper came through none
    kit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`content` is missing once it was erased, or while the vault is closed."""

    n: int
    state: str
    at: datetime
    recorded: datetime
    by: str
    text_version: str
    content: Content | None
    erased: bool


def record(connection: Connection, vault: Vault, said: Said, now: datetime) -> bool:
    """One more line, and what follows of it for intake: the newest word counts, by its own time.

    True when by it nobody listens for the home any more.
    """
    newest = connection.scalar(
        select(consents.c.at)
        .where(consents.c.household == said.household)
        .order_by(consents.c.at.desc())
        .limit(1)
    )
    _append(connection, vault, said, now)
    if newest is not None and said.at < newest:
        return False
    before = withdrawn_since(connection, said.household)
    withdrawn = said.at if said.state is ConsentState.WITHDRAWN else None
    connection.execute(
        update(households).where(households.c.id == said.household).values(withdrawn=withdrawn)
    )
    if withdrawn:
        # nobody watches whether the home is heard any more, and its last condition is forgotten
        connection.execute(
            update(pulses)
            .where(pulses.c.household == said.household)
            .values(due=None, claimed=None, silent=False, condition=None)
        )
    elif before:
        # it agreed again, and is missed like a kit that is to be installed
        speaker = select(households.c.kit).where(households.c.id == said.household)
        connection.execute(
            update(pulses)
            .where(pulses.c.kit == speaker.scalar_subquery(), pulses.c.due.is_(None))
            .values(due=first_due(now))
        )
    if said.kit is not None and not withdrawn:
        _listen_for(connection, said.kit, now)
    return withdrawn is not None


def _listen_for(connection: Connection, kit: str, now: datetime) -> None:
    """A home that says itself that it agrees is there.

    Its kit waits for no installation any more: it is missed as if it had been heard now.
    """
    pace_s = connection.scalar(
        select(pulses.c.interval_s)
        .join(households, households.c.kit == pulses.c.kit)
        .where(pulses.c.kit == kit, pulses.c.condition.is_(None))
    )
    if pace_s is None:
        return
    due = now + silent_after(timedelta(seconds=pace_s), None)
    connection.execute(
        update(pulses).where(pulses.c.kit == kit, pulses.c.due > due).values(due=due)
    )


def _append(connection: Connection, vault: Vault, said: Said, now: datetime) -> None:
    previous = connection.scalar(select(consents.c.hash).order_by(consents.c.n.desc()).limit(1))
    salt = secrets.token_bytes(32)
    content = msgspec.json.encode(said.content)
    values: dict[str, object] = {
        "household": said.household,
        "state": said.state.value,
        "at": said.at,
        "recorded": now,
        "by": said.by,
        "text_version": said.text_version,
        "commitment": _text(hmac.digest(salt, content, "sha256")),
        "previous": previous or _FIRST,
    }
    # a closed vault must not stop a withdrawal: the line stands, its content is never written open
    sealed = vault.seal(content, f"consent {said.household}") if vault.is_open else None
    connection.execute(
        insert(consents).values(hash=_hash(values), salt=salt, sealed=sealed, **values)
    )


def withdrawn_since(connection: Connection, household: str) -> datetime | None:
    since: datetime | None = connection.scalar(
        select(households.c.withdrawn).where(households.c.id == household)
    )
    return since


def agrees_to_telephone_records(connection: Connection, vault: Vault, household: str) -> bool:
    """By the newest paper: a tick at home says nothing of this. A closed vault is no yes."""
    if withdrawn_since(connection, household):
        return False
    papers = [
        line for line in lines_of(connection, vault, household) if not line.by.startswith("home:")
    ]
    newest = max(papers, key=lambda line: (line.at, line.n), default=None)
    if newest is None or newest.state != ConsentState.GIVEN or newest.content is None:
        return False
    return newest.content.telephone


def may_tell_guardians(connection: Connection, vault: Vault, household: str) -> bool:
    """Whether the resident agreed to that since the last withdrawal, on paper or at home."""
    for line in lines_of(connection, vault, household):
        if line.state == ConsentState.WITHDRAWN:
            return False
        content = line.content
        if content and (content.third_party or _THIRD_PARTIES & set(content.items)):
            return True
    return False


def lines_of(connection: Connection, vault: Vault, household: str) -> list[Line]:
    rows = connection.execute(
        select(consents).where(consents.c.household == household).order_by(consents.c.n.desc())
    )
    return [_line(vault, row) for row in rows]


def _line(vault: Vault, row: Row[tuple[object, ...]]) -> Line:
    content = None
    if row.sealed is not None:
        try:
            opened = vault.unseal(row.sealed, f"consent {row.household}")
            content = msgspec.json.decode(opened, type=Content)
        except VaultClosedError:
            content = None
    return Line(
        n=row.n,
        state=row.state,
        at=row.at,
        recorded=row.recorded,
        by=row.by,
        text_version=row.text_version,
        content=content,
        erased=row.salt is None,
    )


def seal_anew(connection: Connection, old: Vault, new: Vault) -> None:
    """The chain holds commitments, not what is sealed: it stays as it is."""
    for row in connection.execute(select(consents).where(consents.c.sealed.is_not(None))).all():
        about = f"consent {row.household}"
        sealed = new.seal(old.unseal(row.sealed, about), about)
        connection.execute(update(consents).where(consents.c.n == row.n).values(sealed=sealed))


def erase(connection: Connection, household: str) -> None:
    """The content of all lines of a home; that there was consent, and when, can still be shown."""
    connection.execute(
        update(consents).where(consents.c.household == household).values(salt=None, sealed=None)
    )


def first_broken(connection: Connection, vault: Vault) -> int | None:
    """The first line that does not fit the chain, or whose content is another one."""
    previous = _FIRST
    for row in connection.execute(select(consents).order_by(consents.c.n)):
        values = {name: getattr(row, name) for name in _CHAINED}
        if row.previous != previous or row.hash != _hash(values) or not _is_its_own(vault, row):
            return int(row.n)
        previous = row.hash
    return None


_CHAINED: Final = (
    "household",
    "state",
    "at",
    "recorded",
    "by",
    "text_version",
    "commitment",
    "previous",
)


def _is_its_own(vault: Vault, row: Row[tuple[object, ...]]) -> bool:
    if row.salt is None or row.sealed is None or not vault.is_open:
        return True
    try:
        content = vault.unseal(row.sealed, f"consent {row.household}")
    except VaultClosedError:
        return False
    commitment: str = row.commitment
    return _text(hmac.digest(row.salt, content, "sha256")) == commitment


def _hash(values: dict[str, object]) -> str:
    plain = {
        name: round(value.timestamp() * 1000) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
    return _text(hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).digest())


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
