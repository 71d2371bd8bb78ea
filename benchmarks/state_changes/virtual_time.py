"""A clock that goes as fast as the work is done, for everything in this process.

Home Assistant, the event loop and we read it; only the stopwatch reads the real one.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
import time

from homeassistant.util import dt as dt_util

START = datetime(2026, 1, 5, tzinfo=UTC)


class VirtualTime:
    """Seconds since `START`, moved by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def steady(self) -> float:
        return 1000.0 + self.passed

    def wall(self) -> float:
        return START.timestamp() + self.passed

    def utcnow(self) -> datetime:
        return datetime.fromtimestamp(self.wall(), UTC)

    @contextmanager
    def everywhere(self) -> Iterator[None]:
        """In the modules that are asked for the time, and in the running loop."""
        loop = asyncio.get_running_loop()
        kept = time.time, time.monotonic, time.clock_gettime, dt_util.utcnow
        time.time, time.monotonic = self.wall, self.steady
        time.clock_gettime = lambda _: self.steady()
        dt_util.utcnow = self.utcnow
        vars(loop)["time"] = self.steady
        try:
            yield
        finally:
            time.time, time.monotonic, time.clock_gettime, dt_util.utcnow = kept
            del vars(loop)["time"]
