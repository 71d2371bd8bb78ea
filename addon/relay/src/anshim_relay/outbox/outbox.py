"""The relay's durable store as the rest of the relay sees it: one writer, one reader."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
import math
from pathlib import Path
import sqlite3

import orjson

from anshim_relay.envelope import Event, Priority
from anshim_relay.outbox import downbox, keeping, recent, rescue
from anshim_relay.outbox.ahead import Ahead, Turn
from anshim_relay.outbox.commits import Commits
from anshim_relay.outbox.database import Connection, Values, open_for_reading
from anshim_relay.outbox.downbox import Down, Numbered
from anshim_relay.outbox.keeping import Kept, Moment, Status
from anshim_relay.outbox.owing import Lot, Owed, Owing, owed_of, without
from anshim_relay.outbox.recent import Trace
from anshim_relay.outbox.room import Need, Room
from anshim_relay.outbox.writer import BrokenError, Work, Writer
from anshim_relay.seal import Seal

TRAIL = timedelta(days=35)
FORGET_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Highwater:
    epoch: str
    seq: int
    householdversion: int


@dataclass(frozen=True, kw_only=True)
class Queue:
    """How much waits, by priority, and how long the oldest has waited, if that can be known."""

    counts: Mapping[Priority, int]
    oldest_s: int | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class Outbox:
    def __init__(
        self, writing: Connection, path: Path, room: Room, on_broken: Callable[[], None]
    ) -> None:
        self._on_broken = on_broken
        self._writing = writing
        self._path = path
        self._reading = open_for_reading(path)
        self._readers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox-reader")
        self._writer = Writer(writing, room, on_broken)
        # Only the writer's thread sets it, and looks when it keeps: an event is either signed then
        # or found by `adopt`.
        self._seal: Seal | None = None
        self._lost: frozenset[str] = frozenset()
        self._ahead = Ahead()
        self._owing = Owing()

    def start(self) -> None:
        self._writer.start()

    def close(self) -> None:
        """Commits what is already waiting first."""
        self._writer.stop()
        self._readers.shutdown()
        self._reading.close()
        self._writing.close()

    async def keep(self, events: Sequence[Event], moment: Moment) -> list[Status]:
        urgent = any(event.priority is Priority.EMERGENCY for event in events)
        need = Need.EMERGENCY if urgent else Need.ORDINARY
        with self._ahead.turn(events, self._seal) as turn:
            kept = await self._writer.do(
                lambda connection: keeping.keep(connection, events, self._seal, moment, turn.ahead),
                need,
                then=lambda kept: self._came(turn, kept),
            )
        return kept.statuses

    def _came(self, turn: Turn, kept: Kept) -> None:
        self._ahead.came(turn, kept)
        if kept.new:
            self._owing.add(list(owed_of(kept)))

    async def at_rest(self, longest_s: float) -> None:
        """Waits until nothing waits to be kept, but no longer than that."""
        if not self._ahead.at_rest.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ahead.at_rest.wait(), longest_s)

    async def adopt(self, seal: Seal, lost: Collection[str] = ()) -> None:
        """From now on events are signed when kept; those kept before are signed here.

        What is owed under the name of a kit that was lost is signed again: nobody takes it else.
        """
        self._lost = frozenset(lost) - {seal.kit}

        def work(connection: Connection) -> int:
            self._seal = seal
            again = keeping.sign_again(connection, seal, self._lost) if self._lost else 0
            return again + keeping.sign_waiting(connection, seal)

        while await self._owed_otherwise(work):
            pass

    async def _owed_otherwise[T](self, work: Work[T]) -> T:
        """For all that changes what is owed and is neither kept nor answered."""
        return await self._writer.do(work, Need.BOOKKEEPING, then=lambda _: self._owing.forget())

    def look_again(self) -> None:
        """Whatever is known of what is owed: the file is asked next time."""
        self._owing.forget()

    async def destination(self, name: str) -> int:
        def work(connection: Connection) -> int:
            connection.run("add_destination", {"name": name})
            return int(connection.one("destination", {"name": name}))

        return await self._owed_otherwise(work)

    async def owed(
        self, destination: int, priorities: Sequence[Priority], resting: Collection[int], limit: int
    ) -> list[Owed]:
        """The most important first, within one priority the oldest; without those that rest."""
        lot = Lot(destination=destination, first=priorities[0].rank, last=priorities[-1].rank)
        known = self._owing.of(lot)
        if known is not None:
            return without(known, resting, limit)
        changes = self._owing.changes
        found = await self._found_owed(lot, resting, limit)
        if not resting and len(found) < limit:
            self._owing.learnt(lot, found, changes)
        return found

    async def _found_owed(self, lot: Lot, resting: Collection[int], limit: int) -> list[Owed]:
        values = {
            "destination": lot.destination,
            "first": lot.first,
            "last": lot.last,
            "resting": orjson.dumps(list(resting)).decode(),
            "limit": limit,
        }
        rows = await self._read(lambda connection: connection.run("owed", values).fetchall())
        order = list(Priority)
        return [
            Owed(
                row=row, id=id_, priority=order[rank], place=place, kit=kit, jws=jws, digest=digest
            )
            for row, id_, rank, place, kit, jws, digest in rows
        ]

    async def mark(
        self,
        destination: int,
        answers: Mapping[int, str],
        now: datetime | None,
        *,
        patient: bool = False,
    ) -> None:
        """`patient`: nothing else waits for it, so it may share the next commit."""
        at = None if now is None else now.timestamp()
        rows: dict[str, list[int]] = {}
        for row, answer in answers.items():
            rows.setdefault(answer, []).append(row)

        def work(connection: Connection) -> None:
            for answer, same in rows.items():
                packed = orjson.dumps(same).decode()
                values = {"destination": destination, "answer": answer, "at": at, "rows": packed}
                connection.run("mark", values)

        def then(_: None) -> None:
            self._owing.answered(destination, answers)

        await self._writer.do(work, Need.BOOKKEEPING, then=then, patient=patient)

    async def owe_again(self, destination: int, kit: str, have: Mapping[str, int]) -> int:
        """What was delivered and is there no more, as after a restore. Says how much.

        What ends an episode goes before what began one: nothing that is over comes up again. With
        it goes all that was delivered in the name of a kit that is lost, signed again.
        """
        values = {
            "destination": destination,
            "kit": kit,
            "have": orjson.dumps(dict(have)).decode(),
            "lost": orjson.dumps(list(self._lost)).decode(),
        }
        missing = await self._read(lambda connection: connection.one("missing_there", values))
        if missing:
            await self._owed_otherwise(lambda connection: self._owe_again(connection, values))
            if self._seal is not None:
                await self.adopt(self._seal, self._lost)
        return int(missing or 0)

    def _owe_again(self, connection: Connection, values: Values) -> None:
        """In one commit with the first signatures: nothing goes out in a lost kit's name."""
        connection.run("owe_again", values)
        if self._seal is not None and self._lost:
            keeping.sign_again(connection, self._seal, self._lost)

    async def queue(self, destination: int, moment: Moment) -> Queue:
        def work(connection: Connection) -> Queue:
            values = {"destination": destination}
            counts = dict(connection.run("waiting", values).fetchall())
            oldest = connection.run("oldest_owed", values).fetchone()
            return Queue(
                counts={priority: counts.get(priority.rank, 0) for priority in Priority},
                oldest_s=None if oldest is None else age_s(oldest, moment),
            )

        return await self._read(work)

    async def waited_s(self, destination: int, row: int, moment: Moment) -> float | None:
        """How long a destination has been without it; None when it has it.

        An age that nobody can know has outlived a boot: it counts as more than any patience.
        """
        values = {"destination": destination, "row": row}
        kept = await self._read(lambda connection: connection.run("owed_since", values).fetchone())
        if kept is None:
            return None
        age = age_s(kept, moment)
        return math.inf if age is None else age

    async def newest(self, limit: int) -> list[Trace]:
        return await self._read(lambda connection: recent.newest(connection, limit))

    async def trace(self, id_: str) -> Trace | None:
        return await self._read(lambda connection: recent.of(connection, id_))

    async def kinds_waiting(self, destination: int) -> list[tuple[str, int, int]]:
        return await self._read(lambda connection: recent.kinds_waiting(connection, destination))

    @property
    def commits(self) -> Commits:
        return self._writer.commits

    async def highwater(self) -> Highwater:
        return await self._read(
            lambda connection: Highwater(
                epoch=connection.fact("epoch") or "",
                seq=connection.number("seq"),
                householdversion=connection.one("newest_household") or 0,
            )
        )

    async def newest_kept_at(self) -> float | None:
        newest: float | None = await self._read(lambda connection: connection.one("newest_kept_at"))
        return newest

    async def add_down(self, messages: Sequence[Down], counter: int) -> int:
        return await self._writer.do(
            lambda connection: downbox.add(connection, messages, counter), Need.BOOKKEEPING
        )

    async def down_counter(self) -> int:
        return await self._read(lambda connection: connection.number("down_counter"))

    async def down_latest(self) -> int:
        return await self._read(lambda connection: connection.number("down_n"))

    async def down_after(self, n: int) -> list[Numbered]:
        return await self._read(lambda connection: downbox.after(connection, n))

    async def forget_down(self, n: int) -> None:
        """Nothing is written when there is nothing to forget: polling must not wear out a card."""
        known = await self._read(lambda connection: connection.number("down_fetched"))
        if n > known:
            await self._writer.do(
                lambda connection: downbox.forget(connection, n), Need.BOOKKEEPING
            )

    async def drop_down(self, n: int) -> None:
        await self._writer.do(lambda connection: downbox.drop(connection, n), Need.BOOKKEEPING)

    async def forget_delivered(self, now: datetime) -> None:
        """The trail of what everybody has is bounded; an answer without a time is dated first."""
        before = (now - TRAIL).timestamp()

        def work(connection: Connection) -> int:
            connection.run("date_answers", {"now": now.timestamp()})
            limit = {"before": before, "limit": FORGET_AT_ONCE}
            return connection.run("forget_older", limit).rowcount

        while await self._writer.do(work, Need.BOOKKEEPING) == FORGET_AT_ONCE:
            pass

    async def rescue_waiting(self) -> bool:
        """What a full disk kept from being rescued at the start. True when something was."""
        waiting = rescue.waiting(self._path)
        for aside in waiting:
            await self._refill(aside)
            rescue.done(aside)
        return bool(waiting)

    async def _refill(self, aside: Path) -> None:
        def work(connection: Connection) -> None:
            rescue.refill(connection, aside, self._seal)

        await self._owed_otherwise(work)
        if self._seal is not None:
            await self.adopt(self._seal, self._lost)

    async def _read[T](self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._readers, work, self._reading)
        except sqlite3.Error as error:
            self._on_broken()
            raise BrokenError(str(error)) from error


def age_s(kept: tuple[float | None, str, float], moment: Moment) -> int | None:
    kept_at, boot, uptime = kept
    if boot == moment.reading.boot:
        return max(0, int(moment.reading.steady - uptime))
    if kept_at is None or moment.seconds is None or kept_at > moment.seconds:
        return None
    return int(moment.seconds - kept_at)
