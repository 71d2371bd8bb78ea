import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.anshim_knock.logic.rhythm import Place, Rhythm, Rung
from custom_components.anshim_knock.logic.rhythm.backtest import Sign
from custom_components.anshim_knock.logic.rhythm.parameters import DAY
from custom_components.anshim_knock.logic.rhythm_snapshot import (
    rhythm_from_dict,
    rhythm_to_dict,
)
from tests.logic.rhythm.lives import MONDAY, fed, made_up, plain_life

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["life", "door", "left", "back", "unsure", "blind", "lost", "seen"]),
        st.floats(-3 * DAY, 3 * DAY) | st.floats(0, 7200),
        st.sampled_from(["a", "b", "c"]),
    ),
    max_size=60,
)


def taken(rhythm: Rhythm, at: float, what: str, source: str) -> None:
    match what:
        case "life":
            rhythm.activity(at, source)
        case "door":
            rhythm.activity(at, f"door {source}", Place.DOOR)
        case "left" | "back":
            rhythm.presence(at, home=what == "back")
        case "unsure":
            rhythm.presence(at, home=None)
        case _:
            rhythm.watch(at, lost=[source] if what == "lost" else [], blind=what == "blind")


def through_json(rhythm: Rhythm) -> Rhythm:
    return rhythm_from_dict(json.loads(json.dumps(rhythm_to_dict(rhythm), allow_nan=False)))


@given(before=STEPS, after=STEPS)
@settings(max_examples=60)
def test_whatever_happens_a_restored_rhythm_goes_on_as_if_nothing_had_been(
    before: list[tuple[str, float, str]], after: list[tuple[str, float, str]]
) -> None:
    rhythm, at = Rhythm(), MONDAY + 1000 * DAY
    for what, later, source in before:
        at += later
        taken(rhythm, at, what, source)
    restored = through_json(rhythm)
    assert rhythm_to_dict(restored) == rhythm_to_dict(rhythm)
    for what, later, source in after:
        at += later
        taken(rhythm, at, what, source)
        taken(restored, at, what, source)
        for rung in Rung:
            assert restored.deadline(rung) == rhythm.deadline(rung)
            since = rhythm.silence.since if rhythm.silence else at
            assert rhythm.deadline(rung).at > since


def test_a_learnt_home_is_the_same_after_a_restart() -> None:
    rhythm = fed(made_up(3, 40))
    restored = through_json(rhythm)
    assert restored.explain() == rhythm.explain()
    more = plain_life(3, first=3000)
    assert rhythm_to_dict(fed(more, restored)) == rhythm_to_dict(fed(more, rhythm))


def test_a_home_of_a_hundred_sources_stays_small() -> None:
    signs = [Sign(s.at, f"source {n % 100}") for n, s in enumerate(plain_life(60))]
    assert len(json.dumps(rhythm_to_dict(fed(signs)))) < 200_000


def test_a_rhythm_of_the_version_before_goes_on() -> None:
    rhythm = fed(plain_life(40))
    stored = rhythm_to_dict(rhythm)
    del stored["stretched"]
    restored = rhythm_from_dict({**stored, "version": 3})
    assert rhythm_to_dict(restored) == rhythm_to_dict(rhythm)


def test_what_a_dead_source_stretched_is_kept() -> None:
    rhythm = fed(plain_life(40))
    rhythm.watch(rhythm.spoke + 60, lost=["kitchen"], blind=False)
    assert rhythm.anchor.stretched
    assert through_json(rhythm).anchor == rhythm.anchor


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 0},
        {"asked": [[0.0]]},
        {"table": None},
        {"nights": {}},
        {"voices": {"a": {"lively": "1"}}},
        {"silence": {"since": 1}},
        {"home": 1},
        {"days": float("nan")},
        {"accepted": [1.0]},
        {"stretched": [1.0]},
        {"doors": {"a": "window"}},
    ],
)
def test_a_damaged_snapshot_is_refused(damage: dict[str, Any]) -> None:
    stored = rhythm_to_dict(fed(plain_life(3)))
    with pytest.raises((KeyError, TypeError, ValueError)):
        rhythm_from_dict({**stored, **damage})
