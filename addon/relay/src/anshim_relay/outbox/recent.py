"""What was kept last, and what each destination proved about it. Read for the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from anshim_relay.outbox.database import Connection

type Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a destination said, by its name; `answer` None: it is still owed."""

    answer: str | None
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One event on its way; `digest` is what the district's receipt has to name."""

    id: str
    kind: str
    kept_at: datetime | None
    digest: str | None
    proofs: Mapping[str, Proof]


def newest(connection: Connection, limit: int) -> list[Trace]:
    return traces(connection.run("newest_events", {"limit": limit}).fetchall())


def of(connection: Connection, id_: str) -> Trace | None:
    found = traces(connection.run("trace_of", {"id": id_}).fetchall())
    return found[0] if found else None


def kinds_waiting(connection: Connection, destination: int) -> list[tuple[str, int, int]]:
    """Kind, rank and how many."""
    return connection.run("waiting_by_kind", {"destination": destination}).fetchall()


def traces(rows: Rows) -> list[Trace]:
    """One row for each event and destination, those of one event beside each other."""
    found = []
    for (id_, kind, kept_at, digest), of_one in groupby(rows, key=lambda row: row[:4]):
        proofs = {
            name: Proof(answer=answer, at=moment(at)) for *_, name, answer, at in of_one if name
        }
        trace = Trace(id=id_, kind=kind, kept_at=moment(kept_at), digest=digest, proofs=proofs)
        found.append(trace)
    return found


def moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
