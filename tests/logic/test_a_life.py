"""Anything may happen in any order: power cuts, wrong clocks, full disks, people, silence."""

from datetime import timedelta
import os

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from custom_components.anshim_knock.logic.effects import Target
from custom_components.anshim_knock.logic.inputs import (
    Answered,
    ComeBack,
    Coming,
    ConsentWithdrawn,
    GuestsStay,
    Help,
    KnockNow,
    Leave,
    Life,
    Ok,
    OutrunVersion,
    Person,
    Place,
    ShortenLimit,
    StartDrill,
    TakeBack,
    Trouble,
    Watching,
)
from custom_components.anshim_knock.logic.snapshot import from_dict
from custom_components.anshim_knock.logic.words import Answer, Cause, Watch

from .a_life import SEEN, ALife, written
from .home import CONSENT, EPOCH

OUTCOMES = st.sampled_from([*sorted(SEEN), "nobody_opened", "not_reached", "new_code", None])
MINUTES = st.sampled_from([0.5, 3, 5, 14, 15, 30, 31])
HOURS = st.sampled_from([1, 5, 12, 13, 26])
JUMPS = st.sampled_from([-48.0, -2.0, -0.2, 0.2, 2.0, 30.0, 24.0 * 3650])


class AnyLife(RuleBasedStateMachine):
    """Rules are what happens; the checks are in `a_life`."""

    def __init__(self) -> None:
        super().__init__()
        self.life = ALife()
        self.life.take(CONSENT)
        self.life.take(Watching(watch=Watch.SEEING))

    # -- time, power, clocks, disk -------------------------------------------------------------

    @rule(minutes=MINUTES)
    def minutes_pass(self, minutes: float) -> None:
        self.life.wait(timedelta(minutes=minutes))

    @rule(hours=HOURS)
    def hours_pass(self, hours: int) -> None:
        self.life.wait(timedelta(hours=hours))

    @rule(minutes=MINUTES)
    def home_assistant_restarts(self, minutes: float) -> None:
        self.life.let_pass(timedelta(minutes=minutes))
        self.life.restart()

    @rule(hours=HOURS, boots_at=st.sampled_from(["right", "1970", "last save", "earlier"]))
    def power_is_cut(self, hours: int, boots_at: str) -> None:
        wall = {
            "right": None,
            "1970": EPOCH,
            "last save": self.life.machine.wall,
            "earlier": self.life.machine.wall - timedelta(minutes=40),
        }[boots_at]
        self.life.power_cut(timedelta(hours=hours), wall)

    @rule()
    def the_network_sets_the_clock(self) -> None:
        self.life.machine.wrong_by = timedelta(0)
        self.life.take_tick()

    @rule(hours=JUMPS)
    def the_clock_jumps(self, hours: float) -> None:
        self.life.machine.wrong_by += timedelta(hours=hours)
        self.life.take_tick()

    @rule(seconds=st.integers(-60, 60))
    def the_clock_drifts(self, seconds: int) -> None:
        self.life.machine.wrong_by += timedelta(seconds=seconds)
        self.life.account.slack += timedelta(seconds=abs(seconds))
        self.life.take_tick()

    @rule(works=st.booleans())
    def the_disk(self, *, works: bool) -> None:
        self.life.disk_works = works
        self.life.take(Trouble(code="store", raised=not works))

    # -- the relay -----------------------------------------------------------------------------

    @precondition(lambda self: len(self.life.state.outbox) > 0)
    @rule(data=st.data(), saved=st.booleans())
    def something_arrives(self, data: st.DataObject, *, saved: bool) -> None:
        effect = data.draw(st.sampled_from(self.life.state.outbox))
        target: Target = data.draw(st.sampled_from(effect.pending))
        self.life.deliver(effect, target)
        if saved:
            self.life.save()

    @rule(hears=st.booleans())
    def the_relay(self, *, hears: bool) -> None:
        self.life.relay_hears = hears

    @precondition(lambda self: self.life.disk_works and not self.life.relay_hears)
    @rule(above=st.integers(0, 5))
    def the_relay_reports_a_conflict(self, above: int) -> None:
        before = self.life.waiting()
        version = self.life.state.version + above
        self.life.take(OutrunVersion(version=version, conflict=True))
        assert self.life.waiting()[: len(before)] == before

    # -- signs of life -------------------------------------------------------------------------

    @rule(place=st.sampled_from(Place), crash=st.booleans())
    def somebody_stirs(self, place: Place, *, crash: bool) -> None:
        self.life.take(Life(place=place, at=self.life.machine.wall), crash_before_saving=crash)

    @rule(hours=st.sampled_from([-30.0, -0.01, 0.5, 3.0, 11.9, 12.0, 200.0]))
    def a_record_comes_from_the_district(self, hours: float) -> None:
        at = self.life.machine.wall - timedelta(hours=hours)
        self.life.take(Life(place=Place.ELSEWHERE, at=at))

    @rule(person=st.sampled_from(Person))
    def somebody_says_ok(self, person: Person) -> None:
        self.life.take(Ok(person=person))

    @rule(watch=st.sampled_from(Watch))
    def the_sensors_change(self, watch: Watch) -> None:
        self.life.take(Watching(watch=watch))

    # -- alerts and people ---------------------------------------------------------------------

    @rule(crash=st.booleans())
    def help_is_called(self, *, crash: bool) -> None:
        self.life.take(Help(cause=Cause.BUTTON), crash_before_saving=crash)

    @rule(seconds=st.sampled_from([0, 5, 20, 21]))
    def it_is_taken_back(self, seconds: int) -> None:
        self.life.wait(timedelta(seconds=seconds))
        self.life.take(TakeBack())

    @rule()
    def a_guardian_is_on_the_way(self) -> None:
        self.life.take(Coming())

    @rule(
        answer=st.sampled_from(Answer),
        outcome=OUTCOMES,
        until=st.sampled_from([None, -60.0, 5.0, 20.0, 90.0]),
        older=st.sampled_from([0, 0, 0, 1, 7]),
        ago=st.sampled_from([0, 0, 5, 9 * 60, 40 * 60]),
    )
    def a_person_answers(
        self, answer: Answer, outcome: str | None, until: float | None, older: int, ago: int
    ) -> None:
        end = None if until is None else self.life.machine.wall + timedelta(minutes=until)
        episode = self.life.state.episode
        self.life.take(
            Answered(
                episode=None if episode is None else episode - older,
                answer=answer,
                by="staff",
                at=self.life.machine.true - timedelta(minutes=ago),
                outcome=outcome,
                until=end,
            )
        )

    @rule()
    def the_district_asks_for_a_knock(self) -> None:
        self.life.take(KnockNow())

    @rule(hours=st.sampled_from([0.0, 2.0, 6.0, 48.0]), until=st.sampled_from([None, -1, 4, 30]))
    def the_district_shortens_the_limit(self, hours: float, until: int | None) -> None:
        end = None if until is None else self.life.machine.wall + timedelta(hours=until)
        self.life.take(ShortenLimit(hours=hours, until=end))

    @rule(hours=st.sampled_from([-1, 3, 48, 99_999]), guests=st.booleans())
    def they_leave_or_have_guests(self, hours: int, *, guests: bool) -> None:
        until = self.life.machine.wall + timedelta(hours=hours)
        longest = until + timedelta(hours=12)
        self.life.take(GuestsStay(until=until) if guests else Leave(until=until, longest=longest))

    @rule()
    def they_come_back(self) -> None:
        self.life.take(ComeBack())

    @rule(name=st.sampled_from(["d-1", "d-2"]))
    def a_drill_begins(self, name: str) -> None:
        self.life.take(StartDrill(id=name))

    @rule(given=st.booleans())
    def consent_changes(self, *, given: bool) -> None:
        withdrawn = ConsentWithdrawn(text_version="ko-1", recorded_by="resident")
        self.life.take(CONSENT if given else withdrawn)

    # -- what must hold ------------------------------------------------------------------------

    @invariant()
    def silence_is_never_thought_shorter_than_it_is(self) -> None:
        self.life.check_silence()

    @invariant()
    def what_was_promised_has_arrived_or_waits(self) -> None:
        self.life.check_promises()

    @invariant()
    def what_would_be_written_can_be_read(self) -> None:
        assert from_dict(written(self.life.state)) == self.life.state


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(
    max_examples=int(os.environ.get("ANSHIM_LIVES", "40")), stateful_step_count=40
)
