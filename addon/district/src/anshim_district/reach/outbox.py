"""What went out and what came of it: written before it is sent, found by what is said back.

Called by the dispatcher and the callbacks' door, inside a write or a read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from ..duty.errands import Errand, Kind
from ..duty.roster import Way
from ..storage.duty_tables import callbacks, errands, reaches
from ..storage.upsert import upsert

RESIDENT: Final = "resident"
GUARDIAN: Final = "guardian"
# a call that nothing was heard of is over: the longest one with its prompt said three times
LONGEST_CALL: Final = timedelta(minutes=5)
# how long one worker has what it is sending, before another may take it
LONGEST_CLAIM: Final = timedelta(seconds=30)
_DAY: Final = timedelta(days=1)


class Result(StrEnum):
    """What a provider says came of it."""

    DELIVERED = "delivered"
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    DEAD_NUMBER = "dead_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    reference: str
    errand: str
    way: Way
    who: str
    heard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """A text or call that is about to go out."""

    reference: str
    way: Way
    who: str
    # whose telephone it is that calls
    worker: int


def write_down(connection: Connection, errand: Errand, out: Out, now: datetime) -> None:
    connection.execute(
        upsert(connection, reaches)
        .values(
            reference=out.reference,
            errand=errand.id,
            way=out.way.value,
            who=out.who,
            at=now,
            worker=out.worker,
        )
        .on_conflict_do_update(index_elements=["reference"], set_={"worker": out.worker})
    )


def find(connection: Connection, reference: str) -> Reached | None:
    row = connection.execute(select(reaches).where(reaches.c.reference == reference)).first()
    if row is None:
        return None
    return Reached(
        reference=row.reference,
        errand=row.errand,
        way=Way(row.way),
        who=row.who,
        heard=row.result is not None,
    )


def hear(connection: Connection, reference: str, result: Result, now: datetime) -> None:
    connection.execute(
        update(reaches)
        .where(reaches.c.reference == reference)
        .values(result=result.value, heard=now)
    )


def was_tried(connection: Connection, errand: Errand) -> bool:
    """Whether anything of it ever went out, taken or not."""
    tried = select(reaches.c.reference).where(reaches.c.errand == errand.id).limit(1)
    return connection.scalar(tried) is not None


def told_before(connection: Connection, errand: Errand) -> set[str]:
    """Whom anything went out to in rounds before this one."""
    this = f"{errand.id}.{errand.round}."
    earlier = select(reaches.c.who).where(
        reaches.c.errand == errand.id, ~reaches.c.reference.startswith(this, autoescape=True)
    )
    return set(connection.scalars(earlier.distinct()))


def is_news(connection: Connection, callback: str, now: datetime) -> bool:
    """Whether this callback was never heard; remembered for a day, longer than it may be late."""
    if connection.scalar(select(callbacks.c.id).where(callbacks.c.id == callback)):
        return False
    connection.execute(callbacks.delete().where(callbacks.c.received < now - _DAY))
    connection.execute(insert(callbacks).values(id=callback, received=now))
    return True


def take_up(connection: Connection, now: datetime) -> None:
    """At the start, where nobody else works: what was in somebody's hand is in nobody's now."""
    held = select(errands).where(errands.c.due > now, errands.c.due <= now + LONGEST_CLAIM)
    for row in connection.execute(held).all():
        begun = f"{row.id}.{row.round}.{row.step}."
        was_begun = select(reaches.c.reference).where(reaches.c.reference.startswith(begun))
        if connection.scalar(was_begun.limit(1)) is not None:
            connection.execute(update(errands).where(errands.c.id == row.id).values(due=now))


def calls_left(connection: Connection, now: datetime, *, here: frozenset[int]) -> list[Reached]:
    """Calls of which nothing was heard yet, and whose worker is not among those that are here."""
    going = select(reaches.c.reference).where(
        reaches.c.at > now - LONGEST_CALL,
        reaches.c.way == Way.CALL.value,
        reaches.c.result.is_(None),
        func.coalesce(reaches.c.worker, 0).not_in(here),
    )
    found = (find(connection, reference) for reference in connection.scalars(going).all())
    return [reached for reached in found if reached]


def calls_out(connection: Connection, now: datetime) -> int:
    """Automatic calls to residents that may be going on."""
    return _asked(connection, now - LONGEST_CALL, only_open=True)


def calls_today(connection: Connection, now: datetime) -> int:
    return _asked(connection, now - _DAY, only_open=False)


def _asked(connection: Connection, since: datetime, *, only_open: bool) -> int:
    query = (
        select(func.count())
        .select_from(reaches)
        .join(errands, errands.c.id == reaches.c.errand)
        .where(
            reaches.c.at > since,
            reaches.c.way == Way.CALL.value,
            errands.c.kind == Kind.ASK.value,
        )
    )
    if only_open:
        query = query.where(reaches.c.result.is_(None))
    return connection.scalar(query) or 0
