"""What was recorded of a source before we watched it, judged by the rules that hold today.

The past's reader brings the states; what comes out begins the household's journal and teaches the
source its habits. Nothing of it is news: it moves no silence, and no last sign of life.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .activity import BLANK, Change
from .journal import HOUSEHOLD, Entry, Mark, says_something, whole_second
from .liveness import liveness, next_change
from .source import observe
from .source_value import Source
from .words import Liveness

# So long after a start integrations may still be making their entities.
STARTING = timedelta(minutes=5)
_MARKS = {Liveness.LIVE: Mark.LIVE, Liveness.LATE: Mark.LATE, Liveness.LOST: Mark.LOST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A time during which everything was recorded."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One state in its time. `asked`: by its context, somebody or something had asked for it.

    `own`: of the source itself. Else of another entity of its device, for the sake of `asked`.
    """

    at: datetime
    state: str | None
    asked: bool = False
    own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The source's entries for the journal, and the source with what it has learnt."""

    entries: tuple[Entry, ...]
    source: Source


def household_marks(runs: Sequence[Run], began: datetime) -> list[Entry]:
    """When the home was recorded, up to where its own journal begins."""
    return [
        _mark(HOUSEHOLD, at, mark)
        for run in runs
        if run.since < began
        for at, mark in ((run.since, Mark.STARTED), (min(run.until, began), Mark.STOPPED))
    ]


def past_of(
    key: str, source: Source, states: Sequence[Recorded], runs: Sequence[Run], began: datetime
) -> Past:
    """Everything that was recorded of one source, the oldest first.

    A source that turns out to go on by itself has shown no life from the first day on: with
    hindsight that is known.
    """
    play = _Play(key=key, source=source)
    for run in runs:
        play.begin(run)
        for state in states:
            if run.since <= state.at < run.until:
                play.shows(state)
        play.wait(run.until)
    kept = (
        entry
        for entry in play.entries
        if entry.at < began and not (play.source.ghost and entry.mark is Mark.ACTIVITY)
    )
    return Past(entries=tuple(kept), source=play.source)


@dataclass(slots=True, kw_only=True)
class _Play:
    """One source on its way through its recorded past."""

    key: str
    source: Source
    entries: list[Entry] = field(default_factory=list)
    _shown: str | None = None
    _started: datetime | None = None
    _at: datetime | None = None
    _returned: datetime | None = None
    _commanded: datetime | None = None
    _life: Liveness | None = None

    def begin(self, run: Run) -> None:
        """Each source proves anew that it is live; what it showed before is not known any more."""
        self._started, self._at = run.since, run.since
        self._shown, self._life = None, None
        self.source = replace(self.source, available=False, changed=run.since)

    def shows(self, state: Recorded) -> None:
        if state.asked:
            self._commanded = state.at
        if not state.own or self._started is None:
            return
        self.wait(state.at)
        if self._shown in BLANK and state.state not in BLANK:
            self._returned = state.at
        starting = state.at - self._started < STARTING
        change = Change(
            old=self._shown,
            new=state.state,
            at=state.at,
            started=state.at if starting else self._started,
            power_back=self._returned,
            commanded=self._commanded,
        )
        seen = observe(self.source, change)
        self.source, self._shown = seen.source, state.state
        if seen.finding.activity:
            self._note(seen.at, Mark.ACTIVITY)
        self._look(state.at)

    def wait(self, until: datetime) -> None:
        """Nothing is heard until then: it may fall late and be lost."""
        while self._at is not None and (due := next_change(self.source, self._at)) is not None:
            if due > until:
                break
            self._look(due)
        self._at = until

    def _look(self, at: datetime) -> None:
        life, self._at = liveness(self.source, at), at
        if self._shown is not None and life is not self._life:
            self._life = life
            self._note(at, _MARKS[life])

    def _note(self, at: datetime, mark: Mark) -> None:
        entry = _mark(self.key, at, mark)
        if says_something(self.entries[-1] if self.entries else None, entry):
            self.entries.append(entry)


def _mark(source: str, at: datetime, mark: Mark) -> Entry:
    return Entry(at=whole_second(at), source=source, mark=mark)
