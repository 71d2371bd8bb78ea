from jsonschema import Draft202012Validator
import pytest

from .contract_files import (
    Example,
    accepted,
    accepted_events,
    faults,
    kinds,
    kinds_up,
    refused,
    schemas,
)

SHAPES = [name for name in schemas() if name != "common"]
MAX_EVENT_BYTES = 16 * 1024


def test_every_schema_is_a_schema_and_carries_its_name() -> None:
    for name, schema in schemas().items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"urn:anshim:schema:{name}:1.0"


@pytest.mark.parametrize("name", SHAPES)
def test_every_schema_has_something_it_accepts_and_something_it_refuses(name: str) -> None:
    assert name in {example.schema for example in accepted()}
    assert name in {example.schema for example in refused()}


@pytest.mark.parametrize("example", accepted(), ids=lambda example: example.name)
def test_an_accepted_example_is_accepted(example: Example) -> None:
    assert faults(example.schema, example.content) == set()


@pytest.mark.parametrize("example", refused(), ids=lambda example: example.name)
def test_a_refused_example_is_refused_at_its_field_for_its_reason_and_for_nothing_else(
    example: Example,
) -> None:
    assert faults(example.schema, example.content) == {example.because}


def test_every_accepted_event_is_one_a_relay_can_read_and_fits_its_limit() -> None:
    for example in accepted_events():
        assert faults("envelope", example.content) == set(), example.name
        assert len(example.path.read_bytes()) <= MAX_EVENT_BYTES, example.name


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_shows_its_ordinary_day_strange_members_and_a_newer_minor(kind: str) -> None:
    shown = {example.path.stem for example in accepted() if example.schema == kind}
    assert {"ordinary", "unknown_members", "newer_minor"} <= shown


def test_what_goes_up_shows_what_it_looks_like_while_the_clock_is_not_set() -> None:
    timeless = {example.schema for example in accepted_events() if "time" not in example.content}
    assert kinds_up().keys() <= timeless


def test_an_id_begins_with_whoever_fixed_it() -> None:
    for example in accepted_events():
        sender = example.content["source"].rpartition(":")[2]
        household = example.content.get("subject", sender)
        assert example.content["id"].partition(".")[0] in {sender, household}, example.name
