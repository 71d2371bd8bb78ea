"""Backups of the SQLite file: taken while the district runs, laid back while it does not.

The command line takes one by hand and lays one back; the server takes one every night. PostgreSQL
brings its own tools for both (see the page on the district server).
"""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
import fcntl
import logging
import os
from pathlib import Path
import sqlite3
from typing import Final
from zoneinfo import ZoneInfo

from ..clock import Clock, is_set
from .given import jump_ahead

_LOG: Final = logging.getLogger(__name__)
# when least is going on; a machine that was off then catches up
_HOUR: Final = time(3)
_LOOKS_EVERY_S: Final = 600.0
_PARTS: Final = ("", "-wal", "-shm")
_NAME: Final = "district-%Y-%m-%d.sqlite"
_GLOB: Final = "district-????-??-??.sqlite"


class BackupError(Exception):
    """It cannot be taken or laid back; says why, and what to do."""


@contextmanager
def in_use(data: Path, *, alone: bool) -> Iterator[None]:
    """A server keeps its folder from being replaced under its feet; let go when a process dies."""
    with (data / "district.lock").open("ab") as handle:
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(
                f"The folder {data} is in use. Stop the district first, or let a restore end."
            ) from error
        yield


def back_up(database: Path, to: Path) -> None:
    """1. a whole copy beside the goal  2. on the disk  3. under its name. Never half a backup."""
    if not database.exists():
        raise BackupError(f"There is no database {database} to back up.")
    half = to.with_name(f"{to.name}.half")
    remove(half)
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source:
            source.execute("VACUUM INTO ?", (str(half),))
        put_in_place(half, to)
    except sqlite3.Error as error:
        remove(half)
        raise BackupError(f"The backup {to} was not written: {error}.") from error


def lay_back(backup: Path, database: Path) -> Path | None:
    """What was there before is set aside, not deleted; its new name, if there was anything.

    Sessions are left out: each relay says hello again, and what is missing of its numbers since
    the backup is seen with its next heartbeat. A control centre's numbers jump ahead: those given
    since the backup are another home's there.
    """
    _check(backup)
    half = database.with_name(f"{database.name}.half")
    remove(half)
    with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as source:
        source.execute("VACUUM INTO ?", (str(half),))
    with closing(sqlite3.connect(half)) as copy:
        copy.execute("DELETE FROM sessions")
        copy.commit()
    jump_ahead(half)
    aside = _set_aside(database)
    put_in_place(half, database)
    return aside


def put_in_place(half: Path, to: Path) -> None:
    """On the disk before it has its name."""
    half.chmod(0o600)
    _sync(half)
    half.replace(to)
    _sync(to.parent)


def remove(half: Path) -> None:
    """With the log beside it."""
    for end in _PARTS:
        half.with_name(half.name + end).unlink(missing_ok=True)


def _check(backup: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as source:
            found = source.execute("PRAGMA integrity_check").fetchone()
            source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{backup} is no backup of a district: {error}.") from error
    if found != ("ok",):
        raise BackupError(f"The backup {backup} is damaged. Take the one before it.")


def _set_aside(database: Path) -> Path | None:
    """With the log beside it, in which the newest changes may still be."""
    if not database.exists():
        return None
    number = 1
    while (aside := database.with_name(f"{database.name}.before-{number}")).exists():
        number += 1
    for end in _PARTS:
        part = database.with_name(database.name + end)
        if part.exists():
            part.replace(aside.with_name(aside.name + end))
    return aside


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Nightly:
    """A backup a night, and no more than `keep` of them.

    Where none is taken (`takes`), as after a move, those from before go by their nights: whoever
    is erased is still in them.
    """

    def __init__(
        self,
        database: Path,
        folder: Path,
        *,
        keep: int,
        zone: ZoneInfo,
        clock: Clock,
        takes: bool = True,
    ) -> None:
        self._database = database
        self._folder = folder
        self.keep = keep
        self._takes = takes
        self._zone = zone
        self._clock = clock

    @property
    def is_wanted(self) -> bool:
        return self._takes and self.keep > 0

    def left(self) -> int:
        """How many lie there, whether or not any is still taken."""
        return len(list(self._folder.glob(_GLOB)))

    def newest(self) -> datetime | None:
        """When the newest was written, if there is one."""
        found = sorted(self._folder.glob(_GLOB))
        return datetime.fromtimestamp(found[-1].stat().st_mtime, UTC) if found else None

    async def run(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self.step, self._clock.now())
            except BackupError, OSError:
                _LOG.exception("no backup was taken; tried again in ten minutes")
            await asyncio.sleep(_LOOKS_EVERY_S)

    def step(self, now: datetime) -> Path | None:
        """The backup that was taken, if it was time for one."""
        local = now.astimezone(self._zone)
        to = self._folder / local.strftime(_NAME)
        if not is_set(now) or local.time() < _HOUR:
            return None
        if not self.is_wanted:
            self._drop_before(local.date() - timedelta(days=self.keep))
            return None
        if to.exists():
            return None
        self._folder.mkdir(mode=0o700, exist_ok=True)
        back_up(self._database, to)
        for old in sorted(self._folder.glob(_GLOB))[: -self.keep]:
            old.unlink()
        return to

    def _drop_before(self, night: date) -> None:
        for old in self._folder.glob(_GLOB):
            if old.name < night.strftime(_NAME):
                # another worker may have been quicker
                old.unlink(missing_ok=True)
