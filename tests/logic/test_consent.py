"""Without consent nothing is read and nothing leaves; and a rehearsal is never a case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.decide import standing
from custom_components.anshim_knock.logic.household import new_household
from custom_components.anshim_knock.logic.inputs import (
    ConsentWithdrawn,
    GuestsStay,
    Help,
    Input,
    KnockNow,
    Leave,
    Life,
    Ok,
    Person,
    Place,
    ShortenLimit,
    StartDrill,
    Trouble,
    Walked,
)
from custom_components.anshim_knock.logic.rungs import Standing, Why
from custom_components.anshim_knock.logic.words import Cause, Kind, Stage, Watch

from .home import (
    CONSENT,
    NOON,
    Home,
    Machine,
    a_home,
    a_knocked_home,
    a_quiet_home,
    a_visited_home,
    an_emergency,
)

WITHDRAWN = ConsentWithdrawn(text_version="ko-1", recorded_by="resident")


def a_home_without_consent() -> Home:
    machine = Machine()
    return Home(state=new_household("h-7f3k9d2m5q", machine.reading()), machine=machine)


@pytest.mark.parametrize(
    "given",
    [
        Life(place=Place.INSIDE, at=NOON),
        Ok(person=Person.RESIDENT),
        Help(cause=Cause.BUTTON),
        KnockNow(),
        ShortenLimit(hours=2.0),
        Leave(until=NOON + timedelta(days=1)),
        GuestsStay(until=NOON + timedelta(days=1)),
        StartDrill(id="d-1"),
    ],
)
def test_without_consent_everything_is_refused(given: Input) -> None:
    home = a_home_without_consent()
    decision = home.give(given)
    assert decision.refused
    assert decision.why is Why.NO_CONSENT
    assert decision.effects == ()
    assert decision.deadline is None
    assert home.state.last_sign is None


def test_without_consent_no_trouble_leaves_the_home() -> None:
    home = a_home_without_consent()
    home.give(Trouble(code="store", raised=True))
    home.watching(Watch.SEEING)
    home.watching(Watch.BLIND)
    home.wall_jumps(days=3)
    assert home.said == []


def test_consent_starts_the_watch() -> None:
    home = a_home_without_consent()
    home.later(days=9)
    home.tick()
    home.give(CONSENT)
    assert home.kinds() == [Kind.CONSENT]
    home.watching(Watch.SEEING)
    assert home.due == home.machine.wall + timedelta(hours=12)


def test_a_home_that_has_just_consented_gets_time_to_show_its_sources() -> None:
    home = a_home_without_consent()
    home.later(days=9)
    home.give(CONSENT)
    home.wait(minutes=9)
    assert home.kinds() == [Kind.CONSENT]
    home.wait(minutes=1)
    assert home.kinds() == [Kind.CONSENT, Kind.TROUBLE]


def test_consent_given_twice_is_recorded_once() -> None:
    home = a_home()
    home.wait(hours=3)
    home.give(CONSENT)
    assert home.said == []
    assert home.due == NOON + timedelta(hours=12)


def test_consent_to_other_items_is_told_and_forgets_no_silence() -> None:
    home = a_home()
    home.wait(hours=3)
    home.give(replace(CONSENT, items=("life_signs",), anew=True))
    assert home.newest(Kind.CONSENT)["items"] == ["life_signs"]
    assert home.due == NOON + timedelta(hours=12)


def test_a_walk_test_is_told_and_moves_nothing() -> None:
    walked = Walked(id="w-1", passed=True, data={"passed": 1, "missed": 0})
    for begun in (a_home, a_quiet_home, a_knocked_home, a_visited_home, an_emergency):
        home = begun()
        before = home.state
        home.give(walked)
        told = home.newest(Kind.DRILL)
        assert (told["state"], told["walk"]) == ("passed", {"passed": 1, "missed": 0})
        assert home.stage is before.stage
        assert (home.state.due, home.state.last_sign) == (before.due, before.last_sign)


def test_a_walk_test_without_consent_is_refused() -> None:
    home = a_home_without_consent()
    assert home.give(Walked(id="w-1", passed=True, data={})).refused
    assert home.said == []


def test_a_withdrawal_ends_the_watch_of_a_calm_home() -> None:
    home = a_home()
    home.give(WITHDRAWN)
    assert standing(home.state) is Standing.OFF
    assert home.kinds() == [Kind.CONSENT]
    assert home.decision.deadline is None


def test_a_withdrawal_resolves_what_nobody_has_been_sent_to() -> None:
    for asked in (a_quiet_home, a_knocked_home):
        home = asked()
        home.give(WITHDRAWN)
        assert standing(home.state) is Standing.OFF
        assert home.newest(Kind.RESOLVED)["by"] == "consent_withdrawn"


def test_a_withdrawal_leaves_to_a_person_what_a_person_must_close() -> None:
    for asked in (a_visited_home, an_emergency):
        home = asked()
        stage = home.stage
        home.give(WITHDRAWN)
        assert home.stage is stage
        assert not home.state.consented
        home.give(WITHDRAWN)
        assert home.kinds().count(Kind.CONSENT) == 1


def test_after_a_withdrawal_no_sensor_closes_the_open_visit() -> None:
    home = a_visited_home()
    home.give(WITHDRAWN)
    decision = home.life()
    assert decision.refused
    assert decision.why is Why.NO_CONSENT
    assert home.stage is Stage.VISIT
    assert home.state.last_sign == NOON


def test_an_open_visit_without_consent_is_said_again_and_nothing_else() -> None:
    home = a_visited_home()
    home.give(WITHDRAWN)
    home.said.clear()
    home.give(Trouble(code="store", raised=True))
    home.watching(Watch.BLIND)
    home.wall_jumps(hours=2)
    home.wait(hours=1)
    assert set(home.kinds()) == {Kind.VISIT}


def test_consent_given_again_during_an_open_visit_counts() -> None:
    home = a_visited_home()
    home.give(WITHDRAWN)
    home.give(CONSENT)
    home.life()
    assert standing(home.state) is Standing.CALM


def test_consent_given_again_during_an_open_visit_forgets_no_silence() -> None:
    home = a_visited_home()
    home.give(WITHDRAWN)
    home.give(CONSENT)
    assert home.state.silent_since == NOON
    assert home.state.watched >= timedelta(hours=12)


def test_after_a_withdrawal_nothing_more_leaves() -> None:
    home = a_home()
    home.watching(Watch.BLIND)
    home.give(GuestsStay(until=NOON + timedelta(days=1)))
    home.wait(hours=1)
    home.give(StartDrill(id="d-1"))
    home.give(WITHDRAWN)
    home.said.clear()
    home.watching(Watch.SEEING)
    home.later(days=3)
    home.tick()
    home.restart()
    assert home.said == []


def test_a_new_consent_begins_without_the_old_drill_and_the_old_troubles() -> None:
    home = a_home(watch=Watch.BLIND)
    home.wait(minutes=11)
    home.give(StartDrill(id="d-1"))
    home.give(WITHDRAWN)
    home.give(CONSENT)
    home.said.clear()
    home.wait(minutes=11)
    assert [e.data for e in home.said] == [{"code": "blind", "state": "raised"}]


def test_an_absence_ends_with_the_consent() -> None:
    home = a_home()
    home.give(Leave(until=NOON + timedelta(days=1)))
    home.give(WITHDRAWN)
    assert standing(home.state) is Standing.OFF
    home.give(CONSENT)
    assert standing(home.state) is Standing.CALM


def test_a_drill_goes_through_all_stages_and_the_home_stays_calm() -> None:
    home = a_home()
    home.give(StartDrill(id="d-1"))
    home.wait(minutes=2)
    assert [(e.data["stage"], e.data["state"]) for e in home.said] == [
        ("quiet", "running"),
        ("knock", "running"),
        ("visit", "running"),
        ("visit", "passed"),
    ]
    assert home.stage is Stage.CALM
    assert home.state.episodes == ()


def test_a_drill_does_not_hide_a_real_silence() -> None:
    home = a_home()
    home.wait(hours=11, minutes=59, seconds=50)
    home.give(StartDrill(id="d-1"))
    home.wait(minutes=1)
    assert home.stage is Stage.QUIET
    assert home.newest(Kind.DRILL)["state"] == "cancelled"


def test_a_second_drill_breaks_the_first_one_off() -> None:
    home = a_home()
    home.give(StartDrill(id="d-1"))
    home.give(StartDrill(id="d-2"))
    assert [(e.data["drill"], e.data["state"]) for e in home.said] == [
        ("d-1", "running"),
        ("d-1", "cancelled"),
        ("d-2", "running"),
    ]
    assert len({e.id_of(home.state.id) for e in home.said}) == 3


def test_no_drill_during_an_alert() -> None:
    home = a_quiet_home()
    assert home.give(StartDrill(id="d-1")).why is Why.ALERT_OPEN
