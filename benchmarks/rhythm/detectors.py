"""Limits in the shape that the harness asks for: ours, fixed, and two as they are published."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any, ClassVar, Protocol

from custom_components.anshim_knock.logic.rhythm import Parameters, Rhythm, Rung
from custom_components.anshim_knock.logic.rhythm.backtest import Limit, feed
from custom_components.anshim_knock.logic.rhythm.fixed import Fixed
from replay.home import Home, Line

DAY, HOUR = 86400.0, 3600.0


class Detector(Protocol):
    MIN_SILENCE: ClassVar[float]
    last: float

    def observe(self, t: float, sensor: str, kind: str, value: float) -> None: ...
    def deadline(self) -> float: ...


type Make = Callable[[], Detector]


@dataclass(kw_only=True)
class Ours:
    """A limit of the integration behind its own rules of what counts as life."""

    MIN_SILENCE: ClassVar[float] = 0.0
    limit: Limit
    rung: Rung = Rung.CALL
    home: Home = field(default_factory=Home)
    last: float = -inf

    def observe(self, t: float, sensor: str, kind: str, value: float) -> None:
        for sign in self.home.signs(Line(t, sensor, kind, value)):
            feed(self.limit, sign)
            self.last = sign.at

    def deadline(self) -> float:
        return self.limit.deadline(self.rung).at


def learned(rung: Rung = Rung.CALL, **parameters: Any) -> Make:
    return lambda: Ours(limit=Rhythm(parameters=Parameters(**parameters)), rung=rung)


def fixed(hours: float) -> Make:
    return lambda: Ours(limit=Fixed(limit=hours * HOUR))


@dataclass(kw_only=True)
class Slots:
    """As a learned peer does it: the usual gap of each hour of the week, times a factor."""

    MIN_SILENCE: ClassVar[float] = 0.0
    factor: float = 3.0
    gaps: dict[int, list[float]] = field(default_factory=dict)
    last: float = -inf
    away: bool = False

    def observe(self, t: float, sensor: str, kind: str, value: float) -> None:
        self.away = kind == "presence" and value == 0.0
        if self.last > -inf and kind != "presence":
            self.gaps.setdefault(self._slot(self.last), []).append(t - self.last)
        self.last = t

    def deadline(self) -> float:
        gaps = self.gaps.get(self._slot(self.last), [])
        if self.away or len(gaps) < 4:
            return inf if self.away else self.last + DAY
        return self.last + max(self.factor * sum(gaps) / len(gaps), 2 * HOUR)

    def _slot(self, at: float) -> int:
        return int(at // HOUR) % 168


@dataclass(kw_only=True)
class Longest:
    """As telecare papers do it: the longest silence seen so far at this hour, and half as much."""

    MIN_SILENCE: ClassVar[float] = 0.0
    factor: float = 1.5
    longest: dict[int, float] = field(default_factory=dict)
    last: float = -inf
    away: bool = False

    def observe(self, t: float, sensor: str, kind: str, value: float) -> None:
        self.away = kind == "presence" and value == 0.0
        if self.last > -inf and kind != "presence" and t - self.last < DAY:
            hour = self._hour(self.last)
            self.longest[hour] = max(self.longest.get(hour, 0.0), t - self.last)
        self.last = t

    def deadline(self) -> float:
        longest = self.longest.get(self._hour(self.last), DAY)
        return inf if self.away else self.last + min(max(self.factor * longest, 2 * HOUR), DAY)

    def _hour(self, at: float) -> int:
        return int(at // HOUR) % 24


RIVALS: dict[str, Make] = {
    "fixed 8 h": fixed(8),
    "fixed 10 h": fixed(10),
    "fixed 12 h": fixed(12),
    "fixed 24 h": fixed(24),
    "hour of week x 3": Slots,
    "longest x 1.5": Longest,
}
