"""The one thread that writes. It takes what waits, commits it together, and only then answers.

Called through `Outbox`; each piece of work is a function of the connection.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
import itertools
import queue
import sqlite3
import threading
import time
from typing import Any

from anshim_relay import log
from anshim_relay.outbox.commits import Commits
from anshim_relay.outbox.database import Connection, is_full
from anshim_relay.outbox.room import Need, Room

GROUP = 256
OPENED_AGAIN = "nothing: the relay opens it again and rescues what it can"

type Work[T] = Callable[[Connection], T]


class FullError(Exception):
    """There is no room for this now."""


class BrokenError(Exception):
    """The outbox cannot be written any more: close everything, open it again, rescue."""


@dataclass(order=True, frozen=True, kw_only=True)
class Task:
    need: Need
    number: int
    work: Work[Any] = field(compare=False)
    future: Future[Any] = field(compare=False)


class Writer:
    def __init__(self, connection: Connection, room: Room, on_broken: Callable[[], None]) -> None:
        self._connection = connection
        self._room = room
        self._on_broken = on_broken
        self._tasks: queue.PriorityQueue[Task] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._run, name="outbox-writer", daemon=True)
        self._stopping = Future[None]()
        self.commits = Commits()

    def start(self) -> None:
        self._thread.start()

    async def do[T](self, work: Work[T], need: Need) -> T:
        """Comes back after the commit, or with the reason why there was none."""
        if self._stopping.done():
            raise BrokenError("the outbox is closed")
        future: Future[T] = Future()
        self._put(work, need, future)
        return await asyncio.wrap_future(future)

    def stop(self) -> None:
        """Does what is already waiting, then ends. What slipped in behind the end is told so."""
        if not self._stopping.done():
            self._stopping.set_result(None)
        self._put(lambda _: None, Need.ORDINARY, Future())
        self._thread.join()
        while not self._tasks.empty():
            future = self._tasks.get_nowait().future
            if future.set_running_or_notify_cancel():
                future.set_exception(BrokenError("the outbox is closed"))

    def _put(self, work: Work[Any], need: Need, future: Future[Any]) -> None:
        number = next(self._numbers)
        self._tasks.put(Task(need=need, number=number, work=work, future=future))

    def _run(self) -> None:
        while not (self._stopping.done() and self._tasks.empty()):
            group = [t for t in self._next_group() if t.future.set_running_or_notify_cancel()]
            try:
                self._commit(group)
            except Exception as error:  # noqa: BLE001 - whoever waits would wait for ever
                self._give_up(group, error)

    def _next_group(self) -> list[Task]:
        group = [self._tasks.get()]
        while len(group) < GROUP:
            try:
                group.append(self._tasks.get_nowait())
            except queue.Empty:
                break
        return group

    def _commit(self, group: list[Task]) -> None:
        """In this order.

        1. everybody in one transaction
        2. if there is no room for all, each alone, the gravest first.
        """
        try:
            if self._room.admit(Need.ORDINARY):
                self._together(group)
                return
        except sqlite3.Error as error:
            if not is_full(error):
                raise
        for task in sorted(group):
            self._alone(task)

    def _alone(self, task: Task) -> None:
        """Tries again with all that may be given up: the reserve for some, the trail for all."""
        for help_out in (self._nothing, self._open_reserve, self._forget_some):
            help_out(task.need)
            if not self._room.admit(task.need):
                break
            try:
                self._together([task])
            except sqlite3.Error as error:
                if not is_full(error):
                    raise
            else:
                return
        task.future.set_exception(FullError())

    def _nothing(self, need: Need) -> None:
        """The first try takes nothing from anybody."""

    def _open_reserve(self, need: Need) -> None:
        if need is Need.EMERGENCY:
            self._room.release()

    def _forget_some(self, need: Need) -> None:
        """What is owed goes before what is only remembered."""
        self._room.admit(Need.BOOKKEEPING)
        try:
            self._connection.run("forget_oldest", {"limit": GROUP})
        except sqlite3.Error as error:
            if not is_full(error):
                raise

    def _together(self, group: list[Task]) -> None:
        """Answers are given after the commit, never before."""
        run = self._connection.raw.execute
        before = self._connection.raw.total_changes
        run("BEGIN IMMEDIATE")
        try:
            answers = [self._try(task) for task in group]
            begun, wrote = time.perf_counter(), self._connection.raw.total_changes != before
            run("COMMIT")
            if wrote:
                self.commits.took(time.perf_counter() - begun)
        except BaseException:
            if self._connection.raw.in_transaction:
                run("ROLLBACK")
            raise
        for answer in answers:
            answer()

    def _try(self, task: Task) -> Callable[[], None]:
        run = self._connection.raw.execute
        run("SAVEPOINT task")
        try:
            result = task.work(self._connection)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - it is handed to whoever asked; nobody else is harmed
            refusal = error
            run("ROLLBACK TO task")
            run("RELEASE task")
            return lambda: task.future.set_exception(refusal)
        run("RELEASE task")
        return lambda: task.future.set_result(result)

    def _give_up(self, group: list[Task], error: Exception) -> None:
        """Whatever it was: everybody is answered, and the relay opens its outbox again."""
        if not self._stopping.done():
            self._stopping.set_result(None)
        for task in group:
            if not task.future.done():
                task.future.set_exception(BrokenError(str(error)))
        self._on_broken()
        if not isinstance(error, sqlite3.Error):
            log.bug("outbox_writer_failed", error)
        log.critical("outbox_broken", reason=str(error), do=OPENED_AGAIN)
