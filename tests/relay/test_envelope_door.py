"""Whatever bytes come in: events come out, or the one named refusal. Nothing else ever."""

from collections.abc import Callable
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from anshim_relay.envelope import MAX_EVENT, events_from
from anshim_relay.problems import Code, Refused
from tests.relay.support.events import event

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(sorted(event(1)))
CODES = {Code.MALFORMED, Code.SCHEMA, Code.TOO_LARGE}


def door(body: bytes, *, batch: bool) -> None:
    """Anything but events or a refusal ends the test by itself."""
    try:
        events = events_from(body, batch=batch)
    except Refused as refused:
        codes, events = {refused.code}, []
    else:
        codes = set()
    assert codes <= CODES
    for read in events:
        assert len(read.content) <= MAX_EVENT
        assert json.loads(read.content)["id"] == read.id


@given(body=st.binary(), batch=st.booleans())
def test_no_bytes_break_the_door(body: bytes, *, batch: bool) -> None:
    door(body, batch=batch)


@given(document=ANYTHING, batch=st.booleans())
def test_no_json_breaks_the_door(document: Any, *, batch: bool) -> None:
    door(json.dumps(document).encode(errors="surrogatepass"), batch=batch)


@settings(deadline=None)
@given(changes=st.dictionaries(NAMES, ANYTHING, max_size=3), gone=st.sets(NAMES, max_size=2))
def test_no_event_that_is_nearly_right_breaks_the_door(
    changes: dict[str, Any], gone: set[str]
) -> None:
    nearly = {k: v for k, v in (event(1) | changes).items() if k not in gone}
    door(json.dumps(nearly).encode(errors="surrogatepass"), batch=False)


@pytest.mark.parametrize(
    "nested", [lambda: "[" * 300 + "]" * 300, lambda: '{"a":' * 300 + "1" + "}" * 300]
)
def test_what_is_nested_too_deep_is_refused_not_choked_on(nested: Callable[[], str]) -> None:
    body = json.dumps(event(1)).replace('"data": {', f'"deep": {nested()}, "data": {{', 1)
    with pytest.raises(Refused) as refused:
        events_from(body.encode(), batch=False)
    assert refused.value.code is Code.MALFORMED
