"""One look at the relay's condition, for its heartbeat and for the status page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anshim_relay import CONTRACT, VERSION, clock
from anshim_relay.beats import Beats
from anshim_relay.destination import Destination
from anshim_relay.home import Home
from anshim_relay.identity import IdentityFile
from anshim_relay.link import Link
from anshim_relay.outbox.keeping import Moment
from anshim_relay.outbox.outbox import Highwater, Outbox, Queue
from anshim_relay.refusals import Refusals
from anshim_relay.session import Sessions
from anshim_relay.timekeeper import Timekeeper


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Everything that is asked for a report; nothing here decides."""

    identity: IdentityFile
    outbox: Outbox
    district: Destination
    others: Sequence[Destination]
    home: Home
    beats: Beats
    refusals: Refusals
    sessions: Sessions
    timekeeper: Timekeeper

    @property
    def link(self) -> Link:
        return self.district.link

    async def status(self, moment: Moment) -> dict[str, Any]:
        enrolment = self.identity.enrolment
        queue = await self.outbox.queue(self.district.number, moment)
        district = None if enrolment is None else enrolment.pinned.district
        return {
            "contract": CONTRACT,
            "relay_version": VERSION,
            "kit": None if enrolment is None else enrolment.kit,
            "household": None if enrolment is None else enrolment.household,
            "destinations": [
                await self._destination(self.district, district, moment),
                *[await self._destination(other, None, moment) for other in self.others],
            ],
            "queue": plain_queue(queue),
            "clock_set": self.timekeeper.wall_is_set(moment),
            "clock_offset_s": self.timekeeper.offset_s(moment),
            "now": None if moment.now is None else clock.text(moment.now),
            "highwater": plain_highwater(await self.outbox.highwater()),
            "heartbeat_seconds": self.sessions.heartbeat_seconds,
            "refused_down": self.refusals.total,
        }

    async def _destination(
        self, destination: Destination, name: str | None, moment: Moment
    ) -> dict[str, Any]:
        return {
            "id": name or destination.link.name,
            **plain_link(destination.link, moment),
            "waiting": (await self.outbox.queue(destination.number, moment)).total,
            "carriers": [
                {"id": way.carrier.name, **plain_link(way.link, moment)} for way in destination.ways
            ],
        }

    async def heartbeat(self, moment: Moment, refused: int) -> dict[str, Any]:
        """The home's last words beside our own condition."""
        reading, home = moment.reading, self.home
        return {
            "home": home.condition,
            "home_age_s": home.condition_age_s(reading),
            "ha": home.ha(reading, self.sessions.heartbeat_seconds),
            "queue": plain_queue(await self.outbox.queue(self.district.number, moment)),
            "clock_set": self.timekeeper.wall_is_set(moment),
            "clock_offset_s": self.timekeeper.offset_s(moment),
            "highwater": plain_highwater(await self.outbox.highwater()),
            "refused_down": refused,
            "relay_version": VERSION,
        }


def plain_link(link: Link, moment: Moment) -> dict[str, str | bool | None]:
    since = link.since(moment)
    return {
        "connected": link.connected,
        "since": None if since is None else clock.text(since),
        "reason": link.reason,
    }


def plain_queue(queue: Queue) -> dict[str, int | None]:
    counts = {str(priority): count for priority, count in queue.counts.items()}
    return {**counts, "oldest_s": queue.oldest_s}


def plain_highwater(highwater: Highwater) -> dict[str, str | int]:
    return {
        "epoch": highwater.epoch,
        "seq": highwater.seq,
        "householdversion": highwater.householdversion,
    }
