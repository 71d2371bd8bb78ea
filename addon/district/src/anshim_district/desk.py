"""What the decisions of one commit read and write: fetched for many homes at once, kept at once.

`casework` decides at it; whoever opened it puts everything down before the commit. Until then the
database does not know what was decided here.
"""

from collections.abc import Collection
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct
import orjson
from sqlalchemy import Connection, select

from .cases.model import Case, File, Ledger, Noted
from .downlink import Letter
from .storage.among import among
from .storage.gathered import Gathered
from .storage.piles import insert_all, update_all
from .storage.tables import cases, downlink, households, is_open, kits, timeline

type Row = dict[str, object]


class _Row(Struct, frozen=True, array_like=True):
    """A household with one of its open cases, or without. What is binary: hexadecimal."""

    id: str
    ledger: str
    kit: str | None
    withdrawn: datetime | None
    down_counter: int | None
    state: str | None


_HOMES: Final = Gathered(
    select(
        households.c.id,
        households.c.ledger,
        households.c.kit,
        households.c.withdrawn,
        kits.c.down_counter,
        cases.c.state,
    )
    .select_from(households)
    .outerjoin(kits, kits.c.id == households.c.kit)
    .outerjoin(cases, (cases.c.household == households.c.id) & is_open)
    .where(among(households.c.id, "households")),
    _Row,
)


class NoSuchHouseholdError(Exception):
    """Nobody issued a code for this household."""


@dataclass(slots=True, kw_only=True)
class Home:
    """A household as it lies on the desk."""

    file: File
    withdrawn: datetime | None
    # who speaks for it, and the number of the last message to it
    kit: str | None
    counter: int


@dataclass(slots=True)
class Desk:
    connection: Connection
    _homes: dict[str, Home] = field(default_factory=dict)
    _ledgers: dict[str, Ledger] = field(default_factory=dict)
    _opened: dict[str, Row] = field(default_factory=dict)
    _changed: dict[str, Row] = field(default_factory=dict)
    _lines: list[Row] = field(default_factory=list)
    _letters: list[Row] = field(default_factory=list)
    _counters: dict[str, int] = field(default_factory=dict)

    def fetch(self, wanted: Collection[str]) -> None:
        """What does not lie here yet."""
        asked = [one for one in wanted if one not in self._homes]
        if not asked:
            return
        open_: dict[str, list[Case]] = {}
        # a row for each open case, or one without
        rows = _HOMES.of(self.connection, households=asked)
        for row in rows:
            of_home = open_.setdefault(row.id, [])
            if row.state is not None:
                of_home.append(read_case(bytes.fromhex(row.state)))
        for row in rows:
            if row.id not in self._homes:
                self._homes[row.id] = Home(
                    file=File(
                        ledger=read_ledger(bytes.fromhex(row.ledger)), cases=tuple(open_[row.id])
                    ),
                    withdrawn=row.withdrawn,
                    kit=row.kit,
                    counter=row.down_counter or 0,
                )

    def home(self, household: str) -> Home:
        self.fetch([household])
        if household not in self._homes:
            raise NoSuchHouseholdError(household)
        return self._homes[household]

    def knows(self, household: str) -> bool:
        """Not one that was erased since its kit was last heard."""
        self.fetch([household])
        return household in self._homes

    def keep(self, file: File) -> None:
        home = self.home(file.ledger.household)
        before = home.file
        if file.ledger != before.ledger:
            self._ledgers[file.ledger.household] = file.ledger
        known = {case.id: case for case in before.cases}
        for case in file.cases:
            if case.id not in known or case.id in self._opened:
                self._opened[case.id] = {"id": case.id, "household": file.ledger.household} | (
                    _columns(case)
                )
            elif known[case.id] != case:
                self._changed[case.id] = {"id": case.id} | _columns(case)
        # as it would be read back: what is closed is history
        home.file = replace(file, cases=tuple(case for case in file.cases if case.is_open))

    def note(self, household: str, noted: Noted, now: datetime) -> None:
        self._lines.append(line(household, noted, now))

    def send(self, household: str, letter: Letter) -> str | None:
        """To the kit that speaks for the household now. Without one there is nobody to tell."""
        home = self.home(household)
        if home.kit is None:
            return None
        home.counter += 1
        self._counters[home.kit] = home.counter
        self._letters.append(letter(home.kit, home.counter))
        return home.kit

    def put_down(self) -> None:
        """What is closed goes before what is opened: only one may be open in a family."""
        connection = self.connection
        opened = sorted(self._opened.values(), key=_is_open)
        counters = [{"id": kit, "down_counter": n} for kit, n in self._counters.items()]
        update_all(connection, households, "id", _ledger_rows(self._ledgers))
        update_all(connection, cases, "id", list(self._changed.values()))
        insert_all(connection, cases, opened)
        insert_all(connection, timeline, self._lines)
        update_all(connection, kits, "id", counters)
        insert_all(connection, downlink, self._letters)
        self.clear()

    def clear(self) -> None:
        """Whoever writes past the desk begins with an empty one."""
        for pile in (self._homes, self._ledgers, self._opened, self._changed, self._counters):
            pile.clear()
        self._lines.clear()
        self._letters.clear()


def line(household: str, noted: Noted, now: datetime) -> Row:
    return {
        "household": household,
        "case": noted.case,
        "code": noted.code,
        "by": noted.by,
        "at": noted.at,
        "received": now,
        "facts": orjson.dumps(noted.facts).decode(),
    }


def read_ledger(state: bytes) -> Ledger:
    return msgspec.json.decode(state, type=Ledger)


def read_case(state: bytes) -> Case:
    return msgspec.json.decode(state, type=Case)


def _ledger_rows(ledgers: dict[str, Ledger]) -> list[Row]:
    return [{"id": of, "ledger": msgspec.json.encode(ledger)} for of, ledger in ledgers.items()]


def _is_open(row: Row) -> bool:
    return bool(row["is_open"])


def _columns(case: Case) -> Row:
    return {
        "family": case.family.value,
        "stage": case.stage.value,
        "standing": case.standing.value,
        "owner": case.owner,
        "opened": case.opened_at,
        "changed": case.changed_at,
        "due": case.due,
        "is_open": case.is_open,
        "state": msgspec.json.encode(case),
    }
