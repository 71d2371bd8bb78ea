"""A household's cases and what must be remembered about their order, as values.

Stored whole, changed only by `decide`.
"""

from copy import replace
from datetime import datetime, timedelta

from msgspec import Struct, field

from .order import Order
from .words import Answer, Family, Outcome, Stage, Standing, Told

# how much of the past is remembered to put what comes late into its place
_REMEMBERED = 64


class Times(Struct, frozen=True, kw_only=True):
    """When the district's own clock goes on."""

    hold: timedelta = timedelta(minutes=30)
    rearm: timedelta = timedelta(hours=4)
    emergency_rearm: timedelta = timedelta(minutes=30)
    visit_again: timedelta = timedelta(minutes=30)
    emergency_again: timedelta = timedelta(minutes=5)
    # how long a colleague has to take what was given to them, as one whose turn it is
    give: timedelta = timedelta(minutes=15)
    emergency_give: timedelta = timedelta(minutes=3)
    knock: timedelta = timedelta(minutes=60)
    visit: timedelta = timedelta(minutes=120)
    silent_rearm: timedelta = timedelta(hours=24)
    settle: timedelta = timedelta(seconds=60)


class Rung(Struct, frozen=True, kw_only=True):
    stage: Stage
    at: datetime


class Case(Struct, frozen=True, kw_only=True):
    """One case. `until` ends a hold or a rest; `rungs` are the steps still to come."""

    id: str
    family: Family
    stage: Stage
    standing: Standing
    cause: str
    episode: int | None
    opened_at: datetime
    changed_at: datetime
    # when it happened at home, which may be before anybody here knew
    began_at: datetime | None = None
    alert: str | None = None
    said: int = 1
    again_at: datetime | None = None
    rungs: tuple[Rung, ...] = ()
    owner: str | None = None
    until: datetime | None = None
    # who was asked to take it over, and has not done so yet
    given_to: str | None = None
    last_sign: datetime | None = None
    # of a welfare case: since when it is also asked because the home cannot be heard
    asked_at: datetime | None = None
    # of a silent home: when a person is asked about its resident
    unknown_at: datetime | None = None
    # of a silent home: how long a silence is usual there
    patience: timedelta | None = None
    # of a case whose alert never came: the home's number when its heartbeats last told of it
    missing: int | None = None
    # of trouble: what is wrong now
    codes: tuple[str, ...] = ()
    # nobody but a kit that was reported lost has called: whose hands it is in is not known
    from_lost_kit: bool = False
    outcome: Outcome | None = None
    closed_by: str | None = None
    # since when it stands where it does, and nobody has it
    nobody_since: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.standing is not Standing.CLOSED

    @property
    def due(self) -> datetime | None:
        """The next moment at which this case goes on by itself."""
        waits = [self.unknown_at]
        if self.standing is Standing.FREE:
            waits += [self.again_at, *(rung.at for rung in self.rungs)]
        elif self.is_open:
            waits.append(self.until)
        return min((at for at in waits if at and self.is_open), default=None)


class Ended(Struct, frozen=True, kw_only=True):
    """A `resolved` that was applied: what of its episode comes later is late."""

    episode: int
    version: int
    by: str
    # its time, or its arrival; a restored home uses the same numbers again later
    at: datetime | None = None


class Answered(Struct, frozen=True, kw_only=True):
    """A case that a person closed: alerts of its episode from before that belong to it.

    `missing`: its alerts had not come when it was closed; those up to this number belong to it.
    """

    family: Family
    episode: int | None
    at: datetime
    missing: int | None = None
    case: str = ""
    by: str = ""
    outcome: Outcome | None = None


class TroubleWord(Struct, frozen=True, kw_only=True):
    code: str
    version: int
    at: datetime
    raised: bool


class Climbed(Struct, frozen=True, kw_only=True):
    """Since when heartbeats tell of a stage whose alert has not come, and last told of none."""

    family: Family
    since: datetime
    calm_at: datetime | None = None


