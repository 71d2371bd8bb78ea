"""Events to a control centre by SIA DC-09: one frame at a time, each answered before the next.

Its ACK says that the centre's receiver has it. It says nothing about the district, whose own
delivery is another row of the outbox.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import secrets
from typing import override

import orjson

from anshim_relay import jws, log
from anshim_relay.carriers import Answer, Carrier, Verdict
from anshim_relay.centre import Centre
from anshim_relay.dc09.frames import (
    EVENT,
    LONGEST_ANSWER,
    POLL,
    GarbledError,
    Reply,
    Word,
    frame,
    reply_in,
)
from anshim_relay.dc09.words import code_of
from anshim_relay.district import AwayError, RefusedError
from anshim_relay.link import Link
from anshim_relay.outbox.outbox import Owed
from anshim_relay.pause import Pause
from anshim_relay.timekeeper import Timekeeper

PATIENCE_S = 10.0
NUMBERS = 9999
# How far an answer's own stamp may be from the centre's clock as we know it.
FRESH = timedelta(seconds=60)
# A receiver that wants a time gets this one, and tells us its own in its NAK.
NOBODY_KNOWS = datetime(1970, 1, 1, tzinfo=UTC)

type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Dc09Carrier(Carrier):
    def __init__(
        self,
        centre: Centre,
        link: Link,
        timekeeper: Timekeeper,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._centre = centre
        self._patience_s = patience_s
        self._link = link
        self._timekeeper = timekeeper
        self._one_at_a_time = asyncio.Lock()
        self._streams: Streams | None = None
        self._spoke = 0.0
        # By how much the centre's clock is ahead of our steady one, once a NAK has said so.
        self._centre_ahead: timedelta | None = None
        # The same for the stamps of its sealed answers, as the newest poll has shown.
        self._answers_ahead: timedelta | None = None

    @property
    @override
    def name(self) -> str:
        return "dc09"

    @property
    @override
    def most(self) -> int:
        return 1

    async def run(self) -> None:
        """Supervision: a line that nobody used for a while is tried."""
        pause, failures = Pause(), 0
        while True:
            idle = self._timekeeper.moment().reading.steady - self._spoke
            if self._link.connected and idle < self._centre.poll_s:
                await asyncio.sleep(self._centre.poll_s - idle)
                continue
            try:
                await self._poll()
                failures = 0
            except AwayError as error:
                failures += 1
                self._link.down(self._timekeeper.moment(), error.reason)
                wait = pause.after(failures)
                await asyncio.sleep(min(max(wait, 1.0), float(self._centre.poll_s)))

    async def _poll(self) -> None:
        """Under a number that nobody can have an answer to from before."""
        reply = await self._said(POLL, "", secrets.randbelow(NUMBERS) + 1)
        if reply.word is not Word.ACK:
            raise AwayError(f"dc09-{reply.word.lower()}", answered=True)
        self._link.up(self._timekeeper.moment())

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        """The number of a frame is the event's own: said again, it is known as a repeat."""
        [owed, *_] = events
        code = code_of(orjson.loads(jws.payload_of(owed.jws)))
        if code is None:
            return {owed.row: Verdict(answer=Answer.PASSED)}
        data = f"#{self._centre.account.number}|Nri1/{code}1"
        reply = await self._said(EVENT, data, owed.row % NUMBERS + 1)
        if reply.word is Word.DUH:
            raise RefusedError(0, "dc09-duh")
        if reply.word is Word.NAK:
            raise AwayError("dc09-nak", answered=True)
        return {owed.row: Verdict(answer=Answer.DURABLE)}

    async def _said(self, token: str, data: str, number: int) -> Reply:
        """A first NAK may only mean that the clocks differ: said once more by the centre's."""
        reply = await self._asked(token, data, number)
        if reply.word is Word.NAK and reply.stamp is not None:
            steady = self._timekeeper.moment().reading.steady
            self._centre_ahead = reply.stamp - datetime.fromtimestamp(steady, UTC)
            reply = await self._asked(token, data, number)
            if reply.word is Word.NAK:
                self._centre_ahead = None
            else:
                log.warning("dc09_clocks_differ", do="look at the clock of this device")
        self._spoke = self._timekeeper.moment().reading.steady
        return reply

    async def _asked(self, token: str, data: str, number: int) -> Reply:
        account = self._centre.account
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self._patience_s):
                    sent = frame(account, token, data, number=number, stamp=self._stamp())
                    reply = reply_in(await self._exchanged(sent), account, number=number)
                self._judge(reply, token)
            except TimeoutError as error:
                raise self._broken("timeout") from error
            except GarbledError as error:
                log.warning("dc09_garbled", reason=str(error))
                raise self._broken("dc09-garbled") from error
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
                raise self._broken(type(error).__name__) from error
            except asyncio.CancelledError:
                # An answer may still be under way: nobody must take it for the next one's.
                self._broken("cancelled")
                raise
            else:
                return reply

    def _judge(self, reply: Reply, token: str) -> None:
        """Numbers come round, so an answer of long ago could be played back as this one's.

        A sealed answer says when it was made. Centres' clocks may be wrong; a poll shows by how
        much, and until one has, ours is what it is held against.
        """
        if self._centre.account.key is None or reply.stamp is None or reply.word is Word.NAK:
            return
        moment = self._timekeeper.moment()
        steady = datetime.fromtimestamp(moment.reading.steady, UTC)
        ours = None if moment.now is None else moment.now - steady
        known = ours if self._answers_ahead is None else self._answers_ahead
        ahead = reply.stamp - steady
        if token == POLL or (known is not None and abs(ahead - known) <= FRESH):
            self._answers_ahead = ahead
            return
        self._answers_ahead = None
        log.error("dc09_stale", do="ask the centre whether somebody else is on the line")
        raise self._broken("dc09-stale")

    async def _exchanged(self, sent: bytes) -> bytes:
        """Many receivers hang up after each answer: what a used line does not take goes by a new.

        The number stays, so a receiver that had it already knows the repeat.
        """
        if self._streams is not None:
            try:
                return await asked_on(self._streams, sent)
            except OSError, asyncio.IncompleteReadError:
                self._broken("hung-up")
        self._streams = await asyncio.open_connection(
            self._centre.host, self._centre.port, limit=LONGEST_ANSWER
        )
        return await asked_on(self._streams, sent)

    def _broken(self, reason: str) -> AwayError:
        streams, self._streams = self._streams, None
        if streams is not None:
            with suppress(OSError, RuntimeError):
                streams[1].transport.abort()
        return AwayError(reason)

    def _stamp(self) -> datetime | None:
        """When it is sent, not when it happened: receivers refuse what is older than seconds."""
        moment = self._timekeeper.moment()
        if self._centre_ahead is not None:
            return datetime.fromtimestamp(moment.reading.steady, UTC) + self._centre_ahead
        return NOBODY_KNOWS if moment.now is None else moment.now


async def asked_on(streams: Streams, sent: bytes) -> bytes:
    reader, writer = streams
    writer.write(sent)
    await writer.drain()
    return await reader.readuntil(b"\r")
