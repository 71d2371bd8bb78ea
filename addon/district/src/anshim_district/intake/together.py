"""What came while the last commit was on its way to the disk is heard together in the next one.

Each is answered after the commit that holds it. Called by the API, within its loop.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from ..storage.database import After, Database

_AT_ONCE: Final = 500

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
    _hearing: asyncio.Task[None] | None = None

    async def hear(self, asked: Asked) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        mark = self.apart(asked) if self.apart else None
        waiting = _Waiting(asked, answer, self.is_urgent(asked), self.weight(asked), mark)
        self._waiting.append(waiting)
        if self._hearing is None or self._hearing.done():
            self._hearing = asyncio.create_task(self._hear_on())
        # whoever asked may go away; what was asked is done with the others
        return await answer

    async def _hear_on(self) -> None:
        if self.breath:
            await asyncio.sleep(self.breath)
        while group := self._next():
            try:
                await self._hear(group)
            except OperationalError as error:
                # the disk, not what was said
                _refuse(group, error)
            except Exception as error:  # noqa: BLE001 - handed to whoever sent it
                if len(group) == 1:
                    _refuse(group, error)
                    continue
                for one in group:
                    await self._alone(one)

    async def _alone(self, one: _Waiting[Asked, Answer]) -> None:
        """One that we fail at keeps no other from being heard."""
        try:
            await self._hear([one])
        except Exception as error:  # noqa: BLE001 - handed to whoever sent it
            _refuse([one], error)

    async def _hear(self, group: list[_Waiting[Asked, Answer]]) -> None:
        asked = [one.asked for one in group]
        heard = await self.database.write(
            lambda connection, after: self.hear_all(connection, after, asked)
        )
        for one, answer in zip(group, heard, strict=True):
            if isinstance(answer, Exception):
                _refuse([one], answer)
            elif not one.answer.done():
                one.answer.set_result(answer)

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


def _refuse[Asked, Answer](group: Sequence[_Waiting[Asked, Answer]], error: Exception) -> None:
    for one in group:
        if not one.answer.done():
            one.answer.set_exception(error)
