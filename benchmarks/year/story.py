"""The year's story: ordinary silences, cuts, deaths of every kind, shifts, a proclaimed day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from anshim_district.cases.words import Stage
from anshim_district.duty import book as duty_book
from anshim_district.duty.calendar import is_off
from anshim_district.duty.roster import CONTROL
from anshim_district.storage.database import After

from .assumed import Assumed
from .homes import Home, Lines
from .ledger import Death, Kind, Ledger, ceiling_of
from .people import Member, People, put_on_shift
from .times import Deed, Times

SEOUL = ZoneInfo("Asia/Seoul")
PROCLAIMED = date(2026, 10, 2)
# the last working day before Chuseok 2026
EVE = datetime(2026, 9, 23, 17, 50, tzinfo=SEOUL).astimezone(UTC)
# whoever dies last must still be reached before the end
_MARGIN = timedelta(days=5)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(kw_only=True)
class Story:
    times: Times
    lines: Lines
    people: People
    ledger: Ledger
    assumed: Assumed
    random: Random
    homes: list[Home]
    members: list[Member]
    ends: datetime
    # who dies in the next outage of their dong
    doomed: defaultdict[str, list[Home]] = field(default_factory=lambda: defaultdict(list))

    async def begin(self, deaths: int) -> None:
        await self._proclaim()
        await self._write_shifts(self.times.now - _DAY)
        for home in self.homes:
            self._plan_quiet(home)
            self._plan_cut(home)
        for dong in sorted({home.dong for home in self.homes}):
            self._plan_area_cut(dong)
        self._plan_deaths(deaths)

    # who is on duty

    async def _proclaim(self) -> None:
        await self.times.service.database.write(
            lambda c, _: duty_book.write_day(c, PROCLAIMED, "holiday", "임시공휴일")
        )

    async def _write_shifts(self, week: datetime) -> None:
        """The week from tomorrow on, as somebody would write them down."""

        def write(connection: Connection, _: After) -> None:
            special = duty_book.load_special(connection)
            for day in range(7):
                here = (week.astimezone(SEOUL) + timedelta(days=day + 1)).date()
                is_working = is_off(here, special) is None
                for member in self.members:
                    if member.team == CONTROL or (member.team and is_working):
                        put_on_shift(connection, member, *_hours(here, member.team))

        await self.times.service.database.write(write)
        if week + _WEEK < self.ends:
            self.times.at(week + _WEEK, lambda: self._write_shifts(week + _WEEK))

    # the living

    def _plan_quiet(self, home: Home) -> None:
        wait = timedelta(days=self.random.expovariate(1 / self.assumed.days_between_quiets))
        self.times.at(self.times.now + wait, lambda: self._quiet(home))

    async def _quiet(self, home: Home) -> None:
        if not home.alive:
            return
        self._plan_quiet(home)
        if home.stage is not None:
            return
        await self._begin_ladder(home, "silence")
        episode = home.episode
        answers = self.random.random() < self.assumed.answers_at_home
        minutes = self.random.uniform(2, 55) if answers else self.random.uniform(65, 600)
        by = "resident" if answers else "activity"
        self._later(timedelta(minutes=minutes), lambda: self._stir(home, episode, by))

    async def _stir(self, home: Home, episode: int, by: str) -> None:
        if home.alive and home.episode == episode:
            await self.lines.over(home, by)

    async def _begin_ladder(self, home: Home, cause: str) -> None:
        await self.lines.alarm(home, Stage.QUIET, cause)
        self.ledger.quiets += 1
        episode = home.episode
        self._later(self.assumed.knock_after, lambda: self._climb(home, episode, Stage.KNOCK))
        self._later(self.assumed.visit_after, lambda: self._climb(home, episode, Stage.VISIT))

    async def _climb(self, home: Home, episode: int, stage: Stage) -> None:
        if home.stage is not None and home.episode == episode:
            self.ledger.knocks += stage is Stage.KNOCK
            await self.lines.alarm(home, stage, "silence")

    # cuts

    def _plan_cut(self, home: Home) -> None:
        wait = timedelta(days=self.random.expovariate(1 / self.assumed.days_between_cuts))
        self.times.at(self.times.now + wait, lambda: self._cut(home))

    async def _cut(self, home: Home) -> None:
        self._plan_cut(home)
        length = self.assumed.usual_cut * self.random.lognormvariate(0, self.assumed.cut_spread)
        await self.lines.cut(home, length)

    def _plan_area_cut(self, dong: str) -> None:
        days = self.random.expovariate(self.assumed.area_cuts_a_year / 365)
        self.times.at(
            self.times.now + timedelta(days=days), lambda: self._cut_area(dong, again=True)
        )

    async def _cut_area(self, dong: str, *, again: bool = False) -> None:
        if again:
            self._plan_area_cut(dong)
        for home in self.doomed.pop(dong, []):
            await self._die(home, Kind.AREA_CUT)
        length = self.assumed.area_cut * self.random.uniform(0.3, 2)
        for home in self.homes:
            if home.dong == dong:
                # they come back one after the other
                await self.lines.cut(home, length * self.random.uniform(1, 1.1))

    # the dead

    def _plan_deaths(self, count: int) -> None:
        kinds = list(Kind)
        for place, home in enumerate(self.random.sample(self.homes, count)):
            kind = kinds[place % len(kinds)]
            span = (self.ends - self.times.now - _MARGIN).total_seconds()
            moment = self.times.now + timedelta(seconds=self.random.uniform(86400, span))
            if kind is Kind.EVE:
                # so that its visit falls due when everybody goes home
                moment = EVE - self.assumed.visit_after - home.limit
            deed = self._doom if kind is Kind.AREA_CUT else partial(self._die, kind=kind)
            self.times.at(moment, partial(deed, home))
        # outages are not made more frequent for those who die in one, but for who is still waiting
        self.times.at(self.ends - _MARGIN + timedelta(seconds=1), self._cut_for_the_doomed)

    async def _doom(self, home: Home) -> None:
        self.doomed[home.dong].append(home)

    async def _cut_for_the_doomed(self) -> None:
        for dong in sorted(self.doomed):
            await self._cut_area(dong)

    async def _die(self, home: Home, kind: Kind) -> None:
        home.alive = False
        death = Death(kind=kind, since=self.times.now, ceiling=ceiling_of(home))
        self.ledger.deaths[home.number] = death
        home.asked_by = death.since + death.ceiling
        match kind:
            case Kind.HELP:
                await self.lines.alarm(home, Stage.EMERGENCY, "button")
                return
            case Kind.BLIND:
                await self.lines.trouble(home, "blind")
                self._later(death.ceiling, lambda: self._unknown(home))
                death.ceiling += self.assumed.visit_after
                return
            case Kind.AWAY:
                await self.lines.absence(home)
                self._overrun(home, death)
                return
            case Kind.LINE_CUT:
                hours = self.random.uniform(12, 72)
                await self.lines.cut(home, timedelta(hours=hours))
            case Kind.MISTAKEN:
                self.people.mistaken.add(home.number)
            case Kind.WATCHED | Kind.EVE | Kind.AREA_CUT:
                pass
        self._silence(home, self.times.now)

    def _overrun(self, home: Home, death: Death) -> None:
        back = self.times.now + timedelta(hours=self.random.uniform(4, 48))
        death.since = back
        home.asked_by = back + death.ceiling
        self.times.at(back, lambda: self._begin_if_calm(home, "absence_overrun"))

    def _silence(self, home: Home, since: datetime) -> None:
        """The home waits for its limit; after each answer that ended its episode, once more."""

        async def look() -> None:
            if home.number in self.ledger.deaths and self._is_found(home):
                return
            await self._begin_if_calm(home, "silence")
            self._silence(home, self.times.now)

        self.times.at(since + home.limit, look)

    def _is_found(self, home: Home) -> bool:
        return self.ledger.deaths[home.number].found is not None

    async def _begin_if_calm(self, home: Home, cause: str) -> None:
        if home.stage is None:
            await self._begin_ladder(home, cause)

    async def _unknown(self, home: Home) -> None:
        if home.stage is None:
            await self.lines.alarm(home, Stage.UNKNOWN, "blind")

    def _later(self, wait: timedelta, deed: Deed) -> None:
        self.times.at(self.times.now + wait, deed)


def _hours(day: date, team: str) -> tuple[datetime, datetime]:
    begins, length = (0, 24) if team == CONTROL else (9, 9)
    start = datetime(day.year, day.month, day.day, begins, tzinfo=SEOUL).astimezone(UTC)
    return start, start + timedelta(hours=length)
