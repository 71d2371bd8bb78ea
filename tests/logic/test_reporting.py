from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from custom_components.anshim_knock.logic.reporting import INTERVAL, SHORTEST
from custom_components.anshim_knock.logic.source import (
    Evidence,
    LivenessWhy,
    Source,
    Via,
    condition,
    liveness,
    next_change,
    told,
)
from custom_components.anshim_knock.logic.words import Liveness, Role

START = datetime(2026, 3, 2, tzinfo=UTC)
LOOK = timedelta(minutes=137)
OF_THE_DEVICE = [Via.ZIGPY, Via.ZIGBEE2MQTT, Via.REPORTED]


def a_source(role: Role = Role.DOOR) -> Source:
    return Source(role=role, available=True, tested=START)


def looked_at(
    source: Source, every: timedelta, *, days: int, via: Via = Via.ZIGPY, since: datetime = START
) -> tuple[Source, datetime]:
    """A device that speaks once in `every`, looked at whenever it asks for it."""
    now, end = since, since + timedelta(days=days)
    while now < end:
        spoke = since + every * ((now - since) // every)
        source = told(source, Evidence(heard=spoke, via=via), now)
        due = next_change(source, now)
        now = end if due is None else min(due, end)
    return told(source, Evidence(heard=end, via=via), end), end


@pytest.mark.parametrize("via", OF_THE_DEVICE)
def test_a_door_that_speaks_hourly_is_missed_within_hours_and_not_after_a_day(via: Via) -> None:
    source, now = looked_at(a_source(), timedelta(minutes=55), days=6, via=via)
    assert liveness(source, now + timedelta(hours=2, minutes=40)) is Liveness.LIVE
    assert liveness(source, now + timedelta(hours=5)) is not Liveness.LIVE
    assert liveness(source, now + timedelta(hours=10)) is Liveness.LOST


def test_a_door_that_speaks_twice_a_day_keeps_the_patience_of_its_role() -> None:
    source, now = looked_at(a_source(), timedelta(hours=12), days=10)
    assert liveness(source, now + timedelta(hours=25)) is Liveness.LIVE
    assert liveness(source, now + INTERVAL[Role.DOOR]) is Liveness.LATE


def test_before_it_has_learnt_a_source_has_the_patience_of_its_role() -> None:
    source, now = looked_at(a_source(), timedelta(minutes=55), days=1)
    assert liveness(source, now + timedelta(hours=25)) is Liveness.LIVE


def test_a_change_of_state_alone_teaches_no_interval() -> None:
    """A closed door is silent for days, and nothing is wrong with it."""
    source, now = looked_at(a_source(), timedelta(minutes=20), days=10, via=Via.STATE)
    assert liveness(source, now + timedelta(hours=25)) is Liveness.LIVE


def test_looks_that_were_made_because_the_device_spoke_teach_no_short_interval() -> None:
    source, now = a_source(), START
    for half_days in range(40):
        now = START + timedelta(hours=12 * half_days)
        for minute in range(30):
            look = now + timedelta(minutes=minute)
            source = told(source, Evidence(heard=now, via=Via.ZIGPY), look)
    assert liveness(source, now + timedelta(hours=25)) is Liveness.LIVE


@pytest.mark.parametrize("role", list(Role))
def test_however_chatty_a_device_was_it_may_be_silent_for_a_while(role: Role) -> None:
    source, now = looked_at(a_source(role), timedelta(seconds=20), days=8)
    assert liveness(source, now + SHORTEST[role] - timedelta(seconds=1)) is Liveness.LIVE


@pytest.mark.parametrize("role", list(Role))
def test_no_device_may_be_silent_for_longer_than_its_role_allows(role: Role) -> None:
    source, now = looked_at(a_source(role), timedelta(days=3), days=40)
    source = replace(source, heard=now)
    assert liveness(source, now + INTERVAL[role]) is not Liveness.LIVE


def test_a_promise_beats_what_was_learnt() -> None:
    source, now = looked_at(a_source(), timedelta(hours=9), days=10)
    source = told(source, Evidence(check_in=timedelta(minutes=50)), now)
    assert liveness(source, now + timedelta(hours=2)) is Liveness.LIVE
    assert liveness(source, now + timedelta(hours=2, minutes=30)) is Liveness.LATE
    source = told(source, Evidence(check_in=timedelta(days=300)), now)
    assert liveness(source, now + timedelta(hours=52)) is Liveness.LATE


def test_a_hub_that_was_away_for_an_afternoon_does_not_spoil_what_was_learnt() -> None:
    source, now = looked_at(a_source(), timedelta(minutes=50), days=8)
    source = told(source, Evidence(heard=now, via=Via.ZIGPY), now + timedelta(hours=5))
    now += timedelta(hours=6)
    source = told(source, Evidence(heard=now, via=Via.ZIGPY), now)
    assert liveness(source, now + timedelta(hours=5)) is not Liveness.LIVE


def test_it_asks_for_looks_while_it_learns_and_seldom_later() -> None:
    source = told(a_source(), Evidence(heard=START, via=Via.ZIGPY), START)
    assert next_change(source, START) == START + LOOK
    source, now = looked_at(source, timedelta(minutes=5), days=6)
    due = next_change(source, now)
    assert due is not None
    assert condition(source, due).why is LivenessWhy.OVERDUE
    source = told(source, Evidence(heard=due, via=Via.ZIGPY), due)
    assert (next_change(source, due) or due) - due >= timedelta(hours=2)


def test_a_device_that_learns_to_speak_less_often_is_given_more_time() -> None:
    """New firmware, a new mesh: the habit of last month is not held against it for ever."""
    source, now = looked_at(a_source(), timedelta(minutes=30), days=5)
    assert liveness(source, now + timedelta(hours=9)) is not Liveness.LIVE
    source, now = looked_at(source, timedelta(hours=6), days=20, since=now)
    assert liveness(source, now + timedelta(hours=9)) is Liveness.LIVE


def test_every_look_it_asks_for_is_later_than_the_one_before() -> None:
    source, now, asked = a_source(), START, []
    for _ in range(100):
        source = told(source, Evidence(heard=now, via=Via.ZIGPY), now)
        due = next_change(source, now)
        assert due is not None
        asked.append(due)
        now = due
    assert all(later > earlier for earlier, later in pairwise(asked))


def test_what_the_radio_cannot_tell_stays_as_it_was() -> None:
    source = told(
        a_source(),
        Evidence(heard=START, via=Via.ZIGPY, link=180, battery=87.0, check_in=LOOK),
        START,
    )
    assert told(source, Evidence(), START + LOOK) == source


def test_an_older_or_a_future_frame_is_no_news() -> None:
    source = told(a_source(), Evidence(heard=START, via=Via.ZIGPY), START)
    for heard in (START - timedelta(days=1), START + timedelta(days=9)):
        assert told(source, Evidence(heard=heard, via=Via.ZIGPY), START).heard == START


def test_out_of_reach_is_late_then_lost_and_reached_again_is_live() -> None:
    source = told(a_source(), Evidence(heard=START, via=Via.ZIGPY, reachable=True), START)
    source = told(source, Evidence(reachable=False), START)
    assert condition(source, START).why is LivenessWhy.UNREACHABLE
    assert liveness(source, START) is Liveness.LATE
    later = START + timedelta(minutes=15)
    assert next_change(source, START) == later
    assert liveness(source, later) is Liveness.LOST
    assert liveness(told(source, Evidence(reachable=True), later), later) is Liveness.LIVE


@pytest.mark.parametrize("role", list(Role))
def test_evidence_is_never_activity(role: Role) -> None:
    source = a_source(role)
    for hours in range(48):
        now = START + timedelta(hours=hours)
        source = told(source, Evidence(heard=now, via=Via.ZIGPY, reachable=bool(hours % 2)), now)
    assert (source.last_activity, source.weight) == (None, 0.0)
