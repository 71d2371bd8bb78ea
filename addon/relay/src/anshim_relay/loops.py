"""Runs the relay's loops side by side and keeps them running. Used by the relay only."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from anshim_relay import log
from anshim_relay.outbox.writer import OPENED_AGAIN, BrokenError

AFTER_A_BUG_S = 5.0

type Loop = Callable[[], Awaitable[None]]


@contextmanager
def running(loops: Mapping[str, Loop]) -> Iterator[None]:
    tasks = [
        asyncio.get_running_loop().create_task(kept_running(name, loop), name=name)
        for name, loop in loops.items()
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def kept_running(name: str, loop: Loop) -> None:
    """A fault nobody foresaw in one loop must not silence the others.

    It is reported, and the loop begins again. A broken outbox ends them all: opening it rescues.
    """
    while True:
        try:
            await loop()
        except BrokenError as error:
            log.critical("outbox_broken", loop=name, reason=str(error), do=OPENED_AGAIN)
            return
        except Exception as error:  # noqa: BLE001 - see above
            log.bug(f"{name}_failed", error)
            await asyncio.sleep(AFTER_A_BUG_S)
        else:
            return


def after(gate: asyncio.Event, loop: Loop) -> Loop:
    """A loop that only makes sense once something has happened."""

    async def waiting() -> None:
        await gate.wait()
        await loop()

    return waiting
