"""What the database tells of the district: the same from every worker.

No household, and no dong: where few live, a figure would name them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, case, func, select

from ..cases.words import Stage, Standing
from ..desk import read_case
from ..duty.errands import Kind, untaken, untold
from ..forgetting.missing import missing_journal
from ..places import Scope
from ..storage.duty_tables import errands
from ..storage.tables import cases, is_open, outages, pulses, quarantine, workers

type Sample = tuple[str, dict[str, Any], float]

# a worker proves once a minute that it can write
_AT_WORK: Final = timedelta(minutes=3)
_UNHEARD: Final = "unheard"
_NOT_YET: Final = "not_yet"
_WATCHES: Final = ("seeing", "dim", "blind", _UNHEARD, _NOT_YET)
_STANDINGS: Final = (Standing.FREE, Standing.HELD, Standing.RESTING)
_URGENT: Final = (Stage.VISIT, Stage.EMERGENCY)


def stored(connection: Connection, now: datetime) -> list[Sample]:
    return [
        *_homes(connection),
        *_cases(connection),
        *_unowned(connection, now),
        *_errands(connection, now),
        *_outages(connection),
        ("quarantine_unseen", {}, _count(connection, quarantine.c.seen_by.is_(None))),
        ("journal_missing", {}, missing_journal(connection) is not None),
        ("workers", {}, _count(connection, workers.c.seen > now - _AT_WORK)),
    ]


def _homes(connection: Connection) -> Iterator[Sample]:
    missed = pulses.c.silent | pulses.c.claimed.is_not(None) | pulses.c.outage.is_not(None)
    watch = case((missed, _UNHEARD), else_=func.coalesce(pulses.c.watch, _NOT_YET))
    rows = connection.execute(
        select(watch, func.count()).where(missed | pulses.c.due.is_not(None)).group_by(watch)
    )
    found = {row[0]: row[1] for row in rows}
    for word in _WATCHES:
        yield "homes", {"watch": word}, found.get(word, 0)


def _cases(connection: Connection) -> Iterator[Sample]:
    rows = connection.execute(
        select(cases.c.stage, cases.c.standing, func.count())
        .where(is_open)
        .group_by(cases.c.stage, cases.c.standing)
    )
    found = {(row[0], row[1]): row[2] for row in rows}
    for stage in Stage:
        for standing in _STANDINGS:
            labels = {"stage": stage, "standing": standing}
            yield "cases_open", labels, found.get((stage.value, standing.value), 0)


def _unowned(connection: Connection, now: datetime) -> Iterator[Sample]:
    """Only what is urgent and nobody's is read: it must never be much."""
    rows = connection.execute(
        select(cases.c.stage, cases.c.state, cases.c.changed).where(
            is_open,
            cases.c.standing == Standing.FREE.value,
            cases.c.stage.in_([stage.value for stage in _URGENT]),
        )
    )
    oldest: dict[str, float] = dict.fromkeys((stage.value for stage in _URGENT), 0.0)
    for stage, state, changed in rows:
        age = (now - (_since(state) or changed)).total_seconds()
        oldest[stage] = max(oldest[stage], age)
    for stage, age in oldest.items():
        yield "case_unowned_seconds", {"stage": stage}, age


def _since(state: bytes) -> datetime | None:
    """A record that cannot be read must not hide the age of all the others."""
    try:
        return read_case(state).nobody_since
    except msgspec.DecodeError:
        return None


def _errands(connection: Connection, now: datetime) -> Iterator[Sample]:
    rows = connection.execute(
        select(errands.c.kind, func.count(), func.min(errands.c.due))
        .where(errands.c.due <= now)
        .group_by(errands.c.kind)
    )
    found: dict[str, Sequence[Any]] = {row[0]: row for row in rows}
    for kind in Kind:
        _, many, since = found.get(kind.value, ("", 0, now))
        yield "errands_waiting", {"kind": kind}, many
        yield "errand_waiting_seconds", {"kind": kind}, (now - since).total_seconds()
    yield "errands_failing", {}, untold(connection)
    yield "centre_untaken", {}, untaken(connection)


def _outages(connection: Connection) -> Iterator[Sample]:
    rows = connection.execute(
        select(outages.c.scope, func.count())
        .where(outages.c.ended.is_(None))
        .group_by(outages.c.scope)
    )
    found = {row[0]: row[1] for row in rows}
    for scope in Scope:
        yield "outages_open", {"scope": scope}, found.get(scope.value, 0)


def _count(connection: Connection, which: Any) -> int:
    return connection.scalar(select(func.count()).where(which)) or 0
