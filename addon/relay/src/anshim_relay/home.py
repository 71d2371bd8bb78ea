"""What the relay knows of the Home Assistant behind it: when it came, what it said of itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from anshim_relay.clock import Reading

MISSED = 3


class Ha(StrEnum):
    ALIVE = "alive"
    SILENT = "silent"
    NEVER = "never"


class Home:
    def __init__(self) -> None:
        self._contact: float | None = None
        self._said: float = 0.0
        self.condition: Mapping[str, Any] | None = None

    def came(self, reading: Reading) -> None:
        """It said something or asked for what came down. Others may ask for the status."""
        self._contact = reading.steady

    def said(self, condition: Mapping[str, Any], reading: Reading) -> None:
        self.condition = condition
        self._said = reading.steady

    def is_early(self, reading: Reading, heartbeat_seconds: int) -> bool:
        """Whether what it says of itself now is more than its usual word: its first, or not due."""
        early = heartbeat_seconds / 2
        return self.condition is None or reading.steady - self._said < early

    def age_s(self, reading: Reading) -> float | None:
        """Since it last came; None while it never did."""
        return None if self._contact is None else max(0.0, reading.steady - self._contact)

    def condition_age_s(self, reading: Reading) -> int | None:
        return None if self.condition is None else max(0, int(reading.steady - self._said))

    def ha(self, reading: Reading, heartbeat_seconds: int) -> Ha:
        if self._contact is None:
            return Ha.NEVER
        left = self.silent_in_s(reading, heartbeat_seconds)
        return Ha.SILENT if left is not None and left <= 0 else Ha.ALIVE

    def silent_in_s(self, reading: Reading, heartbeat_seconds: int) -> float | None:
        """Until the home has missed too many heartbeats; None while it never came."""
        if self._contact is None:
            return None
        return self._contact + MISSED * heartbeat_seconds - reading.steady
