"""The port to the telephone network by SIP. Calls only; what came of each is reported.

Made by the service. The numbers it can dial are the account's matter.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import logging
from pathlib import Path
import shutil
from typing import Final, override

from ...duty.roster import Way
from ...registry.phones import Dialable
from ..carrier import Carrier, CarrierError
from ..outbox import Result
from .account import Account
from .control import ControlError
from .line import Agent, Line
from .prompts import Prompts
from .sound import SoundError
from .talk import Talk

_LOG: Final = logging.getLogger(__name__)
# what is sent before somebody answers outlasts the ringing: a sound's end ends the call
_LONGER_S: Final = 15.0
# reference, result, digit
type Report = Callable[[str, Result, str], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class SipCarrier(Carrier):
    account: Account
    agent: Agent
    prompts: Prompts
    report: Report
    # said when a digit was heard
    thanks: str
    lines: int
    ring_s: float
    ways: frozenset[Way] = frozenset({Way.CALL})
    _going: dict[str, asyncio.Task[None] | None] = field(default_factory=dict)
    # Whether this line ever rang anywhere. Before that "no such number" may be the PBX's own fault,
    # and nobody's number is marked for it.
    _proven: bool = False

    @property
    def going(self) -> int:
        """How many calls there are now."""
        return len(self._going)

    @override
    async def text(self, to: Dialable, words: str, *, reference: str) -> None:
        raise CarrierError("no_texts", again=False)

    @override
    async def call(self, to: Dialable, words: str, *, digits: str, reference: str) -> None:
        """Taken once it is dialled."""
        uri = self.account.uri(to)
        if reference in self._going:
            return
        if len(self._going) >= self.lines:
            raise CarrierError("no_free_line", again=True)
        self._going[reference] = None
        try:
            quiet, question, thanks = await asyncio.to_thread(self._sounds, words, digits)
            line = await Line.dial(self.agent, account=self.account.words, uri=uri, quiet=quiet)
        except BaseException as error:
            del self._going[reference]
            if isinstance(error, (ControlError, SoundError)):
                _LOG.warning("a call cannot be made", extra={"error": str(error)})
                raise CarrierError(type(error).__name__, again=True) from error
            raise

        async def heard(result: Result, digit: str) -> None:
            await self._report(reference, talk, result, digit)

        talk = Talk(digits=digits, question=question, thanks=thanks, heard=heard)
        self._going[reference] = asyncio.create_task(self._follow(line, talk, reference))

    def _sounds(self, words: str, digits: str) -> tuple[Path, Path, Path]:
        quiet = self.prompts.quiet(self.ring_s + _LONGER_S)
        return quiet, self.prompts.question(words, digits), self.prompts.thanks(self.thanks)

    async def _follow(self, line: Line, talk: Talk, reference: str) -> None:
        try:
            await talk.follow(line, ring_s=self.ring_s)
        except Exception:  # noqa: BLE001 - nothing is heard of it, so it is made again
            _LOG.exception("a call was lost", extra={"reference": reference})
        finally:
            try:
                await line.close()
            finally:
                del self._going[reference]

    async def _report(self, reference: str, talk: Talk, result: Result, digit: str) -> None:
        self._proven = self._proven or talk.rang
        if result is Result.DEAD_NUMBER and not self._proven:
            result = Result.FAILED
        await self.report(reference, result, digit)

    @override
    async def close(self) -> None:
        """What is going on is not reported: it is made again."""
        tasks = [task for task in self._going.values() if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        shutil.rmtree(self.prompts.folder, ignore_errors=True)
