"""The door: whatever bytes come, a frozen event or a refusal with a pointer, never an error."""

import json
import re
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from anshim_district.door import Refusal, read_event
from anshim_district.messages import KINDS, Event

POINTER = re.compile(r"(/([^~/]|~[01])*)*")
REASONS = {"missing", "type", "value", "format", "range", "size", "forbidden"}
GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "h-test0000.3.emergency",
    "source": "urn:anshim:kit:k-test0000",
    "subject": "h-test0000",
    "type": "kr.anshim.knock.emergency.v1",
    "time": "2026-11-22T00:00:00Z",
    "datacontenttype": "application/json",
    "priority": "emergency",
    "householdversion": 3,
    "data": {"cause": "button", "episode": 3, "said": "first"},
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def read(value: object) -> Event | Refusal:
    return read_event(json.dumps(value).encode())


def is_in_order(seen: Event | Refusal) -> bool:
    if isinstance(seen, Event):
        return True
    return POINTER.fullmatch(seen.flaw.field) is not None and seen.flaw.reason in REASONS


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_answered(raw: bytes) -> None:
    assert isinstance(read_event(raw), Refusal)


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(GOOD)), value=json_values)
def test_any_value_in_any_attribute_is_answered(name: str, value: object) -> None:
    assert is_in_order(read(GOOD | {name: value}))


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(sorted(KINDS)), data=st.dictionaries(st.text(max_size=8), json_values))
def test_any_data_under_any_kind_is_answered(kind: str, data: dict[str, object]) -> None:
    event = GOOD | {
        "type": f"kr.anshim.knock.{kind}.v1",
        "priority": KINDS[kind][1].value,
        "data": data,
    }
    assert is_in_order(read(event))


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b'"x"', b"\xff", b"{" * 2000, b'{"id": ' * 2000, b"\x00" * 20_000],
    ids=range(8),
)
def test_what_is_no_event_is_refused(raw: bytes) -> None:
    assert isinstance(read_event(raw), Refusal)


@pytest.mark.parametrize("name", sorted(GOOD.keys() - {"time"}))
def test_what_is_missing_is_named_where_it_should_be(name: str) -> None:
    refusal = read({key: value for key, value in GOOD.items() if key != name})
    assert isinstance(refusal, Refusal)
    assert (refusal.flaw.field, refusal.flaw.reason) == (f"/{name}", "missing")


def test_what_nobody_knows_is_ignored() -> None:
    event = read(GOOD | {"colour": "red", "data": GOOD["data"] | {"mood": {"x": 1}}})
    assert isinstance(event, Event)


def test_what_the_relay_stamps_is_no_content() -> None:
    first, second = read(GOOD), read(dict(reversed(GOOD.items())) | {"seq": 4, "epoch": "e"})
    other = read(GOOD | {"householdversion": 4})
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert isinstance(other, Event)
    assert first.content == second.content != other.content
