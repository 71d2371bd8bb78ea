"""Kits and devices: which there are, in what state, who has had which from when until when.

Written by the console, by enrolments (a kit that speaks is at that home) and by walk tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
import secrets
from typing import Final

from msgspec import UNSET
from sqlalchemy import Connection, func, insert, select, update

from ..messages import WalkedSource
from ..storage.registry_tables import bindings, items

_MOST: Final = 1000
KIT: Final = "kit"
KINDS: Final = (KIT, "door", "motion", "plug", "button", "phone", "speaker", "meter", "other")
LOW_BATTERY: Final = 20


class ItemState(StrEnum):
    STOCK = "stock"
    AT_HOME = "at_home"
    LOST = "lost"
    BROKEN = "broken"


class Because(StrEnum):
    """Why a home does not have it any more."""

    RETURNED = "returned"
    SWAPPED = "swapped"
    LOST = "lost"
    BROKEN = "broken"


_AFTER: Final = {
    Because.RETURNED: ItemState.STOCK,
    Because.SWAPPED: ItemState.STOCK,
    Because.LOST: ItemState.LOST,
    Because.BROKEN: ItemState.BROKEN,
}


class ItemError(Exception):
    """`because` is a text's key."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: str
    kind: str
    label: str
    state: str
    household: str | None
    since: datetime | None
    battery: int | None
    tested: datetime | None

    @property
    def low(self) -> bool:
        return self.battery is not None and self.battery <= LOW_BATTERY


def add(connection: Connection, *, kind: str, label: str, now: datetime) -> str:
    if kind not in KINDS:
        raise ItemError("kind")
    if not label or connection.scalar(select(items.c.id).where(items.c.label == label)):
        raise ItemError("label")
    id_ = "i-" + secrets.token_hex(6)
    connection.execute(
        insert(items).values(id=id_, kind=kind, label=label, state=ItemState.STOCK.value, added=now)
    )
    return id_


def bind(connection: Connection, item: str, household: str, *, by: str, now: datetime) -> None:
    state = connection.scalar(select(items.c.state).where(items.c.id == item))
    if state != ItemState.STOCK:
        raise ItemError("not_in_stock")
    connection.execute(insert(bindings).values(item=item, household=household, since=now, by=by))
    _put(connection, item, ItemState.AT_HOME)


def release(connection: Connection, item: str, because: Because, *, now: datetime) -> None:
    """Ends the interval. What was at a home is wiped before the next one (DESIGN §6)."""
    connection.execute(
        update(bindings)
        .where(bindings.c.item == item, bindings.c.until.is_(None))
        .values(until=now, because=because.value)
    )
    _put(connection, item, _AFTER[because])


def kit_is_lost(connection: Connection, kit: str, *, now: datetime) -> None:
    item = connection.scalar(
        select(items.c.id)
        .join(bindings, bindings.c.item == items.c.id)
        .where(items.c.kit == kit, bindings.c.until.is_(None))
    )
    if item is not None:
        release(connection, item, Because.LOST, now=now)


def home_of_kit(connection: Connection, item: str) -> str | None:
    """Where an enrolled kit stands; None for whatever never speaks."""
    home: str | None = connection.scalar(
        select(bindings.c.household)
        .join(items, items.c.id == bindings.c.item)
        .where(items.c.id == item, items.c.kit.is_not(None), bindings.c.until.is_(None))
    )
    return home


def back_in_stock(connection: Connection, item: str) -> None:
    """Found again, or mended."""
    state = connection.scalar(select(items.c.state).where(items.c.id == item))
    if state not in {ItemState.LOST, ItemState.BROKEN}:
        raise ItemError("not_away")
    _put(connection, item, ItemState.STOCK)


def _put(connection: Connection, item: str, state: ItemState) -> None:
    connection.execute(update(items).where(items.c.id == item).values(state=state.value))


def kit_enrolled(
    connection: Connection, kit: str, household: str, *, label: str, now: datetime
) -> None:
    """A kit that has enrolled stands at that home; the one before it is waited for back."""
    for old in connection.scalars(
        select(items.c.id)
        .join(bindings, bindings.c.item == items.c.id)
        .where(items.c.kind == KIT, bindings.c.household == household, bindings.c.until.is_(None))
    ).all():
        release(connection, old, Because.SWAPPED, now=now)
    id_ = add(connection, kind=KIT, label=label, now=now)
    connection.execute(update(items).where(items.c.id == id_).values(kit=kit))
    bind(connection, id_, household, by="enrolment", now=now)


def walked(
    connection: Connection, household: str, sources: Sequence[WalkedSource], now: datetime
) -> None:
    """A walk test names roles, not devices: it tells of the one that is alone in its role."""
    roles = [source.role for source in sources]
    for source in sources:
        mine = [item for item in at_home(connection, household) if item.kind == source.role]
        if roles.count(source.role) != 1 or len(mine) != 1:
            continue
        known: dict[str, object] = {"tested": now} if source.seen else {}
        if source.battery is not UNSET:
            known["battery"] = source.battery
        if known:
            connection.execute(update(items).where(items.c.id == mine[0].id).values(known))


def at_home(connection: Connection, household: str) -> list[Item]:
    return _items(connection, household=household)


def all_items(connection: Connection) -> list[Item]:
    return _items(connection)


def _items(connection: Connection, household: str | None = None) -> list[Item]:
    now_at = bindings.c.item == items.c.id
    query = (
        select(items, bindings.c.household, bindings.c.since)
        .outerjoin(bindings, now_at & bindings.c.until.is_(None))
        .order_by(items.c.kind, items.c.label)
        .limit(_MOST)
    )
    if household:
        query = query.where(bindings.c.household == household)
    return [
        Item(
            id=row.id,
            kind=row.kind,
            label=row.label,
            state=row.state,
            household=row.household,
            since=row.since,
            battery=row.battery,
            tested=row.tested,
        )
        for row in connection.execute(query)
    ]


def stock(connection: Connection) -> dict[str, dict[str, int]]:
    """How many of each kind are in each state."""
    rows = connection.execute(
        select(items.c.kind, items.c.state, func.count()).group_by(items.c.kind, items.c.state)
    )
    counted: dict[str, dict[str, int]] = {}
    for kind, state, count in rows:
        counted.setdefault(kind, {})[state] = count
    return counted
