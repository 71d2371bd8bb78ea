"""What a limit would have done to the past: needless alarms, and when a collapse is noticed.

One pass over the signs of life, feeding the limit as life would. Every half hour somebody at home
is imagined to fall silent for good; nothing is changed by that.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from math import ceil, inf
from typing import NamedTuple, Protocol

from .parameters import DAY, HOUR, MINUTE, Rung
from .verdict import Place, Verdict, Why

EVERY = 30 * MINUTE
_WEEK = 7

# Half hours with life, by day of the week (Monday first) and hour.
type Heat = list[list[int]]


class Sign(NamedTuple):
    """One line of the past: an activity, or (`home` set) somebody who left or came back.

    `at`: when we were told; `happened`: when it was, if earlier.
    """

    at: float
    source: str
    place: Place = Place.INSIDE
    home: bool | None = None
    happened: float | None = None


class Limit(Protocol):
    """What a rhythm and a fixed limit have in common."""

    @property
    def shortest(self) -> float:
        """No silence is too long before it has lasted so long, whatever else is known."""

    def activity(
        self, at: float, source: str, place: Place = ..., *, told: float | None = ...
    ) -> None: ...
    def presence(self, at: float, *, home: bool | None) -> None: ...
    def watch(self, at: float, *, lost: Collection[str], blind: bool) -> None: ...
    def accept(self) -> None: ...
    def deadline(self, rung: Rung) -> Verdict: ...
    def limits(self, rung: Rung) -> list[float]: ...


class Alarm(NamedTuple):
    """One that life answered afterwards. `until` it lasted, `after` which source it was silent."""

    at: float
    why: Why
    after: str
    until: float


@dataclass(slots=True, kw_only=True)
class Backtest:
    """`delays` (s) from an imagined collapse to the alarm, sorted; infinite: never noticed."""

    begin: float = inf
    end: float = -inf
    alarms: list[Alarm] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    heat: Heat = field(default_factory=lambda: [[0] * 24 for _ in range(_WEEK)])

    @property
    def days(self) -> float:
        return max(self.end - self.begin, 0.0) / DAY

    def delay(self, share: float) -> float:
        """What so large a share of collapses would not have had to wait longer than."""
        if not self.delays:
            return inf
        return self.delays[max(ceil(share * len(self.delays)), 1) - 1]


def feed(limit: Limit, sign: Sign) -> None:
    """Tell a limit one line."""
    if sign.home is not None:
        limit.presence(sign.at, home=sign.home)
    else:
        happened = sign.at if sign.happened is None else sign.happened
        limit.activity(happened, sign.source, sign.place, told=sign.at)


def backtest(limit: Limit, signs: Iterable[Sign], rung: Rung, *, warm_up: float = 0.0) -> Backtest:
    """Play the past. In the first `warm_up` seconds the limit learns and nothing is counted."""
    found = Backtest()
    before: Sign | None = None
    lively = -1
    for sign in signs:
        if before is None:
            found.begin = sign.at + warm_up
        elif sign.at > found.begin:
            _silence(found, limit.deadline(rung), before, sign)
        feed(limit, sign)
        if sign.home is None:
            lively = warmed(found.heat, sign.at, lively)
        before = sign
        found.end = sign.at
    found.delays.sort()
    return found


def _silence(found: Backtest, verdict: Verdict, before: Sign, sign: Sign) -> None:
    """One silence of the past, between two signs of life."""
    if found.begin <= verdict.at <= sign.at:
        found.alarms.append(Alarm(verdict.at, verdict.why, before.source, sign.at))
    if verdict.why is Why.AWAY or before.home is False:
        return
    found.delays += collapses(verdict, max(before.at, found.begin), sign.at)


def collapses(verdict: Verdict, begin: float, end: float) -> list[float]:
    """How long nobody would have noticed one at each half hour of a silence."""
    until = min(end, verdict.at)
    return [verdict.at - index * EVERY for index in half_hours(begin, until)]


def half_hours(begin: float, end: float) -> range:
    """Those that begin from `begin` on and before `end`."""
    return range(ceil(begin / EVERY), ceil(end / EVERY))


def warmed(heat: Heat, at: float, lively: int) -> int:
    """Count a half hour with life once; `lively` is the one that was counted last."""
    index = int(at // EVERY)
    if index != lively:
        # The first of January 1970 was a Thursday.
        day = int(at // DAY) + 3
        heat[day % _WEEK][int(at % DAY // HOUR)] += 1
    return index
