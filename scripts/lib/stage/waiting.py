"""Waiting for a condition with a deadline: everybody on the stage waits like this."""

from collections.abc import Callable
import time

PAUSE_S = 0.1


class StillWaitingError(AssertionError):
    """What was awaited did not come; the message says what and for how long."""


def until[T](found: Callable[[], T | None], what: str, *, within: float = 60.0) -> T:
    """Ask until the answer is true, and give it back.

    `within` is wall time: a stage clock that runs fast does not shorten the patience.
    """
    deadline = time.monotonic() + within
    while True:
        if answer := found():
            return answer
        if time.monotonic() > deadline:
            raise StillWaitingError(f"waited {within:.0f} s in vain for: {what}")
        time.sleep(PAUSE_S)
