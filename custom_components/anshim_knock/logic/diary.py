"""Lets a rhythm learn from the journal's entries, one way for the past and for what happens now.

The keeper of the rhythm tells it every entry; the coordinator asks what the rhythm expects of the
present silence before each decision. Because both read the same entries, a rhythm that was learnt
again from the disk is the one that was lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from math import isinf
from typing import Any

from .effects import Json
from .household import Household
from .journal import HOUSEHOLD, Entry, Mark
from .rhythm import Place, Rhythm, Rung
from .rhythm.backtest import Limit
from .rhythm.clockface import wall
from .rhythm_snapshot import rhythm_from_dict, rhythm_to_dict
from .settings import Expected
from .stored import flag, items, mapping, text
from .words import Presence

_LIVES = frozenset({Mark.LIVE, Mark.LATE, Mark.LOST})
# The rhythm and the household may round the moment of the same sign differently.
_SAME_SIGN_S = 1.0


@dataclass(slots=True, kw_only=True)
class Diary[L: Limit]:
    """`places`: of each source, whether somebody can go out there. Others are not listened to.

    A home's own diary has its rhythm for a limit; the past is played to others, too.
    """

    limit: L
    zone: tzinfo
    places: Mapping[str, Place]
    # Sources that were live at their last mark. Nothing is before it was seen to be.
    live: set[str] = field(default_factory=set)
    watching: bool = False
    guests: bool = False

    def learn(self, entries: Iterable[Entry]) -> None:
        """All of them, the oldest first."""
        for entry in entries:
            self.note(entry)

    def note(self, entry: Entry) -> None:
        """One entry: what was used, what can be heard, who is there."""
        at = wall(entry.at, self.zone)
        if entry.source == HOUSEHOLD:
            self._household(at, entry.mark)
        elif entry.source not in self.places:
            # A source that was removed: its past says nothing about what can be heard now.
            return
        elif entry.mark is Mark.ACTIVITY and not self.guests:
            self.limit.activity(at, entry.source, self.places[entry.source])
        elif entry.mark in _LIVES:
            self._source(at, entry.source, is_live=entry.mark is Mark.LIVE)

    def vouched(self: Diary[Rhythm], state: Household) -> None:
        """Somebody answered, or was seen: the household counts from there, and so do we."""
        silence, since = self.limit.silence, wall(state.silent_since, self.zone)
        if silence is not None and since > silence.since + _SAME_SIGN_S:
            self._is_there(since)

    def expected(self: Diary[Rhythm], state: Household) -> Expected | None:
        """When the present silence is too long; `None` where the rhythm has nothing to say.

        The household knows best since when it is silent; the rhythm, how long that may last.
        """
        silence = self.limit.silence
        known = state.clock.trusted and state.stay.kind is Presence.HOME
        if silence is None or not known:
            return None
        quiet, call = self.limit.deadline(Rung.QUIET), self.limit.deadline(Rung.CALL)
        if isinf(quiet.at) or isinf(call.at):
            return None
        asks = timedelta(seconds=quiet.at - silence.since)
        calls = timedelta(seconds=call.at - silence.since)
        return Expected(
            quiet=asks,
            call=max(asks, calls),
            why=quiet.why,
            days_missing=max(self.limit.parameters.warm_days - self.limit.days, 0.0),
        )

    def _household(self, at: float, mark: Mark) -> None:
        match mark:
            case Mark.STOPPED | Mark.STARTED:
                self.watching = mark is Mark.STARTED
                # Each source proves anew that it is live.
                self.live.clear()
                self._watch(at)
            case Mark.AWAY:
                self.limit.presence(at, home=False)
            case Mark.GUEST | Mark.HOME:
                self._guests(at, there=mark is Mark.GUEST)
                self._is_there(at)
            case Mark.ACCEPTED:
                self.limit.accept()

    def _guests(self, at: float, *, there: bool) -> None:
        """Their life is not the resident's: it is neither counted nor learnt."""
        if self.guests is not there:
            self.guests = there
            self._watch(at)

    def _source(self, at: float, source: str, *, is_live: bool) -> None:
        if is_live is not (source in self.live):
            self.live ^= {source}
            self._watch(at)

    @property
    def blind(self) -> bool:
        """Nothing of the resident's own life could be seen."""
        return not self.watching or self.guests or not self.live

    def _watch(self, at: float) -> None:
        self.limit.watch(at, lost=self.places.keys() - self.live, blind=self.blind)

    def _is_there(self, at: float) -> None:
        """For this moment only: whether they stay, nobody knows."""
        self.limit.presence(at, home=True)
        self.limit.presence(at, home=None)


def diary_to_dict(diary: Diary[Rhythm]) -> dict[str, Json]:
    """Plain JSON values; zone and places are the home's and not kept here."""
    return {
        "rhythm": rhythm_to_dict(diary.limit),
        "live": [*sorted(diary.live)],
        "watching": diary.watching,
        "guests": diary.guests,
    }


def diary_from_dict(value: Any, *, zone: tzinfo, places: Mapping[str, Place]) -> Diary[Rhythm]:
    """What `diary_to_dict` wrote. Raises `KeyError`, `TypeError` or `ValueError` when damaged."""
    data = mapping(value)
    return Diary(
        limit=rhythm_from_dict(mapping(data["rhythm"])),
        zone=zone,
        places=places,
        live={text(source) for source in items(data["live"])},
        watching=flag(data["watching"]),
        guests=flag(data["guests"]),
    )
