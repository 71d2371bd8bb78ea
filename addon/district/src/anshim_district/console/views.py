"""What the pages show, read from the database as frozen values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Connection,
    Row,
    case as sql_case,
    func,
    insert,
    select,
)

from ..access import is_local
from ..accounts import Login
from ..cases.model import Case
from ..cases.silent import waits_until
from ..cases.words import Family, Stage, Standing
from ..desk import read_case
from ..duty import errands
from ..forgetting.missing import MissingJournal, missing_journal
from ..messages import Heartbeat, HomeCondition
from ..outages import Outage, current
from ..places import Scope
from ..registry import book
from ..registry.resident import masked
from ..registry.rounds import waits_for_round
from ..registry.vault import Vault
from ..storage.tables import (
    cases,
    households,
    is_open,
    kits,
    looks,
    pulses,
    revocations,
    timeline,
)
from .apart import Waiting, waiting
from .sight import within

_URGENCY: Final = (Family.EMERGENCY, Family.WELFARE, Family.SILENT, Family.TROUBLE)
_TURN: Final = (Standing.FREE, Standing.HELD, Standing.RESTING, Standing.CLOSED)
# on one page
MOST: Final = 500
_LOST: Final = (
    select(func.max(revocations.c.since))
    .where(revocations.c.household == households.c.id)
    .scalar_subquery()
)
_BELIEVABLE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How lists show a home: where, and enough of a name to tell it from others."""

    dong: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    household: str
    case: Case
    label: Label | None = None

    def asks_nothing(self, now: datetime) -> datetime | None:
        """Until when nobody has to do anything about it."""
        until = waits_until(self.case)
        return until if until and until > now else None

    @property
    def since(self) -> datetime:
        """When it began; a home's clock that is days off is not shown to people."""
        began, opened = self.case.began_at, self.case.opened_at
        return began if began and opened - began < _BELIEVABLE else opened

    @property
    def next(self) -> tuple[str, str, datetime] | None:
        """What happens by itself next: a text's key, a stage's word, the moment."""
        case = self.case
        if case.due is None:
            return None
        if case.unknown_at == case.due:
            return "next.unknown", "", case.due
        if case.standing is Standing.HELD:
            return "next.hold", "", case.due
        if case.standing is Standing.RESTING:
            return "next.rearm", "", case.due
        for rung in case.rungs:
            if rung.at == case.due:
                return "next.rung", rung.stage.value, case.due
        return "next.again", "", case.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a timeline."""

    case: str | None
    code: str
    by: str
    at: datetime
    received: datetime
    facts: dict[str, str | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    cases: list[CaseView]
    waiting: Waiting
    # cases of which no text or call goes out to anybody
    untold: int = 0
    # messages that the control centre's own system has not taken
    untaken: int = 0
    outages: Sequence[Outage] = ()
    # there are more than are shown
    is_cut: bool = False
    # homes with a case that cannot be read: one of them must not hide the others
    unreadable: Sequence[str] = ()
    # the journal of erasures was missing: for administrators
    missing_journal: MissingJournal | None = None

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [
            (family.value, sum(view.case.family is family for view in self.cases))
            for family in _URGENCY
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    household: str
    kit: str | None
    relay_version: str | None
    enrolled: datetime | None
    heard: datetime | None
    home_heard: datetime | None
    connection: str
    condition: HomeCondition | None
    withdrawn: datetime | None
    label: Label | None = None
    # since when its kit is reported lost, and no other speaks for it
    without_kit: datetime | None = None


def labels(connection: Connection, vault: Vault, homes: set[str]) -> dict[str, Label]:
    found = book.look_up_all(connection, vault, homes)
    return {
        household: Label(dong=one.dong, name=masked(one.entry.resident.name) if one.entry else "🔒")
        for household, one in found.items()
    }


def board(connection: Connection, vault: Vault, person: Login, now: datetime) -> Board:
    # should there ever be more than fit, the most urgent are among those that are shown
    urgency = sql_case({f.value: i for i, f in enumerate(_URGENCY)}, value=cases.c.family)
    height = sql_case({stage.value: stage.height for stage in Stage}, value=cases.c.stage)
    query = select(cases.c.household, cases.c.state).where(is_open)
    rows = connection.execute(
        within(query, cases.c.household, person).order_by(urgency, height.desc(), cases.c.opened)
    )
    one_more, unreadable = _readable(rows, MOST + 1)
    found = one_more[:MOST]
    known = labels(connection, vault, {household for household, _ in found})
    views = [
        CaseView(household=household, case=case, label=known.get(household))
        for household, case in found
    ]
    return Board(
        cases=sorted(views, key=partial(_urgency, now)),
        waiting=waiting(connection, person),
        untold=errands.untold(connection),
        untaken=errands.untaken(connection),
        is_cut=len(one_more) > MOST,
        unreadable=unreadable,
        outages=[one for one in current(connection) if _concerns(one, person)],
        missing_journal=missing_journal(connection),
    )


def _readable(rows: Iterable[Row[Any]], most: int) -> tuple[list[tuple[str, Case]], list[str]]:
    """Those for now, and homes with one that cannot be read.

    Weak batteries are for the weekly round: on the board they would bury what is for now.
    """
    found: list[tuple[str, Case]] = []
    unreadable: list[str] = []
    for row in rows:
        try:
            case = read_case(row.state)
        except msgspec.DecodeError:
            unreadable.append(row.household)
            continue
        if not waits_for_round(case):
            found.append((row.household, case))
        if len(found) == most:
            break
    return found, unreadable


def _concerns(outage: Outage, person: Login) -> bool:
    """A line may cross several dongs."""
    here = outage.scope is not Scope.DONG or outage.place in person.dongs
    return here or not is_local(person.role)


def _urgency(now: datetime, view: CaseView) -> tuple[int, int, bool, int, datetime]:
    case = view.case
    return (
        _URGENCY.index(case.family),
        -case.stage.height,
        view.asks_nothing(now) is not None,
        _TURN.index(case.standing),
        case.opened_at,
    )


def one_case(connection: Connection, case: str) -> CaseView | None:
    row = connection.execute(
        select(cases.c.household, cases.c.state).where(cases.c.id == case)
    ).first()
    return CaseView(household=row.household, case=read_case(row.state)) if row else None


def cases_of(connection: Connection, household: str) -> list[CaseView]:
    rows = connection.scalars(
        select(cases.c.state)
        .where(cases.c.household == household)
        .order_by(cases.c.opened.desc())
        .limit(MOST)
    )
    return [CaseView(household=household, case=read_case(state)) for state in rows]


def newest_line(connection: Connection, household: str) -> int:
    newest = select(func.max(timeline.c.n)).where(timeline.c.household == household)
    return connection.scalar(newest) or 0


def entries(connection: Connection, household: str, case: str | None = None) -> list[Entry]:
    wanted = timeline.c.case == case if case else timeline.c.household == household
    rows = connection.execute(
        select(timeline).where(wanted).order_by(timeline.c.n.desc()).limit(MOST)
    )
    return [
        Entry(
            case=row.case,
            code=row.code,
            by=row.by,
            at=row.at,
            received=row.received,
            facts=msgspec.json.decode(row.facts, type=dict[str, str | int | None]),
        )
        for row in rows
    ]


def homes(
    connection: Connection, vault: Vault, now: datetime, only: set[str] | None, person: Login
) -> list[HomeView]:
    query = (
        select(
            households.c.id.label("household"),
            households.c.withdrawn,
            kits.c.id.label("kit"),
            kits.c.relay_version,
            kits.c.enrolled,
            pulses.c.heard,
            pulses.c.home_heard,
            pulses.c.silent,
            pulses.c.claimed,
            pulses.c.outage,
            pulses.c.interval_s,
            pulses.c.condition,
            _LOST.label("lost"),
        )
        .outerjoin(kits, kits.c.id == households.c.kit)
        .outerjoin(pulses, pulses.c.kit == kits.c.id)
        .order_by(households.c.id)
        .limit(MOST)
    )
    if only is not None:
        query = query.where(households.c.id.in_(only))
    query = within(query, households.c.id, person)
    rows = connection.execute(query).all()
    known = labels(connection, vault, {row.household for row in rows})
    return [_home_view(row, known.get(row.household), now) for row in rows]


def _home_view(row: Row[Any], label: Label | None, now: datetime) -> HomeView:
    beat = msgspec.json.decode(row.condition, type=Heartbeat) if row.condition else None
    return HomeView(
        household=row.household,
        kit=row.kit,
        relay_version=row.relay_version,
        enrolled=row.enrolled,
        heard=row.heard,
        home_heard=row.home_heard if beat else None,
        connection=_connection(
            row.heard,
            row.interval_s,
            missed=bool(row.silent or row.claimed or row.outage),
            spoke=beat is not None,
            now=now,
        )
        if row.kit or not row.lost
        else "no_kit",
        condition=beat.home if beat else None,
        withdrawn=row.withdrawn,
        label=label,
        without_kit=None if row.kit else row.lost,
    )


def _connection(
    heard: datetime | None, interval_s: int | None, *, missed: bool, spoke: bool, now: datetime
) -> str:
    if heard is None or interval_s is None or (not spoke and not missed):
        return "waiting"
    if missed:
        return "silent"
    return "connected" if now - heard < timedelta(seconds=2 * interval_s) else "late"


def log_look(connection: Connection, *, user: str, what: str, subject: str, now: datetime) -> None:
    """Who looked at whose data: kept before it is shown."""
    connection.execute(insert(looks).values(at=now, user=user, what=what, subject=subject))
