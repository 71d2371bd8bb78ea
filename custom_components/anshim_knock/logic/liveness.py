"""Whether a source works: live, late or lost, why, and how long its battery will last.

Here evidence is weighed and nothing else: no rule of this module knows what an activity is, and
none of `activity` knows what it means to be heard.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from . import battery, reporting
from .clock import TOLERANCE
from .evidence import Evidence
from .source_value import Source
from .words import Liveness

# Unavailable for less is a hiccup of the radio.
GRACE = timedelta(minutes=15)
_FLAT = 10.0


class LivenessWhy(StrEnum):
    """Why a source is live, late or lost. Each has a text that a technician reads."""

    HEARD = "heard"
    NEVER_HEARD = "never_heard"
    OVERDUE = "overdue"
    FLAT_BATTERY = "flat_battery"
    UNAVAILABLE = "unavailable"
    UNREACHABLE = "unreachable"
    WRONG_CLOCK = "wrong_clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a source is. `battery_days`: about how long it will last, where a trend is known."""

    liveness: Liveness
    why: LivenessWhy
    battery_days: float | None = None


def told(source: Source, evidence: Evidence, now: datetime) -> Source:
    """Take what the radio says. It moves liveness only; what it cannot tell stays as it was."""
    heard, sampled = source.heard, source.reporting
    if evidence.heard is not None and evidence.heard <= now + TOLERANCE:
        heard = evidence.heard if heard is None else max(heard, evidence.heard)
        sampled = reporting.looked_at(sampled, heard, now)
    cell, level = source.cell, battery.percentage(evidence.battery)
    reachable = source.reachable if evidence.reachable is None else evidence.reachable
    turned = (reachable is False) is not (source.reachable is False)
    return replace(
        source,
        changed=now if turned else source.changed,
        heard=heard,
        via=source.via if evidence.heard is None else evidence.via,
        check_in=evidence.check_in or source.check_in,
        link=source.link if evidence.link is None else evidence.link,
        battery=source.battery if level is None else level,
        reachable=reachable,
        reporting=sampled,
        cell=cell if level is None else battery.measured(cell, level, now),
    )


def liveness(source: Source, now: datetime) -> Liveness:
    """Live, late or lost, by the last report and by availability."""
    return _life(source, now)[0]


def condition(source: Source, now: datetime) -> Condition:
    """The same with its reason, and what is left of the battery."""
    life, why = _life(source, now)
    left = battery.days_left(source.cell, now)
    if life is not Liveness.LIVE and _is_flat(source, left):
        why = LivenessWhy.FLAT_BATTERY
    return Condition(liveness=life, why=why, battery_days=left)


def next_change(source: Source, now: datetime) -> datetime | None:
    """When to look again if nothing more is heard; `None` when nothing will change.

    Its liveness changes then, or the learning of its reporting interval wants another look.
    """
    if _is_gone(source):
        marks = [] if source.changed is None else [source.changed + GRACE]
    elif source.heard is None:
        marks = []
    else:
        pause = _pause(source)
        marks = [source.heard + pause, source.heard + 2 * pause]
    look = reporting.next_look(source.reporting, source.via)
    if look is not None:
        marks.append(look)
    return min((mark for mark in marks if mark > now), default=None)


def _life(source: Source, now: datetime) -> tuple[Liveness, LivenessWhy]:
    if _is_gone(source):
        lost = source.changed is None or abs(now - source.changed) >= GRACE
        why = LivenessWhy.UNREACHABLE if source.available else LivenessWhy.UNAVAILABLE
        return Liveness.LOST if lost else Liveness.LATE, why
    if source.heard is None:
        return Liveness.LOST, LivenessWhy.NEVER_HEARD
    pause, age = _pause(source), now - source.heard
    # Heard in the future is heard by a clock that was wrong: it proves nothing about today.
    if age < -TOLERANCE:
        return Liveness.LOST, LivenessWhy.WRONG_CLOCK
    if age < pause:
        return Liveness.LIVE, LivenessWhy.HEARD
    return Liveness.LATE if age < 2 * pause else Liveness.LOST, LivenessWhy.OVERDUE


def _is_gone(source: Source) -> bool:
    return not source.available or source.reachable is False


def _pause(source: Source) -> timedelta:
    return reporting.pause_of(source.role, source.reporting, source.via, source.check_in)


def _is_flat(source: Source, days_left: float | None) -> bool:
    low = source.battery is not None and source.battery <= _FLAT
    return low or (days_left is not None and days_left < 1.0)
