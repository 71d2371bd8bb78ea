"""Whether a destination answers, and since when.

Told by everything that talks to it, shown in the status.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from anshim_relay import log
from anshim_relay.outbox.keeping import Moment


class Link:
    def __init__(self, name: str) -> None:
        self.name = name
        self.connected = False
        self.reason: str | None = None
        self._changed: float | None = None
        self._on_up: list[Callable[[], None]] = []

    def when_up(self, call: Callable[[], None]) -> None:
        """Called each time the destination answers again: whoever waits may stop waiting."""
        self._on_up.append(call)

    def up(self, moment: Moment) -> None:
        self.reason = None
        if not self.connected:
            self._change(moment, connected=True)
            log.info("connected", destination=self.name)
            for call in self._on_up:
                call()

    def down(self, moment: Moment, reason: str) -> None:
        if self.connected or self.reason != reason:
            log.warning("not_connected", destination=self.name, reason=reason)
        self.reason = reason
        if self.connected:
            self._change(moment, connected=False)

    def since(self, moment: Moment) -> datetime | None:
        """Counted back from now, so that a clock set later gives the right time."""
        if self._changed is None or moment.now is None:
            return None
        return moment.now - timedelta(seconds=moment.reading.steady - self._changed)

    def lasted_s(self, moment: Moment) -> float | None:
        """How long it has been as it is; None when it has never changed since the start."""
        return None if self._changed is None else moment.reading.steady - self._changed

    def _change(self, moment: Moment, *, connected: bool) -> None:
        self.connected = connected
        self._changed = moment.reading.steady
