"""Notices at start that the outbox is new, restored or cloned, and opens a new epoch then.

Called by `Outbox`.
"""

from dataclasses import dataclass
from datetime import datetime
import secrets

from anshim_relay import log
from anshim_relay.clock import EARLIEST
from anshim_relay.outbox.database import Connection

# More messages than a district will ever send between a backup and its restore.
LEAP = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Witness:
    """What the identity file, which no backup holds, knows about this installation."""

    instance: str
    starts: int

    def next(self) -> Witness:
        return Witness(instance=self.instance, starts=self.starts + 1)


def begin(connection: Connection, seen: Witness, now: datetime | None) -> bool:
    """True when this outbox is not the one that this installation used last."""
    instance, epoch = connection.fact("instance"), connection.fact("epoch")
    known = (instance, connection.number("starts")) == (seen.instance, seen.starts)
    if epoch is None or not known:
        open_epoch(connection, now)
    connection.set_fact("instance", seen.instance)
    connection.set_fact("starts", seen.next().starts)
    return not known and (epoch is not None or seen.starts > 0)


def open_epoch(connection: Connection, now: datetime | None) -> None:
    epoch = secrets.token_hex(8)
    connection.set_fact("epoch", epoch)
    connection.set_fact("seq", 0)
    connection.set_fact("down_n", first_number(connection.number("down_n"), now))
    log.info("epoch_opened", epoch=epoch)


def first_number(used: int, now: datetime | None) -> int:
    """Above all that a lost outbox can have given out: that was fewer than one a second."""
    if now is None:
        return used + LEAP if used else 0
    return max(used + LEAP if used else 0, int((now - EARLIEST).total_seconds()))
