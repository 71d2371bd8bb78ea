"""Many homes of one place that fall silent together: one outage, not four hundred cases.

Called by the overseer, in its transactions. A home that is quiet, near its limit or asked about
already is never folded into one. A folded home comes out again by `due`: when its own silence has
lasted too long, or half an hour after its place has come back without it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
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
from .storage.database import After
from .storage.registry_tables import residents
from .storage.tables import cases, outages, pulses, timeline

# so many are no accident of single homes
MANY: Final = 5
_STRAGGLERS: Final = timedelta(minutes=30)
_LISTENED: Final = pulses.c.due.is_not(None) | pulses.c.claimed.is_not(None) | pulses.c.silent


class Scope(StrEnum):
    """What failed together. The widest first: a district without a net is one outage."""

    DISTRICT = "district"
    DONG = "dong"
    LINE = "line"


# more than this of a place has to be silent
_SHARE: Final = {Scope.DISTRICT: 0.5, Scope.DONG: 0.3, Scope.LINE: 0.3}


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


def tell_apart(connection: Connection, after: After, before: datetime, now: datetime) -> None:
    """Once those claimed until `before` have had their time."""
    settled = select(pulses.c.kit).where(pulses.c.claimed <= before).limit(1)
    if connection.execute(settled).first() is not None:
        for scope in Scope:
            for place in _failed(connection, scope):
                _fold(connection, scope, place, now)
                after.board = True
    _look_after(connection, after, now)


def _failed(connection: Connection, scope: Scope) -> list[str]:
    """Places of which many have just fallen silent, and those that are out already."""
    together = dict(_counted(connection, scope, _foldable()))
    if not together:
        return []
    out = set(
        connection.scalars(
            select(outages.c.place).where(
                outages.c.scope == scope.value,
                outages.c.ended.is_(None),
                outages.c.returned.is_(None),
            )
        )
    )
    all_ = dict(_counted(connection, scope, _LISTENED | pulses.c.outage.is_not(None)))
    return [
        place
        for place, many in together.items()
        if place in out or (many >= MANY and many > _SHARE[scope] * all_[place])
    ]


def _counted(
    connection: Connection, scope: Scope, which: ColumnElement[bool]
) -> list[tuple[str, int]]:
    if scope is Scope.DISTRICT:
        many = connection.scalar(select(func.count()).select_from(pulses).where(which)) or 0
        return [("", many)] if many else []
    place = residents.c[scope.value]
    rows = connection.execute(
        select(place, func.count())
        .join(pulses, pulses.c.household == residents.c.household)
        .where(which, place != "")
        .group_by(place)
    )
    return [(row[0], row[1]) for row in rows]


def _foldable() -> ColumnElement[bool]:
    asked_about = select(cases.c.household).where(
        cases.c.is_open, cases.c.family.in_((Family.WELFARE.value, Family.EMERGENCY.value))
    )

    may_wait = pulses.c.may_wait.is_not(None) & (pulses.c.may_wait > pulses.c.claimed)
    return (
        pulses.c.claimed.is_not(None)
        & pulses.c.outage.is_(None)
        & may_wait
        & pulses.c.household.not_in(asked_about)
    )


def _fold(connection: Connection, scope: Scope, place: str, now: datetime) -> None:
    """One statement for the homes, one for their timelines, however many."""
    known = connection.scalar(
        select(outages.c.id).where(
            outages.c.scope == scope.value,
            outages.c.place == place,
            outages.c.ended.is_(None),
            outages.c.returned.is_(None),
        )
    )
    id_ = known or f"o-{uuid.uuid4().hex[:16]}"
    which = _foldable()
    if scope is not Scope.DISTRICT:
        here = select(residents.c.household).where(residents.c[scope.value] == place)
        which &= pulses.c.household.in_(here)
    if known is None:
        connection.execute(
            insert(outages).values(id=id_, scope=scope.value, place=place, began=now, homes=0)
        )
    facts = orjson.dumps({"scope": scope.value, "place": place}).decode()
    lines: Select[tuple[object, ...]] = select(
        pulses.c.household,
        literal("outage"),
        literal("district"),
        pulses.c.claimed,
        literal(now, timeline.c.received.type),
        literal(facts),
    ).where(which)
    names = ["household", "code", "by", "at", "received", "facts"]
    connection.execute(insert(timeline).from_select(names, lines))
    folded = connection.execute(
        update(pulses).where(which).values(claimed=None, outage=id_, due=pulses.c.may_wait)
    ).rowcount
    connection.execute(
        update(outages).where(outages.c.id == id_).values(homes=outages.c.homes + folded)
    )


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
