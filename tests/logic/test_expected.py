"""A learned limit in force: the rhythm says when, the ladder still keeps its ceiling."""

from dataclasses import replace
from datetime import datetime, timedelta

from custom_components.anshim_knock.logic.decide import Decision, decide, next_deadline
from custom_components.anshim_knock.logic.household import Household, new_household
from custom_components.anshim_knock.logic.inputs import (
    Input,
    Life,
    Place,
    ShortenLimit,
    Tick,
    Watching,
)
from custom_components.anshim_knock.logic.settings import Expected, Settings
from custom_components.anshim_knock.logic.silence import limit_of
from custom_components.anshim_knock.logic.words import Cause, Kind, Stage, Watch

from .home import CONSENT, NOON, Machine, a_home

HOUR = timedelta(hours=1)
LEARNED = Settings(limit=12 * HOUR, ceiling_margin=12 * HOUR, learned=True)


class LearnedHome:
    """A home whose rhythm expects a certain silence: `quiet` and `call` after its last sign."""

    def __init__(self, *, quiet: timedelta, call: timedelta) -> None:
        self.machine = Machine()
        self.quiet, self.call = quiet, call
        self.state: Household = new_household("h-7f3k9d2m5q", self.machine.reading())
        self.give(CONSENT)
        self.give(Watching(watch=Watch.SEEING))
        self.give(Life(place=Place.INSIDE, at=NOON))

    @property
    def settings(self) -> Settings:
        return replace(LEARNED, expected=Expected(quiet=self.quiet, call=self.call))

    def give(self, given: Input) -> Decision:
        decision = decide(self.state, given, self.machine.reading(), self.settings)
        self.state = decision.state
        return decision

    @property
    def due(self) -> datetime:
        deadline = next_deadline(self.state, self.settings)
        assert deadline is not None
        return deadline

    def wait_for_deadline(self) -> Decision:
        self.machine.true += self.due - self.machine.wall
        return self.give(Tick())


def test_the_home_asks_when_the_rhythm_says_so() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=8 * HOUR)
    assert home.due == NOON + 5 * HOUR
    home.wait_for_deadline()
    assert (home.state.stage, home.state.cause) == (Stage.QUIET, Cause.SILENCE)


def test_the_call_waits_for_its_own_limit_and_the_district_is_told_when() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=8 * HOUR)
    alert = home.wait_for_deadline().effects[0]
    assert alert.kind is Kind.QUIET
    assert alert.data["rungs"] == {"knock_in_s": 3 * 3600, "visit_in_s": 3 * 3600 + 1800}
    assert alert.data["limit_h"] == 5.0
    assert home.due == NOON + 8 * HOUR
    home.wait_for_deadline()
    assert home.state.stage is Stage.KNOCK


def test_a_district_that_shortens_the_limit_of_a_learned_home_is_called_as_well() -> None:
    home = LearnedHome(quiet=10 * HOUR, call=14 * HOUR)
    home.give(ShortenLimit(hours=3.0))
    alert = home.wait_for_deadline().effects[0]
    assert home.machine.wall == NOON + 3 * HOUR
    assert alert.data["rungs"] == {"knock_in_s": 15 * 60, "visit_in_s": 45 * 60}
    home.wait_for_deadline()
    assert home.state.stage is Stage.KNOCK
    assert home.machine.wall == NOON + 3 * HOUR + LEARNED.knock_after


def test_a_wish_of_the_district_that_lies_beyond_the_call_changes_nothing_of_it() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=8 * HOUR)
    home.give(ShortenLimit(hours=9.0))
    home.wait_for_deadline()
    assert home.due == NOON + 8 * HOUR


def test_a_wish_between_the_question_and_the_call_moves_only_the_call() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=10 * HOUR)
    home.give(ShortenLimit(hours=7.0))
    home.wait_for_deadline()
    assert home.machine.wall == NOON + 5 * HOUR
    assert home.due == NOON + 7 * HOUR


def test_the_resident_has_the_technicians_pause_to_answer_however_near_the_call_is() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=5 * HOUR)
    home.wait_for_deadline()
    assert home.due == NOON + 5 * HOUR + LEARNED.knock_after


def test_life_moves_the_limit_along() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=8 * HOUR)
    home.machine.true += 4 * HOUR
    home.give(Life(place=Place.INSIDE, at=home.machine.wall))
    assert home.due == NOON + 9 * HOUR


def test_a_district_may_shorten_a_learned_limit_and_not_lengthen_it() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=8 * HOUR)
    home.give(ShortenLimit(hours=3))
    assert limit_of(home.state, home.settings) == 3 * HOUR
    assert home.due == NOON + 3 * HOUR
    home.give(ShortenLimit(hours=100))
    assert home.due <= NOON + 5 * HOUR


def test_a_wish_of_the_district_by_day_does_not_hold_the_nights_short() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=8 * HOUR)
    home.give(ShortenLimit(hours=9))
    assert limit_of(home.state, home.settings) == 5 * HOUR
    home.quiet = 11 * HOUR
    assert limit_of(home.state, home.settings) == 9 * HOUR


def test_a_blind_home_is_asked_about_by_its_ceiling_and_never_later_than_after_a_day() -> None:
    for quiet, ceiling in ((5 * HOUR, 17 * HOUR), (20 * HOUR, 24 * HOUR)):
        home = LearnedHome(quiet=quiet, call=23 * HOUR)
        home.give(Watching(watch=Watch.BLIND))
        while home.state.stage is Stage.CALM:
            home.wait_for_deadline()
        assert home.state.cause is Cause.CEILING
        assert home.machine.wall == NOON + ceiling
        # Nobody could have seen the call's limit pass: the technician's pause is all.
        assert home.due == NOON + ceiling + LEARNED.knock_after


def test_a_home_that_learns_is_asked_about_within_a_day_before_it_has_learnt_anything() -> None:
    # Chosen by risk score before: days. The rhythm is silent before the first sign, with guests
    # there, and while the clock is not set.
    for days in (1, 5, 10):
        settings = replace(LEARNED, limit=timedelta(days=days))
        for watch in Watch:
            home = a_home(watch=watch, settings=settings)
            home.wait(hours=24)
            assert home.stage is not Stage.CALM
            assert limit_of(home.state, settings) <= timedelta(days=1)


def test_a_call_is_never_later_than_the_ceiling_whatever_the_rhythm_says() -> None:
    home = LearnedHome(quiet=5 * HOUR, call=90 * HOUR)
    home.wait_for_deadline()
    assert home.due == NOON + 24 * HOUR


def test_a_limit_that_passed_meanwhile_is_due_at_once() -> None:
    home = LearnedHome(quiet=10 * HOUR, call=12 * HOUR)
    home.machine.true += 6 * HOUR
    home.give(Tick())
    # A source has died or come back: less silence is usual now.
    home.quiet = 4 * HOUR
    home.give(Tick())
    assert home.state.stage is Stage.QUIET
