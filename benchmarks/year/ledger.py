"""What came of it, written down by whoever is there; nothing here asks the district."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from .homes import Home

_LONGEST_CEILING = timedelta(hours=24)
_AFTER_THE_LIMIT = timedelta(hours=12)


class Kind(StrEnum):
    """How somebody died, as far as it makes a difference to who can notice."""

    WATCHED = "in watched silence"
    BLIND = "where every sensor was dead"
    AWAY = "while said to be away"
    LINE_CUT = "with the home's own line cut"
    AREA_CUT = "in the middle of an outage of the dong"
    MISTAKEN = "and was taken for well on the telephone"
    HELP = "after pressing Help"
    EVE = "at 17:50 before Chuseok"


@dataclass(kw_only=True)
class Death:
    """`since`: from when on somebody must be reached. `ceiling`: how long that may take."""

    kind: Kind
    since: datetime
    ceiling: timedelta
    reached: datetime | None = None
    found: datetime | None = None

    @property
    def took(self) -> timedelta | None:
        return self.reached - self.since if self.reached else None

    @property
    def in_time(self) -> bool:
        return self.took is not None and self.took <= self.ceiling


def ceiling_of(home: Home) -> timedelta:
    """Of a learned limit: the limit and twelve hours, never more than a day (DESIGN, contract)."""
    return min(_LONGEST_CEILING, home.limit + _AFTER_THE_LIMIT)


@dataclass(kw_only=True)
class Ledger:
    deaths: dict[int, Death] = field(default_factory=dict)
    home_days: float = 0.0
    quiets: int = 0
    knocks: int = 0
    texts: int = 0
    calls: int = 0
    asked: int = 0
    pressed: int = 0
    holds: int = 0
    visits: int = 0
    silences: int = 0
    tickets: int = 0

    def reached(self, home: Home, now: datetime, *, found: bool = False) -> None:
        """A person has it in hand, or stands before it."""
        death = self.deaths.get(home.number)
        if death is None or now < death.since:
            return
        death.reached = death.reached or now
        if found:
            death.found = death.found or now

    def begins_anew(self, home: Home, now: datetime) -> None:
        """Somebody was mistaken: what had been reached was nothing."""
        death = self.deaths.get(home.number)
        if death is not None:
            death.since, death.reached = now, None
            home.asked_by = now + death.ceiling
