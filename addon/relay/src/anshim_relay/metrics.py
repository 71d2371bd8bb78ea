"""GET /metrics: figures for Prometheus, in its text format. No pseudonym is ever a label.

Written by hand because there is little of it: a client library would cost every home its memory.
"""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from anshim_relay import CONTRACT, VERSION
from anshim_relay.condition import Condition
from anshim_relay.destination import Destination
from anshim_relay.envelope import Priority
from anshim_relay.home import Ha
from anshim_relay.outbox.commits import Commits
from anshim_relay.outbox.keeping import Moment

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "anshim_relay_"
KIND = "kr.anshim.knock."

# Name, type, what it says. Samples are given in this order, as the format wants them.
FAMILIES = {
    "info": ("gauge", "What runs here."),
    "queue_events": ("gauge", "Events that a destination does not have yet."),
    "queue_oldest_seconds": ("gauge", "How long the oldest of them has waited."),
    "connected": ("gauge", "Whether a way to a destination works."),
    "delivered_total": ("counter", "Events that a destination has proved to have, by way."),
    "failures_total": ("counter", "Attempts that failed, by way."),
    "commit_seconds": ("histogram", "How long the disk took to make something durable."),
    "heartbeats_answered_total": ("counter", "Heartbeats that the district answered."),
    "heartbeats_missed_total": ("counter", "Heartbeats that it did not."),
    "heartbeat_age_seconds": ("gauge", "Since the last that it answered."),
    "home_state": ("gauge", "What is known of Home Assistant: the state that is 1."),
    "refused_down_total": ("counter", "Messages for the home that were not believed."),
    "clock_set": ("gauge", "Whether this device knows the time by itself."),
}  # fmt: skip

type Sample = tuple[str, dict[str, Any], float]


class Metrics:
    def __init__(self, condition: Condition) -> None:
        self._condition = condition

    async def answer(self, request: web.Request) -> web.Response:
        moment = self._condition.timekeeper.moment()
        samples = [*self._own(moment), *commits(self._condition.outbox.commits)]
        for destination in (self._condition.district, *self._condition.others):
            samples += ways(destination)
            samples += await self._queue(destination, moment)
        return web.Response(
            body="".join(lines(samples)).encode(), headers={"Content-Type": CONTENT_TYPE}
        )

    def _own(self, moment: Moment) -> Iterator[Sample]:
        condition, reading = self._condition, moment.reading
        yield "info", {"version": VERSION, "contract": CONTRACT}, 1
        yield "heartbeats_answered_total", {}, condition.beats.answered
        yield "heartbeats_missed_total", {}, condition.beats.missed
        if (age := condition.beats.age_s(reading)) is not None:
            yield "heartbeat_age_seconds", {}, age
        state = condition.home.ha(reading, condition.sessions.heartbeat_seconds)
        for possible in Ha:
            yield "home_state", {"state": possible}, possible is state
        yield "refused_down_total", {}, condition.refusals.total
        yield "clock_set", {}, condition.timekeeper.wall_is_set(moment)

    async def _queue(self, destination: Destination, moment: Moment) -> list[Sample]:
        """Nothing waiting is a figure as well; an age that nobody can know is none."""
        name = {"destination": destination.link.name}
        outbox, order = self._condition.outbox, list(Priority)
        queue = await outbox.queue(destination.number, moment)
        samples: list[Sample] = [
            ("queue_events", {**name, "priority": order[rank], "kind": short(kind)}, count)
            for kind, rank, count in await outbox.kinds_waiting(destination.number)
        ]
        samples += [
            ("queue_events", {**name, "priority": priority, "kind": ""}, 0)
            for priority, count in queue.counts.items()
            if not count
        ]
        if queue.oldest_s is not None or not queue.total:
            samples.append(("queue_oldest_seconds", name, queue.oldest_s or 0))
        return samples


def ways(destination: Destination) -> Iterator[Sample]:
    for way in destination.ways:
        labels = {"destination": destination.link.name, "carrier": way.carrier.name}
        yield "connected", labels, way.link.connected
        yield "delivered_total", labels, way.delivered
        yield "failures_total", labels, way.failed_in_all


def commits(seen: Commits) -> Iterator[Sample]:
    for bound, count in seen.within:
        yield "commit_seconds_bucket", {"le": bound}, count
    yield "commit_seconds_bucket", {"le": "+Inf"}, seen.count
    yield "commit_seconds_sum", {}, seen.total_s
    yield "commit_seconds_count", {}, seen.count


def lines(samples: list[Sample]) -> Iterator[str]:
    for family, (kind, says) in FAMILIES.items():
        yield f"# HELP {PREFIX}{family} {says}\n# TYPE {PREFIX}{family} {kind}\n"
        parts = {family} | {f"{family}_{part}" for part in ("bucket", "sum", "count")}
        for name, labels, value in samples:
            if name in parts:
                yield f"{PREFIX}{name}{written(labels)} {float(value):.15g}\n"


def written(labels: dict[str, Any]) -> str:
    """Every value is a word of ours or a kind that the door let in: nothing needs escaping."""
    pairs = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def short(kind: str) -> str:
    return kind.removeprefix(KIND).removesuffix(".v1")
