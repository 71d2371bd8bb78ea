"""A household is erased: what is still in the way, and everything that told of it.

Inside a write. Asked for at the console, and done again by the journal at every start.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, delete, func, or_, select, update

from ..cases.words import Family
from ..registry import book, consent
from ..storage.duty_tables import centre_homes, centre_signals, errands, reaches
from ..storage.erasure_tables import erased_kits, erasures
from ..storage.registry_tables import bindings, consents, items, notes, residents
from ..storage.tables import (
    cases,
    downlink,
    enrolment_codes,
    epochs,
    events,
    hellos,
    households,
    is_open,
    kits,
    looks,
    pulses,
    quarantine,
    revocations,
    sessions,
    strangers,
    timeline,
)
from ..storage.upsert import upsert
from .journal import ErasedKit, Tombstone
from .marks import mark, shown
from .missing import missing_journal
from .tally import count_on

# a kit that was unplugged, or wiped, has been silent for longer than that
_STILL_THERE: Final = timedelta(hours=1)
_OF_KITS: Final[tuple[Table, ...]] = (sessions, hellos, epochs, downlink, pulses, quarantine)
_OF_HOMES: Final[tuple[Table, ...]] = (
    *(events, timeline, errands, cases, quarantine, strangers, enrolment_codes, bindings),
    *(notes, revocations, centre_homes),
)


class Step(StrEnum):
    """What a person does before anything may be erased."""

    CASE = "case"
    CONSENT = "consent"
    ITEMS = "items"
    KIT = "kit"
    # the journal was missing, and nobody has seen to it yet
    JOURNAL = "journal"


class AskedBy(StrEnum):
    RESIDENT = "resident"
    # after a death
    GUARDIAN = "guardian"
    DISTRICT = "district"


class NotYetError(Exception):
    def __init__(self, steps: Sequence[Step]) -> None:
        super().__init__(", ".join(steps))
        self.steps = steps


class NobodyThereError(Exception):
    """There is no such household, or no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What there is of a household, and what is in the way."""

    steps: tuple[Step, ...]
    cases: int
    messages: int
    is_named: bool


def standing(connection: Connection, household: str, now: datetime) -> Standing:
    home = connection.execute(select(households).where(households.c.id == household)).first()
    if home is None:
        raise NobodyThereError(household)
    return Standing(
        steps=tuple(_missing(connection, household, home.withdrawn, now)),
        cases=_count(connection, cases, household),
        messages=_count(connection, events, household),
        is_named=_count(connection, residents, household) > 0,
    )


def _missing(
    connection: Connection, household: str, withdrawn: datetime | None, now: datetime
) -> Iterable[Step]:
    """Someone who is watched, or asked about just now, must not vanish from our eyes."""
    of_it = cases.c.household == household
    if connection.scalar(select(cases.c.id).where(of_it, is_open).limit(1)):
        yield Step.CASE
    agreed = _count(connection, consents, household) or _count(connection, kits, household)
    if withdrawn is None and agreed:
        yield Step.CONSENT
    there = (bindings.c.household == household) & bindings.c.until.is_(None)
    if connection.scalar(select(bindings.c.n).where(there).limit(1)):
        yield Step.ITEMS
    heard = connection.execute(
        select(pulses.c.heard, pulses.c.interval_s).where(pulses.c.household == household)
    ).all()
    patience = (max(_STILL_THERE, 2 * timedelta(seconds=row.interval_s)) for row in heard)
    if any(row.heard > now - wait for row, wait in zip(heard, patience, strict=True)):
        yield Step.KIT
    if missing_journal(connection):
        yield Step.JOURNAL


def _count(connection: Connection, table: Table, household: str) -> int:
    column = table.c.household
    return connection.scalar(select(func.count()).where(column == household)) or 0


def is_lived_in_since(connection: Connection, household: str, since: datetime) -> bool:
    """Whether the home agreed, got a kit, or said anything after that.

    Not what the district itself says of it: who is here again from an old backup is missed as well.
    """
    # whoever calls for help with a key that is set apart sends no event that is kept
    called = (cases.c.opened > since) & cases.c.family.in_([Family.EMERGENCY, Family.WELFARE])
    agreed = (consents.c.recorded > since) & (consents.c.state == consent.ConsentState.GIVEN)
    later = (
        (pulses.c.household, pulses.c.heard > since),
        (kits.c.household, kits.c.enrolled > since),
        (events.c.household, events.c.received > since),
        (consents.c.household, agreed),
        (cases.c.household, called),
    )
    found = (select(of).where(of == household, is_later).limit(1) for of, is_later in later)
    return any(connection.scalar(query) is not None for query in found)


def tombstone(
    connection: Connection, household: str, *, by: str, asked_by: AskedBy, now: datetime
) -> Tombstone:
    rows = connection.execute(select(kits).where(kits.c.household == household))
    return Tombstone(
        mark=mark(connection, household),
        at=now,
        by=by,
        asked_by=asked_by.value,
        kits=tuple(ErasedKit(kit=row.id, kid=row.kid, x=row.x) for row in rows),
    )


def write_down(connection: Connection, stone: Tombstone) -> None:
    """Nothing changes if it is known."""
    values = {"mark": stone.mark, "at": stone.at, "by": stone.by, "asked_by": stone.asked_by}
    connection.execute(
        upsert(connection, erasures).values(values).on_conflict_do_nothing(index_elements=["mark"])
    )
    for kit in stone.kits:
        connection.execute(
            upsert(connection, erased_kits)
            .values(kit=kit.kit, kid=kit.kid, x=kit.x)
            .on_conflict_do_nothing()
        )


def erase(connection: Connection, household: str, zone: ZoneInfo) -> None:
    """1. what is counted on  2. who lived there  3. what happened  4. the household itself.

    Of the consent ledger the chain stays, without its content; of the log of looks a mark in the
    place of the pseudonym.
    """
    ids = connection.scalars(select(cases.c.id).where(cases.c.household == household)).all()
    kits_ = connection.scalars(select(kits.c.id).where(kits.c.household == household)).all()
    count_on(connection, ids, zone)
    book.erase(connection, household)
    consent.erase(connection, household)
    _unlink_looks(connection, household)
    of_it = select(errands.c.id).where(errands.c.household == household)
    sent = select(reaches.c.reference).where(reaches.c.errand.in_(of_it))
    connection.execute(delete(centre_signals).where(centre_signals.c.reference.in_(sent)))
    connection.execute(delete(reaches).where(reaches.c.errand.in_(of_it)))
    for table in _OF_KITS:
        connection.execute(delete(table).where(table.c.kit.in_(kits_)))
    for table in _OF_HOMES:
        connection.execute(delete(table).where(table.c.household == household))
    connection.execute(update(items).where(items.c.kit.in_(kits_)).values(kit=None))
    connection.execute(delete(kits).where(kits.c.household == household))
    connection.execute(delete(households).where(households.c.id == household))


def _unlink_looks(connection: Connection, household: str) -> None:
    """Who looked stays to be judged, and how often at the same home; at whose, does not."""
    subject, its_cases = looks.c.subject, f"c-{household.removeprefix('h-')}-"
    connection.execute(
        update(looks)
        .where(or_(subject == household, subject.startswith(its_cases, autoescape=True)))
        .values(subject=shown(mark(connection, household)))
    )
