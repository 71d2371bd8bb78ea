"""How long to wait after failures: growing, jittered, bounded. Used towards destinations."""

from dataclasses import dataclass
import random

_dice = random.SystemRandom()


@dataclass(frozen=True, kw_only=True)
class Pause:
    first_s: float = 1.0
    longest_s: float = 60.0

    def after(self, failures: int, retry_after: float | None = None) -> float:
        """Between half and all of the doubled time, so that homes do not come back all at once."""
        grown = self.first_s * 2.0 ** min(failures - 1, 16)
        jittered = min(grown, self.longest_s) * _dice.uniform(0.5, 1.0)
        return max(jittered, retry_after or 0.0)
