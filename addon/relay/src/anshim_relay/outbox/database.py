"""Opens the outbox's SQLite file the one way that keeps its word, and says so when the disk cannot.

Called by the writer (one connection) and by the reader (another one).
"""

from contextlib import suppress
import os
from pathlib import Path
import sqlite3
from typing import Any

from anshim_relay.outbox.statements import STATEMENTS, schema

VERSION = 1
BUSY_S = 10.0
FULL_SYNC = 2

type Values = dict[str, Any]


class DamagedError(Exception):
    """The file is no sound outbox: set it aside, rescue what can be read."""


class UnsuitableError(Exception):
    """This disk or this file cannot keep the promise; a person must choose another."""


class Connection:
    """A connection that knows the statements by name."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    def run(self, name: str, values: Values | None = None) -> sqlite3.Cursor:
        return self.raw.execute(STATEMENTS[name], values or {})

    def one(self, name: str, values: Values | None = None) -> Any:
        """The first column of the first row, or None."""
        row = self.run(name, values).fetchone()
        return None if row is None else row[0]

    def fact(self, name: str) -> str | None:
        value: str | None = self.one("fact", {"name": name})
        return value

    def number(self, name: str) -> int:
        return int(self.fact(name) or 0)

    def set_fact(self, name: str, value: object) -> None:
        self.run("set_fact", {"name": name, "value": str(value)})

    def pragma(self, text: str) -> Any:
        row = self.raw.execute(f"PRAGMA {text}").fetchone()
        return None if row is None else row[0]

    def close(self) -> None:
        self.raw.close()


def connect(path: Path) -> Connection:
    raw = sqlite3.connect(path, timeout=BUSY_S, autocommit=True, check_same_thread=False)
    return Connection(raw)


def open_for_writing(path: Path) -> Connection:
    """Sound, journalled and synced, or an error. A new file is made durable with its folder."""
    connection = connect(path)
    try:
        prepare(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        if is_damage(error):
            raise DamagedError(str(error)) from error
        raise
    except DamagedError, UnsuitableError:
        connection.close()
        raise
    sync_folder(path.parent)
    return connection


def prepare(connection: Connection) -> None:
    if connection.pragma("journal_mode = WAL") != "wal":
        raise UnsuitableError("this disk cannot keep a write-ahead log: use a local disk")
    connection.pragma("synchronous = FULL")
    connection.pragma("foreign_keys = ON")
    if connection.pragma("synchronous") != FULL_SYNC:
        raise UnsuitableError("this SQLite does not sync each commit: use another build")
    version = connection.pragma("user_version")
    if version > VERSION:
        raise UnsuitableError("a newer relay wrote this outbox: install that version again")
    if version == 0:
        connection.raw.executescript(f"BEGIN IMMEDIATE; {schema()} COMMIT;")
    if connection.pragma("quick_check(1)") != "ok":
        raise DamagedError("quick_check found damage")


def open_for_reading(path: Path) -> Connection:
    connection = connect(path)
    connection.pragma("query_only = ON")
    return connection


def is_damage(error: sqlite3.Error) -> bool:
    return primary(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}


def is_full(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    growing = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
    return primary(error) == sqlite3.SQLITE_FULL or code in growing


def primary(error: sqlite3.Error) -> int:
    """SQLite's main error code; the higher bits only refine it."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def sync_folder(folder: Path) -> None:
    """A new file's name is only on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        # Some network folders cannot be synced; they were refused above if they matter.
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
