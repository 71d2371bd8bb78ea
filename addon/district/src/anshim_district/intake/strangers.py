"""Kits whose key nobody here knows, after a restore: remembered, shown, and made known by staff.

A hello carries its key and is signed by it, so it can be recognised later; what it claims to be is
for a person to judge. Called by the API (hello) and the console.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, delete, func, select, update

from .. import jws
from ..cases.model import Noted
from ..casework import note
from ..door import read_event
from ..forgetting.marks import is_erased
from ..households import ErasedPseudonymError, is_pseudonym, open_household
from ..keys import thumbprint
from ..messages import Event, Hello
from ..storage.database import After
from ..storage.tables import households, kits, quarantine, revocations, strangers
from ..storage.upsert import upsert
from .enrolment import Candidate, open_kit
from .filing import Filing
from .known_kits import KnownKit
from .reading import EVENT_TYP, UNKNOWN_KEY, Signed, understood

_MOST: Final = 200
# a kit that is there says hello every minute
_GONE: Final = timedelta(days=7)
_ALERTS: Final = frozenset({"emergency", "quiet", "knock", "visit", "unknown"})


class CannotAdoptError(Exception):
    """`because` is a text's key."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A hello by a key nobody knows: the signature is that key's own, the rest is claimed."""

    kid: str
    x: str
    kit: str
    household: str
    instance: str
    # what it says it was once refused with
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """As staff sees it. `known_home`: its household is one of ours, `speaker` its kit of today."""

    kid: str
    kit: str
    household: str
    first: datetime
    seen: datetime
    kept: int
    alerts: int
    known_home: bool
    speaker: str | None


def knock_of(hello: str) -> Knock | None:
    """What can be believed of it, if anything."""
    try:
        parts = jws.take_apart(hello)
        if parts.jwk is None or thumbprint(parts.jwk) != parts.kid:
            return None
        payload = jws.verify(parts, jws.public_key(parts.jwk), EVENT_TYP)
    except jws.NotAJwsError, jws.UntrustedError:
        return None
    event = read_event(payload)
    if not isinstance(event, Event) or not isinstance(event.body, Hello):
        return None
    if event.household is None or not is_pseudonym(event.household):
        return None
    return Knock(
        kid=parts.kid,
        x=parts.jwk.x,
        kit=event.kit,
        household=event.household,
        instance=event.body.instance,
        refusal=event.body.refusal or "",
    )


def is_remembered(connection: Connection, kid: str) -> bool:
    return bool(connection.scalar(select(strangers.c.kid).where(strangers.c.kid == kid)))


def remember(connection: Connection, after: After, who: Knock, now: datetime) -> None:
    """What its newest hello claims. The board is told of a new one."""
    connection.execute(delete(strangers).where(strangers.c.seen < now - _GONE))
    count = connection.scalar(select(func.count()).select_from(strangers)) or 0
    is_new = not is_remembered(connection, who.kid)
    if (is_new and count >= _MOST) or is_erased(connection, who.household):
        return
    claims = {"kit": who.kit, "household": who.household, "instance": who.instance, "seen": now}
    connection.execute(
        upsert(connection, strangers)
        .values(kid=who.kid, x=who.x, first=now, **claims)
        .on_conflict_do_update(index_elements=["kid"], set_=claims)
    )
    after.board = after.board or is_new


def all_strangers(connection: Connection) -> list[Stranger]:
    kept = _kept_by(connection)
    rows = connection.execute(
        select(strangers, households.c.id.label("home"), households.c.kit.label("speaker"))
        .outerjoin(households, households.c.id == strangers.c.household)
        .order_by(strangers.c.first)
    )
    return [_stranger(row, kept.get(row.kid, [])) for row in rows]


def _stranger(row: Row[tuple[object, ...]], kinds: list[str | None]) -> Stranger:
    return Stranger(
        kid=row.kid,
        kit=row.kit,
        household=row.household,
        first=row.first,
        seen=row.seen,
        kept=len(kinds),
        alerts=sum(kind in _ALERTS for kind in kinds),
        known_home=row.home is not None,
        speaker=row.speaker,
    )


def _kept_by(connection: Connection) -> dict[str, list[str | None]]:
    """The kinds that wait in quarantine, by key."""
    kinds: dict[str, list[str | None]] = {}
    rows = connection.execute(
        select(quarantine.c.jws, quarantine.c.kind).where(quarantine.c.because == UNKNOWN_KEY)
    )
    for row in rows:
        kinds.setdefault(jws.take_apart(row.jws).kid, []).append(row.kind)
    return kinds


def adopt(
    connection: Connection,
    after: After,
    kid: str,
    *,
    filing: Filing,
    pace_s: int,
    by: str,
    now: datetime,
) -> str:
    """The household it now speaks for.

    1. the kit is known by its old name  2. what waited is taken in the order in which it was kept
    3. it is a stranger no longer. What it sends again is then a repeat.
    """
    row = connection.execute(select(strangers).where(strangers.c.kid == kid)).first()
    if row is None:
        raise CannotAdoptError("stranger_gone")
    if _is_lost(connection, row.kit, kid):
        raise CannotAdoptError("stranger_lost")
    if connection.scalar(select(kits.c.id).where(kits.c.id == row.kit)):
        raise CannotAdoptError("stranger_name_taken")
    try:
        open_household(connection, row.household, now)
    except ErasedPseudonymError as error:
        raise CannotAdoptError("stranger_erased") from error
    who = Candidate(code_hash="", instance=row.instance, kid=kid, x=row.x)
    open_kit(connection, row.kit, row.household, who, pace_s=pace_s, now=now)
    filing.casework.post.hand_over(connection, after, row.household, row.kit, now)
    adopted = Noted(case=None, code="kit_adopted", at=now, by=by)
    note(connection, row.household, adopted, now)
    key = jws.public_key(jws.PublicJwk(kty="OKP", crv="Ed25519", x=row.x))
    kit = KnownKit(id=row.kit, household=row.household, key=key, kid=kid)
    for signed in _waiting(connection, kit, kid, by=by, now=now):
        filing.keep(connection, after, signed, now)
    connection.execute(delete(strangers).where(strangers.c.kid == kid))
    after.board = True
    household: str = row.household
    return household


def _is_lost(connection: Connection, kit: str, kid: str) -> bool:
    """Under its name or by its key: what was reported lost is not made known again."""
    lost = (revocations.c.kit == kit) | (revocations.c.kid == kid)
    return connection.scalar(select(revocations.c.kit).where(lost)) is not None


def _waiting(
    connection: Connection, kit: KnownKit, kid: str, *, by: str, now: datetime
) -> Iterable[Signed]:
    """What can be believed now; what cannot stays for a person, under its new reason."""
    rows = connection.execute(
        select(quarantine.c.n, quarantine.c.jws)
        .where(quarantine.c.because == UNKNOWN_KEY)
        .order_by(quarantine.c.n)
    ).all()
    found: list[Signed] = []
    for row in rows:
        parts = jws.take_apart(row.jws)
        if parts.kid != kid:
            continue
        read = understood(parts, kit)
        if isinstance(read, Signed):
            found.append(read)
            values: dict[str, object] = {"kit": kit.id, "seen_by": by, "seen": now}
        else:
            values = {"kit": kit.id, "because": read.because, "field": read.flaw.field}
        connection.execute(update(quarantine).where(quarantine.c.n == row.n).values(values))
    return sorted(found, key=lambda signed: signed.event.seq or 0)
