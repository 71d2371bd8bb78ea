"""What came while the last commit was on its way to the disk is heard together in the next one.

Each is answered after the commit that holds it. Called by the API, within its loop.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from threading import Lock
from typing import Final

from sqlalchemy import Connection

from ..storage.database import After, Database
from ..storage.faults import is_of_the_disk

_AT_ONCE: Final = 500
# so many at once come of themselves: nobody has to wait for more
_MANY: Final = 32

type Hear[Asked, Answer] = Callable[
    [Connection, After, Sequence[Asked]], Sequence[Answer | Exception]
]


@dataclass(slots=True)
class _Waiting[Asked, Answer]:
    asked: Asked
    answer: asyncio.Future[Answer]
    is_urgent: bool
    weight: int
    # not beside another with the same
    mark: Hashable | None


def _one(_asked: object) -> int:
    return 1


def _never(_asked: object) -> bool:
    return False


@dataclass(slots=True, kw_only=True)
class Together[Asked, Answer]:
    """`apart`: what must not be heard in the same breath, since the second must see the first.

    `weight`: how much of one commit it takes; a commit has an end, however much is waiting.
    `is_urgent`: what goes into the next one, whoever came before.
    `breath`: how long the first waits for others to share its commit (seconds).
    """

    database: Database
    hear_all: Hear[Asked, Answer]
    apart: Callable[[Asked], Hashable] | None = None
    weight: Callable[[Asked], int] = _one
    is_urgent: Callable[[Asked], bool] = _never
    most: int = _AT_ONCE
    breath: float = 0.0
    _waiting: list[_Waiting[Asked, Answer]] = field(default_factory=list)
    # whoever asks is in the loop; what waits is taken by the writer, in its own thread
    _lock: Lock = field(default_factory=Lock)
    # a commit that has not begun will take what waits
    _is_called: bool = False
    _commits: set[asyncio.Task[None]] = field(default_factory=set)
    # how many the last commit held
    _heard: int = 0

    async def hear(self, asked: Asked) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        mark = self.apart(asked) if self.apart else None
        waiting = _Waiting(asked, answer, self.is_urgent(asked), self.weight(asked), mark)
        with self._lock:
            self._waiting.append(waiting)
        self._call()
        # whoever asked may go away; what was asked is done with the others
        return await answer

    def _call(self) -> None:
        """For the next commit, even while one is under way: the writer never waits for the loop."""
        with self._lock:
            if self._is_called or not self._waiting:
                return
            self._is_called = True
        is_busy = self._commits or self._heard >= _MANY
        commit = asyncio.create_task(self._commit(0.0 if is_busy else self.breath))
        self._commits.add(commit)
        commit.add_done_callback(self._commits.discard)

    async def _commit(self, breath: float) -> None:
        if breath:
            await asyncio.sleep(breath)
        group: list[_Waiting[Asked, Answer]] = []
        try:
            _tell(group, await self.database.write(partial(self._hear, group)))
        except Exception as error:  # noqa: BLE001 - handed to whoever sent it
            # a commit that could not even begin has taken nobody
            await self._refused(group or self._taken(), error)
        # what had no room
        self._call()

    async def _refused(self, group: list[_Waiting[Asked, Answer]], error: Exception) -> None:
        """One that we fail at keeps no other from being heard."""
        if is_of_the_disk(error) or len(group) == 1:
            _refuse(group, error)
            return
        for one in group:
            try:
                _tell([one], await self.database.write(partial(self._hear_again, one)))
            except Exception as of_its_own:  # noqa: BLE001 - handed to whoever sent it
                _refuse([one], of_its_own)

    def _hear_again(
        self, one: _Waiting[Asked, Answer], connection: Connection, after: After
    ) -> Sequence[Answer | Exception]:
        return self.hear_all(connection, after, [one.asked])

    def _hear(
        self, group: list[_Waiting[Asked, Answer]], connection: Connection, after: After
    ) -> Sequence[Answer | Exception]:
        """In the writer's thread: whatever has come by now."""
        group += self._taken()
        return self.hear_all(connection, after, [one.asked for one in group])

    def _taken(self) -> list[_Waiting[Asked, Answer]]:
        with self._lock:
            self._is_called = False
            group = self._next()
            self._heard = len(group)
        return group

    def _next(self) -> list[_Waiting[Asked, Answer]]:
        chosen: list[_Waiting[Asked, Answer]] = []
        later: list[_Waiting[Asked, Answer]] = []
        marks: set[Hashable] = set()
        room = self.most
        for one in sorted(self._waiting, key=attrgetter("is_urgent"), reverse=True):
            room -= one.weight
            if (chosen and room < 0) or one.mark in marks:
                later.append(one)
            else:
                chosen.append(one)
                if one.mark is not None:
                    marks.add(one.mark)
        if all(one.is_urgent for one in chosen):
            chosen += _first_of_the_rest(later, marks)
        self._waiting = later
        return chosen


def _first_of_the_rest[Asked, Answer](
    later: list[_Waiting[Asked, Answer]], marks: set[Hashable]
) -> list[_Waiting[Asked, Answer]]:
    """Taken out: however many are urgent, the others go on as well."""
    for one in later:
        if not one.is_urgent and one.mark not in marks:
            later.remove(one)
            return [one]
    return []


def _tell[Asked, Answer](
    group: Sequence[_Waiting[Asked, Answer]], heard: Sequence[Answer | Exception]
) -> None:
    for one, answer in zip(group, heard, strict=True):
        if isinstance(answer, Exception):
            _refuse([one], answer)
        elif not one.answer.done():
            one.answer.set_result(answer)


def _refuse[Asked, Answer](group: Sequence[_Waiting[Asked, Answer]], error: Exception) -> None:
    for one in group:
        if not one.answer.done():
            one.answer.set_exception(error)