class Ledger(Struct, frozen=True, kw_only=True):
    """What orders a household's events (contract §3): arrival order means nothing."""

    household: str
    opened: int = 0
    welfare_version: int = 0
    emergency_version: int = 0
    # when the newest welfare word happened: a lower version that is later than this comes from a
    # restored home
    welfare_at: datetime | None = None
    emergency_at: datetime | None = None
    # since when the versions count anew
    welfare_since: datetime | None = None
    emergency_since: datetime | None = None
    ended: tuple[Ended, ...] = ()
    answered: tuple[Answered, ...] = ()
    troubles: tuple[TroubleWord, ...] = ()
    # how often only a machine heard that all is well, since a person last did
    machine_oks: int = 0
    climbed: Climbed | None = None

    def order(self, family: Family) -> Order:
        if family is Family.EMERGENCY:
            return Order(
                version=self.emergency_version, at=self.emergency_at, since=self.emergency_since
            )
        return Order(version=self.welfare_version, at=self.welfare_at, since=self.welfare_since)

    def with_order(self, family: Family, order: Order) -> Ledger:
        version, at, since = order.version, order.at, order.since
        if family is Family.EMERGENCY:
            return replace(self, emergency_version=version, emergency_at=at, emergency_since=since)
        return replace(self, welfare_version=version, welfare_at=at, welfare_since=since)

    @property
    def newest(self) -> int:
        """The highest number of an alert or its end that was heard."""
        ended = max((word.version for word in self.ended), default=0)
        return max(self.welfare_version, self.emergency_version, ended)

    def with_ended(self, word: Ended) -> Ledger:
        return replace(self, ended=(*self.ended, word)[-_REMEMBERED:])

    def with_answered(self, word: Answered) -> Ledger:
        return replace(self, answered=(*self.answered, word)[-_REMEMBERED:])

    def with_trouble(self, word: TroubleWord) -> Ledger:
        others = tuple(t for t in self.troubles if t.code != word.code)
        return replace(self, troubles=(*others, word)[-_REMEMBERED:])


class Noted(Struct, frozen=True, kw_only=True):
    """A line on the timeline; without `case` it is the household's own."""

    case: str | None
    code: str
    at: datetime
    by: str = "home"
    facts: dict[str, str | int | None] = field(default_factory=dict)


class TellHome(Struct, frozen=True, kw_only=True):
    """What became of the case, for the home to show."""

    case: Case
    told: Told


class SendReceipt(Struct, frozen=True, kw_only=True):
    """A person's answer, for the home to act on."""

    case: Case
    answer: Answer
    outcome: Outcome | None = None
    until: datetime | None = None
    # the resident was met at home: no absence goes on
    at_home: bool = False
    # when the person answered, if that was before now
    at: datetime | None = None


class SendLife(Struct, frozen=True, kw_only=True):
    """A sign of life that was learnt here, for the home to count (contract §4)."""

    case: Case | None
    evidence: str
    at: datetime


class SendCall(Struct, frozen=True, kw_only=True):
    """What came of the automatic call, for the home to show (contract §4)."""

    case: Case
    result: str
    attempt: int


type Effect = Noted | TellHome | SendReceipt | SendLife | SendCall


class File(Struct, frozen=True, kw_only=True):
    """Everything a decision needs: the order, and the open cases by family."""

    ledger: Ledger
    cases: tuple[Case, ...] = ()

    def open_case(self, family: Family) -> Case | None:
        return next((c for c in self.cases if c.family is family and c.is_open), None)

    def case(self, id_: str) -> Case | None:
        return next((c for c in self.cases if c.id == id_), None)

    def keeping(self, case: Case) -> File:
        others = tuple(c for c in self.cases if c.id != case.id)
        return replace(self, cases=(*others, case))

    @property
    def due(self) -> datetime | None:
        return min((case.due for case in self.cases if case.due), default=None)


class Decision(Struct, frozen=True, kw_only=True):
    """The file as it is now, and what is to be done. `refusal`: why an answer was not taken."""

    file: File
    effects: tuple[Effect, ...] = ()
    refusal: str | None = None

    @property
    def due(self) -> datetime | None:
        return self.file.due
