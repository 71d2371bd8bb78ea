"""What a council asks of a month: signals, how many were real, how soon somebody was there.

By dong, without a name or a pseudonym. Called by the console.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from .cases.model import Case
from .cases.words import Answer, Family, Outcome, Standing
from .desk import read_case
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
    outcome: Outcome | None
    is_open: bool
    owned: timedelta | None = None
    visited: timedelta | None = None


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


def lines_of(connection: Connection, begins: datetime, ends: datetime) -> list[Line]:
    """Of the cases opened from `begins` until before `ends`: the district first, then its dongs."""
    signals = _signals(connection, begins, ends)
    dongs = sorted({signal.dong for signal in signals})
    return [
        _line(None, signals),
        *(_line(dong, [s for s in signals if s.dong == dong]) for dong in dongs),
    ]


def _line(dong: str | None, all_of_them: Sequence[Signal]) -> Line:
    signals = [signal for signal in all_of_them if signal.family in _SIGNALS]

    def count(wanted: Callable[[Signal], bool]) -> int:
        return sum(wanted(signal) for signal in signals)

    return Line(
        dong=dong,
        signals=len(signals),
        emergencies=count(lambda s: s.family is Family.EMERGENCY),
        real=count(lambda s: s.outcome in _HELPED),
        false=count(lambda s: s.outcome in _WELL),
        by_itself=count(lambda s: not s.is_open and s.outcome is None),
        still_open=count(lambda s: s.is_open),
        unheard=sum(signal.family is Family.SILENT for signal in all_of_them),
        owned=_spread(signal.owned for signal in signals),
        visited=_spread(signal.visited for signal in signals),
    )


def _spread(lengths: Iterable[timedelta | None]) -> Spread:
    known = [length for length in lengths if length is not None]
    return Spread(
        count=len(known),
        median=timedelta(seconds=median(one.total_seconds() for one in known)) if known else None,
        slowest=max(known, default=None),
    )


def _signals(connection: Connection, begins: datetime, ends: datetime) -> list[Signal]:
    within = (cases.c.opened >= begins) & (cases.c.opened < ends)
    rows = connection.execute(
        select(cases.c.state, residents.c.dong)
        .outerjoin(residents, residents.c.household == cases.c.household)
        .where(within, cases.c.family != Family.TROUBLE.value)
    ).all()
    taken, visited = _answers(connection, begins, ends)
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
        outcome=case.outcome if case.standing is Standing.CLOSED else None,
        is_open=case.is_open,
        owned=after(taken),
        visited=after(visited),
    )


def _answers(
    connection: Connection, begins: datetime, ends: datetime
) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """When each case of the time was first taken by a person; when one was first at the door."""
    within = (cases.c.opened >= begins) & (cases.c.opened < ends)
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
