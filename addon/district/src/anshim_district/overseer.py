"""Goes on by itself: homes whose silence is too long, cases whose deadlines have passed.

A step, and a wait.

`step(now)` is what the loop runs at the earliest stored deadline or when a commit brings an earlier
one.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
import logging
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, select, update
from sqlalchemy.exc import OperationalError

from . import outages
from .cases.happenings import Due, FellSilent
from .casework import Casework
from .clock import Clock, is_set, whole_ms
from .desk import Desk
from .messages import Heartbeat
from .storage.database import After, Database
from .storage.savepoint import savepoint
from .storage.tables import cases, pulses

_LOG: Final = logging.getLogger(__name__)
_AT_ONCE: Final = 200
_CLAIMED_AT_ONCE: Final = 10_000
# the wall clock may be set while we wait: look again now and then
_LONGEST_WAIT: Final = timedelta(seconds=30)
_ONE_HOME_FAILED: Final = timedelta(minutes=1)
_PUT_RIGHT_EVERY: Final = timedelta(hours=1)
_AFTER_FAILURE: Final = timedelta(seconds=2)
# others write while a step waits for its turn: what they wrote is no word of the future, and a step
# that took it for one would never end while they go on
_WRITTEN_MEANWHILE: Final = timedelta(minutes=1)

# the earliest of each, asked in one after every step
_FIRST: Final = select(
    *(
        select(func.min(moment)).where(moment.is_not(None)).scalar_subquery()
        for moment in (pulses.c.claimed, pulses.c.due, cases.c.due)
    )
)


class Overseer:
    def __init__(self, database: Database, casework: Casework, clock: Clock) -> None:
        self._database = database
        self._casework = casework
        self._clock = clock
        self._wake = asyncio.Event()
        self._until: datetime | None = None
        # when deadlines were last looked at with success
        self.stepped: datetime | None = None
        self._put_right: datetime | None = None

    def notice(self, due: datetime | None) -> None:
        """A commit brought a deadline."""
        if due is not None and (self._until is None or due < self._until):
            self._wake.set()

    async def run(self) -> None:
        while True:
            self._wake.clear()
            try:
                self._until = await self.step(self._clock.now())
                wait = self._wait()
            except Exception:  # noqa: BLE001 - whoever watches over all homes never ends for good
                _LOG.exception("a step failed and is tried again")
                wait = _AFTER_FAILURE
            try:
                await asyncio.wait_for(self._wake.wait(), wait.total_seconds())
            except TimeoutError:
                continue

    def _wait(self) -> timedelta:
        if self._until is None:
            return _LONGEST_WAIT
        return min(_LONGEST_WAIT, max(timedelta(0), self._until - self._clock.now()))

    async def step(self, now: datetime) -> datetime | None:
        """1.

        put right what a clock that ran ahead wrote  2. claim all overdue homes  3. tell an
        outage from silences, when those beside have had their time  4. open the cases of all others
        5. move cases on. The next deadline, if any.
        """
        if self._may_be_ahead(now):
            await self._database.write(lambda connection, _: hear_in_the_past(connection, now))
            self._put_right = now
        await self.claim(now)
        settle = await self._tell_apart(now)
        while await self._database.write(
            lambda c, a: self._open_silent(c, a, now - settle, now), patient=True
        ):
            pass
        while await self._database.write(lambda c, a: self._advance(c, a, now)):
            pass
        until = await self._database.read(lambda c: next_deadline(c, settle), watching=True)
        self.stepped = now
        return until

    async def claim(self, now: datetime) -> int:
        """All that are overdue; others write between one part and the next."""
        claimed = 0
        while some := await self._database.write(lambda c, _: claim_overdue(c, now), patient=True):
            claimed += some
            if some < _CLAIMED_AT_ONCE:
                break
        return claimed

    async def _tell_apart(self, now: datetime) -> timedelta:
        """How long a silence waits for those beside it."""
        possible = await self._database.read(outages.are_possible, watching=True)
        settle = self._casework.times.settle if possible else timedelta(0)
        await outages.tell_apart(self._database, settle, now)
        return settle

    def _may_be_ahead(self, now: datetime) -> bool:
        """All homes are looked at: only where the clock may have been put back since."""
        if self.stepped is None or self._put_right is None or now < self.stepped:
            return True
        return now - self._put_right > _PUT_RIGHT_EVERY

    def _open_silent(
        self, connection: Connection, after: After, before: datetime, now: datetime
    ) -> int:
        rows = connection.execute(
            select(pulses).where(outages.is_single(before, now)).limit(_AT_ONCE)
        ).all()
        if not rows:
            return 0
        try:
            with savepoint(connection):
                self._open_together(connection, after, rows, now)
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 - one of them: each by itself, so that it stops no other
            for row in rows:
                self._open_one(connection, after, row, now)
        return len(rows)

    def _open_together(
        self, connection: Connection, after: After, rows: Sequence[Row[Any]], now: datetime
    ) -> None:
        desk = Desk(connection)
        desk.fetch([row.household for row in rows])
        for row in rows:
            silence = _silence(row.household, row.home_heard, row.condition)
            self._casework.happen_at(desk, after, row.household, silence, now)
        desk.put_down()
        connection.execute(
            update(pulses)
            .where(pulses.c.kit.in_([row.kit for row in rows]))
            .values(claimed=None, silent=True, outage=None)
        )

    def _open_one(self, connection: Connection, after: After, row: Row[Any], now: datetime) -> None:
        silence = _silence(row.household, row.home_heard, row.condition)
        opened = self._happen(connection, after, row.household, silence, now)
        later = {"claimed": None, "due": now + _ONE_HOME_FAILED}
        missed = {"claimed": None, "silent": True, "outage": None}
        connection.execute(
            update(pulses).where(pulses.c.kit == row.kit).values(missed if opened else later)
        )

    def _advance(self, connection: Connection, after: After, now: datetime) -> int:
        # each home once; asked to do that, SQLite goes through every case there ever was
        overdue = connection.scalars(
            select(cases.c.household).where(_is_to_move(now)).limit(_AT_ONCE)
        ).all()
        for household in dict.fromkeys(overdue):
            if not self._happen(connection, after, household, Due(), now):
                connection.execute(
                    update(cases)
                    .where(cases.c.household == household, _is_to_move(now))
                    .values(due=now + _ONE_HOME_FAILED, changed=now)
                )
        return len(overdue)

    def _happen(
        self,
        connection: Connection,
        after: After,
        household: str,
        happening: Due | FellSilent,
        now: datetime,
    ) -> bool:
        """A home that we fail at is tried again in a minute, and keeps no other home waiting."""
        try:
            with savepoint(connection):
                self._casework.happen(connection, after, household, happening, now)
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it must not stop the others
            _LOG.exception("a home could not be moved on", extra={"household": household})
            return False
        return True


def _is_to_move(now: datetime) -> ColumnElement[bool]:
    """Due, or written by a clock that ran ahead: its deadlines are too far away."""
    if not is_set(now):
        return cases.c.due <= whole_ms(now)
    is_ahead = cases.c.changed > now + _WRITTEN_MEANWHILE
    return (cases.c.due <= whole_ms(now)) | (cases.c.due.is_not(None) & is_ahead)


def hear_in_the_past(connection: Connection, now: datetime) -> None:
    """A home heard later than now is missed as if it had been heard now, not years from now."""
    if not is_set(now):
        return  # it is this clock that is wrong, not what was written
    ahead = connection.execute(
        select(pulses).where((pulses.c.heard > now) | (pulses.c.home_heard > now))
    ).all()
    for row in ahead:
        by = max(row.home_heard - now, timedelta(0))
        connection.execute(
            update(pulses)
            .where(pulses.c.kit == row.kit)
            .values(
                heard=min(row.heard, now),
                home_heard=min(row.home_heard, now),
                due=row.due and row.due - by,
                may_wait=row.may_wait and row.may_wait - by,
            )
        )


def claim_overdue(connection: Connection, now: datetime) -> int:
    """One statement for ten thousand: as quick for all of them, and nobody waits for long."""
    some = select(pulses.c.kit).where(pulses.c.due <= now).limit(_CLAIMED_AT_ONCE)
    claimed = connection.execute(
        update(pulses).where(pulses.c.kit.in_(some)).values(due=None, claimed=now)
    )
    return claimed.rowcount


def next_deadline(connection: Connection, settle: timedelta) -> datetime | None:
    claimed, silent, moves = connection.execute(_FIRST).one()
    waits = [claimed and claimed + settle, silent, moves]
    return min((at for at in waits if at is not None), default=None)


def _silence(household: str, heard: datetime, condition: bytes | None) -> FellSilent:
    """What cannot be read is no consent refused: the home is asked about as with a usual limit."""
    try:
        home = msgspec.json.decode(condition, type=Heartbeat).home if condition else None
    except msgspec.DecodeError:
        _LOG.exception("a stored heartbeat cannot be read", extra={"household": household})
        return FellSilent(heard=heard, limit=None, near=False, watched=True)
    if home is None:
        return FellSilent(heard=heard, limit=None, near=False, watched=False)
    return FellSilent(heard=heard, limit=home.limit, near=home.near, watched=home.service == "on")
