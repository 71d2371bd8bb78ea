"""The relay's one view of time, asked by every loop.

It puts together readings, what the district signed and what the outbox has seen.
"""

import asyncio
from datetime import UTC, datetime

from anshim_relay import clock, log
from anshim_relay.clock import Clock
from anshim_relay.outbox.keeping import Moment


class Timekeeper:
    def __init__(self) -> None:
        self._clock = Clock()
        # Set for good once the district has told the time.
        self.is_told = asyncio.Event()

    def seen(self, newest: float | None) -> None:
        """A wall clock far behind what is already stored has been set back, or lost its battery."""
        if newest is not None:
            self._clock = Clock(newest=datetime.fromtimestamp(newest, UTC))

    def moment(self) -> Moment:
        reading = clock.read()
        return Moment(reading=reading, now=self._clock.now(reading))

    def told(self, now: datetime) -> None:
        """The district's signed time. The system's clock is not ours to set."""
        reading = clock.read()
        first = self._clock.signed is None
        self._clock = self._clock.told(now, reading)
        if first:
            log.info("time_told", offset_s=self._clock.offset_s(reading))
        self.is_told.set()

    def wall_is_set(self, moment: Moment) -> bool:
        return self._clock.wall_is_set(moment.reading)

    def judges_dates(self) -> bool:
        """Whether TLS may judge by dates: it looks at the system's clock, whatever we were told."""
        reading = clock.read()
        return self._clock.wall_is_set(reading) and self._clock.wall_agrees(reading) is not False

    def knows_better(self) -> bool:
        """Whether the district has told the time since this device started."""
        return self._clock.wall_agrees(clock.read()) is not None

    def offset_s(self, moment: Moment) -> float | None:
        return self._clock.offset_s(moment.reading)
