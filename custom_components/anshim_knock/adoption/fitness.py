"""How well an entity suits as a source, with the reasons. Pure: `candidates` gathers the facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ..sources.facts import DeviceFacts, Stack, Trap

# Of 255, as ZHA and Zigbee2MQTT count it.
GOOD_LINK = 100
WEAK_LINK = 50
# Coin cells fall off a cliff below it.
LOW_BATTERY = 20.0
_HOUR = timedelta(hours=1)


class Maker(StrEnum):
    """What makes an entity's states, as far as it matters."""

    DEVICE = "device"
    CLOUD = "cloud"
    # A template, a group or another entity in disguise.
    COMPUTED = "computed"
    # Nobody registered it: nothing is known of what stands behind.
    NOBODY = "nobody"


class Point(StrEnum):
    """What speaks for a candidate, or simply describes it. Each has a text."""

    IAS_CONTACT = "ias_contact"
    CONTACT = "contact"
    POWER = "power"
    SOCKET = "socket"
    MOTION = "motion"
    BUTTON = "button"
    LAMP = "lamp"
    PHONE = "phone"
    SPEAKS_MINUTES = "speaks_minutes"
    SPEAKS_HOURS = "speaks_hours"
    LINK_GOOD = "link_good"
    LINK_FAIR = "link_fair"
    LINK_WEAK = "link_weak"
    MAINS = "mains"
    BATTERY = "battery"


class Warn(StrEnum):
    """What a technician must know before choosing it. Each has a text that says what to do."""

    DEAD_TWIN = "dead_twin"
    LOSES_QUICK_USE = "loses_quick_use"
    REPORTS_NO_POWER = "reports_no_power"
    NO_POWER = "no_power"
    CLOUD = "cloud"
    COMPUTED = "computed"
    NOBODY = "nobody"
    NOT_THERE = "not_there"
    NEVER_PROVED = "never_proved"
    NO_LAST_SEEN = "no_last_seen"
    NO_AVAILABILITY = "no_availability"
    LINK_WEAK = "link_weak"
    BATTERY_LOW = "battery_low"
    UNUSUAL = "unusual"
    MOVED_TOGETHER = "moved_together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """A candidate as it stands in the home. `kind` is what it is, `there` that it shows a state.

    `beside_lamps`: a lamp of another device is a source already, or a plug without a meter.
    """

    kind: Point | None
    maker: Maker
    facts: DeviceFacts
    there: bool = True
    beside_lamps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A point with its number, if it has one."""

    point: Point
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitness:
    """`worth` ranks, higher first; the rest is for people."""

    worth: int
    points: tuple[Said, ...]
    warnings: tuple[Warn, ...]


# A warning must outweigh all that the radio may say well of a device.
_COST = {
    Warn.DEAD_TWIN: 100,
    Warn.NOT_THERE: 50,
    Warn.COMPUTED: 40,
    Warn.CLOUD: 30,
    Warn.REPORTS_NO_POWER: 25,
    Warn.NOBODY: 20,
    Warn.NO_POWER: 15,
    Warn.LOSES_QUICK_USE: 15,
    Warn.UNUSUAL: 15,
    Warn.NEVER_PROVED: 10,
    Warn.LINK_WEAK: 10,
    Warn.BATTERY_LOW: 5,
    Warn.MOVED_TOGETHER: 5,
    # A setting of the bridge, the same for all of its devices.
    Warn.NO_LAST_SEEN: 2,
    Warn.NO_AVAILABILITY: 1,
}
# Whose silence can be told from a dead device's, the better the earlier.
_PROVABLE = {Stack.ZHA: 12, Stack.ZIGBEE2MQTT: 10, Stack.MOBILE_APP: 8, Stack.OTHER: 0}


def fitness_of(traits: Traits) -> Fitness:
    """Judge a candidate."""
    points = tuple(_points(traits))
    warnings = tuple(dict.fromkeys(_warnings(traits)))
    good = _PROVABLE[traits.facts.stack] + sum(_GAIN.get(said.point, 0) for said in points)
    return Fitness(
        worth=good - sum(_COST[warning] for warning in warnings), points=points, warnings=warnings
    )


_GAIN = {
    Point.IAS_CONTACT: 2,
    Point.POWER: 2,
    Point.SPEAKS_MINUTES: 2,
    Point.SPEAKS_HOURS: 1,
    Point.LINK_GOOD: 2,
    Point.LINK_FAIR: 1,
    Point.MAINS: 1,
}


def link_point(link: int) -> Point:
    """A link's quality in a word."""
    if link >= GOOD_LINK:
        return Point.LINK_GOOD
    return Point.LINK_FAIR if link >= WEAK_LINK else Point.LINK_WEAK


def _points(traits: Traits) -> Iterator[Said]:
    facts = traits.facts
    if traits.kind is Point.CONTACT and facts.zone is not None:
        yield Said(point=Point.IAS_CONTACT)
    elif traits.kind is not None:
        yield Said(point=traits.kind)
    if facts.check_in:
        yield _speaks(facts.check_in)
    if facts.link is not None:
        yield Said(point=link_point(facts.link))
    if facts.battery is not None:
        yield Said(point=Point.BATTERY, number=round(facts.battery))
    elif facts.mains:
        yield Said(point=Point.MAINS)


def _speaks(pause: timedelta) -> Said:
    if pause >= 2 * _HOUR:
        return Said(point=Point.SPEAKS_HOURS, number=round(pause / _HOUR))
    minutes = max(round(pause / timedelta(minutes=1)), 1)
    return Said(point=Point.SPEAKS_MINUTES, number=minutes)


_OF_TRAP = {
    Trap.DEAD_TWIN: Warn.DEAD_TWIN,
    Trap.LOSES_QUICK_USE: Warn.LOSES_QUICK_USE,
    Trap.REPORTS_NO_POWER: Warn.REPORTS_NO_POWER,
}
_OF_MAKER = {
    Maker.CLOUD: Warn.CLOUD,
    Maker.COMPUTED: Warn.COMPUTED,
    Maker.NOBODY: Warn.NOBODY,
}


def _warnings(traits: Traits) -> Iterator[Warn]:
    facts = traits.facts
    if facts.trap is not None:
        yield _OF_TRAP[facts.trap]
    if traits.maker in _OF_MAKER:
        yield _OF_MAKER[traits.maker]
    holds = {
        Warn.DEAD_TWIN: not facts.real,
        Warn.NOT_THERE: not traits.there or facts.reachable is False,
        Warn.NEVER_PROVED: traits.maker is Maker.DEVICE and facts.stack is Stack.OTHER,
        Warn.NO_LAST_SEEN: facts.bridge.last_seen is False,
        Warn.NO_AVAILABILITY: facts.bridge.availability is False,
        Warn.NO_POWER: traits.kind is Point.SOCKET,
        Warn.UNUSUAL: traits.kind is None,
        Warn.MOVED_TOGETHER: traits.beside_lamps and traits.kind in {Point.LAMP, Point.SOCKET},
        Warn.LINK_WEAK: facts.link is not None and facts.link < WEAK_LINK,
        Warn.BATTERY_LOW: facts.battery is not None and facts.battery < LOW_BATTERY,
    }
    yield from (warning for warning, speaks in holds.items() if speaks)
