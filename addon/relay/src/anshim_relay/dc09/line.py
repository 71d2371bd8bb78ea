"""One line to a DC-09 receiver: one frame at a time, each answered before the next.

The relay and the district speak it by the same files, this one and `frames`; a rule of the tree
keeps them alike. What is said, and what an answer means for it, is for whoever has the line.
"""

import asyncio
from contextlib import suppress
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Protocol

from .frames import LONGEST_ANSWER, POLL, Account, GarbledError, Reply, Word, frame, reply_in

PATIENCE_S = 10.0
NUMBERS = 9999
# How far an answer's own stamp may be from the centre's clock as we know it.
FRESH = timedelta(seconds=60)
# Nobody signs a NAK: what is further from our clock than this is no centre's clock.
_FURTHEST = timedelta(days=1)
# A receiver that wants a time gets this one, and tells us its own in its NAK.
NOBODY_KNOWS = datetime(1970, 1, 1, tzinfo=UTC)

type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Warn(Protocol):
    """Writes a line into the log of whoever has the line."""

    def __call__(self, what: str, /, **facts: str) -> None: ...


class LineError(Exception):
    """Nothing is known of the frame: say it again under the same number."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LineClock(Protocol):
    def steady(self) -> float:
        """Seconds that only go forward."""

    def now(self) -> datetime | None:
        """None where nobody has told the time yet."""


class Line:
    def __init__(
        self, host: str, port: int, clock: LineClock, warn: Warn, *, patience_s: float = PATIENCE_S
    ) -> None:
        self._host, self._port = host, port
        self._clock = clock
        self._warn = warn
        self._patience_s = patience_s
        self._one_at_a_time = asyncio.Lock()
        self._streams: Streams | None = None
        # When an answer last came, on the steady clock.
        self.spoke = 0.0
        # By how much the centre's clock is ahead of our steady one, once a NAK has said so.
        self._centre_ahead: timedelta | None = None
        # The same for the stamps of its sealed answers, as the newest poll has shown.
        self._answers_ahead: timedelta | None = None

    async def say(self, account: Account, token: str, data: str, number: int) -> Reply:
        """A first NAK may only mean that the clocks differ: said once more by the centre's."""
        try:
            return await self._said(account, token, data, number)
        except LineError:
            # what a NAK said of the time has not been shown to help
            self._centre_ahead = None
            raise

    async def _said(self, account: Account, token: str, data: str, number: int) -> Reply:
        reply = await self._asked(account, token, data, number)
        if reply.word is Word.NAK and reply.stamp is not None and self._may_be_now(reply.stamp):
            self._centre_ahead = reply.stamp - self._steady()
            reply = await self._asked(account, token, data, number)
            if reply.word is Word.NAK:
                self._centre_ahead = None
            else:
                self._warn("dc09_clocks_differ", do="look at the clock of this device")
        self.spoke = self._clock.steady()
        return reply

    def hang_up(self) -> None:
        streams, self._streams = self._streams, None
        if streams is not None:
            with suppress(OSError, RuntimeError):
                streams[1].transport.abort()

    async def _asked(self, account: Account, token: str, data: str, number: int) -> Reply:
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self._patience_s):
                    sent = frame(account, token, data, number=number, stamp=self._stamp())
                    reply = reply_in(await self._exchanged(sent), account, number=number)
                self._judge(account, reply, token)
            except TimeoutError as error:
                raise self._broken("timeout") from error
            except GarbledError as error:
                self._warn("dc09_garbled", reason=str(error))
                raise self._broken("dc09-garbled") from error
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
                raise self._broken(type(error).__name__) from error
            except asyncio.CancelledError:
                # An answer may still be under way: nobody must take it for the next one's.
                self.hang_up()
                raise
            else:
                return reply

    def _judge(self, account: Account, reply: Reply, token: str) -> None:
        """Numbers come round, so an answer of long ago could be played back as this one's.

        A sealed answer says when it was made. Centres' clocks may be wrong; a poll shows by how
        much, and until one has, ours is what it is held against.
        """
        if account.key is None or reply.stamp is None or reply.word is Word.NAK:
            return
        now, steady = self._clock.now(), self._steady()
        ours = None if now is None else now - steady
        known = ours if self._answers_ahead is None else self._answers_ahead
        ahead = reply.stamp - steady
        if token == POLL or (known is not None and abs(ahead - known) <= FRESH):
            self._answers_ahead = ahead
            return
        self._answers_ahead = None
        self._warn("dc09_stale", do="ask the centre whether somebody else is on the line")
        raise self._broken("dc09-stale")

    async def _exchanged(self, sent: bytes) -> bytes:
        """Many receivers hang up after each answer: what a used line does not take goes by a new.

        The number stays, so a receiver that had it already knows the repeat.
        """
        if self._streams is not None:
            try:
                return await asked_on(self._streams, sent)
            except OSError, asyncio.IncompleteReadError:
                self.hang_up()
        self._streams = await asyncio.open_connection(self._host, self._port, limit=LONGEST_ANSWER)
        return await asked_on(self._streams, sent)

    def _broken(self, reason: str) -> LineError:
        self.hang_up()
        return LineError(reason)

    def _steady(self) -> datetime:
        return datetime.fromtimestamp(self._clock.steady(), UTC)

    def _may_be_now(self, stamp: datetime) -> bool:
        """Where nobody has told us the time, whatever leaves room for the time to go on."""
        now = self._clock.now()
        return stamp.year < MAXYEAR if now is None else abs(stamp - now) <= _FURTHEST

    def _stamp(self) -> datetime | None:
        """When it is sent, not when it happened: receivers refuse what is older than seconds."""
        if self._centre_ahead is not None:
            return self._steady() + self._centre_ahead
        now = self._clock.now()
        return NOBODY_KNOWS if now is None else now


async def asked_on(streams: Streams, sent: bytes) -> bytes:
    reader, writer = streams
    writer.write(sent)
    await writer.drain()
    return await reader.readuntil(b"\r")
