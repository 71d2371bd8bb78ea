"""Ways to a destination, one file each.

A carrier takes signed events and brings back what was proven about each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from anshim_relay.outbox.owing import Owed


class Answer(StrEnum):
    """`PASSED` and `WAITING` are the relay's own: nothing for this destination, or not yet."""

    DURABLE = "durable"
    REPEAT = "repeat"
    QUARANTINED = "quarantined"
    LATER = "later"
    PASSED = "passed"
    WAITING = "waiting"


OURS = frozenset({Answer.PASSED, Answer.WAITING})
# What a district says that does not know our key, as after a restore: whatever it did with the
# event, nobody can act on it yet.
UNKNOWN_KEY = "unknown_key"
# And that knows it as the key of a kit that was reported lost.
REVOKED = "kit_revoked"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    answer: Answer
    reason: str | None = None

    @property
    def held(self) -> bool:
        """At the district's door: it opens when staff has made the kit known again."""
        return self.reason == UNKNOWN_KEY and self.answer in {Answer.QUARANTINED, Answer.LATER}

    @property
    def revoked(self) -> bool:
        """Whoever signed it was reported lost: only a call for help is taken from it."""
        return self.reason == REVOKED and self.met

    @property
    def delivered(self) -> bool:
        return not self.held and self.answer not in {Answer.LATER, Answer.WAITING}

    @property
    def met(self) -> bool:
        """Whether the destination was there to say it."""
        return self.answer not in OURS


class Carrier(Protocol):
    """Raises AwayError when the way is closed, RefusedError when these events cannot go it."""

    @property
    def name(self) -> str: ...

    @property
    def most(self) -> int:
        """Events that go at once."""

    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        """Verdicts by row, only where the destination's own proof says so; the rest is owed."""
