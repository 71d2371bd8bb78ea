"""What a limit would have done to the home's own past, as the journal tells it.

The backtest's glue plays the entries of the last weeks; nothing is changed by it. Every entry goes
through the same door as in life, so what could not be watched accuses nobody here either.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from .diary import Diary
from .journal import HOUSEHOLD, Entry, Mark
from .rhythm import Rung, Verdict, Why
from .rhythm.backtest import Alarm, Backtest, Heat, Limit, collapses, half_hours, warmed
from .rhythm.clockface import wall
from .rhythm.parameters import DAY

_PRESENCE = frozenset({Mark.AWAY, Mark.HOME, Mark.GUEST})


@dataclass(slots=True, kw_only=True)
class Played:
    """By rung what would have happened, and the limits by hour that it came to in the end."""

    rungs: dict[Rung, Backtest] = field(default_factory=lambda: {r: Backtest() for r in Rung})
    limits: dict[Rung, list[float]] = field(default_factory=dict)
    # Seconds in which somebody at home could have been seen, or was known to be out.
    watched: float = 0.0

    @property
    def days(self) -> float:
        return self.rungs[Rung.QUIET].days

    @property
    def watched_days(self) -> float:
        return self.watched / DAY

    @property
    def heat(self) -> Heat:
        return self.rungs[Rung.QUIET].heat


@dataclass(slots=True, kw_only=True)
class _Player[L: Limit]:
    """`pause`: a call never follows the pre-alarm sooner. `raised`: rungs of this silence."""

    diary: Diary[L]
    pause: float
    past: Played = field(default_factory=Played)
    at: float = 0.0
    # The last life or word, and what it came from.
    since: float = 0.0
    after: str = HOUSEHOLD
    lively: int = -1
    raised: dict[Rung, Alarm] = field(default_factory=dict)

    def play(self, entry: Entry) -> None:
        """One entry: first what the time up to it would have brought, then the entry itself."""
        at = max(wall(entry.at, self.diary.zone), self.at)
        if self.at and at > self.at:
            self._passed(self.at, at)
        self.at = at
        is_life = entry.mark is Mark.ACTIVITY and entry.source in self.diary.places
        if is_life or entry.mark in _PRESENCE:
            self._answered(entry)
        self.diary.note(entry)
        if is_life and not self.diary.guests:
            self.lively = warmed(self.past.heat, at, self.lively)

    def end(self, at: float) -> Played:
        """The present silence goes on: what it has brought so far counts."""
        if self.at and at > self.at:
            self._passed(self.at, at)
            self.at = at
        self._over()
        for found in self.past.rungs.values():
            found.end = self.at
            found.delays.sort()
        self.past.limits = {rung: self.diary.limit.limits(rung) for rung in Rung}
        return self.past

    def _passed(self, begin: float, end: float) -> None:
        diary = self.diary
        for found in self.past.rungs.values():
            found.begin = min(found.begin, begin)
        if not diary.watching or diary.guests:
            # Nobody was there to knock, or there was no need to.
            return
        if not diary.blind:
            self.past.watched += end - begin
        if end - self.since < diary.limit.shortest and not half_hours(begin, end):
            # Most of a lively day: nothing could be due, and no collapse is imagined.
            return
        for rung, verdict in self._verdicts():
            if verdict.at <= end and rung not in self.raised:
                at = max(verdict.at, begin)
                self.raised[rung] = Alarm(at, verdict.why, self.after, end)
            if not diary.blind and verdict.why not in {Why.AWAY, Why.NOTHING_YET}:
                self.past.rungs[rung].delays += collapses(verdict, begin, end)

    def _verdicts(self) -> tuple[tuple[Rung, Verdict], ...]:
        quiet = self.diary.limit.deadline(Rung.QUIET)
        call = self.diary.limit.deadline(Rung.CALL)
        called = Verdict(max(call.at, quiet.at + self.pause), call.why)
        return (Rung.QUIET, quiet), (Rung.CALL, called)

    def _answered(self, entry: Entry) -> None:
        """Life, or a person's word, ends the silence and what it had raised."""
        self._over()
        self.since, self.after = self.at, entry.source

    def _over(self) -> None:
        for rung, alarm in self.raised.items():
            self.past.rungs[rung].alarms.append(alarm._replace(until=self.at))
        self.raised.clear()


def play[L: Limit](
    diary: Diary[L], entries: Iterable[Entry], *, until: float, pause: timedelta
) -> Played:
    """Play the entries, the oldest first, up to `until` on the wall clock."""
    player = _Player(diary=diary, pause=pause.total_seconds())
    for entry in entries:
        player.play(entry)
    return player.end(until)
