"""The district's database for a year that one program lives through: asked and written at once.

Nobody else asks meanwhile, so no thread has to be woken for each of a million questions. Jobs,
their transactions and whoever is told of a commit are the district's own.
"""

from collections.abc import Callable
from typing import override

from sqlalchemy import Connection

from anshim_district.storage.database import After, Database, Job


class Alone(Database):
    @classmethod
    def instead_of(cls, database: Database) -> None:
        """Many know it already: it stays the same object."""
        database.__class__ = cls

    @override
    async def write[T](self, job: Job[T], *, patient: bool = False) -> T:
        after = After()
        with self.engine.begin() as connection:
            result = job(connection, after)
        self._told(after)
        return result

    @override
    async def read[T](self, question: Callable[[Connection], T], *, watching: bool = False) -> T:
        return self._read(question)
