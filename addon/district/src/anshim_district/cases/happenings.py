"""Everything that can happen to a household's cases, as values.

Made by intake, the console and the overseer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .words import Answer, CallResult, Outcome, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """quiet, knock, visit, unknown or emergency.

    `as_new`: its id was used before, so its order says nothing.
    """

    id: str
    stage: Stage
    cause: str
    episode: int
    version: int
    said: str
    happened: datetime
    knock_in: timedelta | None = None
    visit_in: timedelta | None = None
    last_sign: datetime | None = None
    as_new: bool = False
    # in a note: what somebody says of it, and who
    word: str | None = None
    word_by: str | None = None
    # false: `happened` is only its arrival, since its clock was not set or ran ahead
    is_dated: bool = True
    # a call for help whose kit was reported lost: its numbers order nothing
    from_lost_kit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The home says that an episode has ended."""

    episode: int
    version: int
    by: str
    # absent while the home's clock is not set
    happened: datetime | None
    # how the resident said so, where it was not at home
    via: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Technical:
    """Trouble raised or cleared, by the home, its relay (version 0) or the district itself."""

    code: str
    raised: bool
    version: int
    happened: datetime
    by: str = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something for the timeline only: an absence, a consent, a drill."""

    code: str
    happened: datetime
    facts: dict[str, str | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FellSilent:
    """Nothing was heard of the home since `heard`.

    `patience`: how long its silence may stay only technical.
    """

    heard: datetime
    limit: timedelta | None
    near: bool
    watched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardAgain:
    """The home speaks again. That is no sign of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """A heartbeat tells where the home's ladder stands; no `stage`: calm, or not in service.

    `apart`: how long two of them must be apart before the alert itself counts as missing.
    `calm_at`: when the one before was said, if it was calm.
    """

    stage: Stage | None
    version: int
    at: datetime
    apart: timedelta
    calm_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """Nobody listens for the home any more: its consent was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A person answers a case. What one of `teams` has in hand is theirs as well."""

    case: str
    answer: Answer
    by: str
    outcome: Outcome | None = None
    teams: frozenset[str] = frozenset()
    # they saw the resident, or spoke to them, in their home: an absence is over
    at_home: bool = False
    # when their shift ends: what they hold does not outlive it
    off_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gives:
    """A person would have a colleague take the case over."""

    case: str
    by: str
    to: str
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The automatic call about a case has ended."""

    case: str
    result: CallResult
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Somebody else knows of a sign of life. `at` is its own time."""

    evidence: str
    at: datetime
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A stored deadline may have passed."""


type Happening = (
    Alarm
    | Over
    | Technical
    | Said
    | FellSilent
    | HeardAgain
    | Stands
    | Unwatched
    | Answers
    | Gives
    | Called
    | Learnt
    | Due
)
