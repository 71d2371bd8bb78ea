"""How long this home has been silent, how much of it was watched, and when that is too long.

Watched silence is held against the limit, wall-clock silence against the ceiling: an unseen home is
asked about as well, only later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .household import Household
from .settings import LEARNED_CEILING, Settings
from .words import Cause, Presence, Watch

# A dim home shows less than half of its usual activity: its silence says half as much.
WATCHED_SHARE: Mapping[Watch, float] = {Watch.SEEING: 1.0, Watch.DIM: 0.5, Watch.BLIND: 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """When the present silence becomes too long. `limit` is `None` while nothing is watched."""

    limit: datetime | None
    ceiling: datetime


def counted_up_to(state: Household, now: datetime, measured: timedelta, *, seen: bool) -> Household:
    """Add the measured time since the last count to the watched silence, if anything could be seen.

    No silence is longer watched than it lasts, and none begins in the future.
    """
    share = WATCHED_SHARE[state.watch] if seen and state.stay.kind is not Presence.AWAY else 0.0
    since = min(state.silent_since, now)
    return replace(
        state,
        counted=now,
        silent_since=since,
        last_sign=state.last_sign and min(state.last_sign, now),
        watched=min(state.watched + measured * share, now - since),
    )


def limit_of(state: Household, settings: Settings) -> timedelta:
    """The limit in force: the rhythm's or the technician's, or a shorter one of the district."""
    limit = settings.limit if settings.expected is None else settings.expected.quiet
    if settings.learned:
        # Whoever chose days before has chosen to learn since.
        limit = min(limit, LEARNED_CEILING)
    return limit if state.limit_cap is None else min(limit, state.limit_cap)


def bounds(state: Household, settings: Settings) -> Bounds:
    """The limit at the present rate of watching, and the ceiling whatever was watched."""
    limit = limit_of(state, settings)
    longest = limit + settings.ceiling_margin
    ceiling = state.silent_since + (min(longest, LEARNED_CEILING) if settings.learned else longest)
    if settings.expected is None:
        return Bounds(limit=_limit_reached(state, limit - state.watched), ceiling=ceiling)
    # The rhythm knows by itself how much could be seen of what was due.
    seen = state.watch is not Watch.BLIND
    due = max(state.silent_since + limit, state.counted) if seen else None
    return Bounds(limit=due, ceiling=ceiling)


def before_call(state: Household, settings: Settings) -> timedelta:
    """From `quiet` to an automatic call: the technician's pause, and the call's own limit."""
    if state.cause is not Cause.SILENCE:
        return settings.knock_after
    if (expected := settings.expected) is not None:
        # A district that wants to be asked sooner wants the call sooner, not only the question.
        call = min(expected.call, LEARNED_CEILING, state.limit_cap or LEARNED_CEILING)
        return max(settings.knock_after, state.silent_since + call - state.since)
    # Asked the evening before, nobody is called earlier than if they had been asked at night.
    limit = bounds(state, settings).limit
    early = timedelta(0) if limit is None else max(limit - state.counted, timedelta(0))
    return settings.knock_after + early


def _limit_reached(state: Household, missing: timedelta) -> datetime | None:
    """What was watched long enough is due, however blind the home has become since."""
    if missing <= timedelta(0):
        return state.counted
    share = WATCHED_SHARE[state.watch]
    return state.counted + missing / share if share else None


def broken(state: Household, at: datetime, now: datetime) -> Household:
    """Silence broken at `at`: perhaps in the past (a record learnt late), never in the future."""
    at = min(at, now)
    last = at if state.last_sign is None else max(at, state.last_sign)
    return counted_anew(replace(state, last_sign=last), at, now)


def counted_anew(state: Household, at: datetime, now: datetime) -> Household:
    """Silence is counted from `at`, whatever was or was not seen then."""
    return _silent_from(state, max(min(at, now), state.silent_since), now)


def after_absence(state: Household, now: datetime) -> Household:
    """Time away is neither life nor silence: the silence before it goes on where it was.

    Anything else would let a presence tracker that flaps keep a silent home calm for ever.
    """
    left = state.stay.since
    home = timedelta(0) if state.silent_since >= left else left - state.silent_since
    return _silent_from(state, now - home, now)


def _silent_from(state: Household, since: datetime, now: datetime) -> Household:
    return replace(state, silent_since=since, watched=min(state.watched, now - since))
