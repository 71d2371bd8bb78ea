"""Every night what is too old is deleted: a little at a time, so that no home waits to be heard.

A step, and a wait. Of several workers one does it: who holds the lease. A clock that has jumped
ahead deletes nothing until a person has said that it is right.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
import logging
import secrets
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from ..clock import Clock, is_set
from ..storage.database import Database
from ..storage.settings import keep, kept
from .periods import Keep
from .rules import Keys, Rule, rules_of

_LOG: Final = logging.getLogger(__name__)
# a long weekend without power; more than that nobody notices for certain
MOST_JUMP: Final = timedelta(days=3)
_HOUR: Final = time(4)
_LOOKS_EVERY_S: Final = 600.0
_LEASE: Final = timedelta(minutes=10)
_FOUND_AT_ONCE: Final = 20_000
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
    """Between two writes: never less than `least`, and `times` what the last one took."""

    least_s: float = 0.02
    times: float = 4.0

    async def rest(self, took: float) -> None:
        await asyncio.sleep(max(self.least_s, self.times * took))


class LeaseLostError(Exception):
    """Another worker has taken over."""


class Sweeper:
    def __init__(
        self,
        database: Database,
        periods: Keep,
        zone: ZoneInfo,
        clock: Clock,
        pace: Pace | None = None,
    ) -> None:
        self._database = database
        self._zone = zone
        self._clock = clock
        self._pace = pace or Pace()
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
        went = 0
        while keys := await self._database.read(lambda c: rule.find(c, now, _FOUND_AT_ONCE)):
            for start in range(0, len(keys), rule.at_once):
                went += await self._forget(rule, keys[start : start + rule.at_once], now)
            if len(keys) < _FOUND_AT_ONCE:
                break
        return went

    async def _forget(self, rule: Rule, keys: Keys, now: datetime) -> int:
        loop, until = asyncio.get_running_loop(), self._clock.now() + _LEASE

        def job(connection: Connection) -> int:
            self._renew(connection, until)
            return rule.forget(connection, keys, now)

        began = loop.time()
        went = await self._database.write(lambda c, _: job(c))
        await self._pace.rest(loop.time() - began)
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
        is_taken = known.until is not None and now < known.until <= now + _LEASE
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
