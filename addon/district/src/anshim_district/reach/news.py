"""What a system of the control centre hears of a case: no more than it needs to begin.

Made by the clerk inside its write; each system says it in its own language.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy import Connection, select

from ..cases.model import Case
from ..cases.words import Standing
from ..desk import read_case
from ..duty.errands import Errand, Kind
from ..registry import book
from ..registry.resident import Resident
from ..registry.vault import Vault
from ..storage.tables import cases
from . import outbox

# what nobody took for so long is not news any more; a case that nobody has always is
_STALE: Final = timedelta(days=1)


class State(StrEnum):
    """Whose turn it is, for somebody outside."""

    OPEN = "open"
    TAKEN = "taken"
    # answered without anybody seen: it comes back by itself
    WAITING = "waiting"
    CLOSED = "closed"


_STATES: Final = {
    # what is only technical is nobody's turn, and is not handed over
    Standing.NONE: State.OPEN,
    Standing.FREE: State.OPEN,
    Standing.HELD: State.TAKEN,
    Standing.RESTING: State.WAITING,
    Standing.CLOSED: State.CLOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`reference` is the same for the same news, however often it is told."""

    reference: str
    # since when it is so
    at: datetime
    state: State
    case: Case
    household: str
    dong: str
    urgent: bool
    resident: Resident | None

    @property
    def since(self) -> datetime:
        return self.case.opened_at


class System[M](Protocol):
    """What is told is made in the write that claims it, and told after that."""

    kind: Kind
    # how many messages go at once: what is more urgent overtakes the rest
    at_once: int
    # whether a name, an address and a number go along
    names: bool

    def prepare(self, connection: Connection, news: News, now: datetime) -> M | None:
        """`None`: this system has no word for it."""

    async def tell(self, message: M) -> None:
        """Raises `CarrierError` where it was not taken, or not surely."""

    async def close(self) -> None: ...


def news_of(
    connection: Connection, vault: Vault, errand: Errand, *, names: bool, now: datetime
) -> News | None:
    """`None`: there is nothing to tell, or not any more."""
    # closed ones too, which a household's file does not hold any more
    kept = connection.scalar(select(cases.c.state).where(cases.c.id == errand.case))
    if kept is None:
        return None
    case = read_case(kept)
    state = _STATES[case.standing]
    if state is not State.OPEN:
        is_old = now - errand.since > _STALE
        if is_old or not outbox.was_tried(connection, errand):
            return None
    found = book.look_up(connection, vault, errand.household)
    resident = found.entry.resident if names and found and found.entry else None
    return News(
        # another stage is other news
        reference=errand.reference(case.stage.height),
        at=errand.since,
        state=state,
        case=case,
        household=errand.household,
        dong=found.dong if found else "",
        urgent=errand.urgent,
        resident=resident,
    )
