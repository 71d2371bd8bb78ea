"""Every night what is too old is deleted: a little at a time, so that no home waits to be heard.

A step, and a wait. Of several workers one does it: who holds the lease. A clock that has jumped
ahead deletes nothing until a person has said that it is right.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
import logging
import secrets
from time import perf_counter
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from ..clock import Clock, is_set
from ..storage.database import Database
from ..storage.settings import keep, kept
from .periods import Keep
from .rule import Found, Keys, Rule
from .rules import rules_of

_LOG: Final = logging.getLogger(__name__)
# a long weekend without power; more than that nobody notices for certain
MOST_JUMP: Final = timedelta(days=3)
_HOUR: Final = time(4)
_LOOKS_EVERY_S: Final = 600.0
_LEASE: Final = timedelta(minutes=10)
_FOUND_AT_ONCE: Final = 20_000
# of another kind: a case brings its whole timeline along
_BEGINS_WITH: Final = 100
_STATE: Final = "sweeping"


class Sweeping(msgspec.Struct, frozen=True, kw_only=True):
    """What all workers know. `seen`: when the clock was last believed."""

    seen: datetime
    # since when the clock is not believed
    held: datetime | None = None
    # the local day that is done, and what went
    day: str = ""
    ended: datetime | None = None
    went: dict[str, int] = {}
    worker: str = ""
    until: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Pace:
    """As much at once as the one writer does in `work_s`; then it is the others' turn."""

    work_s: float = 0.02
    rest_s: float = 0.04
    size: int = 100
    _most: int = 2000

    async def after(self, took: float) -> None:
        if took > 2 * self.work_s:
            self.size = max(1, self.size // 2)
        elif took < self.work_s:
            self.size = min(self._most, self.size + self.size // 2 + 1)
        await asyncio.sleep(max(self.rest_s, 2 * took))


class LeaseLostError(Exception):
    """Another worker has taken over."""


class Sweeper:
    def __init__(self, database: Database, periods: Keep, zone: ZoneInfo, clock: Clock) -> None:
        self._database = database
        self._zone = zone
        self._clock = clock
        self._pace = Pace()
        self._rules = rules_of(periods, zone)
        self._me = secrets.token_hex(8)

    async def run(self) -> None:
        while True:
            try:
                await self.step(self._clock.now())
            except Exception:  # noqa: BLE001 - whoever only tidies up must not end who watches
                _LOG.exception("old data is not all deleted; tried again in ten minutes")
            await asyncio.sleep(_LOOKS_EVERY_S)

    async def step(self, now: datetime) -> dict[str, int] | None:
        """What went, if it was time for it and nobody else does it."""
        if not is_set(now) or not await self._database.write(lambda c, _: self._begin(c, now)):
            return None
        went: dict[str, int] = {}
        for rule in self._rules:
            went[rule.name] = went.get(rule.name, 0) + await self._sweep(rule, now)
        await self._database.write(lambda c, _: self._end(c, now, went))
        _LOG.info("what was too old is deleted", extra={"went": went})
        return went

    async def _sweep(self, rule: Rule, now: datetime) -> int:
        went, after = 0, None
        self._pace.size = min(self._pace.size, _BEGINS_WITH)
        while True:
            found = await self._find(rule, now, after)
            keys, after = found.keys, found.after
            while keys:
                some, keys = keys[: self._pace.size], keys[self._pace.size :]
                went += await self._forget(rule, some, now)
            if after is None:
                return went

    async def _find(self, rule: Rule, now: datetime, after: object) -> Found:
        return await self._database.read(lambda c: rule.find(c, now, after, _FOUND_AT_ONCE))

    async def _forget(self, rule: Rule, keys: Keys, now: datetime) -> int:
        until = self._clock.now() + _LEASE

        def job(connection: Connection) -> tuple[int, float]:
            began = perf_counter()
            self._renew(connection, until)
            return rule.forget(connection, keys, now), perf_counter() - began

        went, took = await self._database.write(lambda c, _: job(c))
        await self._pace.after(took)
        return went

    def _begin(self, connection: Connection, now: datetime) -> bool:
        known = state_of(connection)
        if known is None:
            _write(connection, Sweeping(seen=now))
            return False
        if now - known.seen > MOST_JUMP:
            if known.held is None:
                _LOG.error("the clock has jumped ahead: nothing is deleted until it is confirmed")
                _write(connection, _with(known, held=now))
            return False
        here = now.astimezone(self._zone)
        # one that is further away was taken by a clock that ran ahead
        is_taken = known.until is not None and now < known.until <= now + 2 * _LEASE
        begins = here.time() >= _HOUR and known.day != f"{here:%Y-%m-%d}"
        mine = begins and (known.worker == self._me or not is_taken)
        lease = {"worker": self._me, "until": now + _LEASE} if mine else {}
        _write(connection, _with(known, seen=now, held=None, **lease))
        return mine

    def _renew(self, connection: Connection, until: datetime) -> None:
        known = state_of(connection)
        if known is None or known.worker != self._me:
            raise LeaseLostError
        _write(connection, _with(known, until=until))

    def _end(self, connection: Connection, now: datetime, went: dict[str, int]) -> None:
        known = state_of(connection) or Sweeping(seen=now)
        day = f"{now.astimezone(self._zone):%Y-%m-%d}"
        _write(connection, _with(known, day=day, ended=now, went=went, worker="", until=None))


def state_of(connection: Connection) -> Sweeping | None:
    value = kept(connection, _STATE)
    return msgspec.json.decode(value, type=Sweeping) if value else None


def believe_clock(connection: Connection, now: datetime) -> None:
    """A person has looked: it is as late as this clock says."""
    known = state_of(connection) or Sweeping(seen=now)
    _write(connection, _with(known, seen=now, held=None))


def _with(known: Sweeping, **changes: object) -> Sweeping:
    return msgspec.structs.replace(known, **changes)


def _write(connection: Connection, state: Sweeping) -> None:
    keep(connection, _STATE, msgspec.json.encode(state).decode())
