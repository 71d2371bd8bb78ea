"""Events to a control centre by SIA DC-09: one frame at a time, each answered before the next.

Its ACK says that the centre's receiver has it. It says nothing about the district, whose own
delivery is another row of the outbox.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
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
# A receiver that wants a time gets this one, and tells us its own in its NAK.
NOBODY_KNOWS = datetime(1970, 1, 1, tzinfo=UTC)

type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Dc09Carrier(Carrier):
    def __init__(self, centre: Centre, link: Link, timekeeper: Timekeeper) -> None:
        self._centre = centre
        self._link = link
        self._timekeeper = timekeeper
        self._one_at_a_time = asyncio.Lock()
        self._streams: Streams | None = None
        self._polls = 0
        self._spoke = 0.0
        # By how much the centre's clock is ahead of our steady one, once a NAK has said so.
        self._centre_ahead: timedelta | None = None

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
        self._polls = self._polls % NUMBERS + 1
        reply = await self._said(POLL, "", self._polls)
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
                async with asyncio.timeout(PATIENCE_S):
                    sent = frame(account, token, data, number=number, stamp=self._stamp())
                    return reply_in(await self._exchanged(sent), account, number=number)
            except TimeoutError as error:
                reason = "timeout"
                raise self._broken(reason) from error
            except GarbledError as error:
                log.warning("dc09_garbled", reason=str(error))
                raise self._broken("dc09-garbled") from error
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
                raise self._broken(type(error).__name__) from error
            except asyncio.CancelledError:
                # An answer may still be under way: nobody must take it for the next one's.
                self._broken("cancelled")
                raise

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
