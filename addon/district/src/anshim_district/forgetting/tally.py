"""Counts of cases that are gone: by month and dong, with no way back to a home.

Written by whatever deletes cases, in the same commit; read by the council's month.
"""

from collections import defaultdict
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from ..council import Signal, Tally, signals_of
from ..storage.erasure_tables import tallies
from ..storage.tables import cases
from ..storage.upsert import upsert


def count_on(connection: Connection, ids: Sequence[str], zone: ZoneInfo) -> None:
    """Before these cases are deleted."""
    gone: defaultdict[tuple[str, str], list[Signal]] = defaultdict(list)
    for signal in signals_of(connection, cases.c.id.in_(ids)):
        month = f"{signal.opened.astimezone(zone):%Y-%m}"
        gone[month, signal.dong].append(signal)
    for (month, dong), signals in gone.items():
        known = connection.scalar(
            select(tallies.c.counts).where(tallies.c.month == month, tallies.c.dong == dong)
        )
        before = msgspec.json.decode(known, type=Tally) if known else Tally()
        counts = msgspec.json.encode(before.plus(Tally.of(signals)))
        connection.execute(
            upsert(connection, tallies)
            .values(month=month, dong=dong, counts=counts)
            .on_conflict_do_update(index_elements=["month", "dong"], set_={"counts": counts})
        )
