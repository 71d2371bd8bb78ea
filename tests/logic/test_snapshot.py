"""A household on disk: the same after reading, small, and never guessed at when damaged."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.anshim_knock.logic.decide import decide, next_deadline
from custom_components.anshim_knock.logic.household import Household
from custom_components.anshim_knock.logic.inputs import (
    Leave,
    Restarted,
    ShortenLimit,
    StartDrill,
    Tick,
)
from custom_components.anshim_knock.logic.snapshot import SnapshotError, from_dict, to_dict
from custom_components.anshim_knock.logic.words import Answer, Stage

from .home import (
    EPOCH,
    NOON,
    SETTINGS,
    Home,
    a_home,
    a_knocked_home,
    a_lapsed_visit,
    a_quiet_home,
    a_visited_home,
    an_emergency,
    an_owned_visit,
)


def an_absent_home() -> Home:
    home = a_home()
    home.give(Leave(until=NOON + timedelta(days=2)))
    return home


def a_drilling_home() -> Home:
    home = a_home()
    home.give(StartDrill(id="d-1"))
    return home


def a_home_in_1970() -> Home:
    home = a_home()
    home.power_cut(off=timedelta(hours=1), wall=EPOCH)
    return home


HOMES: list[Callable[[], Home]] = [
    a_home,
    a_quiet_home,
    a_knocked_home,
    a_visited_home,
    an_owned_visit,
    a_lapsed_visit,
    an_emergency,
    an_absent_home,
    a_drilling_home,
    a_home_in_1970,
]


def on_disk(state: Household) -> Any:
    return json.loads(json.dumps(to_dict(state)))


@pytest.mark.parametrize("lived", HOMES)
def test_what_was_written_is_what_is_read(lived: Callable[[], Home]) -> None:
    state = lived().state
    assert from_dict(on_disk(state)) == state


@pytest.mark.parametrize("lived", HOMES)
def test_a_restored_home_waits_for_the_same_deadline(lived: Callable[[], Home]) -> None:
    state = lived().state
    assert next_deadline(from_dict(on_disk(state)), SETTINGS) == next_deadline(state, SETTINGS)


@pytest.mark.parametrize("lived", HOMES)
def test_what_was_written_before_clocks_had_doubts_is_still_read(
    lived: Callable[[], Home],
) -> None:
    state = lived().state
    older = on_disk(state)
    del older["clock"]["least"], older["clock"]["stood"]
    restored = from_dict(older)
    assert next_deadline(restored, SETTINGS) == next_deadline(state, SETTINGS)
    clock = restored.clock
    last_set = clock.wall + (clock.lag or timedelta(0))
    assert clock.least == (last_set if clock.trusted or clock.lag is not None else None)


def test_what_the_district_wished_is_kept_with_its_end() -> None:
    home = a_home()
    home.give(ShortenLimit(hours=9.0))
    home.give(ShortenLimit(hours=6.0, until=NOON + timedelta(hours=5)))
    assert from_dict(on_disk(home.state)) == home.state


def test_a_wish_that_an_older_version_kept_holds_for_good() -> None:
    home = a_home()
    home.give(ShortenLimit(hours=6.0))
    older = on_disk(home.state)
    del older["limit_caps"]
    assert from_dict(older) == home.state


def test_a_household_at_its_worst_fits_into_four_kilobytes() -> None:
    home = a_home()
    home.wait(hours=14)
    home.help()
    home.wait(minutes=11)
    home.answer(Answer.HOLD)
    assert len(home.state.outbox) >= 6
    assert len(json.dumps(to_dict(home.state))) <= 4096


def test_a_calm_household_fits_into_one() -> None:
    assert len(json.dumps(to_dict(a_home().state))) <= 1024


def paths(data: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a stored household, the outermost first."""
    found = [at] if at else []
    if isinstance(data, dict):
        return found + [p for key, value in data.items() for p in paths(value, (*at, key))]
    if isinstance(data, list):
        return found + [p for n, value in enumerate(data) for p in paths(value, (*at, n))]
    return found


def damaged(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """`value` put at `path`; a missing one taken away."""
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    if value is MISSING:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


MISSING = object()
JUNK = st.one_of(
    st.just(MISSING),
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.just([{"a": 1}]),
    st.sampled_from(["calm", "visit", "9999-12-31T23:59:59+00:00", "2026-11-22T12:00:00", "-1"]),
)


@given(data=st.data(), lived=st.sampled_from(HOMES), junk=JUNK)
def test_damage_is_named_and_what_still_reads_can_still_be_decided_about(
    data: st.DataObject, lived: Callable[[], Home], junk: Any
) -> None:
    home = lived()
    stored = on_disk(home.state)
    path = data.draw(st.sampled_from(paths(stored)))
    try:
        state = from_dict(damaged(stored, path, junk))
    except SnapshotError as err:
        assert "stored state" in str(err)  # noqa: PT017 -- most damage is refused, some reads
        return
    for given_input in (Restarted(), Tick()):
        state = decide(state, given_input, home.machine.reading(), SETTINGS).state
    assert not state.consented or next_deadline(state, SETTINGS) is not None


@pytest.mark.parametrize("stored", [None, [], "calm", 7, {}, {"snapshot": 1}, {"snapshot": 99}])
def test_what_is_no_household_is_refused(stored: Any) -> None:
    with pytest.raises(SnapshotError):
        from_dict(stored)


def test_another_version_says_so() -> None:
    stored = {**on_disk(a_home().state), "snapshot": 2}
    with pytest.raises(SnapshotError, match="version 2, this program reads 1"):
        from_dict(stored)


@pytest.mark.parametrize(
    "wrong",
    [
        {"due": None},
        {"episodes": []},
        {"cause": None},
        {"stage": "calm"},
        {"stage": "panic"},
        {"consented": "yes"},
        {"consented": 1},
        {"version": True},
        {"episodes": "41"},
        {"watched": float("nan")},
        {"watched": -5},
    ],
)
def test_parts_that_do_not_fit_together_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        from_dict({**on_disk(a_quiet_home().state), **wrong})


def test_a_state_is_a_value() -> None:
    state = a_quiet_home().state
    assert replace(state) == state
    assert state.stage is Stage.QUIET
