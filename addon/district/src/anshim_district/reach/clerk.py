"""Tells one system of the control centre what the dispatcher handed over, until it has taken it.

Apart from the dispatcher: a system that hangs keeps no telephone waiting. The same rows, claimed,
repeated and marked by the same rules.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ..cases.model import Noted
from ..casework import note
from ..clock import Clock
from ..duty import errands
from ..duty.errands import Errand, Kind
from ..duty.roster import Way
from ..registry.vault import Keeper
from ..storage.database import After, Database
from . import outbox
from .carrier import CarrierError
from .loop import go_on
from .mail import CENTRE
from .news import News, State, System, news_of
from .outbox import LONGEST_CLAIM, Out, Result

_LOG: Final = logging.getLogger(__name__)
_BACKOFF_S: Final = (5, 15, 30, 60, 120)
_LONGEST_BACKOFF_S: Final = 300


@dataclass(slots=True, kw_only=True)
class Clerk[M]:
    system: System[M]
    database: Database
    clock: Clock
    keeper: Keeper
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def notice(self) -> None:
        """A commit may have brought something to tell."""
        self._wake.set()

    async def run(self) -> None:
        await go_on(self.step, self._wake, self.clock)

    async def close(self) -> None:
        await self.system.close()

    async def step(self, now: datetime) -> datetime | None:
        """Everything that is due, calls for help first; the next moment, if any."""
        kinds = frozenset({self.system.kind})
        while due := await self._due(kinds, now):
            await asyncio.gather(*(self._go_on(errand, now) for errand in due))
            # it may have taken long: what has come meanwhile may be more urgent
            now = self.clock.now()
        return await self.database.read(lambda c: errands.next_due(c, kinds), watching=True)

    async def _due(self, kinds: frozenset[Kind], now: datetime) -> Sequence[Errand]:
        most = self.system.at_once
        return await self.database.read(
            lambda c: errands.due_errands(c, now, most, kinds=kinds), watching=True
        )

    async def _go_on(self, errand: Errand, now: datetime) -> None:
        """One that we fail at is tried again later, and keeps no other waiting."""
        try:
            await self._move(errand, now)
        except SQLAlchemyError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it must not stop the others
            _LOG.exception("news failed", extra={"errand": errand.id})
            await self.database.write(lambda c, a: _put_off(c, a, errand, now))

    async def _move(self, errand: Errand, now: datetime) -> None:
        """1. record  2. tell  3. mark. A crash repeats it, under the same name."""
        decided = await self.database.write(lambda c, _: self._decide(c, errand, now))
        if decided is None:
            return
        news, message = decided
        is_taken = await self._is_taken(news, message)
        then = self.clock.now()
        if is_taken:
            await self.database.write(lambda c, a: _mark(c, a, errand, news, then))
        else:
            await self.database.write(lambda c, a: _put_off(c, a, errand, then))

    async def _is_taken(self, news: News, message: M) -> bool:
        try:
            await self.system.tell(message)
        except CarrierError as error:
            _LOG.warning(
                "the control centre's system did not take it",
                extra={"reference": news.reference, "because": str(error)},
            )
            return False
        return True

    def _decide(
        self, connection: Connection, errand: Errand, now: datetime
    ) -> tuple[News, M] | None:
        """Of several workers the first takes it."""
        if not errands.is_still_due(connection, errand, now):
            return None
        vault, names = self.keeper.vault, self.system.names
        news = news_of(connection, vault, errand, names=names, now=now)
        message = self.system.prepare(connection, news, now) if news else None
        if news is None or message is None:
            errands.put_off(connection, errand, due=None)
            return None
        way = Way(errand.kind)
        out = Out(reference=news.reference, way=way, who=CENTRE, worker=self.database.worker)
        outbox.write_down(connection, errand, out, now)
        errands.put_off(connection, errand, due=now + LONGEST_CLAIM, failures=errand.failures)
        return news, message


def _mark(connection: Connection, after: After, errand: Errand, news: News, now: datetime) -> None:
    outbox.hear(connection, news.reference, Result.DELIVERED, now)
    code = f"tell_{errand.kind}"
    _note(connection, errand, code if news.state is State.OPEN else f"{code}_news", now)
    errands.put_off(connection, errand, due=None)
    after.board = True


def _put_off(connection: Connection, after: After, errand: Errand, now: datetime) -> None:
    """Until it is taken. The first failure is a line on the case, all are one on the board."""
    if not errand.failures:
        _note(connection, errand, f"tell_{errand.kind}_failed", now)
        after.board = True
    failures = errand.failures + 1
    errands.put_off(connection, errand, due=now + backoff(failures), failures=failures)


def backoff(failures: int) -> timedelta:
    waits = (*_BACKOFF_S, _LONGEST_BACKOFF_S)
    return timedelta(seconds=waits[min(failures, len(waits)) - 1])


def _note(connection: Connection, errand: Errand, code: str, now: datetime) -> None:
    noted = Noted(case=errand.case, code=code, at=now, by="district")
    note(connection, errand.household, noted, now)
