"""One source of life signs as a value: what it showed, whether it lives, what part it covers.

The sources glue calls `observe` for each report and `liveness` at the deadlines it is given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from .activity import BLANK, Change, Finding, judge
from .clock import TOLERANCE
from .effects import Json
from .evidence import Evidence, Via
from .stored import flag, iso, maybe, moment, number
from .words import Liveness, Role, Watch

__all__ = [
    "GRACE",
    "HALF_LIFE",
    "INTERVAL",
    "Condition",
    "Evidence",
    "LivenessWhy",
    "Seen",
    "Source",
    "Via",
    "condition",
    "liveness",
    "moved",
    "next_change",
    "observe",
    "source_from_dict",
    "source_to_dict",
    "told",
    "watch_of",
]

# Share of past activity halves in this time: a winter coat cupboard must not count for ever.
HALF_LIFE = timedelta(days=14)
# Unavailable for less is a hiccup of the radio.
GRACE = timedelta(minutes=15)
# The longest pause that still proves a working device: battery devices check in at least daily,
# mains ones are polled; a phone may be left at rest for a night.
INTERVAL: Mapping[Role, timedelta] = MappingProxyType(
    {
        Role.DOOR: timedelta(hours=26),
        Role.OUTER_DOOR: timedelta(hours=26),
        Role.MOTION: timedelta(hours=26),
        Role.BUTTON: timedelta(hours=26),
        Role.PLUG: timedelta(hours=2),
        Role.PHONE: timedelta(hours=14),
        Role.LIGHT: timedelta(hours=2),
        Role.OTHER: timedelta(hours=26),
    }
)
_DIM_BELOW = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`weight` is its decayed number of activities as of `weighed`: zero means never proved."""

    role: Role
    available: bool = False
    changed: datetime | None = None
    heard: datetime | None = None
    last_activity: datetime | None = None
    weight: float = 0.0
    weighed: datetime | None = None
    running: bool | None = None
    # Set up, not learnt: the walk test's proof for this very device, the technician's word on a
    # ghost. They live with the subentry and are given anew at each start.
    tested: datetime | None = None
    overruled: bool = False
    # The last evidence of each kind that could be had.
    via: Via | None = None
    check_in: timedelta | None = None
    link: int | None = None
    battery: float | None = None
    reachable: bool | None = None

    @property
    def ghost(self) -> bool:
        """Whether it goes on by itself: then it is proof of life of the device only."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one report came to."""

    source: Source
    finding: Finding


class LivenessWhy(StrEnum):
    """Why a source is live, late or lost. Each has a text that a technician reads."""

    HEARD = "heard"
    NEVER_HEARD = "never_heard"
    OVERDUE = "overdue"
    UNAVAILABLE = "unavailable"
    UNREACHABLE = "unreachable"
    WRONG_CLOCK = "wrong_clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a source is. `battery_days`: about how long it will last, where a trend is known."""

    liveness: Liveness
    why: LivenessWhy
    battery_days: float | None = None


def observe(source: Source, change: Change) -> Seen:
    """Judge a report and keep what it proves. A button's press proves nothing about the day."""
    finding = judge(source.role, change, running=source.running)
    available = change.new not in BLANK or (
        source.role is Role.BUTTON and change.new != "unavailable"
    )
    if available != source.available:
        source = replace(source, available=available, changed=change.at)
    if finding.running is not None:
        source = replace(source, running=finding.running)
    if finding.alive:
        source = replace(source, heard=change.at)
    if finding.activity:
        weight = _decayed(source, change.at) + 1.0
        source = replace(source, weight=weight, weighed=change.at, last_activity=change.at)
    return Seen(source=source, finding=finding)


def told(source: Source, evidence: Evidence, now: datetime) -> Source:
    """Take what the radio says. It moves liveness only; what it cannot tell stays as it was."""
    heard = evidence.heard
    if heard is None or heard > now + TOLERANCE or (source.heard or heard) > heard:
        heard = source.heard
    return replace(
        source,
        heard=heard,
        via=evidence.via,
        check_in=evidence.check_in or source.check_in,
        link=source.link if evidence.link is None else evidence.link,
        battery=source.battery if evidence.battery is None else evidence.battery,
        reachable=evidence.reachable,
    )


