"""How the relay's own heartbeats have been doing. Told by the heart, asked by page and metrics."""

from anshim_relay.clock import Reading


class Beats:
    def __init__(self) -> None:
        self.answered = 0
        self.missed = 0
        self._last: float | None = None

    def was_answered(self, reading: Reading) -> None:
        self.answered += 1
        self._last = reading.steady

    def age_s(self, reading: Reading) -> float | None:
        """Since the last that was answered; None when none was since the start."""
        return None if self._last is None else max(0.0, reading.steady - self._last)
