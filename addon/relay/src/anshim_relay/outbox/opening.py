"""Opens the outbox: sound, or set aside and rescued; in the old epoch or a new one.

Called by the program when it starts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from anshim_relay.outbox import epochs, rescue
from anshim_relay.outbox.database import Connection, DamagedError, open_for_writing
from anshim_relay.outbox.epochs import Witness
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.room import Need, Room
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
    path = data / FILE
    connection, damaged = opened(path, destinations, seal)
    room = Room(connection, data / RESERVE_FILE, limit=limit)
    room.restore()
    room.admit(Need.BOOKKEEPING)
    stranger = in_transaction(connection, lambda: epochs.begin(connection, witness, now))
    outbox = Outbox(connection, path, room, on_broken)
    outbox.start()
    return outbox, Found(damaged=damaged, stranger=stranger)


def opened(path: Path, destinations: Sequence[str], seal: Seal | None) -> tuple[Connection, bool]:
    """Destinations come first: what is rescued is owed to each of them."""
    try:
        connection, aside = open_for_writing(path), None
    except DamagedError as error:
        aside = rescue.set_aside(path, str(error))
        connection = open_for_writing(path)
    in_transaction(connection, lambda: set_destinations(connection, destinations))
    if aside is not None:
        damaged = aside
        in_transaction(connection, lambda: rescue.refill(connection, damaged, seal))
    return connection, aside is not None


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
    except BaseException:
        connection.raw.execute("ROLLBACK")
        raise
    connection.raw.execute("COMMIT")
    return result
