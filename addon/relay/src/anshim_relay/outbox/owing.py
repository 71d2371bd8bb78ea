"""What is owed, as far as it is known without asking the file: a little, and all of it.

Kept by `Outbox`, within the loop's thread. What was just kept goes out without being read again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from anshim_relay.envelope import Priority
from anshim_relay.outbox.keeping import Kept

# More than that is read from the file when its turn comes.
MOST = 200


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A signed event that a destination does not have yet."""

    row: int
    id: str
    priority: Priority
    # The rank in which it goes: after a restore what ends an episode goes before what began one.
    place: int
    kit: str
    jws: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Lot:
    """What one lane of a destination carries: ranks from `first` to `last`."""

    destination: int
    first: int
    last: int


class Owing:
    """Lots of which everything is known, in the order in which it goes out."""

    def __init__(self) -> None:
        # What was read from the file counts only if nothing has changed meanwhile.
        self.changes = 0
        self._known: dict[Lot, list[Owed]] = {}

    def of(self, lot: Lot) -> Sequence[Owed] | None:
        """None: the file knows."""
        return self._known.get(lot)

    def learnt(self, lot: Lot, owed: Sequence[Owed], changes: int) -> None:
        if changes == self.changes:
            self._known[lot] = list(owed)

    def forget(self) -> None:
        self.changes += 1
        self._known.clear()

    def add(self, new: Sequence[Owed]) -> None:
        """Kept a moment ago, so it is owed to everybody."""
        self.changes += 1
        for lot, known in list(self._known.items()):
            # The file may have had it already, a moment before we were told.
            rows = {one.row for one in known}
            known += [
                one for one in new if lot.first <= one.place <= lot.last and one.row not in rows
            ]
            known.sort(key=lambda one: (one.place, one.row))
            if len(known) > MOST:
                del self._known[lot]

    def answered(self, destination: int, answers: Mapping[int, str]) -> None:
        self.changes += 1
        for lot, known in self._known.items():
            if lot.destination == destination:
                known[:] = [one for one in known if one.row not in answers]


def without(owed: Sequence[Owed], resting: Collection[int], limit: int) -> list[Owed]:
    return [one for one in owed if one.row not in resting][:limit]


def owed_of(kept: Kept) -> Iterator[Owed]:
    """What is new, if it can go out: without a name it waits for `adopt`."""
    order = list(Priority)
    for place, row in kept.new.items():
        if kept.kit is not None:
            yield Owed(
                row=place,
                id=str(row["id"]),
                priority=order[int(row["rank"] or 0)],
                place=int(row["rank"] or 0),
                kit=kept.kit,
                jws=str(row["jws"]),
                digest=str(row["digest"]),
            )
