"""Keeps the PBX knowing where we are (REGISTER), and knows whether it does.

A baresip of its own beside those of the calls: one that a call broke would take the registration
with it. Run by the server; looked at by the console, the health check and the line's watch.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
import logging
from typing import Final

from ...clock import Clock
from .account import Account
from .control import ControlError
from .line import Agent, Line

_LOG: Final = logging.getLogger(__name__)
# baresip itself would wait for up to half an hour
_AGAIN_S: Final = (2.0, 5.0, 10.0, 20.0, 30.0)
_SOURCE: Final = "aubridge,nowhere"


@dataclass(slots=True, kw_only=True)
class Registration:
    account: Account
    agent: Agent
    clock: Clock
    every_s: int
    # since when it is as it is; a line that was never up is down since the start
    up_since: datetime | None = None
    down_since: datetime | None = None
    because: str = ""
    _failures: int = 0

    @property
    def is_up(self) -> bool:
        return self.up_since is not None

    async def run(self) -> None:
        while True:
            try:
                await self._keep()
            except ControlError as error:
                self._went_down(str(error))
            except Exception as error:  # noqa: BLE001 - what is optional ends no district
                _LOG.exception("the telephone line could not be registered")
                self._went_down(type(error).__name__)
            wait = _AGAIN_S[min(self._failures, len(_AGAIN_S)) - 1]
            await asyncio.sleep(wait)

    async def _keep(self) -> None:
        """As long as it lasts."""
        words = self.account.registering(self.every_s)
        line = await Line.start(self.agent, account=words, source=_SOURCE)
        try:
            while True:
                said = await line.control.hear()
                match said.type:
                    case "REGISTER_OK":
                        self._came_up()
                    case "REGISTER_FAIL":
                        self._went_down(said.param)
                        return
                    case "CALL_INCOMING":
                        # nobody sits here: whoever calls back hears that at once
                        await line.control.tell("hangup")
        finally:
            await line.close()

    def _came_up(self) -> None:
        self._failures = 0
        if self.up_since is None:
            _LOG.info("the telephone line is registered")
            self.up_since, self.down_since, self.because = self.clock.now(), None, ""

    def _went_down(self, because: str) -> None:
        self._failures += 1
        self.because = because
        if self.down_since is None:
            _LOG.error("the telephone line is not registered", extra={"because": because})
            self.up_since, self.down_since = None, self.clock.now()
