"""What happens in the home by the stage's clock: devices' check-ins, and what the resident does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import heapq
from itertools import count
import threading

from stage.clock import StageClock
from stage.devices import Bridge, Device

TICK_S = 0.05
# Aqara door sensors report every 50 to 60 minutes, IKEA's every few hours; a metering plug is asked
# every few minutes.
CHECK_IN = {
    "MCCGQ11LM": timedelta(minutes=50),
    "E2013": timedelta(hours=4),
    "TS011F_plug_1": timedelta(minutes=5),
}


@dataclass(order=True, kw_only=True)
class Planned:
    """Something that will happen at home."""

    at: datetime
    number: int
    do: Callable[[], None] = field(compare=False)


class Life:
    """Lets planned things happen when their time has come."""

    def __init__(self, clock: StageClock, bridge: Bridge) -> None:
        self._clock = clock
        self._bridge = bridge
        self._plan: list[Planned] = []
        self._numbers = count()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._silent: set[str] = set()
        for device in bridge.devices:
            self._check_in_later(device)
        self._thread = threading.Thread(target=self._run, name="life", daemon=True)
        self._thread.start()

    def plan(self, at: datetime, do: Callable[[], None]) -> None:
        with self._lock:
            heapq.heappush(self._plan, Planned(at=at, number=next(self._numbers), do=do))

    def fall_silent(self, device: Device) -> None:
        """Its battery is flat: no check-in any more."""
        self._silent.add(device.ieee)

    def happen_due(self, now: datetime) -> None:
        """Do everything that is due."""
        while due := self._next_due(now):
            due.do()

    def _next_due(self, now: datetime) -> Planned | None:
        with self._lock:
            if self._plan and self._plan[0].at <= now:
                return heapq.heappop(self._plan)
        return None

    def _check_in_later(self, device: Device) -> None:
        def check_in() -> None:
            if device.ieee not in self._silent:
                self._bridge.report(device)
            self._check_in_later(device)

        self.plan(self._clock.now() + CHECK_IN[device.model_id], check_in)

    def _run(self) -> None:
        while not self._ended.wait(TICK_S):
            self.happen_due(self._clock.now())

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
