"""Events to a control centre by SIA DC-09.

Its ACK says that the centre's receiver has it. It says nothing about the district, whose own
delivery is another row of the outbox.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import secrets
from typing import override

import orjson

from anshim_relay import jws, log
from anshim_relay.carriers import Answer, Carrier, Verdict
from anshim_relay.centre import Centre
from anshim_relay.dc09.frames import EVENT, POLL, Reply, Word
from anshim_relay.dc09.line import NUMBERS, PATIENCE_S, Line, LineClock, LineError
from anshim_relay.dc09.words import code_of
from anshim_relay.district import AwayError, RefusedError
from anshim_relay.link import Link
from anshim_relay.outbox.owing import Owed
from anshim_relay.pause import Pause
from anshim_relay.timekeeper import Timekeeper


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
        self._link = link
        self._timekeeper = timekeeper
        self._line = Line(
            centre.host, centre.port, RelayClock(timekeeper), warn, patience_s=patience_s
        )

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
            idle = self._timekeeper.moment().reading.steady - self._line.spoke
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
        try:
            return await self._line.say(self._centre.account, token, data, number)
        except LineError as error:
            raise AwayError(error.reason) from error


@dataclass(frozen=True)
class RelayClock(LineClock):
    timekeeper: Timekeeper

    @override
    def steady(self) -> float:
        return self.timekeeper.moment().reading.steady

    @override
    def now(self) -> datetime | None:
        return self.timekeeper.moment().now


def warn(what: str, /, **facts: str) -> None:
    """A foreign hand on the line is more than a clock that is wrong."""
    write = log.error if what == "dc09_stale" else log.warning
    write(what, **facts)
