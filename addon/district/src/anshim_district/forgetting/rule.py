"""One rule of what is deleted when: `find` what is due, `forget` a little of it.

Finding is a reader's work; forgetting is a short write, which looks again whether it is due.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, func, select, true

type Due = Callable[[datetime], ColumnElement[bool]]
type Keys = Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`after`: from where to look on, if there may be more."""

    keys: Keys
    after: Any | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`before` is done with what is about to go; `act` instead of deleting.

    `age`: of a table that grows in the order of time. Where all are younger than `period` nobody
    looks on: it may be very long.
    """

    name: str
    table: Table
    key: Column[Any]
    due: Due
    period: timedelta = timedelta()
    age: Column[datetime] | None = None
    before: Callable[[Connection, Keys], None] | None = None
    act: Callable[[Connection, Keys], None] | None = None

    def find(self, connection: Connection, now: datetime, after: Any | None, most: int) -> Found:
        here = self.key > after if after is not None else true()
        if self.age is None:
            query = select(self.key).where(here, self.due(now)).distinct()
            keys = connection.scalars(query.order_by(self.key).limit(most)).all()
            return Found(keys=keys, after=keys[-1] if len(keys) == most else None)
        window = select(self.key.label("key"), self.age.label("age")).where(here)
        some = window.order_by(self.key).limit(most).subquery()
        ends, oldest = connection.execute(select(func.max(some.c.key), func.min(some.c.age))).one()
        if ends is None or oldest >= now - self.period:
            return Found(keys=(), after=None)
        due = select(self.key).where(here, self.key <= ends, self.due(now)).order_by(self.key)
        return Found(keys=connection.scalars(due).all(), after=ends)

    def forget(self, connection: Connection, keys: Keys, now: datetime) -> int:
        """How many rows there were. What is not due any more stays."""
        due = self.key.in_(keys) & self.due(now)
        if self.before or self.act:
            keys = connection.scalars(select(self.key).where(due)).all()
        if self.before:
            self.before(connection, keys)
        if self.act:
            self.act(connection, keys)
            return len(keys)
        return connection.execute(delete(self.table).where(due)).rowcount
