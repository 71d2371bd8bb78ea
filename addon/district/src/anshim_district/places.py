"""What failed together: of all places that could explain the silences, the one that does.

Pure; asked by `outages`. A home lies in several places at once: its district, its dong, its
building's line, the net of its telephone company. It belongs to one outage.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

# so many are no accident of single homes
MANY: Final = 5


class Scope(StrEnum):
    """What can fail together."""

    DISTRICT = "district"
    DONG = "dong"
    # a building, a cable
    LINE = "line"
    # a telephone company's or an internet provider's, across dongs
    NETWORK = "network"


# more than this of a place has to be silent
_SHARE: Final = {Scope.DISTRICT: 0.5, Scope.DONG: 0.3, Scope.LINE: 0.3, Scope.NETWORK: 0.3}
# no more of the rest are silent on any day
_ORDINARY: Final = 0.1
_ORDER: Final = {scope: place for place, scope in enumerate(Scope)}


@dataclass(frozen=True, slots=True)
class Place:
    scope: Scope
    # empty for the district
    name: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """For the timeline: a net's name is a word of ours, to be said in the reader's language."""
        name = "network" if self.scope is Scope.NETWORK else "place"
        return {"scope": self.scope.value, name: self.name}


@dataclass(frozen=True, slots=True)
class Cell:
    """Homes that lie in the same places."""

    dong: str = ""
    line: str = ""
    network: str = ""

    def places(self) -> Iterator[Place]:
        """Where nothing is known of a home it shares nothing."""
        yield Place(Scope.DISTRICT)
        for scope in (Scope.DONG, Scope.LINE, Scope.NETWORK):
            if name := getattr(self, scope.value):
                yield Place(scope, name)


type Counts = Mapping[Cell, int]


def may_have_failed(silent: Counts, out: Sequence[Place]) -> bool:
    """Whether it is worth counting all the others."""
    together = _by_place(silent)
    return any(place in together for place in out) or max(together.values(), default=0) >= MANY


def failed(silent: Counts, listened: Counts, out: Sequence[Place]) -> list[Place]:
    """Those that are out already, the earliest first, then the largest.

    Each takes all of its homes that fell silent; the next is judged by those that are left.
    """
    left = _Left(silent=Counter(silent), listened=Counter(listened))
    taken = [place for place in out if left.take(place)]
    while (largest := left.largest()) is not None:
        place = left.explaining(largest)
        left.take(place)
        taken.append(place)
    return taken


def _by_place(cells: Counts) -> Counter[Place]:
    counted: Counter[Place] = Counter()
    for cell, many in cells.items():
        for place in cell.places():
            counted[place] += many
    return counted


@dataclass(slots=True, kw_only=True)
class _Left:
    silent: Counter[Cell]
    listened: Counter[Cell]
    _cells: defaultdict[Place, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    _many: Counter[Place] = field(default_factory=Counter)
    _living: Counter[Place] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._many, self._living = _by_place(self.silent), _by_place(self.listened)
        for cell in self.listened.keys() | self.silent.keys():
            for place in cell.places():
                self._cells[place].append(cell)

    def take(self, place: Place) -> int:
        """How many homes it took: of other places they tell nothing any more."""
        took = 0
        for cell in self._cells.get(place, ()):
            many = self.silent.pop(cell, 0)
            took += many
            self.listened[cell] -= many
            for other in cell.places():
                self._many[other] -= many
                self._living[other] -= many
        return took

    def largest(self) -> Place | None:
        """Of two as large the narrower: it says more, and folds less."""
        found = [place for place in self._many if self._has_failed(place)]
        return min(found, key=lambda p: (-self._many[p], *self._width(p)), default=None)

    def explaining(self, wide: Place) -> Place:
        """The narrowest part of it outside which homes are heard as on any day."""
        silent, living = self._within(wide)

        def is_enough(part: Place) -> bool:
            beside = self._many[wide] - silent[part]
            return beside <= max(1, _ORDINARY * (self._living[wide] - living[part]))

        parts = [part for part in silent if self._has_failed(part) and is_enough(part)]
        return min([*parts, wide], key=self._width)

    def _within(self, wide: Place) -> tuple[Counter[Place], Counter[Place]]:
        cells = self._cells[wide]
        return (
            _by_place({cell: self.silent[cell] for cell in cells if self.silent[cell]}),
            _by_place({cell: self.listened[cell] for cell in cells}),
        )

    def _has_failed(self, place: Place) -> bool:
        many = self._many[place]
        return many >= MANY and many > _SHARE[place.scope] * self._living[place]

    def _width(self, place: Place) -> tuple[int, int, str]:
        return self._living[place], _ORDER[place.scope], place.name
