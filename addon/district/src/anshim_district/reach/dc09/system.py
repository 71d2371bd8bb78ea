"""The control centre's receiver: alarms, calls for help, their end (SIA codes), and supervision.

One of the systems that a clerk tells; the receiver's ACK is a delivery, never somebody's hand.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
import logging
import secrets
from typing import Final, override

from sqlalchemy import Connection

from ...cases.words import Family
from ...clock import Clock
from ...duty.errands import Kind
from ..carrier import CarrierError
from ..news import News, State, System
from . import numbers
from .frames import EVENT, POLL, Account, Reply, Word
from .line import NUMBERS, Line, LineClock, LineError

_LOG: Final = logging.getLogger(__name__)
_AGAIN_S: Final = 2.0
# SIA's own: no activity and activity resumed, emergency and its restoral
_CODES: Final[Mapping[tuple[Family, State], str]] = {
    (Family.WELFARE, State.OPEN): "NA",
    (Family.WELFARE, State.CLOSED): "NS",
    (Family.EMERGENCY, State.OPEN): "QA",
    (Family.EMERGENCY, State.CLOSED): "QH",
}
# DC-09's own field for an alarm's text, after the data
_FROM_LOST_KIT: Final = "][IFROM A KIT REPORTED LOST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """Whose account a home is under, and which point of it the home is."""

    account: Account
    dongs: Mapping[str, str]
    each_home: bool

    def of(self, dong: str, home: int) -> tuple[Account, str]:
        if self.each_home:
            return replace(self.account, number=f"{self.account.number}{home:04d}"), "1"
        number = self.dongs.get(dong, self.account.number)
        return replace(self.account, number=number), f"{home:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    account: Account
    data: str
    number: int
    # what the receiver need not understand
    remark: str = ""


@dataclass(slots=True, kw_only=True)
class Dc09System(System[Signal]):
    line: Line
    numbering: Numbering
    clock: Clock
    poll_s: int
    names: bool = False
    kind: Kind = Kind.DC09
    # each is answered before the next, so what is more urgent goes before whatever waits
    at_once: int = 1
    # since when it does not answer
    down_since: datetime | None = None

    @override
    def prepare(self, connection: Connection, news: News, now: datetime) -> Signal | None:
        """Whoever has it meanwhile is no signal of SIA's."""
        code = _CODES.get((news.case.family, news.state))
        if code is None:
            return None
        home = numbers.number_of_home(connection, news.household)
        account, point = self.numbering.of(news.dong, home)
        return Signal(
            account=account,
            data=f"#{account.number}|Nri1/{code}{point}",
            number=numbers.number_of_signal(connection, news.reference),
            remark=_FROM_LOST_KIT if news.case.from_lost_kit else "",
        )

    @override
    async def tell(self, message: Signal) -> None:
        """Of a receiver that does not know the remark, the alarm is worth more than the remark."""
        account, data, number = message.account, message.data, message.number
        reply = await self._said(account, EVENT, data + message.remark, number)
        if reply.word is Word.DUH and message.remark:
            reply = await self._said(account, EVENT, data, number)
        if reply.word is not Word.ACK:
            raise CarrierError(f"dc09-{reply.word.lower()}", again=True)

    async def run(self) -> None:
        """Supervision: a line that nobody used for a while is tried."""
        while True:
            idle = asyncio.get_running_loop().time() - self.line.spoke
            if self.down_since is None and self.line.spoke and idle < self.poll_s:
                await asyncio.sleep(self.poll_s - idle)
                continue
            try:
                await self.poll()
            except CarrierError as error:
                self._went_down(str(error))
                await asyncio.sleep(min(_AGAIN_S, self.poll_s))
            except Exception as error:  # noqa: BLE001 - what is optional ends no district
                _LOG.exception("the control centre's receiver could not be tried")
                self._went_down(type(error).__name__)
                await asyncio.sleep(min(_AGAIN_S, self.poll_s))

    async def poll(self) -> None:
        """Under a number that nobody can have an answer to from before."""
        number = secrets.randbelow(NUMBERS) + 1
        reply = await self._said(self.numbering.account, POLL, "", number)
        if reply.word is not Word.ACK:
            raise CarrierError(f"dc09-{reply.word.lower()}", again=True)
        if self.down_since is not None:
            self.down_since = None
            _LOG.info("the control centre's receiver answers again")

    async def _said(self, account: Account, token: str, data: str, number: int) -> Reply:
        try:
            return await self.line.say(account, token, data, number)
        except LineError as error:
            raise CarrierError(error.reason, again=True) from error

    def _went_down(self, because: str) -> None:
        if self.down_since is None:
            self.down_since = self.clock.now()
            _LOG.error("the control centre's receiver is away", extra={"because": because})

    @override
    async def close(self) -> None:
        self.line.hang_up()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerClock(LineClock):
    clock: Clock

    @override
    def steady(self) -> float:
        return asyncio.get_running_loop().time()

    @override
    def now(self) -> datetime | None:
        return self.clock.now()


def warn(what: str, /, **facts: str) -> None:
    _LOG.warning(what, extra=facts)
