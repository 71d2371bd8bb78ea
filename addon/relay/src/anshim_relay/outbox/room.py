"""Disk space kept back for calls for help. Used by the writer thread only.

Two fences: a soft limit on the outbox's pages, and a preallocated file that is given up when the
disk itself is full.
"""

from contextlib import suppress
from enum import IntEnum
import os
from pathlib import Path

from anshim_relay import log
from anshim_relay.outbox.database import Connection

MIB = 1024 * 1024
RESERVE = 8 * MIB


class Need(IntEnum):
    """How much a piece of work may take. The smaller, the more."""

    EMERGENCY = 0
    BOOKKEEPING = 1
    ORDINARY = 2


class Room:
    def __init__(self, connection: Connection, reserve: Path, *, limit: int) -> None:
        self._connection = connection
        self._reserve = reserve
        page = int(connection.pragma("page_size"))
        self._soft = limit // page
        self._hard = (limit + RESERVE) // page

    def admit(self, need: Need) -> bool:
        """Sets the fence for one piece of work; False when it has to stay outside."""
        ordinary = need is Need.ORDINARY
        self._connection.pragma(f"max_page_count = {self._soft if ordinary else self._hard}")
        # While the reserve is used up, whatever room there is belongs to calls for help.
        return not ordinary or self.restore()

    def restore(self) -> bool:
        """True when the reserve stands, made again if the disk has room for it."""
        if self._reserve.exists():
            return True
        try:
            with self._reserve.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVE)
        except OSError:
            # A disk that has become read-only does not even let go of what is not there.
            with suppress(OSError):
                self._reserve.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> None:
        give_up_reserve(self._reserve)


def give_up_reserve(reserve: Path) -> None:
    if not reserve.exists():
        return
    try:
        reserve.unlink()
    except OSError as error:
        log.error("reserve_stuck", errno=error.errno, do="look at the disk of this device")
    else:
        log.error("reserve_used", do="free disk space on this device")
