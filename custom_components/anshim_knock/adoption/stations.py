"""What a walk test goes through, as values: stations, their marks, the verdict and its record."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ..const import PRESS_HELP
from ..logic.effects import Json
from ..logic.words import Role
from .fitness import LOW_BATTERY, WEAK_LINK, Point, link_point

# From being asked to being seen, the way to the door included. A radio that retries takes longer.
SLOW = timedelta(seconds=60)


class Mark(StrEnum):
    """How far a station is."""

    WAITING = "waiting"
    PASSED = "passed"
    MISSED = "missed"


class Flaw(StrEnum):
    """What a station that was seen should still be looked after for."""

    LINK_WEAK = "link_weak"
    BATTERY_LOW = "battery_low"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One thing to use. `delay` is only known of what was used when it was asked for."""

    key: str
    title: str
    role: Role
    entity_id: str
    ask: str
    mark: Mark = Mark.WAITING
    at: datetime | None = None
    delay: timedelta | None = None
    link: int | None = None
    battery: float | None = None

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """Seen, and yet not well."""
        holds = {
            Flaw.LINK_WEAK: self.link is not None and self.link < WEAK_LINK,
            Flaw.BATTERY_LOW: self.battery is not None and self.battery < LOW_BATTERY,
            Flaw.SLOW: self.delay is not None and self.delay > SLOW,
        }
        return tuple(flaw for flaw, holding in holds.items() if holding)

    def passed(
        self, at: datetime, *, asked: datetime | None, link: int | None, battery: float | None
    ) -> Station:
        """Seen in use."""
        delay = None if asked is None else max(at - asked, timedelta(0))
        return replace(self, mark=Mark.PASSED, at=at, delay=delay, link=link, battery=battery)

    def missed(self) -> Station:
        """Asked for in vain."""
        return replace(self, mark=Mark.MISSED)


def ask_of(
    role: Role, entity_id: str, press: str | None, *, is_socket: bool, is_source: bool
) -> str:
    """Which sentence asks for its use. A source that calls for help does so in a test as well."""
    if role is Role.BUTTON and press == PRESS_HELP:
        return "button_help_live" if is_source else "button_help"
    if role is Role.PLUG and is_socket:
        return "socket"
    if role is Role.PHONE and entity_id.startswith("sensor."):
        return "phone_use"
    return role


def result_of(station: Station) -> dict[str, Any]:
    """What the walk test showed of a source, for its record."""
    return {
        "delay_s": None if station.delay is None else round(station.delay.total_seconds(), 1),
        "link": station.link,
        "battery": station.battery,
    }


def walk_data(stations: Iterable[Station]) -> dict[str, Json]:
    """What a walk test tells the district (contract/schemas/drill.json): verdicts, no names."""
    walked = list(stations)
    return {
        "passed": sum(s.mark is Mark.PASSED for s in walked),
        "missed": sum(s.mark is not Mark.PASSED for s in walked),
        "sources": [dict(_told(station)) for station in walked],
    }


def _told(station: Station) -> Iterator[tuple[str, Json]]:
    yield "role", station.role.value
    yield "seen", station.mark is Mark.PASSED
    if station.delay is not None:
        yield "delay_s", round(station.delay.total_seconds())
    if station.link is not None:
        yield "link", _LINKS[link_point(station.link)]
    if station.battery is not None:
        yield "battery", round(station.battery)


_LINKS: Mapping[Point, str] = {
    Point.LINK_GOOD: "good",
    Point.LINK_FAIR: "fair",
    Point.LINK_WEAK: "weak",
}
