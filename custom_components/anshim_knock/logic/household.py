"""The state of one household, a value: `decide.decide` makes new ones, `snapshot` stores them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .cap import Cap, shortest
from .clock import Clock, Move, Reading, first_reading
from .effects import Outbox, Target, renumbered
from .words import Answer, Caller, Cause, Presence, Reason, Stage, Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Presence, since when and until when. Only `HOME` has no end."""

    kind: Presence
    since: datetime
    until: datetime | None = None
    # The end that counts once something confirms that they left.
    longest: datetime | None = None
    reason: Reason | None = None
    # What `until` was before the clock was set back, which may soon be put right.
    meant: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The newest thing that somebody at home or a guardian said: what, who, when."""

    says: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The newest answer of a person, kept to be shown."""

    answer: Answer
    at: datetime
    by: str
    outcome: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """What came of the newest call to the resident by machine, and whose call it was."""

    result: str
    by: Caller
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A rehearsal under way: which stage was sent last, when the next is due."""

    id: str
    stage: Stage
    since: datetime
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """All that must survive a power cut. Times are UTC on the scale of `clock`."""

    id: str
    clock: Clock
    consented: bool
    version: int
    stage: Stage
    since: datetime
    # Versions at which the open episodes began: an emergency can begin within a silence.
    episodes: tuple[int, ...]
    cause: Cause | None
    # Next rung, next saying again, or the end of a hold.
    due: datetime | None
    owned: bool
    # A person took the case, and neither closed it nor gave it back in time.
    lapsed: bool
    deferrals: int
    # A note on the case has been sent since somebody took it.
    noted: bool
    last_sign: datetime | None
    # Where silence is counted from: the last sign, a return, or the beginning.
    silent_since: datetime
    # Watched part of the silence, up to `counted`.
    watched: timedelta
    counted: datetime
    watch: Watch
    blind_since: datetime | None
    stay: Stay
    # What the district has asked for; it never makes a limit longer.
    limit_caps: tuple[Cap, ...]
    troubles: tuple[str, ...]
    receipt: Receipt | None
    drill: Drill | None
    outbox: Outbox
    # Until when a call for help may be taken back.
    take_back_until: datetime | None = None
    # When a guardian said last that they come to look.
    guardian_comes: datetime | None = None
    # When help was called for again in this emergency: what was answered before is outdated.
    helped_again: datetime | None = None
    word: Word | None = None
    call: CallReport | None = None

    @property
    def episode(self) -> int | None:
        """The newest open episode, which receipts must name."""
        return self.episodes[-1] if self.episodes else None

    @property
    def date(self) -> datetime | None:
        """What day it is as far as this home knows: when it was last looked at."""
        return self.counted if self.clock.trusted else None

    @property
    def limit_cap(self) -> timedelta | None:
        """The shortest limit that the district wants now."""
        return shortest(self.limit_caps, self.date)


def new_household(household: str, reading: Reading) -> Household:
    """A household before consent: nothing is watched, nothing leaves."""
    now = reading.wall
    return Household(
        id=household,
        clock=first_reading(reading),
        consented=False,
        version=0,
        stage=Stage.CALM,
        since=now,
        episodes=(),
        cause=None,
        due=None,
        owned=False,
        lapsed=False,
        deferrals=0,
        noted=False,
        last_sign=None,
        silent_since=now,
        watched=timedelta(0),
        counted=now,
        watch=Watch.BLIND,
        blind_since=now,
        stay=Stay(kind=Presence.HOME, since=now),
        limit_caps=(),
        troubles=(),
        receipt=None,
        drill=None,
        outbox=(),
    )


def may_have_called(state: Household, now: datetime) -> datetime | None:
    """When a call of ours to the resident may last have rung: whoever knocks may do it by phone.

    A provider's action or the district's own call marks no device. Ending an alert ends a call.
    """
    match state.stage:
        case Stage.QUIET:
            return None
        case Stage.CALM:
            return state.since
        case Stage.KNOCK | Stage.VISIT | Stage.EMERGENCY:
            return now


def alert_until(state: Household, now: datetime) -> datetime:
    """Until when an alert was open: as it ends, a question at home puts back what it changed."""
    return state.since if state.stage is Stage.CALM else now


def moved(state: Household, move: Move, now: datetime) -> Household:
    """The same household on another wall clock: a deadline follows what it is counted from."""
    stay, drill, receipt = state.stay, state.drill, state.receipt
    word, call = state.word, state.call
    return replace(
        state,
        since=move.of(state.since),
        due=_of(move, state.due, state.since),
        last_sign=_of(move, state.last_sign),
        silent_since=move.of(state.silent_since),
        counted=move.of(state.counted),
        blind_since=_of(move, state.blind_since),
        stay=_stay_moved(move, stay, now),
        drill=drill
        and replace(drill, since=move.of(drill.since), due=move.of(drill.due, drill.since)),
        receipt=receipt and replace(receipt, at=move.of(receipt.at)),
        take_back_until=_of(move, state.take_back_until, state.since),
        guardian_comes=_of(move, state.guardian_comes),
        helped_again=_of(move, state.helped_again, state.since),
        word=word and replace(word, at=move.of(word.at)),
        call=call and replace(call, at=move.of(call.at)),
    )


def outrun(state: Household, version: int, *, conflict: bool) -> Household:
    """Go on above `version`.

    After a conflict unsent effects and their episodes move above it, and above every number that
    this home has given itself: an id that was tried once never says anything else.
    """
    unsent = [e.version for e in state.outbox if Target.RELAY in e.pending]
    if not conflict or not unsent:
        return replace(state, version=max(state.version, version))
    first = min(unsent)
    up = max(version, state.version) + 1 - first
    return replace(
        state,
        version=state.version + up,
        episodes=tuple(e + up if e >= first else e for e in state.episodes),
        outbox=tuple(renumbered(e, first, up) for e in state.outbox),
    )


def _stay_moved(move: Move, stay: Stay, now: datetime) -> Stay:
    """What was only allowed under a condition falls with the clock it was given on."""
    until, meant = _end_of_stay(move, stay, now), stay.meant
    if move.back:
        meant = stay.until
    elif move.right and meant is not None:
        until, meant = meant, None
    return replace(stay, since=move.of(stay.since), until=until, longest=None, meant=meant)


def _end_of_stay(move: Move, stay: Stay, now: datetime) -> datetime | None:
    """An end may be a date that somebody chose or a span from now; the sooner one is safe.

    An end that lies in the past on the new clock was never meant on it.
    """
    if stay.until is None:
        return None
    along = move.of(stay.until, stay.since)
    return min(along, stay.until) if stay.until > now else along


def _of(
    move: Move, moment: datetime | None, counted_from: datetime | None = None
) -> datetime | None:
    return None if moment is None else move.of(moment, counted_from)
