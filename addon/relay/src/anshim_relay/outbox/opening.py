"""Opens the outbox: sound, or set aside and rescued; in the old epoch or a new one.

Called by the program when it starts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
import sqlite3

import orjson

from anshim_relay import log
from anshim_relay.outbox import epochs, rescue
from anshim_relay.outbox.database import Connection, DamagedError, is_full, open_for_writing
from anshim_relay.outbox.epochs import Witness
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.room import Need, Room, give_up_reserve
from anshim_relay.seal import Seal

FILE = "outbox.db"
RESERVE_FILE = "reserve"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the start found. A stranger is an outbox that this installation did not use last."""

    damaged: bool
    stranger: bool


def open_outbox(
    data: Path,
    *,
    limit: int,
    destinations: Sequence[str],
    witness: Witness,
    seal: Seal | None,
    now: datetime | None,
    on_broken: Callable[[], None],
) -> tuple[Outbox, Found]:
    path, reserve = data / FILE, data / RESERVE_FILE
    connection = with_room(lambda: opened(path, destinations), reserve)
    damaged = bool(rescue.waiting(path))
    rescue_waiting(connection, path, seal)
    room = Room(connection, reserve, limit=limit)
    room.restore()
    room.admit(Need.BOOKKEEPING)
    stranger = in_transaction(connection, lambda: epochs.begin(connection, witness, now))
    outbox = Outbox(connection, path, room, on_broken)
    outbox.start()
    return outbox, Found(damaged=damaged, stranger=stranger)


def opened(path: Path, destinations: Sequence[str]) -> Connection:
    """Destinations come first: what is rescued is owed to each of them."""
    rescue.go_on_setting_aside(path)
    try:
        connection = open_for_writing(path)
    except DamagedError as error:
        rescue.set_aside(path, str(error))
        connection = open_for_writing(path)
    try:
        in_transaction(connection, lambda: set_destinations(connection, destinations))
    except BaseException:
        connection.close()
        raise
    return connection


def with_room[T](work: Callable[[], T], reserve: Path) -> T:
    """What is owed is worth the space that is kept back for calls for help: it may be one."""
    try:
        return work()
    except sqlite3.Error as error:
        if not is_full(error):
            raise
    give_up_reserve(reserve)
    return work()


def rescue_waiting(connection: Connection, path: Path, seal: Seal | None) -> None:
    """Without room for what was owed the relay starts all the same: a call for help may come.

    Housekeeping goes on with it.
    """
    for aside in rescue.waiting(path):
        reserve = path.with_name(RESERVE_FILE)
        try:
            with_room(partial(refilled, connection, aside, seal), reserve)
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            log.critical("rescue_waits", set_aside=aside.name, do="free disk space on this device")
            return
        rescue.done(aside)


def refilled(connection: Connection, aside: Path, seal: Seal | None) -> None:
    in_transaction(connection, lambda: rescue.refill(connection, aside, seal))


def set_destinations(connection: Connection, names: Sequence[str]) -> None:
    """To a destination that a person has taken out of the options nothing is owed any more."""
    for name in names:
        connection.run("add_destination", {"name": name})
    known = {"names": orjson.dumps(list(names)).decode()}
    for (gone,) in connection.run("strange_destinations", known).fetchall():
        connection.run("drop_deliveries", {"destination": gone})
        connection.run("drop_destination", {"destination": gone})


def in_transaction[T](connection: Connection, work: Callable[[], T]) -> T:
    connection.raw.execute("BEGIN IMMEDIATE")
    try:
        result = work()
        connection.raw.execute("COMMIT")
    except BaseException:
        # A full disk may have rolled back already.
        if connection.raw.in_transaction:
            connection.raw.execute("ROLLBACK")
        raise
    return result
