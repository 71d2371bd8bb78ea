"""The database: one writer thread that commits in groups, and readers beside it.

Everybody's way to the disk.

`write(job)` answers only after the commit that holds the job's changes; a job that fails takes back
its own changes and nobody else's. Jobs name in `After` what others are to be told once it is
durable.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
import logging
import threading
import time
from typing import Any, Final

from sqlalchemy import Connection

from ..metrics.counted import Histogram
from .engines import is_postgresql, reading_engine, writing_engine
from .migrate import migrate
from .neighbours import Neighbours, News
from .orders import Orders
from .savepoint import LostCommitError, savepoint
from .workers import new_number

_LOG: Final = logging.getLogger(__name__)
_GROUP: Final = 256
_READERS: Final = 2


@dataclass(slots=True)
class After:
    """Collected by the jobs of one commit; told to listeners when it is on disk."""

    kits: set[str] = field(default_factory=set)
    board: bool = False
    due: datetime | None = None
    # it cannot be said what: whoever waits looks again
    everything: bool = False
    # texts, calls and mails of which something became known: the way, and what
    reached: list[tuple[str, str]] = field(default_factory=list)

    def wake_at(self, due: datetime | None) -> None:
        if due is not None:
            self.due = due if self.due is None else min(due, self.due)

    def add(self, other: After) -> None:
        self.kits |= other.kits
        self.board = self.board or other.board
        self.reached += other.reached
        self.wake_at(other.due)


type Job[T] = Callable[[Connection, After], T]


@dataclass(slots=True)
class _Order:
    job: Job[Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Database:
    def __init__(
        self, where: str, told: Callable[[After], None], commits: Histogram | None = None
    ) -> None:
        self.engine = writing_engine(where)
        self._reading = reading_engine(where)
        self._told = told
        self._commits = commits or Histogram()
        self._loop: asyncio.AbstractEventLoop | None = None
        # this worker's, as the others see it (`workers.who_is_here`)
        self.worker = new_number()
        self._neighbours = (
            Neighbours(where, self.worker, self._hear) if is_postgresql(where) else None
        )
        self._orders: Orders[_Order] = Orders()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")
        # whoever watches over the homes never queues behind what strangers ask
        self._watchers = ThreadPoolExecutor(1, thread_name_prefix="watcher")
        self._writer = threading.Thread(target=self._write_on, name="writer")

    def prepare(self) -> None:
        """Brings the schema up to date."""
        migrate(self.engine)

    def open(self) -> None:
        self.prepare()
        self._writer.start()
        if self._neighbours:
            self._neighbours.start()

    def write_now[T](self, job: Job[T]) -> T:
        """For the command line, which has no loop: one job, one commit."""
        with self.engine.begin() as connection:
            return job(connection, After())

    async def write[T](self, job: Job[T], *, patient: bool = False) -> T:
        """`patient`: a part of much work, which lets pass whatever else has come meanwhile."""
        loop = self._loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._orders.put(_Order(job=job, future=future), patient=patient)
        # whoever asked may go away; what was asked is done and its answer dropped
        return await asyncio.shield(future)

    async def read[T](self, question: Callable[[Connection], T], *, watching: bool = False) -> T:
        """`watching`: for the overseer, the dispatcher and the clerks, who have a thread apart."""
        readers = self._watchers if watching else self._readers
        return await asyncio.get_running_loop().run_in_executor(readers, self._read, question)

    def _read[T](self, question: Callable[[Connection], T]) -> T:
        with self._reading.connect() as connection:
            return question(connection)

    def close(self) -> None:
        """Finishes what was asked before."""
        self._orders.end()
        if self._writer.is_alive():
            self._writer.join()
        if self._neighbours:
            self._neighbours.close()
        self._readers.shutdown()
        self._watchers.shutdown()
        self._reading.dispose()
        self.engine.dispose()

    def _hear(self, news: News) -> None:
        """From another worker, in the thread that listens."""
        after = After(kits=set(news.kits), board=news.board, everything=news.everything)
        self._hand_over(after, ())

    def _write_on(self) -> None:
        with self.engine.connect() as connection:
            while orders := self._orders.next_group(_GROUP):
                self._commit(connection, orders)

    def _commit(self, connection: Connection, orders: list[_Order]) -> None:
        """1. each job in its own savepoint  2. one commit  3. tell whoever waits, and answer."""
        after, began = After(), time.perf_counter()
        try:
            with connection.begin() as transaction:
                if len(orders) == 1:
                    _perform_alone(connection, orders[0], after)
                    if orders[0].error:
                        transaction.rollback()
                else:
                    for order in orders:
                        _perform(connection, order, after)
                if self._neighbours and transaction.is_active:
                    self._neighbours.tell(connection, after.kits, board=after.board)
        except Exception as error:  # noqa: BLE001 - handed to everybody who waits for this commit
            # a full or broken disk: nobody of this group may believe that it is kept
            _LOG.exception("commit failed", extra={"jobs": len(orders)})
            for order in orders:
                order.error = order.error or error
            after = After()
        self._commits.took(time.perf_counter() - began)
        self._hand_over(after, orders)

    def _hand_over(self, after: After, orders: Sequence[_Order]) -> None:
        """To the loop, from another thread."""
        if self._loop is None:
            return
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._answer, after, orders)

    def _answer(self, after: After, orders: Sequence[_Order]) -> None:
        """The listeners first: whoever is answered may ask at once what came of it."""
        try:
            self._told(after)
        finally:
            for order in orders:
                _answer(order)


def _perform_alone(connection: Connection, order: _Order, after: After) -> None:
    """A job that is the whole commit needs no savepoint: if it fails, nothing is committed."""
    own = After()
    try:
        order.result = order.job(connection, own)
    except Exception as error:  # noqa: BLE001 - handed to whoever asked
        order.error = error
    else:
        after.add(own)


def _perform(connection: Connection, order: _Order, after: After) -> None:
    own = After()
    try:
        with savepoint(connection):
            order.result = order.job(connection, own)
    except LostCommitError:
        raise
    except Exception as error:  # noqa: BLE001 - handed to whoever asked, with everything else of the group kept
        order.error = error
    else:
        after.add(own)


def _answer(order: _Order) -> None:
    if order.future.done():
        return
    if order.error is not None:
        order.future.set_exception(order.error)
    else:
        order.future.set_result(order.result)
