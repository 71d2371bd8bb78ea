"""The doors of a home, and which of them lead out: a technician said so, or their use shows it."""

from dataclasses import dataclass, field
from math import inf

from .parameters import Parameters
from .verdict import Place
from .voices import Voices


@dataclass(slots=True, kw_only=True)
class Doors:
    """`went_out`: when one of the ways out was last used, by whoever came or went."""

    known: dict[str, Place] = field(default_factory=dict)
    ways_out: frozenset[str] = frozenset()
    went_out: float = -inf

    def learn(self, source: str, place: Place, voices: Voices, parameters: Parameters) -> None:
        """Of a source, whether somebody can go out there."""
        if place is not Place.INSIDE and self.known.get(source) is not place:
            self.known[source] = place
            self.find_ways_out(voices, parameters)

    def find_ways_out(self, voices: Voices, parameters: Parameters) -> None:
        """The technician's word, or else what the doors show."""
        named = {name for name, place in self.known.items() if place is Place.OUTER_DOOR}
        found = (name for name in self.known if voices.is_way_out(name, parameters))
        self.ways_out = frozenset(named or found)

    def were_last(self, since: float, parameters: Parameters) -> bool:
        """Before this silence. A phone left on the table says "at home" as well."""
        return since - self.went_out <= parameters.leaving
