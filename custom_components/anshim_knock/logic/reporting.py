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
# It asks to be looked at this often while it learns, and seldom later: habits of devices change.
# No divisors of an hour or a day, or a device that speaks by the clock would always show one age.
LEARNING_LOOK = timedelta(minutes=137)
LATER_LOOK = timedelta(minutes=673)
# Only an age found when it was asked for is a fair sample. Any other look may have been made
# because the device spoke, or because nothing did.
_PUNCTUAL = timedelta(minutes=15)
# What only speaks when it changes keeps no interval.
_OF_THE_DEVICE = frozenset({Via.ZIGPY, Via.ZIGBEE2MQTT, Via.REPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """Ages of the last word, sampled; `since` when sampling began, `looked` the last time."""

    ages: Counts = AGES.empty
    since: datetime | None = None
    looked: datetime | None = None


def looked_at(reporting: Reporting, heard: datetime, now: datetime) -> Reporting:
    """One more look, which counts if it was the one that was asked for."""
    due = _next_look(reporting)
    if due is None or reporting.since is None or reporting.since > now:
        return Reporting(ages=reporting.ages, since=now, looked=now)
    if now < due:
        return reporting
    age = max((now - heard).total_seconds(), 0.0)
    fair = now - due <= _PUNCTUAL
    ages = added(reporting.ages, AGES, age) if fair else reporting.ages
    return Reporting(ages=ages, since=reporting.since, looked=now)


def has_learnt(reporting: Reporting) -> bool:
    since, looked = reporting.since, reporting.looked
    if since is None or looked is None:
        return False
    return looked - since >= _ENOUGH_TIME and sum(reporting.ages) >= _ENOUGH_AGES


def next_look(reporting: Reporting, via: Via | None) -> datetime | None:
    """When another age is wanted; `None` where nothing can be learnt."""
    return _next_look(reporting) if via in _OF_THE_DEVICE else None


def _next_look(reporting: Reporting) -> datetime | None:
    if reporting.looked is None:
        return None
    return reporting.looked + (LATER_LOOK if has_learnt(reporting) else LEARNING_LOOK)


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
