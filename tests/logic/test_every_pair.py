"""Every stage, home, away or with guests, seen or not: whatever happens, it holds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from custom_components.anshim_knock.logic.decide import standing
from custom_components.anshim_knock.logic.household import Stay
from custom_components.anshim_knock.logic.inputs import (
    Answered,
    CallEnded,
    ComeBack,
    Coming,
    ConsentWithdrawn,
    GuestsStay,
    Help,
    Input,
    KnockNow,
    Leave,
    Life,
    Ok,
    OutrunVersion,
    Person,
    Place,
    Restarted,
    ShortenLimit,
    StartDrill,
    TakeBack,
    Tick,
    Trouble,
    Walked,
    Watching,
)
from custom_components.anshim_knock.logic.rungs import Standing
from custom_components.anshim_knock.logic.words import (
    Answer,
    Caller,
    CallResult,
    Cause,
    Presence,
    Stage,
    Watch,
)

from .home import (
    CONSENT,
    Home,
    a_home,
    a_knocked_home,
    a_lapsed_visit,
    a_quiet_home,
    a_visited_home,
    an_emergency,
    an_owned_visit,
)


def a_taken_emergency() -> Home:
    home = an_emergency()
    home.answer(Answer.HOLD)
    return home


def a_home_without_consent() -> Home:
    home = a_home()
    home.give(ConsentWithdrawn(text_version="ko-1", recorded_by="resident"))
    return home


HOMES: tuple[Callable[[], Home], ...] = (
    a_home_without_consent,
    a_home,
    a_quiet_home,
    a_knocked_home,
    a_visited_home,
    an_owned_visit,
    a_lapsed_visit,
    an_emergency,
    a_taken_emergency,
)
A_WHILE = timedelta(hours=3)


def inputs(home: Home) -> list[Input]:
    """One of each kind, and each of its words."""
    now, episode = home.machine.wall, home.state.episode
    answers = [
        Answered(
            episode=number,
            answer=answer,
            by="dong",
            at=now,
            outcome=outcome,
            until=now + A_WHILE,
        )
        for number in (episode, 999)
        for answer in Answer
        for outcome in ("seen_well", "deceased", "nobody_opened", None)
    ]
    return [
        *(Life(place=place, at=now - ago) for place in Place for ago in (A_WHILE, timedelta(0))),
        *(Ok(person=person) for person in Person),
        *(Help(cause=cause) for cause in Cause),
        *(Watching(watch=watch) for watch in Watch),
        *answers,
        *(CallEnded(result=result, by=by) for result in CallResult for by in Caller),
        TakeBack(),
        Coming(),
        Leave(until=now + A_WHILE, longest=now + 2 * A_WHILE),
        Leave(until=now - A_WHILE),
        GuestsStay(until=now + A_WHILE),
        ComeBack(),
        KnockNow(),
        ShortenLimit(hours=2),
        CONSENT,
        ConsentWithdrawn(text_version="ko-1", recorded_by="resident"),
        Trouble(code="battery", raised=True),
        StartDrill(id="d-1"),
        Walked(id="w-1", passed=True, data={}),
        OutrunVersion(version=home.state.version + 5),
        Tick(),
        Restarted(),
    ]


def placed(make: Callable[[], Home], presence: Presence, watch: Watch) -> Home:
    home = make()
    since = home.machine.wall
    until = None if presence is Presence.HOME else since + 2 * A_WHILE
    stay = Stay(kind=presence, since=since, until=until)
    home.state = replace(home.state, stay=stay, watch=watch)
    return home


ORDER = list(Stage)
# What may bring a home down to calm, by where it stands. Whatever else happens is no end.
ENDS: dict[Standing, tuple[type[Input], ...]] = {
    Standing.QUIET: (Life, Ok, TakeBack, Answered, ConsentWithdrawn),
    Standing.KNOCK: (Life, Ok, TakeBack, Answered, ConsentWithdrawn),
    Standing.VISIT: (Life, Ok, TakeBack, Answered),
    Standing.OWNED_VISIT: (Answered,),
    Standing.LAPSED_VISIT: (Answered,),
    Standing.EMERGENCY: (Answered, TakeBack),
    Standing.OWNED_EMERGENCY: (Answered,),
}


@pytest.mark.parametrize("restarts", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("make", HOMES, ids=lambda make: make.__name__)
def test_whatever_happens_anywhere_it_is_decided_kept_and_never_forgotten(
    make: Callable[[], Home], *, restarts: bool
) -> None:
    for presence, watch in product(Presence, Watch):
        for number in range(len(inputs(make()))):
            home = placed(make, presence, watch)
            if restarts:
                home.restart(away=timedelta(seconds=1))
            given = inputs(home)[number]
            before, here = home.state, standing(home.state)
            decision = home.give(given)
            after = home.state
            if after.stage is Stage.CALM and before.stage is not Stage.CALM:
                assert isinstance(given, ENDS[here]), (here, given)
            assert after.stage is Stage.CALM or ORDER.index(after.stage) >= ORDER.index(
                before.stage
            )
            if after.consented or after.stage is not Stage.CALM:
                assert decision.deadline is not None
                assert decision.deadline > home.machine.wall
            # An open alert waits for something: a rung, a saying-again, the end of a hold.
            assert (after.due is None) is (after.stage is Stage.CALM)
            home.restart(away=timedelta(seconds=0))
            assert home.state.stage is after.stage


def test_these_are_all_the_places_where_a_household_can_stand() -> None:
    found = {standing(placed(make, p, Watch.SEEING).state) for make in HOMES for p in Presence}
    assert found == set(Standing)
