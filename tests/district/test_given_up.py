"""What SQLite gives up by itself, as on a full disk, is kept of nobody who was in that commit."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
import threading

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from anshim_district.storage.database import After, Database, Job
from anshim_district.storage.engines import sqlite_file


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_file(tmp_path / "district.sqlite"), lambda _: None)
    database.open()
    database.write_now(lambda c, _: c.execute(text("CREATE TABLE word (said TEXT)")))
    yield database
    database.close()


def says(connection: Connection, word: str) -> None:
    connection.execute(text("INSERT INTO word VALUES (:word)"), {"word": word})


def words(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        return list(connection.scalars(text("SELECT said FROM word ORDER BY said")))


def given_up(connection: Connection, _after: After) -> None:
    """As SQLite does it when it cannot even take back a statement."""
    connection.exec_driver_sql("ROLLBACK")
    raise OperationalError("INSERT", None, Exception("database or disk is full"))


async def in_one_commit(database: Database, *jobs: Job[None]) -> Sequence[BaseException | None]:
    """While the writer is kept busy with one before them."""
    has_begun, let_go = threading.Event(), threading.Event()

    def keeps_busy(_connection: Connection, _after: After) -> None:
        has_begun.set()
        let_go.wait(30)

    busy = asyncio.create_task(database.write(keeps_busy))
    await asyncio.to_thread(has_begun.wait, 30)
    waiting = [asyncio.create_task(database.write(job)) for job in jobs]
    await asyncio.sleep(0)
    let_go.set()
    await busy
    return await asyncio.gather(*waiting, return_exceptions=True)


def test_nobody_whose_word_was_in_a_commit_that_was_given_up_is_told_that_it_is_kept(
    database: Database,
) -> None:
    answers = asyncio.run(
        in_one_commit(
            database,
            lambda c, _: says(c, "before"),
            given_up,
            lambda c, _: says(c, "after"),
        )
    )
    assert all(isinstance(answer, OperationalError) for answer in answers)
    assert words(database) == []


def test_a_job_that_fails_takes_back_its_own_words_and_nobody_elses(database: Database) -> None:
    def fails(connection: Connection, _after: After) -> None:
        says(connection, "taken back")
        raise ValueError("mine alone")

    answers = asyncio.run(
        in_one_commit(
            database, lambda c, _: says(c, "before"), fails, lambda c, _: says(c, "later")
        )
    )
    assert [type(answer) for answer in answers] == [type(None), ValueError, type(None)]
    assert words(database) == ["before", "later"]
