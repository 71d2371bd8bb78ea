"""Kits reported lost: from then on nothing that their keys sign is taken but a call for help.

Marked by staff at the console, asked through `revoked`. A key that was lost never comes back: a kit
that is found makes a new one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from .. import jws
from ..cases.happenings import Technical
from ..cases.model import Noted
from ..casework import Casework, note
from ..clock import rfc3339
from ..keys import DistrictKeys
from ..registry.inventory import kit_is_lost
from ..revoked import is_revoked
from ..storage.database import After
from ..storage.tables import enrolment_codes, households, kits, revocations, sessions
from .pulses import Pulse

REVOKED: Final = "kit_revoked"
# the home's trouble while no kit speaks for it
NO_KIT: Final = "kit_lost"
REFUSAL_TYP: Final = "anshim-refusal+jws"
_DISTRICT: Final = "district"


class NoSuchKitError(Exception):
    """Not a kit of this household."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed for a kit that was reported lost, in answer to its hello."""

    kit: str
    hello: str
    reason: str
    since: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Whose key is refused, since when, and who said so."""

    kit: str
    kid: str
    household: str
    since: datetime
    by: str


def all_revocations(connection: Connection) -> list[Revocation]:
    return [
        Revocation(kit=row.kit, kid=row.kid, household=row.household, since=row.since, by=row.by)
        for row in connection.execute(select(revocations).order_by(revocations.c.kit))
    ]


def revoke(
    connection: Connection,
    after: After,
    casework: Casework,
    *,
    household: str,
    kit: str,
    by: str,
    now: datetime,
) -> Revocation:
    """Said twice is done once."""
    kid = connection.scalar(
        select(kits.c.kid).where(kits.c.id == kit, kits.c.household == household)
    )
    if kid is None:
        raise NoSuchKitError
    lost = Revocation(kit=kit, kid=kid, household=household, since=now, by=by)
    put_down(connection, after, casework, lost, now)
    return lost


def put_down(
    connection: Connection, after: After, casework: Casework, lost: Revocation, now: datetime
) -> None:
    """In one commit.

    1. its key is refused  2. its session ends, and codes that lay beside it are void  3. the home
    has no kit, which is trouble until one speaks for it again. Its silence goes on being counted:
    a home without a kit must not go unmissed.
    """
    if is_revoked(connection, lost.kit):
        return
    connection.execute(
        insert(revocations).values(
            kit=lost.kit, kid=lost.kid, household=lost.household, since=lost.since, by=lost.by
        )
    )
    if connection.scalar(select(kits.c.id).where(kits.c.id == lost.kit)) is None:
        return  # a restored database does not know it: it is never to be made known again
    connection.execute(delete(sessions).where(sessions.c.kit == lost.kit))
    connection.execute(
        update(enrolment_codes)
        .where(
            enrolment_codes.c.household == lost.household,
            enrolment_codes.c.kit.is_(None),
            enrolment_codes.c.expires > now,
        )
        .values(expires=now)
    )
    kit_is_lost(connection, lost.kit, now=now)
    facts: dict[str, str | int | None] = {"kit": lost.kit}
    reported = Noted(case=None, code=REVOKED, at=lost.since, by=lost.by, facts=facts)
    note(connection, lost.household, reported, now)
    spoke = connection.execute(
        update(households)
        .where(households.c.id == lost.household, households.c.kit == lost.kit)
        .values(kit=None)
    )
    if spoke.rowcount:
        trouble = Technical(code=NO_KIT, raised=True, version=0, happened=now, by=_DISTRICT)
        casework.happen(connection, after, lost.household, trouble, now)
    after.kits.add(lost.kit)
    after.board = True


def was_before_lost_one(connection: Connection, pulse: Pulse) -> bool:
    """Such a kit was replaced, and may lie in the office: it is no sign of the home.

    What it says is taken in; but the lost one is missed until a kit from after the loss speaks.
    A kit that is itself still missed was never replaced: the lost one had not spoken yet.
    """
    if pulse.is_missed or pulse.due is not None or pulse.speaker == pulse.kit:
        return False
    enrolled = select(kits.c.enrolled).where(kits.c.id == pulse.kit).scalar_subquery()
    later = select(revocations.c.kit).where(
        revocations.c.household == pulse.household, revocations.c.since >= enrolled
    )
    return connection.scalar(later.limit(1)) is not None


def refusal_for(keys: DistrictKeys, *, kit: str, hello: str, since: datetime, now: datetime) -> str:
    """Signed, so that nobody in between can tell a relay that it is not wanted."""
    said = Refusal(kit=kit, hello=hello, reason=REVOKED, since=rfc3339(since), now=rfc3339(now))
    return keys.current.sign(msgspec.to_builtins(said), REFUSAL_TYP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shower:
    """A kit that shows what it was once refused with."""

    kit: str
    kid: str
    household: str
    refusal: str


def shown(who: Shower, keys: DistrictKeys) -> Revocation | None:
    """A district that was restored to before it is told so by the kit itself.

    Only our own word is believed, and only about the kit that shows it.
    """
    try:
        parts = jws.take_apart(who.refusal)
        ours = {key.kid: key.private.public_key() for key in (keys.current, keys.successor)}
        if parts.kid not in ours:
            return None
        payload = jws.verify(parts, ours[parts.kid], REFUSAL_TYP)
        said = msgspec.json.decode(payload, type=Refusal)
        since = datetime.fromisoformat(said.since)
    except jws.NotAJwsError, jws.UntrustedError, msgspec.DecodeError, ValueError:
        return None
    if (said.kit, said.reason) != (who.kit, REVOKED):
        return None
    return Revocation(kit=who.kit, kid=who.kid, household=who.household, since=since, by=_DISTRICT)
