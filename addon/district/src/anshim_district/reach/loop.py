"""Goes on with errands by a step and a wait: at the earliest, and after what may have brought one.

Run by the dispatcher and the clerks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from ..clock import Clock

_LOG: Final = logging.getLogger(__name__)
_LONGEST_WAIT: Final = timedelta(seconds=15)
_SHORTEST_WAIT: Final = timedelta(milliseconds=200)
_AFTER_FAILURE: Final = timedelta(seconds=2)

# does all that is due; answers with the moment of the next errand, if any
type Step = Callable[[datetime], Awaitable[datetime | None]]


async def go_on(step: Step, wake: asyncio.Event, clock: Clock) -> None:
    while True:
        wake.clear()
        try:
            wait = _until(await step(clock.now()), clock)
        except SQLAlchemyError:
            _LOG.exception("errands failed and are tried again")
            wait = _AFTER_FAILURE
        try:
            await asyncio.wait_for(wake.wait(), wait.total_seconds())
        except TimeoutError:
            continue


def _until(due: datetime | None, clock: Clock) -> timedelta:
    if due is None:
        return _LONGEST_WAIT
    return min(_LONGEST_WAIT, max(_SHORTEST_WAIT, due - clock.now()))
