"""Heartbeats: one row overwritten, the next deadline of silence in it; a home that speaks again.

Gaps that stay.

Condition only: nothing here calms anything (contract §4, §7).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select, update

from ..cases.happenings import HeardAgain, Stands, Technical
from ..cases.words import Family, Stage
from ..casework import Casework, load_file
from ..clock import is_set
from ..messages import Heartbeat, Highwater, HomeCondition
from ..pulse import interval, silent_after
from ..storage.database import After
from ..storage.tables import households, kits, pulses
from .gaps import first_missing, what_is_here
from .sessions import Session

_LOG: Final = logging.getLogger(__name__)
GAP: Final = "sequence_gap"
COPY: Final = "cloned_kit"
# instead of the first missing number, once staff knows
_TOLD: Final = "told"
_CALM: Final = "calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    interval_s: int
    counter: int
    # where something is missing: what is here, so that the kit may send it again
    have: dict[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    casework: Casework
    usual: timedelta

    def hear(
        self,
        connection: Connection,
        after: After,
        session: Session,
        beat: Heartbeat,
        now: datetime,
    ) -> Heard:
        pulse = _pulse_of(connection, session.kit)
        spoke = _home_spoke(beat, pulse.home_heard if pulse.condition else None, now)
        limit = beat.home.limit if beat.home else _limit_before(pulse.condition)
        pace = interval(self.usual, limit)
        self._notice_copy(connection, after, session, beat, before=pulse.condition, now=now)
        gap = self._gap(connection, after, session, beat.highwater, before=pulse.gap, now=now)
        have = what_is_here(connection, session.kit) if gap else None
        values: dict[str, object] = {
            "heard": now,
            "home_heard": spoke,
            "interval_s": round(pace.total_seconds()),
            "gap": gap,
        }
        if beat.home:
            values["condition"] = msgspec.json.encode(beat)
        if pulse.withdrawn is not None:
            # its agreement is taken back: that the kit lives is all that may be known
            bare = {"heard": now, "interval_s": values["interval_s"], "gap": gap, "due": None}
            connection.execute(update(pulses).where(pulses.c.kit == session.kit).values(bare))
            return Heard(
                interval_s=round(pace.total_seconds()), counter=pulse.down_counter, have=have
            )
        due = _due(pulse, beat, spoke, silent_after(pace, limit))
        is_missed = pulse.silent or pulse.claimed is not None
        is_back = due is not None and due > now
        is_listened_for = _is_listened_for(connection, pulse)
        if is_listened_for and (is_back or not is_missed):
            values |= {"due": due, "claimed": None, "silent": False}
            after.wake_at(due)
            if beat.home and pulse.condition is None:
                _take_over(connection, session)
                is_missed = True  # a silence of this household may be any kit's
        connection.execute(update(pulses).where(pulses.c.kit == session.kit).values(values))
        if is_missed and "due" in values:
            self.casework.happen(connection, after, session.household, HeardAgain(), now)
        if is_listened_for and (stands := _stands(pulse.condition, beat, spoke, pace)):
            self.casework.happen(connection, after, session.household, stands, now)
        return Heard(interval_s=round(pace.total_seconds()), counter=pulse.down_counter, have=have)

    def _notice_copy(
        self,
        connection: Connection,
        after: After,
        session: Session,
        beat: Heartbeat,
        *,
        before: bytes | None,
        now: datetime,
    ) -> None:
        """Numbers only grow in one place: where they go back, two speak with one key."""
        was, mark = _beat_before(before), beat.highwater
        if was is None or was.highwater.epoch != mark.epoch or mark.seq >= was.highwater.seq:
            return
        known = load_file(connection, session.household).open_case(Family.TROUBLE)
        if known is None or COPY not in known.codes:
            trouble = Technical(code=COPY, raised=True, version=0, happened=now, by="district")
            self.casework.happen(connection, after, session.household, trouble, now)

    def _gap(
        self,
        connection: Connection,
        after: After,
        session: Session,
        mark: Highwater,
        *,
        before: str | None,
        now: datetime,
    ) -> str | None:
        """What is missing is trouble when it is still missing one heartbeat later."""
        missing = first_missing(connection, session.kit, mark, now)
        here = f"{mark.epoch}/{missing}" if missing else None
        is_known = before == _TOLD
        stays = here is not None and here == before
        if stays or (is_known and here is None):
            trouble = Technical(code=GAP, raised=stays, version=0, happened=now, by="district")
            self.casework.happen(connection, after, session.household, trouble, now)
        return _TOLD if here and (stays or is_known) else here


def _pulse_of(connection: Connection, kit: str) -> Row[Any]:
    return connection.execute(
        select(
            pulses,
            households.c.kit.label("speaker"),
            households.c.withdrawn,
            kits.c.down_counter,
        )
        .join(households, households.c.id == pulses.c.household)
        .join(kits, kits.c.id == pulses.c.kit)
        .where(pulses.c.kit == kit)
    ).one()


def _home_spoke(beat: Heartbeat, before: datetime | None, now: datetime) -> datetime:
    """A relay beats on while Home Assistant behind it is dead.

    Its age counts, not the relay's voice.
    """
    if beat.home is None or beat.home_age_s is None:
        return min(before, now) if before and is_set(now) else before or now
    spoke = now - timedelta(seconds=beat.home_age_s)
    if not is_set(now):
        return max(before, spoke) if before else spoke
    # what a clock that ran ahead wrote down is not later than now
    return max(min(before, now), spoke) if before else spoke


def _stands(
    before: bytes | None, beat: Heartbeat, spoke: datetime, pace: timedelta
) -> Stands | None:
    """Where the home's ladder stands, if that is worth a look: it is, or just was, not calm."""
    home = beat.home
    if home is None or (home.stage == _CALM and _stage_before(before) == _CALM):
        return None
    is_watched = home.service == "on" and home.stage != _CALM
    return Stands(
        stage=Stage(home.stage) if is_watched else None,
        version=home.householdversion,
        at=spoke,
        apart=pace / 2,
    )


def _stage_before(condition: bytes | None) -> str:
    home = _home_before(condition)
    return home.stage if home else _CALM


def _is_listened_for(connection: Connection, pulse: Row[Any]) -> bool:
    """The household's kit; also the one before it, until the home speaks through the new one."""
    if pulse.speaker == pulse.kit:
        return True
    newest = select(pulses.c.condition).where(pulses.c.kit == pulse.speaker)
    return connection.scalar(newest) is None


def _take_over(connection: Connection, session: Session) -> None:
    """The home has spoken through this kit: no other is missed any more."""
    connection.execute(
        update(pulses)
        .where(pulses.c.household == session.household, pulses.c.kit != session.kit)
        .values(due=None, claimed=None, silent=False)
    )


def _limit_before(condition: bytes | None) -> timedelta | None:
    home = _home_before(condition)
    return home.limit if home else None


def _home_before(condition: bytes | None) -> HomeCondition | None:
    beat = _beat_before(condition)
    return beat.home if beat else None


def _beat_before(condition: bytes | None) -> Heartbeat | None:
    """What the home last said; a damaged record must not keep its next word out."""
    if condition is None:
        return None
    try:
        return msgspec.json.decode(condition, type=Heartbeat)
    except msgspec.DecodeError:
        _LOG.exception("a stored heartbeat cannot be read")
        return None


def _due(pulse: Row[Any], beat: Heartbeat, spoke: datetime, patience: timedelta) -> datetime | None:
    """A home that has never spoken keeps its day to be installed."""
    if beat.home is None and pulse.condition is None:
        due: datetime | None = pulse.due
        return due
    return spoke + patience
