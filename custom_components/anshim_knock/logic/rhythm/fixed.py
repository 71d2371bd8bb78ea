"""The limit that never learns: fixed hours or a risk score, counted as the ladder counts it.

For the past only: a household with such a limit asks its ladder and no rhythm.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from math import inf

from .parameters import Rung
from .verdict import Place, Verdict, Why


@dataclass(slots=True, kw_only=True)
class Fixed:
    """The same limit at every hour: fixed hours or a risk score, counted as the ladder does.

    Watched silence is held against it, wall-clock silence against it and `margin`.
    """

    limit: float
    margin: float = 0.0
    since: float = inf
    away: bool = False
    # Watched silence, up to `counted`, at this rate.
    watched: float = 0.0
    counted: float = 0.0
    rate: float = 1.0
    heard: dict[str, int] = field(default_factory=dict)

    @property
    def shortest(self) -> float:
        return self.limit

    def activity(
        self, at: float, source: str, place: Place = Place.INSIDE, *, told: float | None = None
    ) -> None:
        self.heard[source] = self.heard.get(source, 0) + 1
        self._silent_from(at if self.since == inf else max(at, self.since))

    def presence(self, at: float, *, home: bool | None) -> None:
        """`None`: nobody knows any longer, and the silence goes on."""
        self.away = home is False
        if home is not None:
            self._silent_from(at)

    def watch(self, at: float, *, lost: Collection[str], blind: bool) -> None:
        self.watched += self.rate * max(at - self.counted, 0.0)
        self.counted = max(at, self.counted)
        everything = sum(self.heard.values())
        unheard = sum(self.heard.get(source, 0) for source in lost)
        dim = unheard > everything / 2
        # A dim home shows less than half of its usual activity: its silence says half as much.
        self.rate = 0.0 if blind else 0.5 if dim else 1.0

    def accept(self) -> None:
        """What never grows needs no word for it."""

    def deadline(self, rung: Rung) -> Verdict:
        if self.since == inf:
            return Verdict(inf, Why.NOTHING_YET)
        if self.away:
            return Verdict(inf, Why.AWAY)
        ceiling = self.since + self.limit + self.margin
        missing = self.limit - self.watched
        if missing <= 0:
            return Verdict(self.counted, Why.LONGEST)
        at = self.counted + missing / self.rate if self.rate else inf
        return Verdict(at, Why.LONGEST) if at <= ceiling else Verdict(ceiling, Why.CEILING)

    def limits(self, rung: Rung) -> list[float]:
        return [self.limit] * 24

    def _silent_from(self, at: float) -> None:
        self.since = self.counted = at
        self.watched = 0.0
