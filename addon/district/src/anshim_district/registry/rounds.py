"""The weekly round: which homes somebody with fresh batteries should call at, dong by dong.

A weak battery is no case for tonight. It waits here, beside its neighbours, until the round; a
sensor that has stopped is on the board as well. Called by the console.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from ..cases.model import Case
from ..cases.words import Family
from ..messages import Heartbeat
from ..storage.registry_tables import bindings, items, residents
from ..storage.tables import cases, households, is_open, pulses
from .inventory import LOW_BATTERY

# what the board leaves to the round
_ROUND_ONLY: Final = frozenset({"battery"})
_MENDED_THERE: Final = _ROUND_ONLY | {"source_lost", "source_gone", "dim"}


class Reason(StrEnum):
    """Why somebody should call there; the most urgent first."""

    LOST = "lost"
    LOW = "low"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weak:
    """A device whose battery is nearly empty."""

    kind: str
    label: str
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One home of the round. `lost`, `late`: how many of its sensors, by its newest heartbeat."""

    household: str
    dong: str
    reasons: tuple[Reason, ...]
    weak: tuple[Weak, ...]
    lost: int
    late: int


@dataclass(slots=True)
class _Found:
    weak: list[Weak] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    lost: int = 0
    late: int = 0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        there = {
            Reason.LOST: bool(self.lost or self.codes - _ROUND_ONLY),
            Reason.LOW: bool(self.weak or self.codes & _ROUND_ONLY),
            Reason.LATE: self.late > 0,
        }
        return tuple(reason for reason, is_there in there.items() if is_there)


def waits_for_round(case: Case) -> bool:
    """Trouble that is nothing but weak batteries."""
    return case.family is Family.TROUBLE and bool(case.codes) and _ROUND_ONLY.issuperset(case.codes)


def stops(connection: Connection, homes: Iterable[str]) -> list[Stop]:
    """Those of the homes that need somebody, by dong, the most urgent of each first."""
    found = _found(connection)
    dongs = dict(connection.execute(select(residents.c.household, residents.c.dong)).tuples().all())
    wanted = [
        Stop(
            household=household,
            dong=dongs.get(household, ""),
            reasons=one.reasons,
            weak=tuple(sorted(one.weak, key=lambda weak: weak.percent)),
            lost=one.lost,
            late=one.late,
        )
        for household in homes
        if (one := found.get(household)) and one.reasons
    ]
    return sorted(wanted, key=_order)


def _order(stop: Stop) -> tuple[str, int, str]:
    return stop.dong, list(Reason).index(stop.reasons[0]), stop.household


def _found(connection: Connection) -> dict[str, _Found]:
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for household, weak in _weak_batteries(connection):
        found[household].weak.append(weak)
    for household, codes in _troubles(connection):
        found[household].codes.update(codes)
    for household, beat in _newest_beats(connection):
        if beat.home:
            found[household].lost = beat.home.sources.lost
            found[household].late = beat.home.sources.late
    return found


def _weak_batteries(connection: Connection) -> Iterator[tuple[str, Weak]]:
    there = (bindings.c.item == items.c.id) & bindings.c.until.is_(None)
    query = (
        select(bindings.c.household, items.c.kind, items.c.label, items.c.battery)
        .join(bindings, there)
        .where(items.c.battery <= LOW_BATTERY)
    )
    for row in connection.execute(query):
        yield row.household, Weak(kind=row.kind, label=row.label, percent=row.battery)


def _troubles(connection: Connection) -> Iterator[tuple[str, frozenset[str]]]:
    is_trouble: ColumnElement[bool] = cases.c.family == Family.TROUBLE.value
    query = select(cases.c.household, cases.c.state).where(is_open, is_trouble)
    for row in connection.execute(query):
        case = msgspec.json.decode(row.state, type=Case)
        yield row.household, _MENDED_THERE.intersection(case.codes)


def _newest_beats(connection: Connection) -> Iterator[tuple[str, Heartbeat]]:
    """Of the kit that speaks for each home now."""
    query = (
        select(households.c.id, pulses.c.condition)
        .join(pulses, pulses.c.kit == households.c.kit)
        .where(pulses.c.condition.is_not(None))
    )
    for row in connection.execute(query):
        yield row.id, msgspec.json.decode(row.condition, type=Heartbeat)
