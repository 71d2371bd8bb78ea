"""Says on standard error what was done and how long it took.

Standard output stays free for the exports that a shell evaluates.
"""

from collections.abc import Callable, Iterator
import contextlib
import sys
import threading
import time

_together = threading.Lock()
_began = time.monotonic()


def say(text: str) -> None:
    with _together:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


@contextlib.contextmanager
def step(what: str) -> Iterator[Callable[[str], None]]:
    """Announce a step when it ends, with its seconds and what it found worth telling."""
    told: list[str] = []
    began = time.monotonic()
    yield told.append
    took = time.monotonic() - began
    detail = f": {', '.join(told)}" if told else ""
    say(f"  {took:5.1f} s  {what}{detail}")


def seconds_so_far() -> float:
    return time.monotonic() - _began
