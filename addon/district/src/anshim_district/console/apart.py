"""What was set apart, and kits that nobody knows: to each what is of their own dongs.

Read by the board and the page "Set apart".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select, update

from ..accounts import Login
from ..intake.strangers import Stranger, all_strangers
from ..storage.tables import kits, quarantine, strangers
from .sight import is_of_seen_home

_URGENT_CLAIMS: Final = ("emergency", "quiet", "knock", "visit", "unknown")
_MOST: Final = 500
# where the signature was right it is of that kit's home, whatever it claims
_HOME: Final = func.coalesce(
    select(kits.c.household).where(kits.c.id == quarantine.c.kit).scalar_subquery(),
    quarantine.c.household,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetApart:
    """A line of the quarantine."""

    n: int
    because: str
    field: str
    detail: str
    kind: str | None
    household: str | None
    received: datetime
    seen_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much waits for somebody's eyes; `urgent` of the `unseen` claim to be an alarm."""

    unseen: int
    urgent: int
    strangers: int


def waiting(connection: Connection, person: Login) -> Waiting:
    here = is_of_seen_home(_HOME, person)
    unseen = select(func.count(quarantine.c.n)).where(quarantine.c.seen_by.is_(None), here)
    calling = is_of_seen_home(strangers.c.household, person)
    return Waiting(
        unseen=connection.scalar(unseen) or 0,
        urgent=connection.scalar(unseen.where(quarantine.c.kind.in_(_URGENT_CLAIMS))) or 0,
        strangers=connection.scalar(select(func.count(strangers.c.kid)).where(calling)) or 0,
    )


def set_apart(connection: Connection, person: Login) -> list[SetApart]:
    rows = connection.execute(
        select(quarantine)
        .where(is_of_seen_home(_HOME, person))
        .order_by(quarantine.c.seen_by.is_not(None), quarantine.c.n.desc())
        .limit(_MOST)
    )
    return [
        SetApart(
            n=row.n,
            because=row.because,
            field=row.field,
            detail=row.detail,
            kind=row.kind,
            household=row.household,
            received=row.received,
            seen_by=row.seen_by,
        )
        for row in rows
    ]


def mark_seen(connection: Connection, n: int, person: Login, now: datetime) -> bool:
    """False: there is no such line for this person."""
    line = quarantine.c.n == n
    here = select(quarantine.c.n).where(line, is_of_seen_home(_HOME, person))
    if connection.scalar(here) is None:
        return False
    connection.execute(
        update(quarantine)
        .where(line, quarantine.c.seen_by.is_(None))
        .values(seen_by=person.user, seen=now)
    )
    return True


def calling(connection: Connection, person: Login) -> list[Stranger]:
    here = is_of_seen_home(strangers.c.household, person)
    kids = set(connection.scalars(select(strangers.c.kid).where(here)))
    return [one for one in all_strangers(connection) if one.kid in kids]


def calls_elsewhere(connection: Connection, kid: str, person: Login) -> bool:
    """For a home that this person does not see, or that nobody here knows."""
    here = is_of_seen_home(strangers.c.household, person)
    found = connection.execute(select(here).where(strangers.c.kid == kid)).first()
    return found is not None and not found[0]
