"""Who is told of a case, in which order, and how: a plan of steps.

Pure; the dispatcher asks for the plan at each step anew, so that a change of shift counts at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ..registry.phones import Dialable, NotDialableError
from .calendar import Period

CONTROL: Final = "control"
EVERYWHERE: Final = "*"


class Who(StrEnum):
    DONG = "dong"
    CONTROL = "control"
    GUARDIANS = "guardians"


class Way(StrEnum):
    TEXT = "text"
    CALL = "call"
    # to the control centre's mailbox, beside its telephone
    MAIL = "mail"
    # to the control centre's own system: a signed message, or an alarm as security companies send
    HOOK = "hook"
    DC09 = "dc09"


# what no person is at the other end of: begun at the control centre's turn, and gone on with apart
SYSTEMS: Final = (Way.HOOK, Way.DC09)

# where nobody has written anything else down: somebody who is awake and paid for it comes first
DEFAULT: Final[Mapping[Period, tuple[Who, ...]]] = MappingProxyType(
    {
        Period.WEEKDAY_DAY: (Who.DONG, Who.CONTROL, Who.GUARDIANS),
        Period.WEEKDAY_NIGHT: (Who.CONTROL, Who.GUARDIANS, Who.DONG),
        Period.WEEKEND: (Who.CONTROL, Who.GUARDIANS, Who.DONG),
        Period.HOLIDAY: (Who.CONTROL, Who.GUARDIANS, Who.DONG),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """`user` answers for a team; `stand_in`: instead of whoever else has that time."""

    team: str
    user: str
    begins: datetime
    ends: datetime
    stand_in: bool = False
    # its row; 0 before it has one
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Everything written down about who responds."""

    rules: Mapping[tuple[str, Period], tuple[Who, ...]]
    shifts: Sequence[Shift]
    # a team's own telephone, a person's at work
    team_phones: Mapping[str, str]
    user_phones: Mapping[str, str]
    # who is told when nobody else can be
    admins: Sequence[str]
    # who said of this case, a moment ago, that it is not theirs
    declined: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can be told. `name` is who has the case once they take it."""

    name: str
    phone: Dialable


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`after`: since the alarm.

    Guardians keep their place where none can be told, and nobody waits for them.
    """

    who: Who | None
    way: Way
    to: tuple[Person, ...]
    after: timedelta

    @property
    def is_anybodys(self) -> bool:
        """Not so once the last guardian's number was found dead."""
        return bool(self.to) or self.who is not Who.GUARDIANS


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long one responder has before being called, and before the next one is told."""

    call_after: timedelta
    next_after: timedelta


URGENT: Final = Pace(call_after=timedelta(minutes=1), next_after=timedelta(minutes=3))
WELFARE: Final = Pace(call_after=timedelta(minutes=5), next_after=timedelta(minutes=15))


def order_of(duty: Duty, dong: str | None, period: Period) -> tuple[Who, ...]:
    for place in (dong, EVERYWHERE):
        if place and (rule := duty.rules.get((place, period))):
            return rule
    return DEFAULT[period]


def on_duty(duty: Duty, team: str, now: datetime) -> tuple[Person, ...]:
    """Stand-ins instead of those they stand in for; the team's own telephone if nobody is there."""
    there = [s for s in duty.shifts if s.team == team and s.begins <= now < s.ends]
    chosen = [shift for shift in there if shift.stand_in] or there
    phones = {shift.user: duty.user_phones.get(shift.user, "") for shift in chosen}
    there_now = _but(duty.declined, people(phones))
    return there_now or _but(duty.declined, people({team: duty.team_phones.get(team, "")}))


def _but(declined: frozenset[str], some: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(person for person in some if person.name not in declined)


type Lineup = tuple[tuple[Who, tuple[Person, ...]], ...]


def lineup(duty: Duty, *, dong: str | None, period: Period, now: datetime) -> Lineup:
    """The members of staff whose turn it is. A guardian's number may be found dead meanwhile."""
    order = order_of(duty, dong, period)
    return tuple((who, _who(duty, who, dong, (), now)) for who in order)


def plan(
    duty: Duty,
    *,
    dong: str | None,
    period: Period,
    guardians: tuple[Person, ...],
    pace: Pace,
    now: datetime,
    in_vain: bool = False,
) -> tuple[Step, ...]:
    """A text at once, a call if nobody takes it, then the next.

    Never empty while anybody can be told: somebody whose turn it is not is better than nobody.
    `in_vain`: everybody whose turn it is was told, and nobody took it.
    """
    steps: list[Step] = []
    begins = timedelta(0)
    for who in order_of(duty, dong, period):
        to = _who(duty, who, dong, guardians, now)
        steps += _steps_of(who, to, begins, pace)
        begins += pace.next_after if to else timedelta(0)
    # an order that reaches no member of staff ends with the administrators
    if in_vain or not any(step.way is Way.CALL for step in steps):
        admins = people({user: duty.user_phones.get(user, "") for user in duty.admins})
        if admins:
            steps.append(Step(who=None, way=Way.TEXT, to=admins, after=begins))
            called = begins + pace.call_after
            steps.append(Step(who=None, way=Way.CALL, to=admins, after=called))
    return tuple(steps)


def _steps_of(who: Who, to: tuple[Person, ...], begins: timedelta, pace: Pace) -> Iterator[Step]:
    if who is Who.CONTROL:
        # first: this only begins it, and keeps no telephone waiting
        for way in SYSTEMS:
            yield Step(who=who, way=way, to=(), after=begins)
    if to or who is Who.GUARDIANS:
        yield Step(who=who, way=Way.TEXT, to=to, after=begins)
    if who is Who.CONTROL:
        # after the text: nobody's telephone waits for a mailbox
        yield Step(who=who, way=Way.MAIL, to=(), after=begins)
    if to and who is not Who.GUARDIANS:
        yield Step(who=who, way=Way.CALL, to=to, after=begins + pace.call_after)


def steps_by(ways: frozenset[Way], steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """What can be carried; where there are no texts, the call takes the text's place at once."""
    if Way.TEXT in ways:
        return tuple(step for step in steps if step.way in ways)
    texts = {step.who: step.after for step in steps if step.way is Way.TEXT}
    moved = [
        replace(step, after=texts[step.who]) if step.way is Way.CALL else step
        for step in steps
        if step.way in ways
    ]
    return tuple(sorted(moved, key=lambda step: (step.after, step.way is Way.MAIL)))


def _who(
    duty: Duty, who: Who, dong: str | None, guardians: tuple[Person, ...], now: datetime
) -> tuple[Person, ...]:
    match who:
        case Who.DONG:
            return on_duty(duty, dong, now) if dong else ()
        case Who.CONTROL:
            return on_duty(duty, CONTROL, now)
        case Who.GUARDIANS:
            return guardians


def people(phones: Mapping[str, str]) -> tuple[Person, ...]:
    """Whoever can be told, by their names."""
    found = []
    for name, phone in phones.items():
        try:
            found.append(Person(name=name, phone=Dialable(phone)))
        except NotDialableError:
            continue  # no number, or one that no machine may dial
    return tuple(found)
