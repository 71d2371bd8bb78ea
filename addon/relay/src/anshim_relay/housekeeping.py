"""What the relay does for itself: it tells what its start found and bounds its trail."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from anshim_relay import log
from anshim_relay.condition import Condition
from anshim_relay.envelope import Priority
from anshim_relay.intake import Wake
from anshim_relay.outbox.opening import Found
from anshim_relay.outbox.writer import FullError
from anshim_relay.troubles import trouble

EVERY_S = 3600.0


class Housekeeping:
    def __init__(self, condition: Condition, found: Found, wake: Wake) -> None:
        self._condition = condition
        self._found = found
        self._wake = wake

    async def run(self) -> None:
        await self._tell()
        while True:
            await self._tidy()
            await self._rescue()
            await self._rest()

    async def _rest(self) -> None:
        """An hour, but after the start no longer than until the time is told."""
        is_told = self._condition.timekeeper.is_told
        if is_told.is_set():
            await asyncio.sleep(EVERY_S)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(is_told.wait(), EVERY_S)

    async def _tell(self) -> None:
        seal, enrolment = self._condition.identity.identity.seal, self._condition.identity.enrolment
        if seal is None or enrolment is None:
            return
        moment = self._condition.timekeeper.moment()
        epoch = (await self._condition.outbox.highwater()).epoch
        for code in codes(self._found):
            event = trouble(
                code, seal=seal, household=enrolment.household, epoch=epoch, moment=moment
            )
            try:
                await self._condition.outbox.keep([event], moment)
            except FullError:
                log.error("trouble_not_kept", code=code, do="free disk space on this device")
            else:
                self._wake(event.priority)

    async def _tidy(self) -> None:
        """By the district's word alone: a clock that is ahead would forget the whole trail."""
        now = self._condition.timekeeper.moment().now
        if now is not None and self._condition.timekeeper.is_told.is_set():
            await self._condition.outbox.forget_delivered(now)

    async def _rescue(self) -> None:
        try:
            rescued = await self._condition.outbox.rescue_waiting()
        except FullError:
            log.critical("rescue_waits", do="free disk space on this device")
            return
        if rescued:
            for priority in Priority:
                self._wake(priority)


def codes(found: Found) -> Iterator[str]:
    if found.damaged:
        yield "store"
    elif found.stranger:
        yield "restored"
