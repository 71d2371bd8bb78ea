"""The journal of erasures was missing at a start: known until an administrator has seen to it.

Noted by `eraser` at the start; shown by the board, the page on keeping, and the figures.
"""

from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from ..storage.erasure_tables import erasures
from ..storage.settings import drop, keep, kept

_STATE: Final = "erasure_journal_missing"


class MissingJournal(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever was erased after `newest` (empty: at any time) may be here again."""

    since: datetime
    newest: datetime | None = None


def missing_journal(connection: Connection) -> MissingJournal | None:
    value = kept(connection, _STATE)
    return msgspec.json.decode(value, type=MissingJournal) if value else None


def note_missing(connection: Connection, now: datetime) -> MissingJournal:
    """Missing once more is since the first time: what was to be seen to then still is."""
    known = missing_journal(connection)
    if known is not None:
        return known
    missing = MissingJournal(
        since=now, newest=connection.execute(select(func.max(erasures.c.at))).scalar()
    )
    keep(connection, _STATE, msgspec.json.encode(missing).decode())
    return missing


def confirm_missing(connection: Connection) -> None:
    """A person has laid the newest copy back, or looked who is here again."""
    drop(connection, _STATE)
