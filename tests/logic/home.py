"""One home under test: a machine whose clocks can be wrong, and the household it decides for.

Tests tell it what happens; it asks `decide` as the coordinator would, and ticks at every deadline.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import json

from custom_components.anshim_knock.logic.clock import Reading
from custom_components.anshim_knock.logic.decide import Decision, decide, effect_done
from custom_components.anshim_knock.logic.effects import Effect, Target
from custom_components.anshim_knock.logic.household import Household, new_household
from custom_components.anshim_knock.logic.inputs import (
    Answered,
    ConsentGiven,
    Help,
    Input,
    Life,
    Place,
    Restarted,
    Tick,
    Watching,
)
from custom_components.anshim_knock.logic.settings import Settings
from custom_components.anshim_knock.logic.snapshot import from_dict, to_dict
from custom_components.anshim_knock.logic.words import Answer, Cause, Kind, Stage, Watch

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CONSENT = ConsentGiven(text_version="ko-1", items=("life_signs",), recorded_by="technician")
SETTINGS = Settings(limit=timedelta(hours=12))


@dataclass
class Machine:
    """True time, and what this machine's clocks make of it."""

    true: datetime = NOON
    # Wall clock minus true time.
    wrong_by: timedelta = timedelta(0)
    boots: int = 1
    booted: datetime = NOON - timedelta(days=3)

    @property
    def wall(self) -> datetime:
        return self.true + self.wrong_by

    def reading(self) -> Reading:
        steady = (self.true - self.booted).total_seconds()
        return Reading(wall=self.wall, steady=steady, boot=f"boot-{self.boots}")

    def boot(self, *, off: timedelta, wall: datetime | None = None) -> None:
        """Power comes back after `off`, with the wall clock right or at `wall`."""
        self.true += off
        self.booted = self.true - timedelta(seconds=40)
        self.boots += 1
        self.set_wall(self.true if wall is None else wall)

    def set_wall(self, wall: datetime) -> None:
        self.wrong_by = wall - self.true


@dataclass
class Home:
    """A consenting household whose sources see everything, unless a test says otherwise."""

    state: Household
    settings: Settings = SETTINGS
    machine: Machine = field(default_factory=Machine)
    said: list[Effect] = field(default_factory=list)
    last: Decision | None = None

    @property
    def stage(self) -> Stage:
        return self.state.stage

    @property
    def due(self) -> datetime:
        """The next deadline, which every consenting home has."""
        assert self.last is not None
        assert self.last.deadline is not None
        return self.last.deadline

    @property
    def decision(self) -> Decision:
        assert self.last is not None
        return self.last

    def give(self, given: Input) -> Decision:
        decision = decide(self.state, given, self.machine.reading(), self.settings)
        self.state, self.last = decision.state, decision
        self.said += decision.effects
        return decision

    def tick(self) -> Decision:
        return self.give(Tick())

    def life(self, place: Place = Place.INSIDE) -> Decision:
        return self.give(Life(place=place, at=self.machine.wall))

    def watching(self, watch: Watch) -> Decision:
        return self.give(Watching(watch=watch))

    def help(self) -> Decision:
        return self.give(Help(cause=Cause.BUTTON))

    def answer(
        self,
        answer: Answer,
        *,
        outcome: str | None = None,
        until: datetime | None = None,
        episode: int | None = None,
        ago: timedelta = timedelta(0),
        at_home: bool = False,
    ) -> Decision:
        """A person's answer, to the present episode unless told another, given a while ago."""
        return self.give(
            Answered(
                episode=self.state.episode if episode is None else episode,
                answer=answer,
                by="staff",
                # By the district's clock, which is right.
                at=self.machine.true - ago,
                outcome=outcome,
                until=until,
                case="case-1",
                at_home=at_home,
            )
        )

    def later(self, **span: float) -> None:
        """Time passes and nobody looks."""
        self.machine.true += timedelta(**span)

    def wait(self, **span: float) -> None:
        """Time passes and every deadline is kept."""
        end = self.machine.true + timedelta(**span)
        while self.last is None or (
            self.last.deadline is not None and self.last.deadline - self.machine.wrong_by <= end
        ):
            if self.last is not None and self.last.deadline is not None:
                due = self.last.deadline - self.machine.wrong_by
                self.machine.true = max(due, self.machine.true)
            self.tick()
        self.machine.true = end

    def wait_for_deadline(self) -> Decision:
        self.machine.true = self.due - self.machine.wrong_by
        return self.tick()

    def restart(self, *, away: timedelta = timedelta(minutes=1)) -> Decision:
        """Home Assistant starts again on the same boot, from what was saved."""
        self.machine.true += away
        return self._restored()

    def power_cut(self, *, off: timedelta, wall: datetime | None = None) -> Decision:
        self.machine.boot(off=off, wall=wall)
        return self._restored()

    def clock_becomes_right(self) -> Decision:
        self.machine.wrong_by = timedelta(0)
        return self.tick()

    def wall_jumps(self, **span: float) -> Decision:
        self.machine.wrong_by += timedelta(**span)
        return self.tick()

    def all_delivered(self) -> None:
        for effect in self.state.outbox:
            for target in effect.pending:
                self.state = effect_done(self.state, effect, target)

    def kinds(self) -> list[Kind]:
        """What was said so far, the oldest first."""
        return [effect.kind for effect in self.said]

    def sayings(self) -> list[tuple[Kind, object]]:
        """Alerts with how they were said."""
        return [(e.kind, e.data["said"]) for e in self.said if "said" in e.data]

    def newest(self, kind: Kind) -> Mapping[str, object]:
        return next(e.data for e in reversed(self.said) if e.kind is kind)

    def _restored(self) -> Decision:
        self.state = from_dict(json.loads(json.dumps(to_dict(self.state))))
        return self.give(Restarted())


def a_home(*, watch: Watch = Watch.SEEING, settings: Settings = SETTINGS) -> Home:
    """A calm home at noon: just consented, just seen, nothing left to send."""
    machine = Machine()
    home = Home(
        state=new_household("h-7f3k9d2m5q", machine.reading()), settings=settings, machine=machine
    )
    home.give(CONSENT)
    home.watching(Watch.SEEING)
    home.life()
    home.watching(watch)
    home.all_delivered()
    home.said.clear()
    return home


def a_quiet_home() -> Home:
    home = a_home()
    home.wait_for_deadline()
    assert home.stage is Stage.QUIET
    return home


def a_knocked_home() -> Home:
    home = a_quiet_home()
    home.wait_for_deadline()
    assert home.stage is Stage.KNOCK
    return home


def a_visited_home() -> Home:
    home = a_knocked_home()
    home.wait_for_deadline()
    assert home.stage is Stage.VISIT
    return home


def an_owned_visit() -> Home:
    home = a_visited_home()
    home.answer(Answer.HOLD, until=home.machine.wall + timedelta(minutes=30))
    assert home.state.owned
    return home


def a_lapsed_visit() -> Home:
    home = an_owned_visit()
    home.wait_for_deadline()
    assert home.state.lapsed
    return home


def an_emergency() -> Home:
    home = a_home()
    home.help()
    assert home.stage is Stage.EMERGENCY
    return home


def pending(home: Home) -> list[Kind]:
    return [effect.kind for effect in home.state.outbox if Target.RELAY in effect.pending]
