"""Homes: what a kit says by the ladder of the home, through a line that may be cut."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
from sqlalchemy import Connection, insert, update

from anshim_district.cases.happenings import Alarm, Happening, HeardAgain, Over, Said, Technical
from anshim_district.cases.words import Stage
from anshim_district.households import open_household
from anshim_district.messages import (
    Heartbeat,
    Highwater,
    HomeCondition,
    Queue,
    Sources,
)
from anshim_district.pulse import asked_after, interval, silent_after
from anshim_district.registry import book
from anshim_district.registry.resident import Entry, Guardian, Phone, Resident
from anshim_district.registry.vault import Vault
from anshim_district.storage.database import After
from anshim_district.storage.tables import households, kits, pulses

from .assumed import Assumed
from .times import Times

_NEAR = timedelta(hours=6)
# while heartbeats come each of them moves it on: nobody is missed
_HEARD_ON = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class Home:
    number: int
    dong: str
    limit: timedelta
    alive: bool = True
    stage: Stage | None = None
    episode: int = 0
    version: int = 0
    # by when somebody is asked whatever could be seen; the living move it on all the time
    asked_by: datetime | None = None
    lines_down: int = 0
    waiting: deque[tuple[str, Happening]] = field(default_factory=deque)

    @property
    def household(self) -> str:
        return f"h-{self.number:08d}"

    @property
    def kit(self) -> str:
        return f"k-{self.number:08d}"

    @property
    def phone(self) -> str:
        return f"+8210{10_000_000 + self.number}"

    @property
    def guardian_phone(self) -> str:
        return f"+8210{50_000_000 + self.number}"

    def is_near(self, now: datetime) -> bool:
        """What its last heartbeat says (contract §7): quiet, or six hours before the ceiling."""
        close = self.asked_by is not None and self.asked_by - now < _NEAR
        return close or self.stage is not None

    @property
    def is_heard(self) -> bool:
        return self.lines_down == 0


def enrol(
    connection: Connection, vault: Vault, home: Home, assumed: Assumed, now: datetime
) -> None:
    """As an enrolment, a first heartbeat and the console's form leave it."""
    open_household(connection, home.household, now)
    connection.execute(
        insert(kits).values(
            id=home.kit, household=home.household, kid=home.kit, x="", instance="", enrolled=now
        )
    )
    connection.execute(
        update(households).where(households.c.id == home.household).values(kit=home.kit)
    )
    connection.execute(
        insert(pulses).values(
            kit=home.kit,
            household=home.household,
            heard=now,
            home_heard=now,
            due=_HEARD_ON,
            interval_s=round(interval(assumed.heartbeat, home.limit).total_seconds()),
            condition=msgspec.json.encode(_beat(home, near=False)),
        )
    )
    resident = Resident(
        name=f"주민{home.number}",
        address=f"길 {home.number}",
        phone=Phone(number=home.phone),
        guardians=(Guardian(name="", relation="", phone=Phone(number=home.guardian_phone)),),
    )
    entry = Entry(resident=resident, dong=home.dong, line=home.dong)
    book.keep(connection, vault, home.household, entry, by="import", now=now)


def _beat(home: Home, *, near: bool) -> Heartbeat:
    condition = HomeCondition(
        stage="calm",
        watch="seeing",
        presence="home",
        service="on",
        limit_h=home.limit / timedelta(hours=1),
        householdversion=0,
        near=near,
        clock_set=True,
        store_ok=True,
        sources=Sources(live=4, late=0, lost=0),
    )
    return Heartbeat(
        home=condition,
        home_age_s=0,
        ha="alive",
        queue=Queue(emergency=0, alert=0, trouble=0, routine=0, oldest_s=None),
        clock_set=True,
        highwater=Highwater(epoch="e", seq=0, householdversion=0),
        refused_down=0,
        relay_version="0",
    )


@dataclass(kw_only=True)
class Lines:
    """What homes say. A relay keeps it while the line is down, and tells it in order afterwards."""

    times: Times
    assumed: Assumed
    random: Random
    blind_tickets: int = 0

    async def alarm(self, home: Home, stage: Stage, cause: str) -> None:
        if home.stage is None:
            home.episode = home.version + 1
        home.stage, home.version = stage, home.version + 1
        rungs = {
            Stage.QUIET: (self.assumed.knock_after, self.assumed.visit_after),
            Stage.KNOCK: (None, self.assumed.visit_after - self.assumed.knock_after),
        }
        knock_in, visit_in = rungs.get(stage, (None, None))
        alarm = Alarm(
            id=f"{home.household}.{home.version}",
            stage=stage,
            cause=cause,
            episode=home.episode,
            version=home.version,
            said="first",
            happened=self.times.now,
            knock_in=knock_in,
            visit_in=visit_in,
        )
        await self._say(home, alarm)

    async def over(self, home: Home, by: str) -> None:
        if home.stage is None:
            return
        home.stage, home.version = None, home.version + 1
        over = Over(episode=home.episode, version=home.version, by=by, happened=self.times.now)
        await self._say(home, over)

    async def trouble(self, home: Home, code: str) -> None:
        home.version += 1
        word = Technical(code=code, raised=True, version=home.version, happened=self.times.now)
        await self._say(home, word)

    async def absence(self, home: Home) -> None:
        said = Said(code="absence", happened=self.times.now, facts={"state": "begun"})
        await self._say(home, said)

    async def _say(self, home: Home, word: Happening) -> None:
        if home.is_heard:
            await self._file(home, word)
        else:
            home.waiting.append((home.household, word))

    async def _file(self, home: Home, word: Happening) -> None:
        now, casework = self.times.now, self.times.service.casework
        await self.times.service.database.write(
            lambda c, a: casework.happen(c, a, home.household, word, now)
        )

    async def cut(self, home: Home, length: timedelta) -> None:
        """Heartbeats stop now; they come again after `length`, with what was kept."""
        home.lines_down += 1
        now = self.times.now

        async def mended() -> None:
            await self._mend(home)

        self.times.at(now + length, mended)
        if home.lines_down > 1:
            return
        pace = interval(self.assumed.heartbeat, home.limit)
        due = now + silent_after(pace, home.limit)
        near = home.is_near(now)
        values = {
            "heard": now,
            "home_heard": now,
            "due": due,
            "condition": msgspec.json.encode(_beat(home, near=near)),
            "may_wait": None if near else now + asked_after(home.limit),
        }
        await self.times.service.database.write(
            lambda c, _: (
                c.execute(update(pulses).where(pulses.c.kit == home.kit).values(values)).rowcount
            )
        )

    async def _mend(self, home: Home) -> None:
        home.lines_down -= 1
        if home.lines_down:
            return
        now, casework = self.times.now, self.times.service.casework

        def hear(connection: Connection, after: After) -> None:
            back: dict[str, object] = {"heard": now, "home_heard": now, "due": _HEARD_ON}
            back |= {"claimed": None, "silent": False, "outage": None}
            connection.execute(update(pulses).where(pulses.c.kit == home.kit).values(back))
            casework.happen(connection, after, home.household, HeardAgain(), now)

        await self.times.service.database.write(hear)
        while home.waiting:
            _, word = home.waiting.popleft()
            await self._file(home, word)
