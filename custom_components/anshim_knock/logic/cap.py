"""How short the district wants the limit to be, and until when. Wishes only ever add care.

`home_acts` takes a wish up, `Household.limit_cap` says which one is in force.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# More than these say hardly anything new; the state stays small whatever comes.
_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """No longer a limit than this. `until`: the district's own date; `None`: for good."""

    limit: timedelta
    until: datetime | None = None

    def holds(self, now: datetime | None) -> bool:
        """`now` is `None` while nobody knows the date: then it goes on."""
        return self.until is None or now is None or now < self.until

    def covers(self, other: Cap) -> bool:
        """Whether the other one asks for nothing more, at no time."""
        if self.limit > other.limit:
            return False
        return self.until is None or (other.until is not None and other.until <= self.until)


def with_wish(caps: tuple[Cap, ...], wish: Cap, now: datetime | None) -> tuple[Cap, ...]:
    """At every moment as short as before or shorter. The shortest first, the longest lived last."""
    held = [cap for cap in caps if cap.holds(now)]
    if not wish.holds(now) or any(cap.covers(wish) for cap in held):
        return tuple(held)
    kept = sorted([*(c for c in held if not wish.covers(c)), wish], key=lambda cap: cap.limit)
    while len(kept) > _MOST:
        longer, longest = kept.pop(-2), kept.pop()
        kept.append(Cap(limit=longer.limit, until=longest.until))
    return tuple(kept)


def shortest(caps: tuple[Cap, ...], now: datetime | None) -> timedelta | None:
    """What holds now; `None` where the district has no wish."""
    return min((cap.limit for cap in caps if cap.holds(now)), default=None)
