"""What a case has people told or asked: begun, and ended, by the write that changes the case.

Called by `casework`. The dispatcher goes on with them; nothing here sends anything.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import functools
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, update

from ..cases.model import Case, File
from ..cases.words import Family, Stage, Standing
from ..storage.duty_tables import errands
from ..storage.upsert import upsert


class Kind(StrEnum):
    # whoever responds is told
    TELL = "tell"
    # a colleague is told what was given to them
    GIVE = "give"
    # the resident is asked by an automatic call
    ASK = "ask"
    # the control centre's systems are told, and hear what becomes of it
    HOOK = "hook"
    DC09 = "dc09"
    # the administrators are told that the telephone line is down; of no case
    LINE = "line"


# of people: over once somebody has the case
PEOPLE: Final = frozenset({Kind.TELL, Kind.ASK})
# what the dispatcher goes on with
DISPATCHED: Final = PEOPLE | {Kind.GIVE, Kind.LINE}
# of what the options may leave out
OPTIONAL: Final = frozenset({Kind.HOOK, Kind.DC09, Kind.LINE})
_SYSTEMS: Final = frozenset({Kind.HOOK, Kind.DC09})

# the home itself asks first: nobody is told of a silence that has only begun
_TOLD_AT_ONCE: Final = frozenset({Stage.VISIT, Stage.EMERGENCY})
_ASKED_FIRST: Final = frozenset({Stage.KNOCK, Stage.UNKNOWN})
# what is only technical waits for the board: nobody is called out of bed for a router
_OF_PEOPLE: Final = frozenset({Family.EMERGENCY, Family.WELFARE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    id: str
    kind: Kind
    household: str
    case: str
    urgent: bool
    round: int
    step: int
    failures: int
    since: datetime
    # whose turn it was when this round began
    turns: str | None = None

    def reference(self, place: int = 0) -> str:
        """The same for the same step, however often it is tried."""
        return f"{self.id}.{self.round}.{self.step}.{place}"


def follow(
    connection: Connection, *, before: File, after: File, asking: timedelta, now: datetime
) -> None:
    """`asking`: how long the automatic call has before people are told all the same."""
    known = {case.id: case for case in before.cases}
    household = after.ledger.household
    for case in after.cases:
        previous = known.get(case.id)
        if case.family not in _OF_PEOPLE or case == previous:
            continue
        match _wanted(previous, case):
            case Kind.TELL:
                end(connection, case.id, kind=Kind.ASK)
                begin(connection, Kind.TELL, household, case, at=now)
            case Kind.ASK:
                begin(connection, Kind.ASK, household, case, at=now)
                begin(connection, Kind.TELL, household, case, at=now + asking)
            case _ if case.standing is not Standing.FREE:
                end(connection, case.id)
        if case.standing is not Standing.FREE and previous and previous.standing != case.standing:
            say_news(connection, case.id, now)


def follow_gifts(connection: Connection, *, before: File, after: File, now: datetime) -> None:
    """Apart from the telling of others, which goes on as it was. What is taken ends by itself."""
    known = {case.id: case.given_to for case in before.cases}
    for case in after.cases:
        if case.given_to and case.given_to != known.get(case.id):
            begin(connection, Kind.GIVE, after.ledger.household, case, at=now)


def _wanted(previous: Case | None, case: Case) -> Kind | None:
    """What is to be begun. Nothing while somebody has it, or while it only goes on as it was."""
    if case.standing is not Standing.FREE:
        return None
    came_back = previous is not None and previous.standing is not Standing.FREE
    higher = previous is None or case.stage.height > previous.stage.height
    if not came_back and not higher:
        return None
    if case.stage in _TOLD_AT_ONCE:
        return Kind.TELL
    if case.stage not in _ASKED_FIRST:
        return None
    if came_back:
        # a person has tried already: another call by machine would tell nothing new
        return Kind.TELL
    was_asked = previous is not None and previous.stage in _ASKED_FIRST
    return None if was_asked else Kind.ASK


def begin(connection: Connection, kind: Kind, household: str, case: Case, *, at: datetime) -> None:
    values = {
        "urgent": case.family is Family.EMERGENCY,
        "step": 0,
        "failures": 0,
        "since": at,
        "due": at,
    }
    connection.execute(
        upsert(connection, errands)
        .values(
            id=f"{case.id}-{kind}",
            kind=kind.value,
            household=household,
            case=case.id,
            round=1,
            **values,
        )
        .on_conflict_do_update(index_elements=["id"], set_={**values, "round": errands.c.round + 1})
    )


def end(connection: Connection, case: str, *, kind: Kind | None = None) -> None:
    """Of people all, where no kind is named: a system hears the end of it as well."""
    ended = update(errands).where(errands.c.case == case, errands.c.due.is_not(None))
    kinds = PEOPLE if kind is None else {kind}
    connection.execute(ended.where(errands.c.kind.in_(kinds)).values(due=None))


def hand_over(connection: Connection, errand: Errand, kind: Kind, now: datetime) -> None:
    """A system is told, once more in each round; what it has not taken yet goes on as it is."""
    id_ = f"{errand.case}-{kind}"
    untaken = (errands.c.id == id_, errands.c.due.is_not(None), errands.c.step == 0)
    if connection.execute(update(errands).where(*untaken).values(due=now)).rowcount:
        return
    values = {"urgent": errand.urgent, "step": 0, "failures": 0, "since": now, "due": now}
    connection.execute(
        upsert(connection, errands)
        .values(
            id=id_,
            kind=kind.value,
            household=errand.household,
            case=errand.case,
            round=1,
            **values,
        )
        .on_conflict_do_update(index_elements=["id"], set_={**values, "round": errands.c.round + 1})
    )


def say_news(connection: Connection, case: str, now: datetime) -> None:
    """Whoever has it now, or that it is over: a message of its own to each system told of it."""
    connection.execute(
        update(errands)
        .where(errands.c.case == case, errands.c.kind.in_(_SYSTEMS))
        .values(step=errands.c.step + 1, failures=0, since=now, due=now)
    )


def give_up(connection: Connection, kinds: Collection[Kind]) -> None:
    """What is told nobody any more: the options name no such system now."""
    going = errands.c.kind.in_(kinds) & errands.c.due.is_not(None)
    connection.execute(update(errands).where(going).values(due=None))


def tell_now(connection: Connection, case: str, now: datetime) -> None:
    """The call came to nothing: people need not wait any longer."""
    waits = _telling(case, after=now)
    connection.execute(
        update(errands).where(*waits, errands.c.step == 0).values(since=now, due=now)
    )


def pass_on(connection: Connection, case: str, now: datetime) -> None:
    """Somebody who was told gave it on: whoever comes next need not wait for them."""
    waits = _telling(case, after=now)
    connection.execute(update(errands).where(*waits, errands.c.step > 0).values(due=now))


def _telling(case: str, *, after: datetime) -> tuple[ColumnElement[bool], ...]:
    """Goes on by itself later."""
    is_of_it = errands.c.case == case
    return is_of_it, errands.c.kind == Kind.TELL.value, errands.c.due > after


def put_off(
    connection: Connection,
    errand: Errand,
    *,
    due: datetime | None,
    step: int | None = None,
    failures: int = 0,
) -> None:
    """Goes on later, unless it was begun anew, ended or moved on meanwhile."""
    connection.execute(
        update(errands)
        .where(
            errands.c.id == errand.id,
            errands.c.round == errand.round,
            errands.c.step == errand.step,
            errands.c.due.is_not(None),
        )
        .values(due=due, failures=failures, step=errand.step if step is None else step)
    )


def remember_turns(connection: Connection, errand: Errand, turns: str) -> None:
    connection.execute(update(errands).where(errands.c.id == errand.id).values(turns=turns))


def next_round(connection: Connection, errand: Errand, *, at: datetime) -> None:
    """Everybody was told, and nobody has it: from the beginning."""
    connection.execute(
        update(errands)
        .where(
            errands.c.id == errand.id,
            errands.c.round == errand.round,
            errands.c.due.is_not(None),
        )
        .values(round=errand.round + 1, step=0, since=at, due=at)
    )


def due_errands(
    connection: Connection, now: datetime, most: int, kinds: frozenset[Kind] = DISPATCHED
) -> Sequence[Errand]:
    """Calls for help first."""
    rows = connection.execute(
        select(errands)
        .where(errands.c.due <= now, errands.c.kind.in_(kinds))
        .order_by(errands.c.urgent.desc(), errands.c.due)
        .limit(most)
    )
    return [_errand(row) for row in rows]


def is_still_due(connection: Connection, errand: Errand, now: datetime) -> bool:
    """Not so when another worker has just taken it.

    Judged where it was found due: what is kept in milliseconds may be a hair after the same `now`.
    """
    found = select(errands.c.id).where(
        errands.c.id == errand.id,
        errands.c.round == errand.round,
        errands.c.step == errand.step,
        errands.c.due <= now,
    )
    return connection.scalar(found) is not None


def next_due(connection: Connection, kinds: frozenset[Kind] = DISPATCHED) -> datetime | None:
    due: datetime | None = connection.scalar(_next_due(kinds))
    return due


@functools.cache
def _next_due(kinds: frozenset[Kind]) -> Select[tuple[datetime | None]]:
    """Asked after every step: put together once."""
    due = errands.c.due
    return select(func.min(due)).where(due.is_not(None), errands.c.kind.in_(kinds))


def untold(connection: Connection) -> int:
    """Cases of which nobody could be told."""
    return _failing(connection, errands.c.kind.in_(PEOPLE))


def untaken(connection: Connection) -> int:
    """Messages that a system of the control centre has not taken yet."""
    return _failing(connection, errands.c.kind.in_(_SYSTEMS))


def _failing(connection: Connection, which: ColumnElement[bool]) -> int:
    failing = select(func.count()).where(errands.c.due.is_not(None), errands.c.failures > 0, which)
    return connection.scalar(failing) or 0


def find_errand(connection: Connection, id_: str) -> Errand | None:
    row = connection.execute(select(errands).where(errands.c.id == id_)).first()
    return _errand(row) if row else None


def _errand(row: Row[tuple[object, ...]]) -> Errand:
    return Errand(
        id=row.id,
        kind=Kind(row.kind),
        household=row.household,
        case=row.case,
        urgent=row.urgent,
        round=row.round,
        step=row.step,
        failures=row.failures,
        since=row.since,
        turns=row.turns,
    )
