"""Whose word a message of a Zigbee2MQTT device is: what was just done, or somebody's memory of it.

After an outage of the bridge, of the broker or of Home Assistant a message may tell what was done
long before: Zigbee2MQTT repeats its memory as it starts, and 30 s after Home Assistant's greeting.
So a device's word is believed again only step by step (`Word`).
"""

from dataclasses import dataclass
from math import inf
from typing import Any

from ..logic.activity import Word
from .payloads import object_in

# A sleeping device reads these on its own clock.
_OF_A_REPORT = ("battery", "voltage", "device_temperature")


@dataclass(slots=True, kw_only=True)
class Heard:
    """The newest message of one topic, the one before, and when the last fresh one came.

    Fresh is what only the device can have caused, not somebody's memory of it.
    """

    payload: Any = None
    before: Any = None
    # By the wall clock.
    fresh: float | None = None
    # Until then a message may come from the bridge's memory; by a clock that nobody sets.
    remembers_until: float = -inf
    # Whose word the newest message was, and whose the next fresh one will be.
    word: Word = Word.NOW
    then: Word = Word.NOW

    def say(self, payload: Any, *, retained: bool, steady: float, wall: float) -> None:
        """One more message."""
        self.before, self.payload = self.payload, payload
        if retained or steady <= self.remembers_until or self._is_known_frame():
            self.word = Word.REMEMBERED
            if self.then is Word.FIRST and not retained:
                self.then = Word.FIRST_FRAME
            return
        self.fresh = wall
        self.word, self.then = self.then, Word.NOW

    def remember(self, until: float) -> None:
        """What comes by then may be a memory."""
        self.remembers_until = max(self.remembers_until, until)

    def doubt(self, until: float) -> None:
        """It was away: what was done meanwhile nobody heard."""
        self.remember(until)
        self.then = Word.FIRST

    @property
    def is_report(self) -> bool:
        """Whether the newest message is a timer's: a battery is read then, not at a use."""
        before, now = object_in(self.before), object_in(self.payload)
        return any(key in before and before[key] != now.get(key) for key in _OF_A_REPORT)

    def _is_known_frame(self) -> bool:
        """Its `last_seen` has not moved: said again, however late. Read only while in doubt."""
        if self.then is Word.NOW:
            return False
        seen = object_in(self.payload).get("last_seen")
        return seen is not None and seen == object_in(self.before).get("last_seen")
