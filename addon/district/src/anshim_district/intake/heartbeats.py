"""Heartbeats: one row overwritten, the next deadline of silence in it; a home that speaks again.

Gaps that stay. Many homes are heard in one commit, each on its own.

Condition only: nothing here calms anything (contract §4, §7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, update

from ..cases.happenings import HeardAgain, Technical
from ..cases.words import Family
from ..casework import Casework, load_file
from ..messages import Heartbeat
from ..pulse import asked_after, interval, silent_after
from ..revoked import GoneError
from ..storage.database import After
from ..storage.piles import update_all
from ..storage.tables import households, pulses
from .beats import CALM, beat_before, due, home_spoke, is_copy, limit_of, stands
from .gaps import complete_of, first_missing, what_is_here
from .pulses import Pulse, pulses_of
from .revocation import NO_KIT, was_before_lost_one
from .sessions import Session

GAP: Final = "sequence_gap"
COPY: Final = "cloned_kit"
# instead of the first missing number, once staff knows
_TOLD: Final = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    interval_s: int
    counter: int
    # where something is missing: what is here, so that the kit may send it again
    have: dict[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A heartbeat of a session's own kit, and when it came."""

    session: Session
    said: Heartbeat
    at: datetime


type Values = dict[str, Any]

# what hardly any heartbeat changes
_SELDOM: Final = ("interval_s", "gap", "claimed", "silent", "outage", "watch")
_OFTEN: Final = ("heard", "home_heard", "due", "may_wait", "condition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    casework: Casework
    usual: timedelta

    def hear_together(
        self, connection: Connection, after: After, beats: Sequence[Beat]
    ) -> list[Heard | GoneError]:
        """Of different households, each on its own; read and written at once."""
        kits_ = [beat.session.kit for beat in beats]
        known = pulses_of(connection, kits_)
        heard: list[Heard | GoneError] = []
        usual: list[Values] = []
        others: list[Values] = []
        for beat in beats:
            pulse = known.get(beat.session.kit)
            if pulse is None or pulse.lost is not None:
                heard.append(GoneError(beat.session.kit))
                continue
            missing = self._missing(connection, beat, pulse)
            row = self._hear(connection, after, beat, pulse, missing)
            if all(row[name] == getattr(pulse, name) for name in _SELDOM):
                usual.append({"kit": pulse.kit} | {name: row[name] for name in _OFTEN})
            else:
                others.append({"kit": pulse.kit} | row)
            have = what_is_here(connection, pulse.kit) if row["gap"] else None
            heard.append(Heard(interval_s=row["interval_s"], counter=pulse.down_counter, have=have))
        for rows in (usual, others):
            update_all(connection, pulses, "kit", rows, keeping=["condition"])
        return heard

    def _missing(self, connection: Connection, beat: Beat, pulse: Pulse) -> int | None:
        """Of the epoch of its hello, and hardly ever of another, it is known what has arrived."""
        mark = beat.said.highwater
        is_usual = mark.epoch == pulse.epoch
        done = pulse.complete if is_usual else complete_of(connection, pulse.kit, mark.epoch)
        return first_missing(connection, pulse.kit, mark, done or 0, beat.at)

    def _hear(
        self, connection: Connection, after: After, beat: Beat, pulse: Pulse, missing: int | None
    ) -> Values:
        """Its row as it is from now on."""
        said, now, was = beat.said, beat.at, beat_before(pulse.condition)
        limit = limit_of(said if said.home else was)
        pace = interval(self.usual, limit)
        self._notice_copy(connection, after, beat, was)
        values: Values = {
            "heard": now,
            "home_heard": pulse.home_heard,
            "due": pulse.due,
            "may_wait": pulse.may_wait,
            # a home's own word, where there is one; else what it said before stays
            "condition": None,
            "interval_s": round(pace.total_seconds()),
            "gap": self._gap(connection, after, beat, missing, before=pulse.gap),
            "claimed": pulse.claimed,
            "silent": pulse.silent,
            "outage": pulse.outage,
            "watch": pulse.watch,
        }
        if pulse.withdrawn is not None:
            # its agreement is taken back: that the kit lives is all that may be known
            return values | {"due": None}
        before = pulse.home_heard if pulse.condition else None
        spoke = home_spoke(said, before, now)
        values["home_heard"] = spoke
        if said.home:
            is_calm = said.home.stage == CALM and not said.home.near
            values["may_wait"] = spoke + asked_after(limit) if is_calm else None
            values["watch"] = said.home.watch
            values["condition"] = msgspec.json.encode(said)
        if _is_listened_for(connection, pulse):
            until = due(pulse, said, spoke, silent_after(pace, limit))
            if not was_before_lost_one(connection, pulse):
                values |= self._wait_for_next(connection, after, beat, pulse, until)
            if condition := stands(was, said, before=before, spoke=spoke, pace=pace):
                self.casework.happen(connection, after, beat.session.household, condition, now)
        return values

    def _wait_for_next(
        self,
        connection: Connection,
        after: After,
        beat: Beat,
        pulse: Pulse,
        until: datetime | None,
    ) -> Values:
        """Whoever is missed is back only with a word that is not already too old."""
        is_missed = pulse.is_missed
        if is_missed and (until is None or until <= beat.at):
            return {}
        after.wake_at(until)
        if beat.said.home and (pulse.condition is None or pulse.speaker is None):
            self._take_over(connection, after, beat)
            is_missed = True  # a silence of this household may be any kit's
        if is_missed:
            self.casework.happen(connection, after, beat.session.household, HeardAgain(), beat.at)
        return {"due": until, "claimed": None, "silent": False, "outage": None}

    def _take_over(self, connection: Connection, after: After, beat: Beat) -> None:
        """The home has spoken through this kit: no other is missed any more.

        Where the home's own was lost before it ever spoke, the one before still speaks for it.
        """
        session, now = beat.session, beat.at
        connection.execute(
            update(pulses)
            .where(pulses.c.household == session.household, pulses.c.kit != session.kit)
            .values(due=None, claimed=None, silent=False, outage=None)
        )
        alone = connection.execute(
            update(households)
            .where(households.c.id == session.household, households.c.kit.is_(None))
            .values(kit=session.kit)
        )
        if alone.rowcount:
            self.casework.post.hand_over(connection, after, session.household, session.kit, now)
        self._know(connection, after, session.household, NO_KIT, now, raised=False)

    def _know(
        self,
        connection: Connection,
        after: After,
        household: str,
        code: str,
        now: datetime,
        *,
        raised: bool,
    ) -> None:
        """Nothing, where the home's trouble is known to be so."""
        known = load_file(connection, household).open_case(Family.TROUBLE)
        if (known is not None and code in known.codes) is not raised:
            trouble = Technical(code=code, raised=raised, version=0, happened=now, by="district")
            self.casework.happen(connection, after, household, trouble, now)

    def _notice_copy(
        self, connection: Connection, after: After, beat: Beat, was: Heartbeat | None
    ) -> None:
        if is_copy(was, beat.said.highwater):
            self._know(connection, after, beat.session.household, COPY, beat.at, raised=True)

    def _gap(
        self,
        connection: Connection,
        after: After,
        beat: Beat,
        missing: int | None,
        *,
        before: str | None,
    ) -> str | None:
        """What is missing is trouble when it is still missing one heartbeat later."""
        here = f"{beat.said.highwater.epoch}/{missing}" if missing else None
        is_known = before == _TOLD
        stays = here is not None and here == before
        if stays or (is_known and here is None):
            trouble = Technical(code=GAP, raised=stays, version=0, happened=beat.at, by="district")
            self.casework.happen(connection, after, beat.session.household, trouble, beat.at)
        return _TOLD if here and (stays or is_known) else here


def _is_listened_for(connection: Connection, pulse: Pulse) -> bool:
    """The household's kit; also the one before it, until the home speaks through the new one."""
    if pulse.speaker == pulse.kit:
        return True
    newest = select(pulses.c.condition).where(pulses.c.kit == pulse.speaker)
    return connection.scalar(newest) is None
