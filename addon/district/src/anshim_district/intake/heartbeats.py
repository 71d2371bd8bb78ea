"""Heartbeats: one row overwritten, the next deadline of silence in it; a home that speaks again.

Gaps that stay.

Condition only: nothing here calms anything (contract §4, §7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, LargeBinary, Row, bindparam, func, select, update

from ..cases.happenings import HeardAgain, Technical
from ..casework import Casework
from ..clock import is_set
from ..messages import Heartbeat, Highwater, HomeCondition
from ..pulse import asked_after, interval, silent_after
from ..storage.database import After
from ..storage.tables import epochs, events, households, kits, pulses, quarantine
from ..storage.upsert import upsert
from .sessions import Session

_LOG: Final = logging.getLogger(__name__)
GAP: Final = "sequence_gap"
# instead of the first missing number, once staff knows
_TOLD: Final = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    interval_s: int
    counter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A heartbeat of a session's own kit, and when it came."""

    session: Session
    said: Heartbeat
    at: datetime


class GoneError(Exception):
    """The kit is not known any more."""


type Values = dict[str, Any]

_WRITTEN: Final = (
    "heard",
    "home_heard",
    "interval_s",
    "gap",
    "due",
    "claimed",
    "silent",
    "outage",
    "may_wait",
)
_ASKED: Final = (
    select(
        pulses,
        households.c.kit.label("speaker"),
        households.c.withdrawn,
        kits.c.down_counter,
    )
    .join(households, households.c.id == pulses.c.household)
    .join(kits, kits.c.id == pulses.c.kit)
    .where(pulses.c.kit.in_(bindparam("kits", expanding=True)))
)
_COMPLETE: Final = select(epochs.c.kit, epochs.c.epoch, epochs.c.complete).where(
    epochs.c.kit.in_(bindparam("kits", expanding=True))
)
_WRITE: Final = (
    update(pulses)
    .where(pulses.c.kit == bindparam("of"))
    .values(
        {name: bindparam(name) for name in _WRITTEN}
        | {"condition": func.coalesce(bindparam("said", type_=LargeBinary), pulses.c.condition)}
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    casework: Casework
    usual: timedelta

    def hear_together(
        self, connection: Connection, after: After, beats: Sequence[Beat]
    ) -> list[Heard | GoneError]:
        """Of different households, each on its own; read and written at once."""
        kits_ = [beat.session.kit for beat in beats]
        known = {pulse.kit: pulse for pulse in connection.execute(_ASKED, {"kits": kits_}).all()}
        complete = {
            (row.kit, row.epoch): row.complete
            for row in connection.execute(_COMPLETE, {"kits": kits_})
        }
        heard: list[Heard | GoneError] = []
        rows: list[Values] = []
        for beat in beats:
            pulse = known.get(beat.session.kit)
            if pulse is None:
                heard.append(GoneError(beat.session.kit))
                continue
            mark = beat.said.highwater
            done = complete.get((pulse.kit, mark.epoch), 0)
            missing = None
            if mark.seq > done:
                missing = _first_missing(connection, pulse.kit, mark, done, beat.at)
            row = self._hear(connection, after, beat, pulse, missing)
            rows.append({"of": pulse.kit} | row)
            heard.append(Heard(interval_s=row["interval_s"], counter=pulse.down_counter))
        if rows:
            connection.execute(_WRITE, rows)
        return heard

    def _hear(
        self, connection: Connection, after: After, beat: Beat, pulse: Row[Any], missing: int | None
    ) -> Values:
        """Its row as it is from now on."""
        said, now = beat.said, beat.at
        limit = said.home.limit if said.home else _limit_before(pulse.condition)
        pace = interval(self.usual, limit)
        mark = said.highwater
        values: Values = {name: getattr(pulse, name) for name in _WRITTEN} | {
            "heard": now,
            # a home's own word, where there is one; else what it said before stays
            "said": None,
            "interval_s": round(pace.total_seconds()),
            "gap": self._gap(
                connection,
                after,
                beat,
                f"{mark.epoch}/{missing}" if missing else None,
                before=pulse.gap,
            ),
        }
        if pulse.withdrawn is not None:
            # its agreement is taken back: that the kit lives is all that may be known
            return values | {"due": None}
        spoke = _home_spoke(said, pulse.home_heard if pulse.condition else None, now)
        values["home_heard"] = spoke
        if said.home:
            is_calm = said.home.stage == "calm" and not said.home.near
            values["may_wait"] = spoke + asked_after(limit) if is_calm else None
        if said.home:
            values["said"] = msgspec.json.encode(said)
        due = _due(pulse, said, spoke, silent_after(pace, limit))
        is_missed = pulse.silent or pulse.claimed is not None or pulse.outage is not None
        is_back = due is not None and due > now
        if _is_listened_for(connection, pulse) and (is_back or not is_missed):
            values |= {"due": due, "claimed": None, "silent": False, "outage": None}
            after.wake_at(due)
            if said.home and pulse.condition is None:
                _take_over(connection, beat.session)
                is_missed = True  # a silence of this household may be any kit's
            if is_missed:
                self.casework.happen(connection, after, beat.session.household, HeardAgain(), now)
        return values

    def _gap(
        self,
        connection: Connection,
        after: After,
        beat: Beat,
        here: str | None,
        *,
        before: str | None,
    ) -> str | None:
        """What is missing is trouble when it is still missing one heartbeat later."""
        is_known = before == _TOLD
        stays = here is not None and here == before
        if stays or (is_known and here is None):
            trouble = Technical(code=GAP, raised=stays, version=0, happened=beat.at, by="district")
            self.casework.happen(connection, after, beat.session.household, trouble, beat.at)
        return _TOLD if here and (stays or is_known) else here


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
        .values(due=None, claimed=None, silent=False, outage=None)
    )


def _limit_before(condition: bytes | None) -> timedelta | None:
    home = _home_before(condition)
    return home.limit if home else None


def _home_before(condition: bytes | None) -> HomeCondition | None:
    """What the home last said; a damaged record must not keep its next word out."""
    if condition is None:
        return None
    try:
        return msgspec.json.decode(condition, type=Heartbeat).home
    except msgspec.DecodeError:
        _LOG.exception("a stored heartbeat cannot be read")
        return None


def _due(pulse: Row[Any], beat: Heartbeat, spoke: datetime, patience: timedelta) -> datetime | None:
    """A home that has never spoken keeps its day to be installed."""
    if beat.home is None and pulse.condition is None:
        due: datetime | None = pulse.due
        return due
    return spoke + patience


def _first_missing(
    connection: Connection, kit: str, mark: Highwater, complete: int, now: datetime
) -> int | None:
    arrived = complete + _run_after(connection, kit, mark.epoch, complete)
    connection.execute(
        upsert(connection, epochs)
        .values(kit=kit, epoch=mark.epoch, first_seen=now, complete=arrived)
        .on_conflict_do_update(index_elements=["kit", "epoch"], set_={"complete": arrived})
    )
    return arrived + 1 if arrived < mark.seq else None


def _run_after(connection: Connection, kit: str, epoch: str, complete: int) -> int:
    """How many came in an unbroken row after `complete`; the doubtful came as well."""
    numbers: set[int] = set()
    for table in (events, quarantine):
        numbers |= set(
            connection.scalars(
                select(table.c.seq).where(
                    table.c.kit == kit, table.c.epoch == epoch, table.c.seq > complete
                )
            )
        )
    run = 0
    while complete + run + 1 in numbers:
        run += 1
    return run
