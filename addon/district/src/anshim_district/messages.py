"""The contract's messages as frozen values (contract §2, §4).

Made by `door` only; everything behind it speaks these.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

_TIME = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z\Z"
)
_HOUR = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):00:00Z\Z"

type Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z", max_length=64)]
type TokenWord = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
type HouseholdId = Annotated[str, Meta(pattern=r"^h-[a-z0-9]{8,32}\Z")]
type EventId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\Z")]
type Instance = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
type Count = Annotated[int, Meta(ge=0, le=2147483647)]
type Version = Annotated[int, Meta(ge=1, le=2147483647)]
type TimeText = Annotated[str, Meta(pattern=_TIME)]
type HourText = Annotated[str, Meta(pattern=_HOUR)]
type LimitHours = Annotated[float, Meta(gt=0, le=240)]
type Seconds = Annotated[int, Meta(ge=0, le=864000)]
type ContractVersion = Annotated[str, Meta(pattern=r"^[1-9][0-9]*\.[0-9]+\Z")]
type SignedText = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z", max_length=32768)
]
type StageWord = Literal["calm", "quiet", "knock", "visit", "emergency"]
type SaidWord = Literal["first", "again", "note"]


class Priority(StrEnum):
    EMERGENCY = "emergency"
    ALERT = "alert"
    TROUBLE = "trouble"
    ROUTINE = "routine"


class BothRungs(Struct, frozen=True, kw_only=True):
    knock_in_s: Seconds
    visit_in_s: Seconds


class VisitRung(Struct, frozen=True, kw_only=True):
    visit_in_s: Seconds
    knock_in_s: Seconds | UnsetType = UNSET


class AnyRungs(Struct, frozen=True, kw_only=True):
    knock_in_s: Seconds | UnsetType = UNSET
    visit_in_s: Seconds | UnsetType = UNSET


class _Alert(Struct, frozen=True, kw_only=True):
    cause: Code
    episode: Version
    said: SaidWord
    watch: Code
    presence: Code
    last_sign_hour: HourText | None
    limit_h: LimitHours
    watched_h: Annotated[float, Meta(ge=0, le=8784)]
    word: Code | UnsetType = UNSET
    word_by: Code | UnsetType = UNSET


class Quiet(_Alert, frozen=True, kw_only=True):
    rungs: BothRungs


class Unknown(_Alert, frozen=True, kw_only=True):
    rungs: BothRungs


class Knock(_Alert, frozen=True, kw_only=True):
    rungs: VisitRung


class Visit(_Alert, frozen=True, kw_only=True):
    rungs: AnyRungs | UnsetType = UNSET


class Emergency(Struct, frozen=True, kw_only=True):
    cause: Code
    episode: Version
    said: SaidWord
    word: Code | UnsetType = UNSET
    word_by: Code | UnsetType = UNSET


class Resolved(Struct, frozen=True, kw_only=True):
    episode: Version
    by: Code
    via: Code | UnsetType = UNSET


class Trouble(Struct, frozen=True, kw_only=True):
    code: Code
    state: Literal["raised", "cleared"]
    count: Count | UnsetType = UNSET
    role: Code | UnsetType = UNSET


class Absence(Struct, frozen=True, kw_only=True):
    what: Literal["away", "guest"]
    state: Literal["started", "ended", "overrun"]
    until: TimeText | UnsetType = UNSET
    reason: Code | UnsetType = UNSET


class Consent(Struct, frozen=True, kw_only=True):
    state: Literal["given", "withdrawn"]
    recorded_by: Code
    at: TimeText | None
    text_version: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType = UNSET
    items: Annotated[list[Code], Meta(max_length=32)] | UnsetType = UNSET


class WalkedSource(Struct, frozen=True, kw_only=True):
    role: Code
    seen: bool
    delay_s: Count | UnsetType = UNSET
    link: Code | UnsetType = UNSET
    battery: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET


class Walk(Struct, frozen=True, kw_only=True):
    passed: Count
    missed: Count
    sources: Annotated[list[WalkedSource], Meta(max_length=64)] | UnsetType = UNSET


class Drill(Struct, frozen=True, kw_only=True):
    drill: TokenWord
    stage: StageWord
    state: Literal["running", "passed", "cancelled"]
    walk: Walk | UnsetType = UNSET


class Hello(Struct, frozen=True, kw_only=True):
    instance: Instance
    boot: TokenWord
    relay_version: Annotated[str, Meta(min_length=1, max_length=64)]
    contract: ContractVersion
    epoch: TokenWord
    seq: Count
    clock_set: bool
    algs: Annotated[list[Annotated[str, Meta(max_length=32)]], Meta(min_length=1, max_length=16)]
    # what this kit was once refused with; a restored district knows by it
    refusal: SignedText | UnsetType = UNSET


class Sources(Struct, frozen=True, kw_only=True):
    live: Count
    late: Count
    lost: Count


class HomeCondition(Struct, frozen=True, kw_only=True):
    """What the home last said of itself."""

    stage: StageWord
    watch: Code
    presence: Code
    service: Code
    limit_h: LimitHours
    householdversion: Count
    near: bool
    clock_set: bool
    store_ok: bool
    sources: Sources

    @property
    def limit(self) -> timedelta:
        return timedelta(hours=self.limit_h)


class Queue(Struct, frozen=True, kw_only=True):
    emergency: Count
    alert: Count
    trouble: Count
    routine: Count
    oldest_s: Count | None


class Highwater(Struct, frozen=True, kw_only=True):
    epoch: TokenWord
    seq: Count
    householdversion: Count


class Heartbeat(Struct, frozen=True, kw_only=True):
    """As a relay sends it: the home's condition, and its own beside it."""

    home: HomeCondition | None
    home_age_s: Count | None
    ha: Code
    queue: Queue
    clock_set: bool
    highwater: Highwater
    refused_down: Count
    relay_version: Annotated[str, Meta(min_length=1, max_length=64)]


type Alert = Quiet | Unknown | Knock | Visit
type Body = Alert | Emergency | Resolved | Trouble | Absence | Consent | Drill | Hello | Heartbeat

KINDS: dict[str, tuple[type[Body], Priority]] = {
    "hello": (Hello, Priority.ROUTINE),
    "heartbeat": (Heartbeat, Priority.ROUTINE),
    "quiet": (Quiet, Priority.ALERT),
    "knock": (Knock, Priority.ALERT),
    "visit": (Visit, Priority.ALERT),
    "unknown": (Unknown, Priority.ALERT),
    "emergency": (Emergency, Priority.EMERGENCY),
    "resolved": (Resolved, Priority.ALERT),
    "trouble": (Trouble, Priority.TROUBLE),
    "absence": (Absence, Priority.ROUTINE),
    "consent": (Consent, Priority.ALERT),
    "drill": (Drill, Priority.ROUTINE),
}


class Event(Struct, frozen=True, kw_only=True):
    """One event from a kit: the envelope, and the body by its kind."""

    id: str
    kit: str
    household: str | None
    kind: str
    body: Body
    time: datetime | None
    version: int | None
    epoch: str | None
    seq: int | None
    # SHA-256 of the content without what the relay stamps: tells a repeat from a conflict (contract
    # §3)
    content: str

    def happened(self, received: datetime) -> datetime:
        """When it happened as far as can be known; a clock that runs ahead puts nothing off."""
        return min(self.time, received) if self.time else received


def decode_body(raw: msgspec.Raw, kind: str) -> Body:
    return msgspec.json.decode(raw, type=KINDS[kind][0])
