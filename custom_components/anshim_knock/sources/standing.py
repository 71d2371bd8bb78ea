"""How each source stands: whether it can be heard, what the journal is told of it, what is shown.

The tracker has a source judged when that may be other than before.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ..journal import Journal
from ..logic.journal import Mark
from ..logic.source import Source, condition, next_change
from ..logic.words import Liveness
from ..view import SourceView, active, source_view
from .tracked import Tracked

_MARKS: Mapping[Liveness, Mark] = {
    Liveness.LIVE: Mark.LIVE,
    Liveness.LATE: Mark.LATE,
    Liveness.LOST: Mark.LOST,
}


class Standings:
    """Of all sources of one household."""

    def __init__(self, journal: Journal, sources: Iterable[Tracked]) -> None:
        self._journal = journal
        # Replaced, never changed: whoever holds it can tell what is new.
        self.views: Mapping[str, SourceView] = {
            tracked.subentry_id: source_view(tracked) for tracked in sources
        }

    def judge(self, tracked: Tracked, now: datetime) -> bool:
        """True when it is shown in another way than before."""
        tracked.condition = condition(tracked.source, now)
        tracked.due = next_change(tracked.source, now)
        if (mark := _mark(tracked)) is not tracked.noted:
            tracked.noted = mark
            self._journal.note(now, tracked.subentry_id, mark)
        if (ghost := tracked.source.ghost) is not tracked.noted_ghost:
            tracked.noted_ghost = ghost
            self._note_ghost(tracked, now)
        return self._show(tracked)

    def is_used_otherwise(self, tracked: Tracked) -> bool:
        """True when it is shown as in use and was not, or the other way round."""
        in_use = active(tracked)
        return in_use is not self.views[tracked.subentry_id].active and self._show(tracked)

    def _note_ghost(self, tracked: Tracked, now: datetime) -> None:
        """What is found out holds for the days before, too; what it does otherwise, from now on."""
        if tracked.source.ghost:
            self._journal.note(now, tracked.subentry_id, Mark.GHOST)
        elif tracked.source.overruled:
            self._journal.note(now, tracked.subentry_id, Mark.BELIEVED)

    def _show(self, tracked: Tracked) -> bool:
        view = source_view(tracked)
        if view == self.views[tracked.subentry_id]:
            return False
        self.views = {**self.views, tracked.subentry_id: view}
        return True


def may_be_other(tracked: Tracked, known: Source, *, alive: bool) -> bool:
    """Whether its liveness may have changed, or that it is a ghost: worth a judgement."""
    source = tracked.source
    if source.available is not known.available or source.ghost is not known.ghost:
        return True
    return alive and tracked.condition.liveness is not Liveness.LIVE


def _mark(tracked: Tracked) -> Mark:
    """However live a ghost is, or a sensor that nobody proved: it sees nothing of the day."""
    if not tracked.source.shows_life:
        return Mark.LOST
    return _MARKS[tracked.condition.liveness]
