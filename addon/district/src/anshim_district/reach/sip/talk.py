"""From the dialling to the end of one call: what is heard, what is played, what came of it.

Only what somebody pressed after answering is an answer. Followed by the carrier.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Final, Protocol

from ..outbox import Result
from .control import ControlError, Said

# longer than any question said three times
LONGEST_TALK_S: Final = 150.0
_STATUS: Final = re.compile(r"([3-6]\d\d) ")
_RESULTS: Final = {
    "404": Result.DEAD_NUMBER,
    "410": Result.DEAD_NUMBER,
    "484": Result.DEAD_NUMBER,
    "604": Result.DEAD_NUMBER,
    "486": Result.BUSY,
    "600": Result.BUSY,
    "408": Result.NO_ANSWER,
    "480": Result.NO_ANSWER,
    "487": Result.NO_ANSWER,
    "603": Result.NO_ANSWER,
}


class Wire(Protocol):
    """What a talk needs of its line."""

    def events(self) -> AsyncIterator[Said]: ...

    async def play(self, sound: Path) -> None: ...


@dataclass(slots=True, kw_only=True)
class Talk:
    digits: str
    question: Path
    thanks: Path
    # told of every digit at once, and of the end where there was none
    heard: Callable[[Result, str], Awaitable[None]]
    # whether it rang, or would have if nobody had been speaking there
    rang: bool = False
    # the exchange was at it: one that says nothing at all is away, and nobody's telephone rang
    _on_its_way: bool = False
    _answered: bool = False
    _pressed: str = ""
    _ended: Result | None = None

    async def follow(self, wire: Wire, *, ring_s: float) -> None:
        try:
            async with asyncio.timeout(ring_s) as patience:
                async for said in wire.events():
                    answered = self._answered
                    await self._hear(wire, said)
                    if self._answered and not answered:
                        loop = asyncio.get_running_loop()
                        patience.reschedule(loop.time() + LONGEST_TALK_S)
                    if self._ended is not None:
                        break
        except TimeoutError:
            self._ended = self._given_up()
        except ControlError:
            # our own telephone broke; whoever had answered may have been cut off in the middle
            self._ended = Result.ANSWERED if self._answered else Result.FAILED
        if not self._pressed and self._ended is not None:
            await self.heard(self._ended, "")

    async def _hear(self, wire: Wire, said: Said) -> None:
        match said.type:
            case "CALL_PROGRESS":
                self._on_its_way = True
            case "CALL_RINGING":
                self.rang = self._on_its_way = True
            case "CALL_ESTABLISHED":
                self.rang = self._answered = True
                await wire.play(self.question)
            case "CALL_DTMF_START" if self._answered and said.param in set(self.digits):
                await self._press(wire, said.param)
            case "CALL_CLOSED":
                self._ended = self._answered_or(said.param)
                self.rang = self.rang or self._ended is Result.BUSY

    async def _press(self, wire: Wire, digit: str) -> None:
        """A 2 after a 1 is heard too; nothing takes a call for help back."""
        if digit <= self._pressed:
            return
        self._pressed = digit
        await wire.play(self.thanks)
        await self.heard(Result.ANSWERED, digit)

    def _given_up(self) -> Result:
        if self._answered:
            return Result.ANSWERED
        return Result.NO_ANSWER if self._on_its_way else Result.FAILED

    def _answered_or(self, because: str) -> Result:
        if self._answered:
            return Result.ANSWERED
        status = _STATUS.match(because)
        return _RESULTS.get(status[1], Result.FAILED) if status else Result.FAILED
