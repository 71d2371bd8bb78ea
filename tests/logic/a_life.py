"""A home that anything may happen to, for hypothesis: power, clocks, disk, people, in any order.

It keeps its own, much simpler account of what was promised and of how long nobody stirred, written
from the design and not from the ladder's table.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
import json
from typing import Any

from custom_components.anshim_knock.logic.clock import TOLERANCE
from custom_components.anshim_knock.logic.decide import Decision, decide, effect_done, next_deadline
from custom_components.anshim_knock.logic.effects import Effect, Target
from custom_components.anshim_knock.logic.household import Household, new_household
from custom_components.anshim_knock.logic.inputs import (
    Answered,
    ConsentWithdrawn,
    Help,
    Input,
    Life,
    Ok,
    OutrunVersion,
    Person,
    Place,
    Restarted,
    TakeBack,
    Tick,
)
from custom_components.anshim_knock.logic.snapshot import from_dict, to_dict
from custom_components.anshim_knock.logic.words import Answer, Kind, Presence, Stage

from .home import SETTINGS, Machine

SEEN = {"seen_well", "spoken_well", "seen_care", "deceased"}
ORDER = [Stage.CALM, Stage.QUIET, Stage.KNOCK, Stage.VISIT, Stage.EMERGENCY]
LIMIT, CEILING = SETTINGS.limit, SETTINGS.limit + SETTINGS.ceiling_margin
NOTHING = timedelta(0)


def written(state: Household) -> Any:
    """As it comes back from a disk."""
    return json.loads(json.dumps(to_dict(state)))


@dataclass
class Account:
    """What an honest neighbour would know: for how long nobody stirred."""

    # While the machine ran; and in all, as far as its clocks could tell.
    running: timedelta = NOTHING
    in_all: timedelta = NOTHING
    # Small differences of the clocks that nobody can tell from drift.
    slack: timedelta = TOLERANCE

    def stirred(self, ago: timedelta = NOTHING) -> None:
        self.running = min(self.running, ago)
        self.in_all = min(self.in_all, ago)


def a_person_closes(state: Household) -> bool:
    taken = state.owned or state.lapsed
    return state.stage is Stage.EMERGENCY or (state.stage is Stage.VISIT and taken)


def may_be_a_guardian(state: Household, given: Input) -> bool:
    """For an hour after they said that they come, whatever moves where they walk."""
    comes = state.guardian_comes
    if comes is None or not isinstance(given, Life):
        return False
    soon = NOTHING <= given.at - comes < timedelta(hours=1)
    return soon and given.place in {Place.INSIDE, Place.OUTER_DOOR}


def shows_the_resident(state: Household, given: Input) -> bool:
    """Inside, by phone, by record, by word.

    A lone outer door only while nobody has knocked, a record only with a clock to tell its age.
    """
    if may_be_a_guardian(state, given):
        return False
    match given:
        case Life(place=Place.OUTER_DOOR):
            at_home = state.stage is Stage.CALM and state.stay.kind is not Presence.AWAY
            return state.consented and (at_home or state.stage is Stage.QUIET)
        case Life(place=Place.ELSEWHERE):
            return state.consented and state.clock.trusted
        case Life():
            return state.consented
        case _:
            if isinstance(given, TakeBack):
                return True
            return isinstance(given, Ok) and given.person is not Person.GUARDIAN


@dataclass
class ALife:
    """The shell around `decide`, with a disk that may fail and a relay that may be deaf."""

    machine: Machine = field(default_factory=Machine)
    account: Account = field(default_factory=Account)
    # Whose help was called over a case that a person had: nothing takes that back.
    called_over_a_held_case: bool = False
    disk_works: bool = True
    relay_hears: bool = True
    delivered: set[tuple[str, Target]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.state = new_household("h-7f3k9d2m5q", self.machine.reading())
        self.disk = self.state
        self.promised: dict[str, Effect] = {}
        self.running_when_saved = self.in_all_when_saved = NOTHING

    # -- what the shell does -------------------------------------------------------------------

    def take(self, given: Input, *, crash_before_saving: bool = False) -> Decision | None:
        """Decide, keep, then act; or die in between."""
        before = self.state
        decision = decide(before, given, self.machine.reading(), SETTINGS)
        self._check(before, given, decision)
        if crash_before_saving:
            self.restart()
            return None
        self.state = decision.state
        self._count(before, given)
        self.save()
        if self.relay_hears:
            for effect, target in [(e, t) for e in self.state.outbox for t in e.pending]:
                self.deliver(effect, target)
        return decision

    def take_tick(self) -> None:
        """The shell looks at its clocks at every heartbeat, so it notices soon that one jumped."""
        self.take(Tick())

    def save(self) -> None:
        if self.disk_works:
            self.disk = self.state
            self.running_when_saved = self.account.running
            self.in_all_when_saved = self.account.in_all
            self.promised = {self._id(e): e for e in self.state.outbox}

    def restart(self) -> None:
        """Home Assistant starts again from what the disk has."""
        if self.state.stay != self.disk.stay:
            # Who came or went meanwhile, the disk never heard; nobody can know better.
            self.account.running = min(self.account.running, self.running_when_saved)
            self.account.in_all = min(self.account.in_all, self.in_all_when_saved)
        self.state = from_dict(written(self.disk))
        # The relay remembers what it was given: numbers go on above it.
        known = max((int(i.split(".")[1]) for i, _ in self.delivered), default=0)
        self.take(Restarted())
        self.take(OutrunVersion(version=known))

    def deliver(self, effect: Effect, target: Target) -> None:
        self.delivered.add((self._id(effect), target))
        before = self.state
        self.state = effect_done(before, effect, target)
        left = {(self._id(e), t) for e in self.state.outbox for t in e.pending}
        had = {(self._id(e), t) for e in before.outbox for t in e.pending}
        assert had - left == {(self._id(effect), target)}

    def wait(self, span: timedelta) -> None:
        """Time passes; the timer fires by the steady clock, and the shell looks up at the end."""
        while span > NOTHING:
            due = next_deadline(self.state, SETTINGS)
            pause = span if due is None else min(span, max(due - self.machine.wall, NOTHING))
            self.let_pass(pause)
            span -= pause
            self.take(Tick())

    def power_cut(self, off: timedelta, wall: datetime | None) -> None:
        knows = self.machine.wrong_by <= NOTHING
        self.machine.boot(off=off, wall=wall)
        if self._counts() and knows:
            self.account.in_all += off
        # How long the machine ran since the last save, only a clock that is set could tell.
        self.account.running = min(self.account.running, self.running_when_saved)
        self.restart()

    def let_pass(self, span: timedelta) -> None:
        self.machine.true += span
        if self._counts():
            self.account.running += span
            self.account.in_all += span

    def _counts(self) -> bool:
        return self.state.consented and self.state.stay.kind is not Presence.AWAY

    def _id(self, effect: Effect) -> str:
        return effect.id_of(self.state.id)

    # -- what must hold ------------------------------------------------------------------------

    def _check(self, before: Household, given: Input, decision: Decision) -> None:
        after = decision.state
        assert after.version >= before.version
        self._check_deadline(decision)
        assert after.watched <= max(self.machine.wall - after.silent_since, NOTHING)
        # Or it was closed, and the silence since was too long as well.
        anew = not set(after.episodes) & set(before.episodes)
        assert ORDER.index(after.stage) >= ORDER.index(before.stage) or anew
        if not isinstance(given, OutrunVersion):
            self._check_nothing_forgotten(before, after)
            if set(before.episodes) - set(after.episodes):
                assert self._may_end(before, given), (before.stage, given)

    def _check_deadline(self, decision: Decision) -> None:
        after = decision.state
        if after.consented or after.stage is not Stage.CALM:
            assert decision.deadline is not None
            assert decision.deadline > self.machine.wall
        else:
            assert decision.deadline is None

    def _check_nothing_forgotten(self, before: Household, after: Household) -> None:
        """Only a newer word on the same trouble, or a newer "again", takes its place."""
        kept = {(e.version, e.name) for e in after.outbox}
        for effect in before.outbox:
            if (effect.version, effect.name) not in kept:
                assert any(_says_the_same(e, effect) for e in after.outbox)

    def _may_end(self, state: Household, given: Input) -> bool:
        """What the design demands of whoever ends an alert."""
        if isinstance(given, Answered):
            seen = given.answer is Answer.HANDLED and given.outcome in SEEN
            return seen and given.episode == state.episodes[-1]
        if isinstance(given, ConsentWithdrawn):
            return state.stage in {Stage.QUIET, Stage.KNOCK}
        if isinstance(given, TakeBack) and state.stage is Stage.EMERGENCY:
            soon = self.machine.wall - state.since <= SETTINGS.take_back
            return soon and not state.owned and not self.called_over_a_held_case
        if isinstance(given, Life) and self.machine.wall - given.at >= LIMIT:
            return False
        return not a_person_closes(state) and shows_the_resident(state, given)

    def _count(self, before: Household, given: Input) -> None:
        """The neighbour hears of it too, if it is a sign of the resident at all."""
        if isinstance(given, Help) and before.stage is not Stage.EMERGENCY:
            self.called_over_a_held_case = a_person_closes(before)
        over = bool(before.episodes) and not self.state.episodes
        if isinstance(given, Answered) and over:
            dated = self.state.clock.trusted and self.machine.wrong_by == NOTHING
            self.account.stirred(self.machine.true - given.at if dated else NOTHING)
        elif (isinstance(given, TakeBack) and over) or (
            self.state.consented and not before.consented
        ):
            self.account.stirred()
        elif not a_person_closes(before) and shows_the_resident(before, given):
            at = given.at if isinstance(given, Life) else self.machine.wall
            self.account.stirred(max(self.machine.wall - at, NOTHING))

    def check_silence(self) -> None:
        """The home never thinks the silence shorter than it could know; and never lets it pass."""
        state, wall = self.state, self.machine.wall
        if not state.consented or state.stay.kind is Presence.AWAY:
            return
        if state.stage is Stage.CALM:
            silent = wall - state.silent_since
            assert silent >= self.account.running - self.account.slack
            if self.machine.wrong_by == NOTHING and state.clock.trusted:
                assert silent >= self.account.in_all - self.account.slack
            assert self.account.running < CEILING + self.account.slack

    def waiting(self) -> list[tuple[Kind, tuple[Target, ...]]]:
        """All but those of which a newer word may take the place."""
        return [(e.kind, e.pending) for e in self.state.outbox if not _replaceable(e)]

    def check_promises(self) -> None:
        """What was once on disk has arrived or still waits, whatever crashed since."""
        waiting = {(self._id(e), t) for e in self.state.outbox for t in e.pending}
        for name, effect in self.promised.items():
            if not _replaceable(effect):
                for target in effect.pending:
                    assert (name, target) in waiting | self.delivered


def _replaceable(effect: Effect) -> bool:
    """A newer word may make it needless: trouble, and an alert that is only said again."""
    return effect.kind is Kind.TROUBLE or effect.data.get("said") == "again"


def _says_the_same(newer: Effect, older: Effect) -> bool:
    same = newer.kind is older.kind and _replaceable(newer) and _replaceable(older)
    return same and all(newer.data.get(n) == older.data.get(n) for n in ("code", "episode"))
