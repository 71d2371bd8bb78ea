"""Everybody with a telephone: residents, guardians, officers, control centre. Some are absent."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import override

from sqlalchemy import Connection, insert

from anshim_district.access import Role
from anshim_district.cases.happenings import Answers
from anshim_district.cases.words import Answer, Outcome
from anshim_district.duty import book as duty_book
from anshim_district.duty.roster import CONTROL, Shift, Way
from anshim_district.reach.callbacks import Callback
from anshim_district.reach.carrier import Carrier
from anshim_district.reach.outbox import Result
from anshim_district.registry.phones import Dialable
from anshim_district.storage.tables import staff, staff_dongs

from .assumed import Assumed
from .homes import Home, Lines
from .ledger import Ledger
from .times import Deed, Times

_RINGS = timedelta(seconds=40)
_HOLD = timedelta(minutes=25)


@dataclass(frozen=True, kw_only=True)
class Member:
    user: str
    team: str
    phone: str


def roster(assumed: Assumed, dongs: list[str]) -> list[Member]:
    officers = [
        Member(user=f"officer-{n}", team=dong, phone=f"+8210{70_000_000 + n}")
        for n, dong in enumerate(dongs)
    ]
    seats = [
        Member(user=f"seat-{n}", team=CONTROL, phone=f"+8210{80_000_000 + n}")
        for n in range(assumed.control_seats)
    ]
    # told when nobody else takes it
    chief = Member(user="admin", team="", phone="+821090000000")
    return [*officers, *seats, chief]


def hire(connection: Connection, members: list[Member]) -> None:
    for member in members:
        if not member.team:
            duty_book.write_user_phone(connection, member.user, member.phone)
            continue
        role = Role.CONTROL if member.team == CONTROL else Role.OFFICER
        connection.execute(
            insert(staff).values(user=member.user, role=role.value, password="", phone=member.phone)
        )
        if role is Role.OFFICER:
            connection.execute(insert(staff_dongs).values(user=member.user, dong=member.team))


def put_on_shift(connection: Connection, member: Member, begins: datetime, ends: datetime) -> None:
    shift = Shift(team=member.team, user=member.user, begins=begins, ends=ends)
    duty_book.add_shift(connection, shift)


@dataclass(kw_only=True)
class People(Carrier):
    """The telephone network and who is at its ends."""

    times: Times
    lines: Lines
    ledger: Ledger
    assumed: Assumed
    random: Random
    homes: dict[str, Home]
    members: dict[str, Member]
    dead_numbers: set[str] = field(default_factory=set)
    # whom staff will take for alive, once
    mistaken: set[int] = field(default_factory=set)
    ways: frozenset[Way] = frozenset({Way.TEXT, Way.CALL})
    _absent: dict[tuple[str, datetime], bool] = field(default_factory=dict)

    @override
    async def text(self, to: Dialable, words: str, *, reference: str) -> None:
        self.ledger.texts += 1
        member, home = self._who(to), self._home(reference)
        if member:
            if self._is_there(member) and self._chance(self.assumed.sees_text):
                self._later(self._between(1, 4), lambda: self._take(home, reference, member))
        elif to.e164 == home.guardian_phone and self._chance(self.assumed.guardian_looks):
            self._later(self._between(30, 180), lambda: self._guardian_looks(home, reference))

    @override
    async def call(self, to: Dialable, words: str, *, digits: str, reference: str) -> None:
        self.ledger.calls += 1
        member, home = self._who(to), self._home(reference)
        if member:
            takes = self._is_there(member) and self._chance(self.assumed.takes_call)
            self._later(_RINGS, lambda: self._answered(home, reference, member, takes=takes))
        else:
            self.ledger.asked += 1
            self._later(_RINGS, lambda: self._resident_called(home, reference, to))

    @override
    async def close(self) -> None:
        """Nothing is open."""

    def _who(self, to: Dialable) -> Member | None:
        return self.members.get(to.e164)

    def _home(self, reference: str) -> Home:
        return self.homes["h-" + reference.split("-")[1]]

    def _is_there(self, member: Member) -> bool:
        """For a whole shift or not at all: one shift is a day or a night."""
        shift = (member.user, self.times.now.replace(hour=0, minute=0, second=0, microsecond=0))
        if shift not in self._absent:
            self._absent[shift] = self._chance(self.assumed.no_show)
        return not self._absent[shift]

    # the resident and the guardian

    async def _resident_called(self, home: Home, reference: str, to: Dialable) -> None:
        digit = ""
        if to.e164 in self.dead_numbers:
            result = Result.DEAD_NUMBER
        elif home.alive and self._chance(self.assumed.presses_one):
            result, digit = Result.ANSWERED, "1"
        else:
            speaks = self._chance(self.assumed.voicemail)
            result = Result.ANSWERED if speaks else Result.NO_ANSWER
        await self._say_back(reference, result, digit)
        if digit:
            self.ledger.pressed += 1
            await self.lines.over(home, "elsewhere")

    async def _guardian_looks(self, home: Home, reference: str) -> None:
        if not home.alive and home.guardian_phone not in self.dead_numbers:
            self.ledger.reached(home, self.times.now, found=True)
            await self._answer(home, _case(reference), "seat-0", Answer.HANDLED, Outcome.DECEASED)

    # staff

    async def _answered(self, home: Home, reference: str, member: Member, *, takes: bool) -> None:
        result = Result.ANSWERED if takes else Result.NO_ANSWER
        await self._say_back(reference, result, "1" if takes else "")
        if takes:
            await self._take(home, reference, member)

    async def _take(self, home: Home, reference: str, member: Member) -> None:
        case = _case(reference)
        if not await self._answer(home, case, member.user, Answer.HOLD):
            return
        self.ledger.holds += 1
        self.ledger.reached(home, self.times.now)
        self._later(self._between(2, 8), lambda: self._telephone(home, case, member))

    async def _telephone(self, home: Home, case: str, member: Member) -> None:
        if home.number in self.mistaken:
            self.mistaken.discard(home.number)
            if await self._answer(home, case, member.user, Answer.HANDLED, Outcome.SPOKEN_WELL):
                self.ledger.begins_anew(home, self.times.now)
                return
        there = home.alive and home.phone not in self.dead_numbers
        if there and self._chance(self.assumed.picks_up):
            await self._answer(home, case, member.user, Answer.HANDLED, Outcome.SPOKEN_WELL)
            return
        way = self._between(20, 60)
        if way > _HOLD and not self._chance(self.assumed.forgets_to_extend):
            self._later(_HOLD, lambda: self._extend(home, case, member))
        self._later(way, lambda: self._at_the_door(home, case, member))

    async def _extend(self, home: Home, case: str, member: Member) -> None:
        await self._answer(home, case, member.user, Answer.HOLD)

    async def _at_the_door(self, home: Home, case: str, member: Member) -> None:
        if home.alive:
            opens = self._chance(self.assumed.opens)
            outcome = Outcome.SEEN_WELL if opens else Outcome.NOBODY_OPENED
        else:
            outcome = Outcome.NOBODY_OPENED
            if self._chance(self.assumed.gets_in):
                outcome = Outcome.DECEASED
        if await self._answer(home, case, member.user, Answer.HANDLED, outcome):
            self.ledger.visits += home.alive
            if outcome is Outcome.DECEASED:
                self.ledger.reached(home, self.times.now, found=True)

    async def _answer(
        self, home: Home, case: str, by: str, answer: Answer, outcome: Outcome | None = None
    ) -> bool:
        """Whether it was taken. What closes is a receipt, and ends the episode at home as well."""
        now, casework = self.times.now, self.times.service.casework
        member = next(m for m in self.members.values() if m.user == by)
        said = Answers(
            case=case, answer=answer, by=by, outcome=outcome, teams=frozenset({member.team})
        )
        decision = await self.times.service.database.write(
            lambda c, a: casework.happen(c, a, home.household, said, now)
        )
        if decision.refusal:
            return False
        if outcome is not None and outcome.closes:
            home.stage = None
        return True

    async def _say_back(self, reference: str, result: Result, digit: str) -> None:
        now, hearing = self.times.now, self.times.service.ear.hearing
        said = Callback(reference=reference, result=result, digit=digit)
        await self.times.service.database.write(
            lambda c, a: hearing.hear(c, a, f"{reference}-{result}", said, now)
        )

    def _later(self, wait: timedelta, deed: Deed) -> None:
        self.times.at(self.times.now + wait, deed)

    def _between(self, low: float, high: float) -> timedelta:
        return timedelta(minutes=self.random.uniform(low, high))

    def _chance(self, of: float) -> bool:
        return self.random.random() < of


def _case(reference: str) -> str:
    """`c-…-1-tell.1.0.0` is about the case `c-…-1`."""
    return reference.partition(".")[0].rpartition("-")[0]