def liveness(source: Source, now: datetime) -> Liveness:
    """Live, late or lost, by the last report and by availability."""
    return condition(source, now).liveness


def condition(source: Source, now: datetime) -> Condition:
    """The same with its reason."""
    if not source.available:
        gone = source.changed is None or abs(now - source.changed) >= GRACE
        life = Liveness.LOST if gone else Liveness.LATE
        return Condition(liveness=life, why=LivenessWhy.UNAVAILABLE)
    if source.heard is None:
        return Condition(liveness=Liveness.LOST, why=LivenessWhy.NEVER_HEARD)
    pause, age = INTERVAL[source.role], now - source.heard
    # Heard in the future is heard by a clock that was wrong: it proves nothing about today.
    if age < -TOLERANCE:
        return Condition(liveness=Liveness.LOST, why=LivenessWhy.WRONG_CLOCK)
    if age < pause:
        return Condition(liveness=Liveness.LIVE, why=LivenessWhy.HEARD)
    life = Liveness.LATE if age < 2 * pause else Liveness.LOST
    return Condition(liveness=life, why=LivenessWhy.OVERDUE)


def next_change(source: Source, now: datetime) -> datetime | None:
    """When its liveness changes if nothing more is heard; `None` when it will not."""
    if not source.available:
        marks = [] if source.changed is None else [source.changed + GRACE]
    elif source.heard is None:
        marks = []
    else:
        pause = INTERVAL[source.role]
        marks = [source.heard + pause, source.heard + 2 * pause]
    return min((mark for mark in marks if mark > now), default=None)


def watch_of(sources: Iterable[Source], now: datetime) -> Watch:
    """How much of the home's usual activity the live sources could show.

    A source that never showed any does not count: an untested sensor is no eye.
    """
    known = [(_decayed(s, now), liveness(s, now)) for s in sources]
    total = sum(weight for weight, _ in known)
    seen = sum(weight for weight, life in known if life is Liveness.LIVE)
    if total == 0.0 or seen == 0.0:
        return Watch.BLIND
    return Watch.DIM if seen / total < _DIM_BELOW else Watch.SEEING


def _decayed(source: Source, now: datetime) -> float:
    if source.weighed is None or source.role is Role.BUTTON:
        return 0.0
    halves = max(now - source.weighed, timedelta(0)) / HALF_LIFE
    return float(source.weight * 0.5**halves)


def moved(source: Source, since: datetime, by: timedelta) -> Source:
    """The wall clock was set: what happened since `since` is on its new scale, too."""

    def of(moment: datetime | None) -> datetime | None:
        return moment if moment is None or moment < since else moment + by

    return replace(
        source,
        changed=of(source.changed),
        heard=of(source.heard),
        last_activity=of(source.last_activity),
        weighed=of(source.weighed),
    )


def source_to_dict(source: Source) -> dict[str, Json]:
    """Plain JSON values; availability is asked anew after a restart and not kept."""
    return {
        "role": source.role,
        "heard": iso(source.heard),
        "last_activity": iso(source.last_activity),
        "weight": source.weight,
        "weighed": iso(source.weighed),
        "running": source.running,
    }


def source_from_dict(data: Mapping[str, Any]) -> Source:
    """What `source_to_dict` wrote. Raises `KeyError`, `TypeError` or `ValueError` when damaged."""
    weight = number(data["weight"])
    if weight < 0:
        raise ValueError(f"no weight: {weight}")
    return Source(
        role=Role(data["role"]),
        heard=maybe(moment, data["heard"]),
        last_activity=maybe(moment, data["last_activity"]),
        weight=weight,
        weighed=maybe(moment, data["weighed"]),
        running=maybe(flag, data["running"]),
    )
