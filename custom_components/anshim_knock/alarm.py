"""The household's one timer. The coordinator sets it after every step, to whatever comes first."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .clocks import Clocks

RETRY = timedelta(minutes=1)


class Alarm:
    """Rings once, then waits to be set again."""

    def __init__(self, hass: HomeAssistant, clocks: Clocks, ring: Callable[[], None]) -> None:
        self._hass = hass
        self._clocks = clocks
        self._ring = ring
        self._disarm: CALLBACK_TYPE | None = None
        self._due = 0.0
        self._rescue = False
        self._stopped = False

    def before_a_step(self) -> None:
        """A step that fails must not be the last one."""
        if self._disarm is None:
            self._arm(RETRY)
            self._rescue = True

    def after_a_step(self, wait: timedelta) -> None:
        """It went well and needs no rescue, or the home would be looked at every minute."""
        if self._rescue:
            self._cancel()
        self.no_later_than(wait)

    def no_later_than(self, wait: timedelta) -> None:
        """Life puts deadlines off: ringing early costs less than being set at each use."""
        due = self._clocks.read().steady + wait.total_seconds()
        if self._disarm is None or due < self._due:
            self._arm(wait)

    def stop(self) -> None:
        self._stopped = True
        self._cancel()

    def _arm(self, wait: timedelta) -> None:
        self._cancel()
        if not self._stopped:
            self._due = self._clocks.read().steady + wait.total_seconds()
            self._disarm = async_call_later(self._hass, wait, self._rings)

    @callback
    def _rings(self, _now: datetime) -> None:
        self._disarm, self._rescue = None, False
        self._ring()

    def _cancel(self) -> None:
        self._rescue = False
        if self._disarm is not None:
            self._disarm()
            self._disarm = None
