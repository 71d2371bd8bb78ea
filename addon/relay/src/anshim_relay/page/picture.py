"""One look at the relay for a person: gathered from the condition, decided into a headline.

Called for each page; the templates only show it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from anshim_relay.condition import Condition
from anshim_relay.destination import Destination
from anshim_relay.envelope import Priority
from anshim_relay.home import Ha
from anshim_relay.link import Link
from anshim_relay.outbox.keeping import Moment
from anshim_relay.outbox.outbox import Queue
from anshim_relay.outbox.recent import Trace

LAST = 8


@dataclass(frozen=True, kw_only=True)
class Line:
    """A destination or one way to it: as it is, since when, and why not."""

    name: str
    connected: bool
    since: datetime | None
    lasted_s: float | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Receiver:
    line: Line
    ways: Sequence[Line]
    queue: Queue


@dataclass(frozen=True, kw_only=True)
class Picture:
    now: datetime | None
    up_s: float
    kit: str | None
    household: str | None
    district: str | None
    # The district first.
    receivers: Sequence[Receiver]
    ha: Ha
    ha_age_s: float | None
    beat_age_s: float | None
    clock_set: bool
    disk_s: float | None
    last: Sequence[Trace]
    # The district's staff has reported this kit lost.
    is_lost: bool = False

    @property
    def enrolled(self) -> bool:
        return self.kit is not None

    @property
    def line(self) -> Line:
        return self.receivers[0].line

    @property
    def queue(self) -> Queue:
        return self.receivers[0].queue


class Tone(StrEnum):
    GOOD = "good"
    BUSY = "busy"
    NEW = "new"
    CUT = "cut"
    GRAVE = "grave"


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The first thing to read from the top of a ladder: `said` is a text's key."""

    tone: Tone
    said: str
    kept: int
    emergencies: int


def headline(picture: Picture) -> Headline:
    """A call for help that waits is graver than anything else."""
    line, kept = picture.line, picture.queue.total
    emergencies = picture.queue.counts[Priority.EMERGENCY]
    if not picture.enrolled:
        said, tone = "head.new", Tone.NEW
    elif picture.is_lost:
        said, tone = "head.lost", Tone.CUT
    elif line.connected:
        said = "head.connected" if line.since else "head.connected.timeless"
        tone = Tone.BUSY if kept else Tone.GOOD
    elif line.lasted_s is None:
        said, tone = "head.never", Tone.CUT
    else:
        said, tone = "head.cut", Tone.CUT
    if emergencies and not line.connected:
        tone = Tone.GRAVE
    return Headline(tone=tone, said=said, kept=kept, emergencies=emergencies)


async def taken(condition: Condition, began: float, moment: Moment) -> Picture:
    enrolment, reading = condition.identity.enrolment, moment.reading
    return Picture(
        now=moment.now,
        up_s=reading.steady - began,
        kit=None if enrolment is None else enrolment.kit,
        household=None if enrolment is None else enrolment.household,
        district=None if enrolment is None else enrolment.pinned.district,
        receivers=[
            await receiver(condition, destination, moment)
            for destination in (condition.district, *condition.others)
        ],
        ha=condition.home.ha(reading, condition.sessions.heartbeat_seconds),
        ha_age_s=condition.home.age_s(reading),
        beat_age_s=condition.beats.age_s(reading),
        clock_set=condition.timekeeper.wall_is_set(moment),
        disk_s=condition.outbox.commits.last_s,
        last=await condition.outbox.newest(LAST),
        is_lost=condition.identity.identity.is_lost,
    )


async def receiver(condition: Condition, destination: Destination, moment: Moment) -> Receiver:
    return Receiver(
        line=line_of(destination.link.name, destination.link, moment),
        ways=[line_of(way.carrier.name, way.link, moment) for way in destination.ways],
        queue=await condition.outbox.queue(destination.number, moment),
    )


def line_of(name: str, link: Link, moment: Moment) -> Line:
    return Line(
        name=name,
        connected=link.connected,
        since=link.since(moment),
        lasted_s=link.lasted_s(moment),
        reason=link.reason,
    )
