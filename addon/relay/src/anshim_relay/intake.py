"""POST /v1/events: what a home says is on the disk before it is answered. The only way in."""

import asyncio
from collections.abc import Callable, Sequence

from aiohttp import web
import orjson

from anshim_relay import log
from anshim_relay.condition import Condition
from anshim_relay.envelope import MAX_BATCH, MAX_EVENT, Event, Priority, events_from
from anshim_relay.log import Level
from anshim_relay.outbox.keeping import Moment, Status
from anshim_relay.outbox.writer import BrokenError, FullError
from anshim_relay.problems import Code, Flaw, Reason, Refused

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
# JSON may be written with more spaces and escapes than it needs.
MAX_BODY = 2 * MAX_BATCH * MAX_EVENT

type Wake = Callable[[Priority], None]


class Intake:
    def __init__(self, condition: Condition, wake: Wake, on_early_word: Callable[[], None]) -> None:
        self._outbox = condition.outbox
        self._identity = condition.identity
        self._home = condition.home
        self._sessions = condition.sessions
        self._timekeeper = condition.timekeeper
        self._wake = wake
        self._on_early_word = on_early_word

    async def post(self, request: web.Request) -> web.Response:
        """1. through the door; 2. on the disk; 3. whoever delivers is woken; 4. answered."""
        if request.content_type not in {ONE, BATCH}:
            raise Refused(Code.MEDIA_TYPE)
        events = events_from(await request.read(), batch=request.content_type == BATCH)
        self._check_subjects(events, batch=request.content_type == BATCH)
        moment = self._timekeeper.moment()
        self._home.came(moment.reading)
        statuses = await self._kept(events, moment)
        body = {
            "kept": [
                {"id": event.id, "status": status}
                for event, status in zip(events, statuses, strict=True)
            ],
            "heartbeat_seconds": self._sessions.heartbeat_seconds,
        }
        return web.Response(status=202, body=orjson.dumps(body), content_type="application/json")

    def _check_subjects(self, events: Sequence[Event], *, batch: bool) -> None:
        """Before enrolment the relay serves whoever has its token."""
        enrolment = self._identity.enrolment
        if enrolment is None:
            return
        for index, event in enumerate(events):
            if event.subject != enrolment.household:
                at = f"/{index}/subject" if batch else "/subject"
                raise Refused(Code.FOREIGN_SUBJECT, [Flaw(field=at, reason=Reason.VALUE)])

    async def _kept(self, events: Sequence[Event], moment: Moment) -> list[Status]:
        lasting = [event for event in events if not event.is_heartbeat]
        kept = iter(await self._keep(lasting, moment) if lasting else [])
        statuses = [Status.NOTED if event.is_heartbeat else next(kept) for event in events]
        answered = zip(events, statuses, strict=True)
        if new := [event for event, status in answered if status is Status.KEPT]:
            await self._tell(new)
        for event in events:
            if event.is_heartbeat:
                self._hear(event, moment)
        return statuses

    async def _tell(self, kept: Sequence[Event]) -> None:
        """Whoever delivers begins before the answer is written: the district waits for it."""
        for priority in {event.priority for event in kept}:
            self._wake(priority)
        await asyncio.sleep(0)
        log.write_all(Level.INFO, "kept", [{"id": one.id, "kind": one.kind} for one in kept])

    def _hear(self, heartbeat: Event, moment: Moment) -> None:
        is_early = self._home.is_early(moment.reading, self._sessions.heartbeat_seconds)
        self._home.said(orjson.loads(heartbeat.content)["data"]["home"], moment.reading)
        if is_early:
            self._on_early_word()

    async def _keep(self, events: Sequence[Event], moment: Moment) -> list[Status]:
        try:
            return await self._outbox.keep(events, moment)
        except FullError as error:
            urgent = any(event.priority is Priority.EMERGENCY for event in events)
            log.error("storage_full", urgent=urgent, do="free disk space on this device")
            raise Refused(Code.UNAVAILABLE if urgent else Code.STORAGE_FULL) from error
        except BrokenError as error:
            raise Refused(Code.UNAVAILABLE) from error
