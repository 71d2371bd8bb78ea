"""What of a kit's numbered events is here, and what is missing.

Called by heartbeats and hellos, and by whoever files a number.
"""

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, select, union_all

from ..messages import Highwater
from ..storage.tables import epochs, events, quarantine
from ..storage.upsert import upsert
from .reading import Signed

_MOST: Final = 20
_EPOCHS: Final = (
    select(epochs.c.epoch, epochs.c.complete)
    .where(epochs.c.kit == bindparam("kit"))
    .order_by(epochs.c.first_seen.desc())
    .limit(_MOST)
)
_NUMBERS: Final = union_all(
    *(
        select(table.c.seq).where(
            table.c.kit == bindparam("kit"),
            table.c.epoch == bindparam("epoch"),
            table.c.seq > bindparam("complete"),
        )
        for table in (events, quarantine)
    )
)


class Filed(NamedTuple):
    """Of an event that is here: what it says, and which number it had."""

    content: str
    kit: str
    epoch: str | None
    seq: int | None


FILED: Final = (events.c.content, events.c.kit, events.c.epoch, events.c.seq)


def filed_as(read: Signed) -> Filed:
    event = read.event
    return Filed(content=event.content, kit=read.kit.id, epoch=event.epoch, seq=event.seq)


def what_is_here(connection: Connection, kit: str) -> dict[str, int]:
    """By epoch, up to which number everything has arrived.

    A kit sends again what was delivered above it: a restored district is filled from its relays.
    """
    rows = connection.execute(_EPOCHS, {"kit": kit}).all()
    return {row.epoch: _arrived(connection, kit, row.epoch, row.complete) for row in rows}


def complete_of(connection: Connection, kit: str, epoch: str) -> int:
    """Up to which number everything of it is known to have arrived."""
    known = select(epochs.c.complete).where(epochs.c.kit == kit, epochs.c.epoch == epoch)
    return connection.scalar(known) or 0


def first_missing(
    connection: Connection, kit: str, mark: Highwater, complete: int, now: datetime
) -> int | None:
    """`complete`: up to which number everything of this epoch is known to have arrived."""
    if mark.seq <= complete:
        return None
    arrived = _arrived(connection, kit, mark.epoch, complete)
    connection.execute(
        upsert(connection, epochs)
        .values(kit=kit, epoch=mark.epoch, first_seen=now, complete=arrived)
        .on_conflict_do_update(index_elements=["kit", "epoch"], set_={"complete": arrived})
    )
    return arrived + 1 if arrived < mark.seq else None


def _arrived(connection: Connection, kit: str, epoch: str, complete: int) -> int:
    """The end of the unbroken row of what came; the doubtful came as well."""
    asked = {"kit": kit, "epoch": epoch, "complete": complete}
    numbers = set(connection.scalars(_NUMBERS, asked))
    while complete + 1 in numbers:
        complete += 1
    return complete
