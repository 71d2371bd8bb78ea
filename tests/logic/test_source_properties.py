"""What holds for every source, whatever Home Assistant says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.anshim_knock.logic.activity import Change
from custom_components.anshim_knock.logic.source import (
    Evidence,
    Source,
    Via,
    condition,
    next_change,
    observe,
    source_from_dict,
    source_to_dict,
    told,
    watch_of,
)
from custom_components.anshim_knock.logic.words import Role

START = datetime(2026, 3, 2, tzinfo=UTC)
LONG_AGO = START - timedelta(days=30)
# About what a device of a well-filled home takes on the disk, all sources together in one file.
MOST_BYTES = 6000

WORDS = ["on", "off", "unavailable", "unknown", "", "none", "idle", "ringing", "offhook"]
WORDS += ["locked", "unlocked", "0", "0.4", "12", "90.5", "1850", "-3", "nan", "inf", "1e400"]
texts = st.one_of(st.none(), st.sampled_from(WORDS), st.text(max_size=8), st.floats().map(str))
roles = st.sampled_from(Role)
pauses = st.timedeltas(timedelta(seconds=-100), timedelta(hours=30))
evidence = st.builds(
    Evidence,
    heard=st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
    via=st.sampled_from(Via),
    check_in=st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=400))),
    link=st.one_of(st.none(), st.integers(0, 255)),
    battery=st.one_of(st.none(), st.floats()),
    reachable=st.one_of(st.none(), st.booleans()),
)
type Step = tuple[timedelta, str | Evidence | None]
steps = st.lists(st.tuples(pauses, st.one_of(texts, evidence)), max_size=40)


def a_source(role: Role) -> Source:
    return Source(role=role, available=True, heard=START, tested=LONG_AGO)


def life(source: Source, given_steps: Sequence[Step]) -> Iterator[Source]:
    """The source after each step."""
    now, shown = START, "off"
    for pause, step in given_steps:
        now += pause
        if isinstance(step, Evidence):
            source = told(source, step, now)
        else:
            change = Change(old=shown, new=step, at=now, started=LONG_AGO)
            source, shown = observe(source, change).source, step or ""
        condition(source, now)
        next_change(source, now)
        watch_of([source], now)
        yield source


@given(role=roles, given_steps=steps)
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_said_can_stop_the_watch(role: Role, given_steps: list[Step]) -> None:
    assert all(source.role is role for source in life(a_source(role), given_steps))


@given(role=roles, given_steps=steps)
@settings(max_examples=200, deadline=None)
def test_what_was_learnt_comes_back_from_the_disk_exactly(
    role: Role, given_steps: list[Step]
) -> None:
    for source in list(life(a_source(role), given_steps))[-1:]:
        written = json.dumps(source_to_dict(source), allow_nan=False)
        back = source_from_dict(json.loads(written))
        assert len(written) < MOST_BYTES
        asked_anew = {"available": False, "changed": None, "reachable": None, "tested": None}
        asked_anew["heard_before"] = None
        assert back == replace(source, **asked_anew)  # type: ignore[arg-type]  # five fields by name


def test_a_busy_year_does_not_grow_what_is_kept() -> None:
    source, now = a_source(Role.PLUG), START
    for n in range(20_000):
        now += timedelta(minutes=26)
        change = Change(
            old=f"{n % 7 * 31.7:.1f}", new=f"{(n + 1) % 7 * 31.7:.1f}", at=now, started=LONG_AGO
        )
        source = observe(source, change).source
        source = told(source, Evidence(heard=now, via=Via.ZIGPY, battery=50 + n % 40), now)
    assert len(json.dumps(source_to_dict(source))) < MOST_BYTES


AT_REST = {
    Role.DOOR: "off",
    Role.OUTER_DOOR: "on",
    Role.PLUG: "0.4",
    Role.MOTION: "off",
    Role.PHONE: "4210",
    Role.BUTTON: "2026-02-01T12:00:00+00:00",
    Role.LIGHT: "on",
    Role.OTHER: "on",
}
NOISE = ["unavailable", "unknown", "same", "restart", "command", "frame", "deaf"]


@pytest.mark.parametrize("role", list(Role))
@given(noise=st.lists(st.tuples(st.integers(0, 90_000), st.sampled_from(NOISE)), max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_source_that_nobody_touches_never_shows_life(
    role: Role, noise: list[tuple[int, str]]
) -> None:
    source, now, started = a_source(role), START, LONG_AGO
    shown: str | None = AT_REST[role]
    for seconds, what in noise:
        now += timedelta(seconds=seconds)
        if what in {"frame", "deaf"}:
            source = told(source, Evidence(heard=now, reachable=what == "frame"), now)
            continue
        if what == "restart":
            started, shown = now, None
        new = AT_REST[role] if what in {"same", "restart", "command"} else what
        change = Change(
            old=shown,
            new=new,
            at=now,
            started=started,
            commanded=now if what == "command" else None,
        )
        seen = observe(source, change)
        source, shown = seen.source, new
        assert not seen.finding.activity
    assert source.weight == 0.0


@given(one=steps, other=steps, turns=st.lists(st.booleans(), max_size=80))
@settings(max_examples=100, deadline=None)
def test_a_source_is_judged_by_itself_alone(
    one: list[Step], other: list[Step], turns: list[bool]
) -> None:
    """Whatever another source does between, and in whatever order."""
    alone = list(life(a_source(Role.MOTION), one))
    motion, plug = life(a_source(Role.MOTION), one), life(a_source(Role.PLUG), other)
    together = []
    for is_motion in [*turns, *[True] * len(one)]:
        source = next(motion if is_motion else plug, None)
        together += [source] if is_motion and source is not None else []
    assert together == alone


def test_what_an_older_version_kept_is_read() -> None:
    kept = {
        "role": "door",
        "heard": START.isoformat(),
        "last_activity": None,
        "weight": 2.5,
        "weighed": START.isoformat(),
        "running": None,
    }
    source = source_from_dict(kept)
    assert (source.heard, source.weight) == (START, 2.5)
    assert source == replace(Source(role=Role.DOOR), heard=START, weight=2.5, weighed=START)
