"""Everything that can happen to a household, as values. The coordinator makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .effects import Json
from .words import Answer, Caller, Cause, Reason, Stage, Watch


class Place(StrEnum):
    """Where a sign of life was seen, which decides what it can end."""

    INSIDE = "inside"
    OUTER_DOOR = "outer_door"
    PHONE = "phone"
    # Learnt by the district: an answered call, the telephone company's record.
    ELSEWHERE = "elsewhere"


class Person(StrEnum):
    """Who says that the resident is well: at home, on their own phone, or somebody else."""

    RESIDENT = "resident"
    PHONE = "phone"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A sign of life, seen at `at`."""

    place: Place
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ok:
    """Somebody says that all is well."""

    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A call for help."""

    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """The resident did not mean to call for help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A guardian is on the way. Nobody has seen the resident yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What the live sources can show has changed."""

    watch: Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """The resident is away until an end.

    `longest`: the end that counts once the entry door or the phone confirms that they have left.
    `reason`: why, where the district may know. `usual`: nobody named the end, so it cuts no longer
    absence short.
    """

    until: datetime
    longest: datetime | None = None
    usual: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack:
    """Somebody ended the absence or the visit of guests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestsStay:
    """Guests or a carer are there until an end."""

    until: datetime
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A receipt: a person's answer to the episode it names, given at `at`. `until` ends a hold.

    It may have been on its way for hours. `at_home`: they met the resident in their home.
    """

    episode: int | None
    answer: Answer
    by: str
    at: datetime
    outcome: str | None = None
    until: datetime | None = None
    case: str | None = None
    at_home: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """A call to the resident by machine has ended. Recorded: it moves nothing by itself.

    `result` may be a word that this version does not know: it is shown as it is.
    """

    result: str
    by: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class KnockNow:
    """The district asks for a knock at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortenLimit:
    """The district asks for more care, for good or until a date. Never lengthens a limit."""

    hours: float
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """The resident consents: who recorded it, to what, in which text.

    `anew`: to other items than before. Without it a consent that is there already stays as it is.
    """

    text_version: str
    items: tuple[str, ...]
    recorded_by: str
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """Nothing more is read. What is open is closed by a person."""

    text_version: str
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something technical began or ended. Never moves the ladder.

    `count`: how many sources it concerns. `again`: it is known, and concerns more of them now.
    """

    code: str
    raised: bool
    count: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDrill:
    """Rehearse all stages; the ladder itself stays calm."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """A walk test has ended: `data` is what is told of it. It moves nothing on the ladder."""

    id: str
    passed: bool
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutrunVersion:
    """The relay knows a higher version: this state came from a backup.

    After a conflict what still has to be sent gets new numbers, or it would be taken for a repeat.
    """

    version: int
    conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A deadline is due, or it is time to look at the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarted:
    """Home Assistant started again: the time since the last save was not watched."""


type Input = (
    Life
    | Ok
    | Help
    | TakeBack
    | Coming
    | Watching
    | Leave
    | ComeBack
    | GuestsStay
    | Answered
    | CallEnded
    | KnockNow
    | ShortenLimit
    | ConsentGiven
    | ConsentWithdrawn
    | Trouble
    | StartDrill
    | Walked
    | OutrunVersion
    | Tick
    | Restarted
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline of the household itself. Made by `decide`, never by the coordinator."""

    what: Deadline
    at: datetime
    stage: Stage | None = None


class Deadline(StrEnum):
    """What a household waits for."""

    LIMIT = "limit"
    CEILING = "ceiling"
    STAY_ENDS = "stay_ends"
    RUNG = "rung"
    BLIND_SETTLED = "blind_settled"
    DRILL_STEP = "drill_step"
