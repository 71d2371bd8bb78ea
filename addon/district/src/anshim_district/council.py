"""What a council asks of a month: signals, how many were real, how soon somebody was there.

By dong, without a name or a pseudonym. Called by the console.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from statistics import median
from typing import Final, Self

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from .cases.model import Case
from .cases.words import Answer, Family, Outcome, Standing
from .desk import read_case
from .storage.erasure_tables import tallies
from .storage.registry_tables import residents
from .storage.tables import cases, timeline

_HELPED: Final = frozenset({Outcome.SEEN_CARE, Outcome.DECEASED})
_WELL: Final = frozenset({Outcome.SEEN_WELL, Outcome.SPOKEN_WELL})
# somebody stood at the door, whether or not it was opened
_AT_THE_DOOR: Final = frozenset(
    {Outcome.SEEN_WELL, Outcome.SEEN_CARE, Outcome.DECEASED, Outcome.NOBODY_OPENED}
)
_SIGNALS: Final = frozenset({Family.WELFARE, Family.EMERGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One case. `owned`: until a person took it; `visited`: until a person was at the door."""

    dong: str
    family: Family
    opened: datetime
    outcome: Outcome | None
    is_open: bool
    owned: timedelta | None = None
    visited: timedelta | None = None


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Signals as mere numbers. Lengths in seconds, of all together: none belongs to a case."""

    signals: int = 0
    emergencies: int = 0
    real: int = 0
    false: int = 0
    by_itself: int = 0
    still_open: int = 0
    unheard: int = 0
    owned: tuple[int, ...] = ()
    visited: tuple[int, ...] = ()

    @classmethod
    def of(cls, all_of_them: Sequence[Signal]) -> Self:
        signals = [signal for signal in all_of_them if signal.family in _SIGNALS]

        def count(wanted: Callable[[Signal], bool]) -> int:
            return sum(wanted(signal) for signal in signals)

        return cls(
            signals=len(signals),
            emergencies=count(lambda s: s.family is Family.EMERGENCY),
            real=count(lambda s: s.outcome in _HELPED),
            false=count(lambda s: s.outcome in _WELL),
            by_itself=count(lambda s: not s.is_open and s.outcome is None),
            still_open=count(lambda s: s.is_open),
            unheard=sum(signal.family is Family.SILENT for signal in all_of_them),
            owned=_seconds(signal.owned for signal in signals),
            visited=_seconds(signal.visited for signal in signals),
        )

    def plus(self, other: Tally) -> Tally:
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in _COUNTED})


_COUNTED: Final = Tally.__struct_fields__


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Over those cases in which it happened at all."""

    count: int
    median: timedelta | None
    slowest: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A dong's month. `dong` is empty for homes that nobody has placed, None for the district."""

    dong: str | None
    signals: int
    emergencies: int
    # a person was in need, or dead
    real: int
    # somebody looked, and all was well
    false: int
    # over before anybody said what it was: a sign of life, an answer at home, a call
    by_itself: int
    still_open: int
    # homes that could not be heard: nothing is known of a person
    unheard: int
    owned: Spread
    visited: Spread


def lines_of(connection: Connection, month: str, begins: datetime, ends: datetime) -> list[Line]:
    """Of the cases opened from `begins` until before `ends`: the district first, then its dongs.

    Cases that are here no more count as their month's tallies.
    """
    here: defaultdict[str, list[Signal]] = defaultdict(list)
    for signal in signals_of(connection, (cases.c.opened >= begins) & (cases.c.opened < ends)):
        here[signal.dong].append(signal)
    by_dong = {dong: Tally.of(signals) for dong, signals in here.items()}
    for row in connection.execute(select(tallies).where(tallies.c.month == month)):
        gone = msgspec.json.decode(row.counts, type=Tally)
        by_dong[row.dong] = by_dong.get(row.dong, Tally()).plus(gone)
    district = reduce(Tally.plus, by_dong.values(), Tally())
    return [_line(None, district), *(_line(dong, by_dong[dong]) for dong in sorted(by_dong))]


def _line(dong: str | None, tally: Tally) -> Line:
    return Line(
        dong=dong,
        signals=tally.signals,
        emergencies=tally.emergencies,
        real=tally.real,
        false=tally.false,
        by_itself=tally.by_itself,
        still_open=tally.still_open,
        unheard=tally.unheard,
        owned=_spread(tally.owned),
        visited=_spread(tally.visited),
    )


def _seconds(lengths: Iterable[timedelta | None]) -> tuple[int, ...]:
    return tuple(round(length.total_seconds()) for length in lengths if length is not None)


def _spread(known: Sequence[int]) -> Spread:
    return Spread(
        count=len(known),
        median=timedelta(seconds=median(known)) if known else None,
        slowest=timedelta(seconds=max(known)) if known else None,
    )


def signals_of(connection: Connection, within: ColumnElement[bool]) -> list[Signal]:
    """Of the cases that are meant; what is only technical tells nothing of a person."""
    rows = connection.execute(
        select(cases.c.state, residents.c.dong)
        .outerjoin(residents, residents.c.household == cases.c.household)
        .where(within, cases.c.family != Family.TROUBLE.value)
    ).all()
    taken, visited = _answers(connection, within)
    return [_signal(read_case(row.state), row.dong or "", taken, visited) for row in rows]


def _signal(
    case: Case, dong: str, taken: dict[str, datetime], visited: dict[str, datetime]
) -> Signal:
    def after(moments: dict[str, datetime]) -> timedelta | None:
        moment = moments.get(case.id)
        return moment - case.opened_at if moment else None

    return Signal(
        dong=dong,
        family=case.family,
        opened=case.opened_at,
        outcome=case.outcome if case.standing is Standing.CLOSED else None,
        is_open=case.is_open,
        owned=after(taken),
        visited=after(visited),
    )


def _answers(
    connection: Connection, within: ColumnElement[bool]
) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """When each of these cases was first taken by a person; when one was first at the door."""
    answers = [Answer.HOLD.value, Answer.HANDLED.value]
    rows = connection.execute(
        select(timeline.c.case, timeline.c.facts, func.min(timeline.c.received).label("at"))
        .join(cases, cases.c.id == timeline.c.case)
        .where(within, timeline.c.code.in_(answers))
        .group_by(timeline.c.case, timeline.c.facts)
        .order_by(func.min(timeline.c.received))
    )
    taken: dict[str, datetime] = {}
    visited: dict[str, datetime] = {}
    for row in rows:
        taken.setdefault(row.case, row.at)
        outcome = msgspec.json.decode(row.facts, type=dict[str, str | int | None]).get("outcome")
        if outcome in _AT_THE_DOOR:
            visited.setdefault(row.case, row.at)
    return taken, visited
