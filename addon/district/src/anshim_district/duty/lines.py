"""What administrators are told of telephone lines that are down: an errand for each worker's own.

It is of no home and of no case; whose line it is stands in its name. Begun and ended by the line's
watch; the dispatcher goes on with it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select, update

from ..storage.duty_tables import errands
from ..storage.upsert import upsert
from .errands import Errand, Kind

_NAME: Final = "telephone-line-"


def begin(connection: Connection, worker: int, now: datetime) -> None:
    """Unless it is told already."""
    values = {"step": 0, "failures": 0, "since": now, "due": now}
    connection.execute(
        upsert(connection, errands)
        .values(
            id=f"{_NAME}{worker}",
            kind=Kind.LINE.value,
            household="",
            case="",
            urgent=False,
            round=1,
            **values,
        )
        .on_conflict_do_update(
            index_elements=["id"],
            set_={**values, "round": errands.c.round + 1},
            where=errands.c.due.is_(None),
        )
    )


def keep(connection: Connection, workers: Collection[int]) -> None:
    """Only of these it is told any more that their lines are down."""
    theirs = [f"{_NAME}{worker}" for worker in workers]
    _end(connection, errands.c.id.not_in(theirs))


def end(connection: Connection, errand: Errand) -> None:
    _end(connection, errands.c.id == errand.id)


def is_of(errand: Errand, workers: Collection[int]) -> bool:
    return errand.id in {f"{_NAME}{worker}" for worker in workers}


def told_until(connection: Connection, errand: Errand, now: datetime) -> datetime | None:
    """Another worker's line has it said, or being said: where the PBX fails, it fails all at once.

    Until then once is enough. What did not go out holds no other back.
    """
    until: datetime | None = connection.scalar(
        select(func.max(errands.c.due)).where(
            errands.c.kind == Kind.LINE.value,
            errands.c.id != errand.id,
            errands.c.due > now,
            errands.c.failures == 0,
        )
    )
    return until


def _end(connection: Connection, which: ColumnElement[bool]) -> None:
    lines = errands.c.kind == Kind.LINE.value
    connection.execute(
        update(errands).where(lines, which, errands.c.due.is_not(None)).values(due=None)
    )
