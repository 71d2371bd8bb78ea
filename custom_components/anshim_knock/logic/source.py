"""One source: what its reports come to, and what part of the home it covers.

The sources glue calls `observe` for each report, `told` with what the radio says, and looks again
at `next_change`. Activity passes three gates here that no single change can open: the source was
tested, its appliance was not merely going on, and it is no ghost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from . import appliance as plug
from .activity import BLANK, Change, Finding, Why, Word, judge, number_in
from .evidence import Evidence, Via
from .ghost import Habit, Thing, started, usual_gap
from .liveness import GRACE, Condition, LivenessWhy, condition, liveness, next_change, told
from .reporting import INTERVAL
from .source_value import Source, moved, source_from_dict, source_to_dict
from .words import Liveness, Role, Watch

__all__ = [
    "GRACE",
    "HALF_LIFE",
    "HAUNTED",
    "INTERVAL",
    "Condition",
    "Evidence",
    "LivenessWhy",
    "Seen",
    "Source",
    "Via",
    "condition",
    "liveness",
    "moved",
    "next_change",
    "observe",
    "source_from_dict",
    "source_to_dict",
    "told",
    "told_too_late",
    "watch_of",
]

# Share of past activity halves in this time: a winter coat cupboard must not count for ever.
HALF_LIFE = timedelta(days=14)
# Somebody walking before a motion sensor for ten minutes was seen once, as at a door.
ONE_USE = timedelta(minutes=10)
# A periodic report tells of an edge that was missed at most this long ago.
REPORT_PERIOD = timedelta(hours=1)
_DIM_BELOW = 0.5
# What may go on by itself: a door's contact, too, though never its hand. A phone is carried.
HAUNTED: Mapping[Role, Thing] = {
    Role.DOOR: Thing.DOOR,
    Role.OUTER_DOOR: Thing.DOOR,
    Role.PLUG: Thing.APPLIANCE,
    Role.MOTION: Thing.SENSOR,
    Role.LIGHT: Thing.SENSOR,
    Role.OTHER: Thing.SENSOR,
}
# What begins there goes on for hours: a television, somebody on a mat. Motion says it at once.
_GOES_ON = frozenset({Role.PLUG, Role.OTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one report came to. `at`: the moment for which an activity counts, never too late."""

    source: Source
    finding: Finding
    at: datetime


def observe(source: Source, change: Change) -> Seen:
    """Judge a report and keep what it proves. A button's press proves nothing about the day."""
    role, at = source.role, change.at
    finding = judge(role, change, running=source.running, marks=source.appliance.marks)
    habit, use = source.habit, _Use(source.last_activity, source.weight, source.weighed)
    if finding.activity:
        if (thing := HAUNTED.get(role)) is not None:
            habit = started(habit, at, thing)
        if (against := _against(source, habit, at)) is not None:
            finding = replace(finding, activity=False, why=against)
        else:
            at = _moment_of(source, change)
            use = _used(source, at)
    known = _known(source, change, finding, habit, use)
    return Seen(source=known, finding=finding, at=at)


def watch_of(sources: Iterable[Source], now: datetime) -> Watch:
    """How much of the home's usual activity the live sources could show.

    Untested sources and ghosts are no eyes. A walk test counts as the first use, so a home is seen
    from the moment that its sources are proved.
    """
    known = [(_share(s, now), liveness(s, now)) for s in sources]
    total = sum(share for share, _ in known)
    seen = sum(share for share, life in known if life is Liveness.LIVE)
    if total == 0.0 or seen == 0.0:
        return Watch.BLIND
    return Watch.DIM if seen / total < _DIM_BELOW else Watch.SEEING


