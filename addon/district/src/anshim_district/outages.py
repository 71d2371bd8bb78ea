"""Many homes of one place that fall silent together: one outage, not four hundred cases.

Called by the overseer. A home that is quiet, near its limit or asked about
already is never folded into one. A folded home comes out again by `due`: when its own silence has
lasted too long, or half an hour after its place has come back without it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
import uuid

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    insert,
    literal,
    select,
    update,
)

from .cases.words import Family
from .places import MANY, Cell, Place, Scope, failed, may_have_failed
from .storage.database import After, Database
from .storage.registry_tables import residents
from .storage.tables import cases, is_open, outages, pulses, timeline

_STRAGGLERS: Final = timedelta(minutes=30)
# folded by one write: between two of them others write
_AT_ONCE: Final = 4000
_LISTENED: Final = pulses.c.due.is_not(None) | pulses.c.claimed.is_not(None) | pulses.c.silent
_PLACED: Final = (residents.c.dong, residents.c.line, residents.c.network)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    id: str
    scope: Scope
    place: str
    began: datetime
    homes: int
    # how many have not come back
    missing: int
    returned: datetime | None


def are_possible(connection: Connection) -> bool:
    """Whether there are homes enough here: otherwise no silence need wait for those beside it."""
    some = select(pulses.c.kit).where(_LISTENED).limit(MANY).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) >= MANY


def is_single(before: datetime, now: datetime) -> ColumnElement[bool]:
    """Missed by itself: it may not wait, or has waited with nobody beside it."""
    settled = (pulses.c.claimed <= before) | (pulses.c.claimed > now)
    return pulses.c.claimed.is_not(None) & (settled | ~_foldable())


async def tell_apart(database: Database, settle: timedelta, now: datetime) -> None:
    """Once those claimed `settle` ago have had their time.

    What failed is found beside the writer. A home that is heard meanwhile is not folded: each
    write looks at the homes again.
    """
    for place in await database.read(lambda c: _failed(c, now - settle), watching=True):
        # PostgreSQL and SQLite both sort any kit after nothing
        beyond: str | None = ""
        while beyond is not None:
            part = partial(_fold, part=_Part(place=place, beyond=beyond), now=now)
            beyond = await database.write(part, patient=True)
    await database.write(lambda c, a: _look_after(c, a, now))


def _failed(connection: Connection, before: datetime) -> list[Place]:
    settled = select(pulses.c.kit).where(pulses.c.claimed <= before).limit(1)
    if connection.execute(settled).first() is None:
        return []
    silent, out = _counted(connection, _foldable()), _out(connection)
    if not may_have_failed(silent, out):
        return []
    return failed(silent, _counted(connection, _LISTENED & pulses.c.outage.is_(None)), out)


def _out(connection: Connection) -> list[Place]:
    """Places that are out already, the earliest first, the larger of two."""
    rows = connection.execute(
        select(outages.c.scope, outages.c.place)
        .where(outages.c.ended.is_(None), outages.c.returned.is_(None))
        .order_by(outages.c.began, outages.c.homes.desc(), outages.c.id)
    )
    return [Place(Scope(row.scope), row.place) for row in rows]


def _counted(connection: Connection, which: ColumnElement[bool]) -> dict[Cell, int]:
    """A home that nobody has placed lies in the district only."""
    rows = connection.execute(
        select(*_PLACED, func.count())
        .select_from(pulses)
        .outerjoin(residents, pulses.c.household == residents.c.household)
        .where(which)
        .group_by(*_PLACED)
    )
    counted: dict[Cell, int] = {}
    for dong, line, network, many in rows:
        cell = Cell(dong or "", line or "", network or "")
        counted[cell] = counted.get(cell, 0) + many
    return counted


def _foldable() -> ColumnElement[bool]:
    asked_about = select(cases.c.household).where(
        is_open, cases.c.family.in_((Family.WELFARE.value, Family.EMERGENCY.value))
    )

    may_wait = pulses.c.may_wait.is_not(None) & (pulses.c.may_wait > pulses.c.claimed)
    return (
        pulses.c.claimed.is_not(None)
        & pulses.c.outage.is_(None)
        & may_wait
        & pulses.c.household.not_in(asked_about)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The homes of a place whose kits come after this one, some at a time."""

    place: Place
    beyond: str

    @property
    def homes(self) -> ColumnElement[bool]:
        which = _foldable() & (pulses.c.kit > self.beyond)
        if self.place.scope is Scope.DISTRICT:
            return which
        named = residents.c[self.place.scope.value] == self.place.name
        return which & pulses.c.household.in_(select(residents.c.household).where(named))


def _fold(connection: Connection, after: After, *, part: _Part, now: datetime) -> str | None:
    """One statement for the homes, one for their timelines; up to which kit, if there are more."""
    last = select(pulses.c.kit).where(part.homes).order_by(pulses.c.kit).offset(_AT_ONCE - 1)
    upto: str | None = connection.scalar(last.limit(1))
    which = part.homes if upto is None else part.homes & (pulses.c.kit <= upto)
    lines: Select[tuple[object, ...]] = select(
        pulses.c.household,
        literal("outage"),
        literal("district"),
        pulses.c.claimed,
        literal(now, timeline.c.received.type),
        literal(orjson.dumps(part.place.facts).decode()),
    ).where(which)
    names = ["household", "code", "by", "at", "received", "facts"]
    if not connection.execute(insert(timeline).from_select(names, lines)).rowcount:
        return None
    id_ = _begun(connection, part.place, now)
    folded = connection.execute(
        update(pulses).where(which).values(claimed=None, outage=id_, due=pulses.c.may_wait)
    ).rowcount
    connection.execute(
        update(outages).where(outages.c.id == id_).values(homes=outages.c.homes + folded)
    )
    after.board = True
    return upto


def _begun(connection: Connection, place: Place, now: datetime) -> str:
    """The outage of a place that is out, or a new one."""
    known: str | None = connection.scalar(
        select(outages.c.id).where(
            outages.c.scope == place.scope.value,
            outages.c.place == place.name,
            outages.c.ended.is_(None),
            outages.c.returned.is_(None),
        )
    )
    if known is not None:
        return known
    id_ = f"o-{uuid.uuid4().hex[:16]}"
    new = {"id": id_, "scope": place.scope.value, "place": place.name, "began": now, "homes": 0}
    connection.execute(insert(outages).values(new))
    return id_


def _look_after(connection: Connection, after: After, now: datetime) -> None:
    """Places that are back: what is still missing there is missed by itself, half an hour later."""
    for outage in current(connection):
        if outage.missing == 0:
            changed = {"ended": now}
        elif outage.returned is None and outage.missing <= outage.homes / 2:
            changed = {"returned": now}
            soon = now + _STRAGGLERS
            connection.execute(
                update(pulses)
                .where(pulses.c.outage == outage.id, pulses.c.due > soon)
                .values(due=soon)
            )
        else:
            continue
        connection.execute(update(outages).where(outages.c.id == outage.id).values(changed))
        after.board = True


def current(connection: Connection) -> list[Outage]:
    missing = (
        select(func.count())
        .select_from(pulses)
        .where(pulses.c.outage == outages.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(outages, missing.label("missing"))
        .where(outages.c.ended.is_(None))
        .order_by(outages.c.began)
    )
    return [_outage(row) for row in rows]


def _outage(row: Row[tuple[object, ...]]) -> Outage:
    return Outage(
        id=row.id,
        scope=Scope(row.scope),
        place=row.place,
        began=row.began,
        homes=row.homes,
        missing=row.missing,
        returned=row.returned,
    )
