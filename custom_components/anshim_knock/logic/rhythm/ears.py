"""What of a home's life can be heard now: which sources are dead, as told, or seem so."""

from collections.abc import Collection
from dataclasses import dataclass, field

from .parameters import Parameters
from .voices import Voices


@dataclass(slots=True, kw_only=True)
class Ears:
    """`blind`: none of the sources could show anything."""

    voices: Voices = field(default_factory=Voices)
    lost: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    blind: bool = False

    @property
    def audible(self) -> float:
        """The share of life that those sources hear that were heard of late."""
        unheard = self.lost | self.missing
        return self.voices.audible(unheard) if unheard else 1.0

    @property
    def alive(self) -> float:
        """The same, were those that are live and silent only unused, as in a decline."""
        return self.voices.audible(self.lost) if self.lost else 1.0

    def lose(self, lost: Collection[str]) -> bool:
        """Which sources are dead from now on. One that never spoke, as a ghost, changes nothing."""
        lost = frozenset(lost)
        changed = (lost ^ self.lost) & self.voices.known.keys()
        self.lost = lost
        return bool(changed)

    def miss(self, at: float, parameters: Parameters) -> None:
        """Look which stay silent while the others go on."""
        self.missing = self.voices.missing(at, self.missing, parameters)
