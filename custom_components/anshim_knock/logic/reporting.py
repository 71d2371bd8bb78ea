"""How long a source may be silent and still be well: learnt from how old its last word usually is.

`source` tells it every age that it comes upon and asks for the pause that is allowed. The age found
at a moment that has nothing to do with the device is its reporting interval in a fair sample.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from .evidence import Via
from .histogram import Counts, Scale, added, quantile
from .words import Role

# One minute to a week.
AGES = Scale(first=60.0, bins=28, most=400.0)

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
# A frame or two is lost on a bad day; less than this says nothing.
SHORTEST: Mapping[Role, timedelta] = MappingProxyType(
    {
        Role.DOOR: timedelta(hours=2),
        Role.OUTER_DOOR: timedelta(hours=2),
        Role.MOTION: timedelta(hours=2),
        Role.BUTTON: timedelta(hours=2),
        Role.PLUG: timedelta(minutes=20),
        # Its system puts the app to sleep for hours, and no trend tells when.
        Role.PHONE: timedelta(hours=14),
        Role.LIGHT: timedelta(minutes=20),
        Role.OTHER: timedelta(hours=2),
    }
)
# A promise may be longer than what a role usually takes, within reason.
LONGEST_PROMISE = timedelta(hours=52)

# So many words may be missing in a row before it is late.
_MISSED = 3
_MOST = 0.95
_ENOUGH_AGES = 20.0
_ENOUGH_TIME = timedelta(days=2)
# While it learns, it asks to be looked at this often; not a divisor of an hour or a day, or every
# look would come upon the same age of a device that speaks by the clock.
LEARNING_LOOK = timedelta(minutes=137)
# What only speaks when it changes keeps no interval.
_OF_THE_DEVICE = frozenset({Via.ZIGPY, Via.ZIGBEE2MQTT, Via.REPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """Ages of the last word, sampled; `since` when sampling began, `looked` the last time."""

    ages: Counts = AGES.empty
    since: datetime | None = None
    looked: datetime | None = None


def looked_at(reporting: Reporting, heard: datetime, now: datetime) -> Reporting:
    """One more age. Looks close together see the same silence twice, so they do not count."""
    if reporting.looked is not None and abs(now - reporting.looked) < LEARNING_LOOK / 4:
        return reporting
    age = max((now - heard).total_seconds(), 0.0)
    since = reporting.since
    return Reporting(
        ages=added(reporting.ages, AGES, age),
        since=now if since is None or since > now else since,
        looked=now,
    )


def has_learnt(reporting: Reporting) -> bool:
    since, looked = reporting.since, reporting.looked
    if since is None or looked is None:
        return False
    return looked - since >= _ENOUGH_TIME and sum(reporting.ages) >= _ENOUGH_AGES


def next_look(reporting: Reporting, via: Via | None) -> datetime | None:
    """When another age is wanted; `None` when enough is known or nothing can be learnt."""
    if via not in _OF_THE_DEVICE or reporting.looked is None or has_learnt(reporting):
        return None
    return reporting.looked + LEARNING_LOOK


def pause_of(
    role: Role, reporting: Reporting, via: Via | None, check_in: timedelta | None
) -> timedelta:
    """How long it may be silent before it is late. What it promised beats what was learnt."""
    if check_in is not None and check_in > timedelta(0):
        return min(max(_MISSED * check_in, SHORTEST[role]), LONGEST_PROMISE)
    usual = quantile(reporting.ages, AGES, _MOST)
    if usual is None or via not in _OF_THE_DEVICE or not has_learnt(reporting):
        return INTERVAL[role]
    learnt = timedelta(seconds=_MISSED * usual)
    return min(max(learnt, SHORTEST[role]), INTERVAL[role])
