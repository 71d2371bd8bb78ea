"""How short the district wants the limit to be, and until when. Wishes only ever add care.

`home_acts` takes a wish up, `Household.limit_cap` says which one is in force.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# More than these, of those that hold and of those that are over, say hardly anything new; the state
# stays small whatever comes.
_MOST = 4
# A believed clock can still be wrong; so long it may take until it is set right.
_CLOCK_ERRS = timedelta(days=30)


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
    """At every moment as short as before or shorter. The shortest first, the longest lived last.

    A clock may be wrong for a while: what seems to be over stays for as long as that is to be
    expected, apart from what holds, so that neither crowds out the other.
    """
    kept = [cap for cap in caps if cap.holds(None if now is None else now - _CLOCK_ERRS)]
    if any(cap.covers(wish) for cap in kept):
        return tuple(kept)
    kept = sorted([*(c for c in kept if not wish.covers(c)), wish], key=lambda cap: cap.limit)
    over = [cap for cap in kept if not cap.holds(now)]
    return _few(over) + _few([cap for cap in kept if cap.holds(now)])


def _few(caps: list[Cap]) -> tuple[Cap, ...]:
    while len(caps) > _MOST:
        longer, longest = caps.pop(-2), caps.pop()
        caps.append(Cap(limit=longer.limit, until=longest.until))
    return tuple(caps)


def shortest(caps: tuple[Cap, ...], now: datetime | None) -> timedelta | None:
    """What holds now; `None` where the district has no wish."""
    return min((cap.limit for cap in caps if cap.holds(now)), default=None)
