"""What is known of the kits that speak just now, read for all of them at once.

Called by `heartbeats`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, select

from ..storage.among import among
from ..storage.gathered import Gathered
from ..storage.tables import epochs, households, kits, pulses, revocations


class Pulse(Struct, frozen=True, array_like=True):
    """A kit's row as its last heartbeat left it, and what its household and its epoch are."""

    kit: str
    household: str
    heard: datetime
    home_heard: datetime
    due: datetime | None
    claimed: datetime | None
    silent: bool
    interval_s: int
    # its newest condition (hexadecimal)
    condition: str | None
    gap: str | None
    may_wait: datetime | None
    watch: str | None
    outage: str | None
    # who speaks for the household, which may be another kit
    speaker: str | None
    withdrawn: datetime | None
    down_counter: int
    epoch: str | None
    complete: int | None
    lost: datetime | None

    @property
    def is_missed(self) -> bool:
        return self.silent or self.claimed is not None or self.outage is not None


_ASKED: Final = Gathered(
    select(
        pulses,
        households.c.kit.label("speaker"),
        households.c.withdrawn,
        kits.c.down_counter,
        kits.c.epoch,
        epochs.c.complete,
        revocations.c.since.label("lost"),
    )
    .select_from(pulses)
    .join(households, households.c.id == pulses.c.household)
    .join(kits, kits.c.id == pulses.c.kit)
    .outerjoin(epochs, (epochs.c.kit == kits.c.id) & (epochs.c.epoch == kits.c.epoch))
    .outerjoin(revocations, revocations.c.kit == pulses.c.kit)
    .where(among(pulses.c.kit, "kits")),
    Pulse,
)


def pulses_of(connection: Connection, kits_: Sequence[str]) -> dict[str, Pulse]:
    return {pulse.kit: pulse for pulse in _ASKED.of(connection, kits=kits_)}
