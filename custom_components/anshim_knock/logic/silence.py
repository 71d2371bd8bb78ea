"""How long this home has been silent, how much of it was watched, and when that is too long.

Watched silence is held against the limit, wall-clock silence against the ceiling: an unseen home is
asked about as well, only later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .household import Household
from .settings import Settings
from .words import Watch

# A dim home shows less than half of its usual activity: its silence says half as much.
WATCHED_SHARE: Mapping[Watch, float] = {Watch.SEEING: 1.0, Watch.DIM: 0.5, Watch.BLIND: 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """When the present silence becomes too long. `limit` is `None` while the home is blind."""

    limit: datetime | None
    ceiling: datetime

    @property
    def first(self) -> datetime:
        """The sooner of the two."""
        return self.ceiling if self.limit is None else min(self.limit, self.ceiling)


def counted_up_to(state: Household, now: datetime, *, gap: bool = False) -> Household:
    """Add the time since the last count to the watched silence; a gap was not watched."""
    passed = max(now - state.counted, timedelta(0))
    share = 0.0 if gap else WATCHED_SHARE[state.watch]
    return replace(state, counted=now, watched=state.watched + passed * share)


def limit_of(state: Household, settings: Settings) -> timedelta:
    """The limit in force: the technician's, or a shorter one that the district asked for."""
    return settings.limit if state.limit_cap is None else min(settings.limit, state.limit_cap)


def bounds(state: Household, settings: Settings) -> Bounds:
    """The limit at the present rate of watching, and the ceiling whatever was watched."""
    limit = limit_of(state, settings)
    share = WATCHED_SHARE[state.watch]
    missing = max(limit - state.watched, timedelta(0))
    return Bounds(
        limit=state.counted + missing / share if share else None,
        ceiling=state.silent_since + limit + settings.ceiling_margin,
    )


def broken(state: Household, at: datetime, now: datetime) -> Household:
    """Silence broken at `at`: perhaps in the past (a record learnt late), never in the future."""
    at = min(at, now)
    if at <= state.silent_since and state.last_sign is not None and at <= state.last_sign:
        return state
    last = at if state.last_sign is None else max(at, state.last_sign)
    since = max(at, state.silent_since)
    return replace(
        state,
        last_sign=last,
        silent_since=since,
        watched=min(state.watched, now - since),
    )
