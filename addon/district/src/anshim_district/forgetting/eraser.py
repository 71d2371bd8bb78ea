"""Erases, and sees to it that it stays so: journal first, then the database.

Called by the console; `recall` by every start, before anything is served.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
import logging
import secrets
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from ..households import household_exists
from ..storage.database import After, Database
from ..storage.engines import empty_log
from ..storage.erasure_tables import erased_kits, erasures
from ..storage.settings import keep, kept
from ..storage.tables import households
from . import erasing
from .erasing import AskedBy, NobodyThereError, NotYetError
from .journal import ErasedKit, Journal, JournalError, Tombstone
from .marks import JOURNAL, mark, mark_of
from .missing import note_missing

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    database: Database
    journal: Journal
    zone: ZoneInfo

    async def erase(
        self, household: str, *, by: str, asked_by: AskedBy, now: datetime
    ) -> Tombstone:
        """After the journal and the commit are on the disk; what was overwritten is gone then."""

        def job(connection: Connection, after: After) -> Tombstone:
            standing = erasing.standing(connection, household, now)
            if standing.steps:
                raise NotYetError(standing.steps)
            stone = erasing.tombstone(connection, household, by=by, asked_by=asked_by, now=now)
            self.journal.add(stone)
            erasing.write_down(connection, stone)
            erasing.erase(connection, household, self.zone)
            after.board = True
            return stone

        try:
            stone = await self.database.write(job)
        except NotYetError, NobodyThereError:
            raise
        except Exception:
            await self._take_back(household)
            raise
        await asyncio.to_thread(empty_log, self.database.engine)
        return stone

    async def _take_back(self, household: str) -> None:
        """Otherwise the next start would erase what was said not to be erased."""

        def still_there(connection: Connection) -> str | None:
            there = household_exists(connection, household)
            return mark(connection, household) if there else None

        if of := await self.database.read(still_there):
            await asyncio.to_thread(self.journal.take_back, of)

    def recall(self, now: datetime) -> None:
        """What the journal says was erased is not here, whatever backup this database is from.

        That it is missing is on the disk before another is begun: a crash between hides nothing.
        """
        self.database.write_now(lambda connection, _: self._note_missing(connection, now))
        erased = self.database.write_now(self._recall)
        if erased:
            _LOG.warning("erased again, by the journal", extra={"homes": erased})
            empty_log(self.database.engine)

    def _note_missing(self, connection: Connection, now: datetime) -> None:
        """The homes are watched all the same; a person sees to the rest.

        A restored backup of the Home Assistant app has no journal, and nobody can run a command
        there.
        """
        if self.journal.path.exists() or kept(connection, JOURNAL) is None:
            return
        missing = note_missing(connection, now)
        facts = {"path": str(self.journal.path), "newest_known": missing.newest}
        _LOG.error("the journal of erasures is missing: begun anew", extra=facts)

    def _recall(self, connection: Connection, _after: After) -> int:
        id_ = self._opened(connection)
        stones = self.journal.stones_with(set(connection.scalars(select(erasures.c.mark))))
        homes = connection.scalars(select(households.c.id)) if stones else ()
        here = {mark_of(id_, home): home for home in homes}
        erased = 0
        for stone in stones:
            home = here.get(stone.mark)
            if home is not None and erasing.is_lived_in_since(connection, home, stone.at):
                self._let_live(stone, home)
                continue
            erasing.write_down(connection, stone)
            if home is not None:
                erasing.erase(connection, home, self.zone)
                erased += 1
        return erased

    def _let_live(self, stone: Tombstone, home: str) -> None:
        """Its erasure failed, and so did taking it back; somebody is watched there since."""
        self.journal.take_back(stone.mark)
        facts = {"household": home, "erasure_of": stone.at}
        _LOG.error("not erased again: the home has been watched since; taken back", extra=facts)

    def _opened(self, connection: Connection) -> str:
        known = kept(connection, JOURNAL)
        if not self.journal.path.exists():
            _begin(connection, self.journal, known or secrets.token_hex(16), [])
        id_ = self.journal.opened(known)
        if known is None:
            keep(connection, JOURNAL, id_)
        return id_


def begin_anew(database: Database, journal: Journal) -> int:
    """A journal from what the database knows, and what is left of the old one. How many lines."""

    def job(connection: Connection, _after: After) -> int:
        id_ = kept(connection, JOURNAL) or secrets.token_hex(16)
        keep(connection, JOURNAL, id_)
        return _begin(connection, journal, id_, _readable(journal, id_))

    return database.write_now(job)


def _begin(connection: Connection, journal: Journal, id_: str, old: list[Tombstone]) -> int:
    stones = {stone.mark: stone for stone in (*_remembered(connection), *old)}
    journal.begin(id_, tuple(stones.values()))
    return len(stones)


def _readable(journal: Journal, id_: str) -> list[Tombstone]:
    """What cannot be read is set aside, not deleted."""
    if not journal.path.exists():
        return []
    try:
        journal.opened(id_)
        return journal.stones()
    except JournalError:
        journal.path.replace(journal.path.with_suffix(".unusable"))
        return []


def _remembered(connection: Connection) -> list[Tombstone]:
    """Which kit was whose is known to nobody; all of them stand at the first."""
    kits = tuple(
        ErasedKit(kit=row.kit, kid=row.kid, x=row.x)
        for row in connection.execute(select(erased_kits))
    )
    rows = connection.execute(select(erasures).order_by(erasures.c.at)).all()
    return [
        Tombstone(mark=row.mark, at=row.at, by=row.by, asked_by=row.asked_by, kits=kits * (n == 0))
        for n, row in enumerate(rows)
    ]
