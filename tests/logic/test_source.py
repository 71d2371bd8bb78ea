"""One source over days: what proves that it works, how much it covers, what a restart keeps."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
import json

import pytest

from custom_components.anshim_knock.logic.activity import Change, Why, Word
from custom_components.anshim_knock.logic.appliance import Appliance
from custom_components.anshim_knock.logic.battery import Battery
from custom_components.anshim_knock.logic.evidence import Via
from custom_components.anshim_knock.logic.ghost import Ghost, Habit
from custom_components.anshim_knock.logic.reporting import Reporting
from custom_components.anshim_knock.logic.source import (
    GRACE,
    HALF_LIFE,
    INTERVAL,
    Evidence,
    Source,
    liveness,
    next_change,
    observe,
    source_from_dict,
    source_to_dict,
    told,
    told_too_late,
    watch_of,
)
from custom_components.anshim_knock.logic.words import Liveness, Role, Watch

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
START = NOW - timedelta(days=30)
MOMENT = timedelta(microseconds=1)


def report(source: Source, old: str | None, new: str | None, at: datetime = NOW) -> Source:
    return observe(source, Change(old=old, new=new, at=at, started=START)).source


def a_used(role: Role = Role.DOOR, *, times: int = 10, until: datetime = NOW) -> Source:
    """A source used once an hour, the last time at `until`."""
    source = Source(role=role, available=True, tested=START)
    for hour in reversed(range(times)):
        at = until - timedelta(hours=hour)
        source = report(source, "off", "on", at)
        source = report(source, "on", "off", at)
    return source


def test_a_source_that_was_never_heard_is_lost() -> None:
    assert liveness(Source(role=Role.DOOR, available=True), NOW) is Liveness.LOST


@pytest.mark.parametrize("role", list(Role))
def test_a_source_is_live_late_and_lost_by_its_last_report(role: Role) -> None:
    source = Source(role=role, available=True, heard=NOW)
    pause = INTERVAL[role]
    assert liveness(source, NOW) is Liveness.LIVE
    assert next_change(source, NOW) == NOW + pause
    assert liveness(source, NOW + pause - MOMENT) is Liveness.LIVE
    assert liveness(source, NOW + pause) is Liveness.LATE
    assert next_change(source, NOW + pause) == NOW + 2 * pause
    assert liveness(source, NOW + 2 * pause) is Liveness.LOST
    assert next_change(source, NOW + 2 * pause) is None


def test_a_hiccup_of_the_radio_is_late_and_then_lost() -> None:
    source = report(a_used(), "off", "unavailable")
    assert liveness(source, NOW) is Liveness.LATE
    assert next_change(source, NOW) == NOW + GRACE
    assert liveness(source, NOW + GRACE) is Liveness.LOST
    assert next_change(source, NOW + GRACE) is None


def test_a_report_of_the_same_value_proves_that_a_door_still_works() -> None:
    source = report(a_used(), "off", "off", NOW + timedelta(hours=25))
    assert liveness(source, NOW + timedelta(hours=50)) is Liveness.LIVE


def test_coming_back_is_no_proof_of_a_sensor_that_was_silent_for_days() -> None:
    late = NOW + timedelta(days=4)
    source = report(a_used(), "off", "unavailable", late - timedelta(hours=1))
    source = report(source, "unavailable", "off", late)
    assert liveness(source, late) is Liveness.LOST


def test_a_short_absence_of_the_hub_costs_nothing() -> None:
    source = report(a_used(), "off", "unavailable")
    source = report(source, "unavailable", "off", NOW + timedelta(minutes=3))
    assert liveness(source, NOW + timedelta(minutes=3)) is Liveness.LIVE


def test_a_report_from_the_future_proves_nothing_about_today() -> None:
    source = replace(a_used(), heard=NOW + timedelta(days=3650))
    assert liveness(source, NOW) is Liveness.LOST


def test_a_death_in_the_future_is_a_death() -> None:
    source = replace(a_used(), available=False, changed=NOW + timedelta(days=3650))
    assert liveness(source, NOW) is Liveness.LOST


def test_a_home_without_sources_is_blind() -> None:
    assert watch_of([], NOW) is Watch.BLIND


def test_a_sensor_that_never_showed_life_does_not_count() -> None:
    untested = Source(role=Role.MOTION, available=True, heard=NOW)
    assert watch_of([untested], NOW) is Watch.BLIND
    assert watch_of([untested, a_used()], NOW) is Watch.SEEING


def test_a_pressed_button_is_no_eye() -> None:
    source = Source(role=Role.BUTTON, available=True)
    source = report(source, "unknown", NOW.isoformat())
    assert source.last_activity == NOW
    assert watch_of([source], NOW) is Watch.BLIND


def test_a_dead_main_door_beside_a_live_side_sensor_is_not_seeing() -> None:
    main = report(a_used(times=40), "off", "unavailable")
    side = a_used(Role.MOTION, times=5)
    assert watch_of([main, side], NOW + GRACE) is Watch.DIM


def test_a_dead_side_sensor_beside_a_live_main_door_is_still_seeing() -> None:
    side = report(a_used(Role.MOTION, times=5), "off", "unavailable")
    assert watch_of([a_used(times=40), side], NOW + GRACE) is Watch.SEEING


def test_all_sources_dead_is_blind() -> None:
    dead = [report(a_used(role), "off", "unavailable") for role in (Role.DOOR, Role.MOTION)]
    assert watch_of(dead, NOW) is Watch.BLIND


def test_a_late_source_shows_nothing() -> None:
    assert watch_of([a_used(Role.PLUG)], NOW + timedelta(hours=3)) is Watch.BLIND


def test_what_was_used_long_ago_weighs_little() -> None:
    old = a_used(times=40, until=NOW - 6 * HALF_LIFE)
    new = a_used(Role.MOTION, times=5)
    assert watch_of([old, new], NOW) is Watch.SEEING


def test_an_activity_weighs_half_after_its_half_life() -> None:
    once = a_used(times=1, until=NOW - HALF_LIFE)
    again = report(once, "off", "on")
    assert once.weight == 1.0
    assert again.weight == pytest.approx(1.5, rel=0.01)


def test_unavailable_and_back_is_neither_weight_nor_life() -> None:
    before = a_used()
    source = report(before, "off", "unavailable")
    source = report(source, "unavailable", "on", NOW + timedelta(minutes=1))
    assert (source.weight, source.last_activity) == (before.weight, before.last_activity)


def test_what_was_learnt_survives_a_restart_and_availability_is_asked_anew() -> None:
    source = replace(a_used(Role.PLUG), running=True)
    kept = source_from_dict(json.loads(json.dumps(source_to_dict(source))))
    assert kept == replace(source, available=False, changed=None, tested=None)


def test_a_report_leaves_as_it_was_whatever_it_does_not_tell_of() -> None:
    before = Source(
        role=Role.DOOR,
        available=True,
        changed=START,
        heard=START,
        heard_before=START,
        last_activity=START,
        weight=3.0,
        weighed=START,
        running=True,
        tested=START,
        overruled=True,
        via=Via.ZIGPY,
        check_in=timedelta(hours=1),
        link=90,
        battery=70.0,
        reachable=True,
        habit=Habit(found=Ghost.EVEN),
        appliance=Appliance(watts=4.0),
        reporting=Reporting(since=START),
        cell=Battery(days=((20_000, 70.0),)),
    )
    untold = Source(role=Role.DOOR)
    usual = [f.name for f in fields(Source) if getattr(before, f.name) == getattr(untold, f.name)]
    assert usual == ["role"], "what has its usual value shows nothing here"
    again = report(before, "on", "on")
    assert again == replace(before, heard=NOW, heard_before=None)


@pytest.mark.parametrize(
    "damage",
    [
        {"role": "cat"},
        {"heard": "yesterday"},
        {"heard": 5},
        {"heard": "2026-11-22T12:00:00"},
        {"weight": -1.0},
        {"weight": float("nan")},
        {"weight": float("inf")},
        {"weight": "much"},
        {"running": "yes"},
    ],
)
def test_a_damaged_source_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        source_from_dict({**source_to_dict(a_used()), **damage})


def cycled(source: Source, *, days: int) -> Source:
    """A compressor that starts every forty minutes, day and night."""
    for n in range(days * 36):
        at = NOW + n * timedelta(minutes=40)
        source = report(source, "0.4", "90", at)
        source = report(source, "90", "0.4", at + timedelta(minutes=15))
    return source


def a_plug() -> Source:
    return Source(role=Role.PLUG, available=True, tested=START, running=False)


def test_a_fridge_stops_being_life_and_goes_on_proving_that_its_plug_works() -> None:
    fridge, later = cycled(a_plug(), days=10), NOW + timedelta(days=10)
    seen = observe(fridge, Change(old="0.4", new="90", at=later, started=START))
    assert fridge.ghost
    assert (seen.finding.activity, seen.finding.why) == (False, Why.GHOST)
    assert seen.source.last_activity == fridge.last_activity != later
    assert liveness(seen.source, later) is Liveness.LIVE


@pytest.mark.parametrize(
    ("role", "rest", "use"), [(Role.PLUG, "0.4", "95"), (Role.OTHER, "off", "on")]
)
@pytest.mark.parametrize("frames", [False, True])
def test_what_goes_on_for_hours_began_before_an_outage_if_nobody_heard_it_since(
    role: Role, rest: str, use: str, *, frames: bool
) -> None:
    source = report(Source(role=role, available=True, tested=START, running=False), rest, rest)
    back = NOW + timedelta(hours=6)
    source = report(source, rest, "unavailable", NOW + timedelta(minutes=1))
    source = report(source, "unavailable", rest, back)
    if frames:
        # They prove the device alive, and say nothing of what it draws.
        source = told(source, Evidence(heard=back + timedelta(minutes=4)), back)
    later = back + timedelta(minutes=5)
    change = Change(old=rest, new=use, at=later, started=START, power_back=back, unheard=True)
    assert (observe(source, change).finding.activity, observe(source, change).at) == (True, NOW)
    assert observe(source, replace(change, unheard=False)).at == later
    first = replace(change, unheard=False, word=Word.FIRST_FRAME)
    assert observe(source, first).at == NOW


def test_what_was_told_hours_late_is_no_news_where_life_has_been_seen_since() -> None:
    door = a_used(until=NOW)
    later = NOW + timedelta(hours=3)
    assert told_too_late([door, a_plug()], NOW - timedelta(hours=2), later)
    assert not told_too_late([door], NOW - timedelta(minutes=50), later)
    assert not told_too_late([door], NOW + timedelta(hours=1), later)
    # A use in the future was seen by a clock that was wrong.
    assert not told_too_late([door], NOW - timedelta(hours=3), NOW - timedelta(minutes=1))


def test_a_home_with_nothing_but_a_fridge_is_blind() -> None:
    fridge, later = cycled(a_plug(), days=10), NOW + timedelta(days=10)
    assert watch_of([fridge], later) is Watch.BLIND
    assert watch_of([fridge, a_used(until=later)], later) is Watch.SEEING


def test_a_technician_may_know_better_than_we() -> None:
    plug, later = replace(cycled(a_plug(), days=10), overruled=True), NOW + timedelta(days=10)
    seen = observe(plug, Change(old="0.4", new="90", at=later, started=START))
    assert not plug.ghost
    assert seen.finding.activity


def opened(door: Source, days: int, *, every: timedelta, hours: range) -> Source:
    for n in range(int(days * timedelta(days=1) / every)):
        at = NOW + n * every
        if at.hour in hours:
            door = report(door, "off", "on", at)
            assert door.last_activity == at or door.ghost
            door = report(door, "on", "off", at + timedelta(seconds=9))
    return door


@pytest.mark.parametrize("role", [Role.DOOR, Role.OUTER_DOOR])
def test_a_door_that_rests_at_night_is_moved_by_a_hand_however_regularly_it_is(role: Role) -> None:
    door = Source(role=role, available=True, tested=START)
    assert not opened(door, 30, every=timedelta(minutes=20), hours=range(6, 23)).ghost


@pytest.mark.parametrize("role", [Role.DOOR, Role.OUTER_DOOR])
def test_a_contact_that_opens_day_and_night_is_no_hand_and_no_eye(role: Role) -> None:
    door = Source(role=role, available=True, tested=START)
    door = opened(door, 7, every=timedelta(minutes=20), hours=range(24))
    assert door.ghost
    assert watch_of([door], NOW + timedelta(days=7)) is Watch.BLIND
    overruled = replace(door, overruled=True)
    assert report(overruled, "off", "on", NOW + timedelta(days=8)).last_activity is not None


def test_a_home_is_seen_from_the_moment_that_its_sources_are_proved() -> None:
    door = Source(role=Role.DOOR, available=True, heard=NOW)
    assert watch_of([door], NOW) is Watch.BLIND
    assert watch_of([replace(door, tested=NOW)], NOW) is Watch.SEEING


def test_a_proved_door_that_is_dead_beside_a_living_one_is_half_of_what_was_proved() -> None:
    door = Source(role=Role.DOOR, available=True, heard=NOW, tested=NOW)
    dead = replace(door, heard=None)
    assert watch_of([door, dead], NOW) is Watch.SEEING
    assert watch_of([door, dead, dead], NOW) is Watch.DIM
