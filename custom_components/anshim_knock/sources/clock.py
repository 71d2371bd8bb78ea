"""The wall clock on which the sources' moments are kept: when it is set, they move with it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ..clocks import Clocks
from ..logic.clock import TOLERANCE, Reading

_TOLERANCE_S = TOLERANCE.total_seconds()


class SourceClock:
    """`was_set` is told by how much, before `started` moves too."""

    def __init__(self, clocks: Clocks, was_set: Callable[[timedelta], None]) -> None:
        self._clocks = clocks
        self._was_set = was_set
        self._read = clocks.read()
        self._lead = clocks.lead()
        # Since when we listen.
        self.started = self._read.wall

    def now(self) -> datetime:
        reading = self._clocks.read()
        drift = _drift(self._read, reading)
        if abs(drift) > TOLERANCE:
            self._was_set(drift)
            self.started += drift
        self._read, self._lead = reading, self._clocks.lead()
        return reading.wall

    def glance(self) -> None:
        """The same at every change, for the price of a comparison."""
        if abs(self._clocks.lead() - self._lead) > _TOLERANCE_S:
            self.now()

    def start_anew(self) -> None:
        self.started = self.now()

    def process_began(self) -> datetime:
        """When Home Assistant itself was started."""
        return self._clocks.process_began()


def _drift(before: Reading, after: Reading) -> timedelta:
    return (after.wall - before.wall) - timedelta(seconds=after.steady - before.steady)
