"""A state that could be read only later, joined with what the home began without it."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.anshim_knock.logic.decide import found_late, next_deadline
from custom_components.anshim_knock.logic.effects import Target
from custom_components.anshim_knock.logic.household import Household, new_household
from custom_components.anshim_knock.logic.inputs import (
    Coming,
    GuestsStay,
    Help,
    Input,
    KnockNow,
    Leave,
    Life,
    Ok,
    Person,
    Place,
    Tick,
)
from custom_components.anshim_knock.logic.snapshot import from_dict, to_dict
from custom_components.anshim_knock.logic.words import Answer, Cause, Presence, Stage, Watch

from .home import CONSENT, NOON, SETTINGS, Home, a_home, a_quiet_home, a_visited_home, an_emergency
from .test_snapshot import HOMES

RUNGS = [Stage.CALM, Stage.QUIET, Stage.KNOCK, Stage.VISIT, Stage.EMERGENCY]
SIGNS: list[Input] = [
    Help(cause=Cause.BUTTON),
    KnockNow(),
    Ok(person=Person.RESIDENT),
    Ok(person=Person.GUARDIAN),
    Coming(),
    Tick(),
]


def begun_without(home: Home) -> Home:
    """The same machine, whose household knows nothing of before."""
    home.later(minutes=2)
    state = new_household(home.state.id, home.machine.reading())
    anew = Home(state=state, machine=home.machine)
    anew.give(CONSENT)
    return anew


def joined(kept: Home, anew: Home) -> Household:
    return found_late(kept.state, anew.state, anew.machine.reading(), SETTINGS)


@given(st.sampled_from(HOMES), st.lists(st.tuples(st.sampled_from(SIGNS), st.integers(0, 900))))
def test_whatever_happens_meanwhile_no_alert_is_lost_and_none_waits_longer(
    lived: Callable[[], Home], happened: list[tuple[Input, int]]
) -> None:
    kept = lived()
    anew = begun_without(kept)
    for sign, minutes in happened:
        anew.give(sign)
        anew.wait(minutes=minutes)
    state = joined(kept, anew)
    assert from_dict(to_dict(state)) == state
    found = RUNGS.index(state.stage)
    assert found == max(RUNGS.index(kept.stage), RUNGS.index(anew.stage))
    assert len(state.episodes) == len(kept.state.episodes) + len(anew.state.episodes)
    assert set(kept.state.episodes) <= set(state.episodes)
    ids = [(e.version, e.name) for e in state.outbox if Target.RELAY in e.pending]
    assert len(set(ids)) == len(ids)
    assert state.version >= max(kept.state.version, *(version for version, _ in ids), 0)
    assert next_deadline(state, SETTINGS) is not None
    if kept.state.due is not None:
        assert state.stage is not kept.stage or (state.due or NOON) <= max(
            kept.state.due, anew.state.due or kept.state.due
        )


def test_an_unsaid_alert_gets_a_number_that_the_found_home_has_not_used() -> None:
    kept = an_emergency()
    anew = begun_without(kept)
    anew.help()
    assert set(anew.state.episodes) & set(range(kept.state.version + 1))
    state = joined(kept, anew)
    own, new = state.episodes
    assert own == kept.state.episode
    assert new > kept.state.version
    said = [e for e in state.outbox if e.data.get("episode") == new]
    assert [e.version for e in said] == [new]


def test_silence_is_counted_from_where_it_was_and_from_what_was_seen_since() -> None:
    kept = a_home()
    kept.later(hours=5)
    anew = begun_without(kept)
    assert joined(kept, anew).silent_since == kept.state.silent_since
    anew.watching(Watch.SEEING)
    anew.life()
    state = joined(kept, anew)
    assert state.silent_since == state.last_sign == anew.machine.wall


@pytest.mark.parametrize("place", [Place.INSIDE, Place.OUTER_DOOR])
def test_life_that_was_seen_meanwhile_closes_nothing_by_itself(place: Place) -> None:
    kept = a_quiet_home()
    anew = begun_without(kept)
    anew.give(Life(place=place, at=anew.machine.wall))
    assert joined(kept, anew).stage is Stage.QUIET


def test_an_absence_lasts_as_long_as_it_was_meant_to() -> None:
    kept = a_home()
    kept.give(Leave(until=NOON.replace(hour=20)))
    assert joined(kept, begun_without(kept)).stay == kept.state.stay
    anew = begun_without(kept)
    anew.give(GuestsStay(until=NOON.replace(hour=22)))
    assert joined(kept, anew).stay.kind is Presence.GUEST


def test_an_answer_to_the_found_alert_closes_it() -> None:
    kept = a_visited_home()
    anew = begun_without(kept)
    anew.state = joined(kept, anew)
    anew.answer(Answer.HANDLED, outcome="seen_well")
    assert (anew.stage, anew.state.episodes) == (Stage.CALM, ())


def test_who_came_home_meanwhile_is_at_home_and_silent_since_then() -> None:
    kept = a_home()
    kept.give(Leave(until=NOON + timedelta(days=3)))
    kept.wait(hours=20)
    anew = begun_without(kept)
    back = anew.machine.wall
    anew.life()
    anew.wait(hours=5)
    state = found_late(kept.state, anew.state, anew.machine.reading(), SETTINGS, back=back)
    assert state.stay.kind is Presence.HOME
    assert state.silent_since == back
    assert state.outbox[-1].data == {"what": "away", "state": "ended"}


def test_who_came_home_unseen_meanwhile_is_silent_for_no_longer_than_at_home() -> None:
    kept = a_home()
    kept.give(Leave(until=NOON + timedelta(days=3)))
    kept.wait(hours=20)
    anew = begun_without(kept)
    back = anew.machine.wall
    anew.wait(hours=5)
    state = found_late(kept.state, anew.state, anew.machine.reading(), SETTINGS, back=back)
    assert state.stay.kind is Presence.HOME
    assert state.silent_since == back
