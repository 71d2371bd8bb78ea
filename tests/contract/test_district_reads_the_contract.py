import json

from hypothesis import given, strategies as st
import pytest

from anshim_district.door import Refusal, read_event

from .contract_files import Example, Fault, Json, accepted_events, kinds_up, refused_events
from .generated import drawn, events
from .vectors import KIT


def as_the_relay_signs_it(event: Json) -> Json:
    """A relay puts itself in the place of the home; the district hears kits only."""
    if not event.get("source", "").startswith("urn:anshim:home:"):
        return event
    return {**event, "source": f"urn:anshim:kit:{KIT}", "epoch": "01J9ZQ5V3W", "seq": 1}


def read(event: Json) -> object:
    return read_event(json.dumps(as_the_relay_signs_it(event)).encode())


def goes_up(example: Example) -> bool:
    """Relays keep the heartbeats of homes to themselves, and what goes down never comes up."""
    heartbeat_of_a_home = example.schema == "heartbeat" and example.content["source"].startswith(
        "urn:anshim:home:"
    )
    return example.schema in kinds_up() and not heartbeat_of_a_home


# between a home and its relay only: a relay takes the home's place, and adds its version of things
NOT_SAID_BY_A_RELAY = {"hello/from_a_home", "trouble/home_without_version"}
UP = [example for example in accepted_events() if goes_up(example)]
ERRS = [
    example
    for example in refused_events()
    if goes_up(example) and example.name not in NOT_SAID_BY_A_RELAY
]
UNKNOWN = [
    example
    for example in accepted_events()
    if example.schema == "envelope" and example.path.stem.startswith(("unknown_kind", "newer"))
]


@pytest.mark.parametrize("example", UP, ids=lambda example: example.name)
def test_what_a_kit_may_say_is_understood(example: Example) -> None:
    event = read(example.content)
    assert not isinstance(event, Refusal), event


@pytest.mark.parametrize("example", ERRS, ids=lambda example: example.name)
def test_what_is_not_the_contract_is_set_aside_with_its_field_and_reason(
    example: Example,
) -> None:
    refusal = read(example.content)
    assert isinstance(refusal, Refusal), refusal
    assert Fault(field=refusal.flaw.field, reason=refusal.flaw.reason) == example.because


@pytest.mark.parametrize("example", UNKNOWN, ids=lambda example: example.name)
def test_a_kind_or_version_of_tomorrow_is_set_aside_by_name(example: Example) -> None:
    refusal = read(example.content)
    assert isinstance(refusal, Refusal)
    assert refusal.id == example.content["id"]
    assert refusal.kind is not None


@pytest.mark.parametrize("kind", sorted(kinds_up()))
@drawn
@given(data=st.data())
def test_whatever_the_contract_lets_a_kit_say_is_understood(kind: str, data: st.DataObject) -> None:
    drawn = events(kind)
    if kind == "heartbeat":
        drawn = drawn.filter(lambda made: made["source"].startswith("urn:anshim:kit:"))
    event = read(data.draw(drawn))
    assert not isinstance(event, Refusal), event