def _known(source: Source, change: Change, finding: Finding, habit: Habit, use: _Use) -> Source:
    """What is known after a report.

    Every field is named: `replace` would look each up by name, which costs more than to judge the
    change. A test holds that none is left out.
    """
    role, new = source.role, change.new
    available = new not in BLANK or (role is Role.BUTTON and new != "unavailable")
    return Source(
        role=role,
        available=available,
        changed=source.changed if available is source.available else change.at,
        heard=change.at if finding.alive else source.heard,
        heard_before=_heard_before(source, finding, change),
        last_activity=use.last,
        weight=use.weight,
        weighed=use.weighed,
        running=source.running if finding.running is None else finding.running,
        tested=source.tested,
        overruled=source.overruled,
        via=source.via,
        check_in=source.check_in,
        link=source.link,
        battery=source.battery,
        reachable=source.reachable,
        habit=habit,
        appliance=_read(source, finding, change) if role is Role.PLUG else source.appliance,
        reporting=source.reporting,
        cell=source.cell,
    )


def _against(source: Source, habit: Habit, at: datetime) -> Why | None:
    """What speaks against a hand, of all that is known of the source. A button always counts."""
    if source.role is Role.BUTTON:
        return None
    if source.role is Role.PLUG and _goes_on(source.habit, source.appliance, at):
        return Why.CYCLE
    if source.tested is None:
        return Why.UNTESTED
    return Why.GHOST if habit.found is not None and not source.overruled else None


def told_too_late(sources: Iterable[Source], at: datetime, now: datetime) -> bool:
    """Whether life has been seen since, by far: that it was told of late is no news to anybody."""
    used = (source.last_activity for source in sources)
    return any(at + REPORT_PERIOD < last <= now for last in used if last is not None)


def _moment_of(source: Source, change: Change) -> datetime:
    """The earliest moment at which it can have been: a late word must not make a silence shorter.

    A phone that lies still is put to sleep by its system, and tells of earlier steps when it wakes.
    """
    if change.with_report:
        return change.at - REPORT_PERIOD
    since = None
    if source.role is Role.PHONE and number_in(change.new) is not None:
        since = source.heard
    elif source.role in _GOES_ON and (change.unheard or change.word is Word.FIRST_FRAME):
        since = source.heard_before or source.heard
    return change.at if since is None else min(since, change.at)


def _heard_before(source: Source, finding: Finding, change: Change) -> datetime | None:
    """Up to when it was heard, until it says something itself: frames say nothing of its use."""
    if change.old in BLANK and change.new not in BLANK:
        return source.heard
    says = finding.alive and finding.why is not Why.POWER_CAME_BACK
    return None if says else source.heard_before


def _goes_on(habit: Habit, appliance: plug.Appliance, at: datetime) -> bool:
    """It stopped so shortly before that the machine itself has gone on."""
    if appliance.stopped is None:
        return False
    pause = (at - appliance.stopped).total_seconds()
    return 0.0 <= pause < plug.same_use_s(usual_gap(habit))


def _read(source: Source, finding: Finding, change: Change) -> plug.Appliance:
    """What the reading teaches. After a gap nobody knows what it drew meanwhile."""
    appliance = source.appliance
    if change.new in BLANK:
        return replace(appliance, watts=None, read=None)
    watts = number_in(change.new)
    if watts is not None and finding.why is not Why.UNREADABLE:
        appliance = plug.read(appliance, watts, change.at)
    if source.running and finding.running is False:
        appliance = replace(appliance, stopped=change.at)
    return appliance


class _Use(NamedTuple):
    last: datetime | None
    weight: float
    weighed: datetime | None


def _used(source: Source, at: datetime) -> _Use:
    last = source.last_activity
    if last is not None and timedelta(0) <= at - last < ONE_USE:
        return _Use(at, source.weight, source.weighed)
    # A missed edge is dated back, perhaps before a use that was seen.
    latest = at if last is None else max(last, at)
    return _Use(latest, _weight(source, at) + 1.0, latest)


def _share(source: Source, now: datetime) -> float:
    if source.tested is None or not source.shows_life:
        return 0.0
    return _weight(source, now) + _faded(1.0, source.tested, now)


def _weight(source: Source, now: datetime) -> float:
    return 0.0 if source.weighed is None else _faded(source.weight, source.weighed, now)


def _faded(weight: float, since: datetime, now: datetime) -> float:
    return float(weight * 0.5 ** (max(now - since, timedelta(0)) / HALF_LIFE))
