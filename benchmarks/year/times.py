"""Simulated time: what people and homes do, and between it what the district does by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
import heapq
from itertools import count
from typing import Final, override

from sqlalchemy import Connection

from anshim_district.clock import Clock
from anshim_district.duty import errands
from anshim_district.overseer import next_deadline
from anshim_district.service import Service

_NEVER: Final = datetime.max.replace(tzinfo=UTC)

type Deed = Callable[[], Awaitable[None]]


@dataclass(kw_only=True)
class SimulatedClock(Clock):
    moment: datetime

    @override
    def now(self) -> datetime:
        return self.moment


@dataclass(kw_only=True)
class Times:
    """One agenda. Whatever is due first happens first; nothing waits for a real second."""

    clock: SimulatedClock
    service: Service
    _agenda: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    steps: int = 0

    @property
    def now(self) -> datetime:
        return self.clock.moment

    def at(self, moment: datetime, deed: Deed) -> None:
        # in whole milliseconds, as the database keeps them: nothing lies a little after now
        whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        heapq.heappush(self._agenda, (max(whole, self.now), next(self._numbers), deed))

    async def pass_until(self, end: datetime) -> None:
        """Up to `end`; what is on the agenda later stays there."""
        while True:
            deadline, errand = await self._due()
            due = min(deadline, errand)
            coming = self._agenda[0][0] if self._agenda else end
            if due <= min(coming, end):
                self.clock.moment = max(self.now, due)
                await self._step(overdue=deadline <= self.now)
            elif coming <= end:
                _, _, deed = heapq.heappop(self._agenda)
                self.clock.moment = max(self.now, coming)
                await deed()
            else:
                self.clock.moment = end
                return

    async def _due(self) -> tuple[datetime, datetime]:
        """The overseer's next deadline and the dispatcher's next errand."""
        settle = self.service.casework.times.settle

        def look(connection: Connection) -> tuple[datetime, datetime]:
            deadline, errand = next_deadline(connection, settle), errands.next_due(connection)
            return deadline or _NEVER, errand or _NEVER

        return await self.service.database.read(look)

    async def _step(self, *, overdue: bool) -> None:
        """Each goes on when something of its own is due, as in the server."""
        self.steps += 1
        if overdue:
            await self.service.overseer.step(self.now)
        else:
            await self.service.dispatcher.step(self.now)
