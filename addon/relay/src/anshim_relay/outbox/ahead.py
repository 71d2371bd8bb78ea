"""Signs what is to be kept before its turn comes, while the disk is busy with what came before.

Called by `Outbox` within the loop's thread. The numbers are those that it will most likely get: the
writer looks, and signs again what got others.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from anshim_relay.envelope import Event
from anshim_relay.outbox.keeping import Kept, Stamped, stamped
from anshim_relay.seal import Seal


@dataclass(eq=False, frozen=True, kw_only=True)
class Turn:
    """One request on its way to the disk. `ahead` is None while nobody knows its numbers."""

    count: int
    ahead: Stamped | None


class Ahead:
    def __init__(self) -> None:
        # Set while nobody waits for something to be kept.
        self.at_rest = asyncio.Event()
        self.at_rest.set()
        self._epoch: str | None = None
        self._next = 0
        self._under_way: set[Turn] = set()

    @contextmanager
    def turn(self, events: Sequence[Event], seal: Seal | None) -> Iterator[Turn]:
        turn = Turn(count=len(events), ahead=self._stamped(events, seal))
        self._next += turn.count
        self._under_way.add(turn)
        self.at_rest.clear()
        try:
            yield turn
        finally:
            self._over(turn)

    def came(self, turn: Turn, kept: Kept) -> None:
        """Whatever became of the guess, the next one is better."""
        self._over(turn)
        self._epoch = kept.epoch
        self._next = kept.last + 1 + sum(other.count for other in self._under_way)

    def _stamped(self, events: Sequence[Event], seal: Seal | None) -> Stamped | None:
        if seal is None or self._epoch is None:
            return None
        return stamped(events, seal, epoch=self._epoch, first=self._next)

    def _over(self, turn: Turn) -> None:
        self._under_way.discard(turn)
        if not self._under_way:
            self.at_rest.set()
