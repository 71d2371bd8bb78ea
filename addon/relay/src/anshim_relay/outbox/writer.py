"""The one thread that writes. It takes what waits, commits it together, and only then answers.

Called through `Outbox`; each piece of work is a function of the connection.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
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
# So long whoever has time waits for others to share the commit.
PATIENT_S = 0.02
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
    future: asyncio.Future[Any] | None = field(compare=False)
    then: Callable[[Any], None] = field(compare=False)
    patient: bool = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    task: Task
    result: Any = None
    error: Exception | None = None

    def give(self) -> None:
        """Whoever asked may have gone; what was done is done, and known to the outbox."""
        if self.error is None:
            self.task.then(self.result)
        future = self.task.future
        if future is None or future.done():
            return
        if self.error is None:
            future.set_result(self.result)
        else:
            future.set_exception(self.error)


def nothing(_: object) -> None:
    """What most work has to do afterwards."""


class Writer:
    def __init__(self, connection: Connection, room: Room, on_broken: Callable[[], None]) -> None:
        self._connection = connection
        self._room = room
        self._on_broken = on_broken
        self._tasks: queue.PriorityQueue[Task] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._run, name="outbox-writer", daemon=True)
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.commits = Commits()

    def start(self) -> None:
        self._thread.start()

    async def do[T](
        self,
        work: Work[T],
        need: Need,
        *,
        then: Callable[[T], None] = nothing,
        patient: bool = False,
    ) -> T:
        """Comes back after the commit, or with the reason why there was none.

        `then` is called with the result before anybody goes on, even if whoever asked has gone.
        """
        if self._stopping.is_set():
            raise BrokenError("the outbox is closed")
        self._loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = self._loop.create_future()
        self._put(work, need, future, then, patient=patient)
        return await future

    def stop(self) -> None:
        """Does what is already waiting, then ends. What slipped in behind the end is told so."""
        self._stopping.set()
        self._put(lambda _: None, Need.ORDINARY, None, nothing, patient=False)
        self._thread.join()
        late = []
        while not self._tasks.empty():
            late.append(self._tasks.get_nowait())
        self._hand_over([refused(task, BrokenError("the outbox is closed")) for task in late])

    def _put(
        self,
        work: Work[Any],
        need: Need,
        future: asyncio.Future[Any] | None,
        then: Callable[[Any], None],
        *,
        patient: bool,
    ) -> None:
        number = next(self._numbers)
        self._tasks.put(
            Task(need=need, number=number, work=work, future=future, then=then, patient=patient)
        )

    def _run(self) -> None:
        while not (self._stopping.is_set() and self._tasks.empty()):
            group = [task for task in self._next_group() if not is_cancelled(task)]
            try:
                self._commit(group)
            except Exception as error:  # noqa: BLE001 - whoever waits would wait for ever
                self._give_up(group, error)

    def _next_group(self) -> list[Task]:
        group = [self._tasks.get()]
        until = time.monotonic() + PATIENT_S
        with suppress(queue.Empty):
            while group[-1].patient and not self._stopping.is_set():
                group.append(self._tasks.get(timeout=max(0.0, until - time.monotonic())))
        with suppress(queue.Empty):
            while len(group) < GROUP:
                group.append(self._tasks.get_nowait())
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
        self._hand_over([refused(task, FullError())])

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
        self._hand_over(answers)

    def _hand_over(self, answers: Sequence[Answer]) -> None:
        """To the loop, which is woken once for all of them."""
        if self._loop is not None and answers:
            with suppress(RuntimeError):  # it is closed: nobody waits any more
                self._loop.call_soon_threadsafe(give_all, answers)

    def _try(self, task: Task) -> Answer:
        run = self._connection.raw.execute
        run("SAVEPOINT task")
        try:
            result = task.work(self._connection)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - it is handed to whoever asked; nobody else is harmed
            run("ROLLBACK TO task")
            run("RELEASE task")
            return refused(task, error)
        run("RELEASE task")
        return Answer(task=task, result=result)

    def _give_up(self, group: list[Task], error: Exception) -> None:
        """Whatever it was: everybody is answered, and the relay opens its outbox again."""
        self._stopping.set()
        self._hand_over([refused(task, BrokenError(str(error))) for task in group])
        self._on_broken()
        if not isinstance(error, sqlite3.Error):
            log.bug("outbox_writer_failed", error)
        log.critical("outbox_broken", reason=str(error), do=OPENED_AGAIN)


def refused(task: Task, error: Exception) -> Answer:
    return Answer(task=task, error=error)


def is_cancelled(task: Task) -> bool:
    """Whoever asked went away before anything was done."""
    return task.future is not None and task.future.cancelled()


def give_all(answers: Sequence[Answer]) -> None:
    for answer in answers:
        answer.give()
