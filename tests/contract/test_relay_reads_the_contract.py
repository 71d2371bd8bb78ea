from collections.abc import Iterator
from itertools import count

from hypothesis import given, strategies as st
import pytest

from .contract_files import (
    Example,
    Fault,
    Json,
    accepted_events,
    faults,
    kinds_up,
    refused_events,
)
from .generated import drawn, events
from .programs import Answer, Program, running

pytestmark = pytest.mark.usefixtures("socket_enabled")

TOKEN = "the-intake-token-of-an-example"
ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
FRESH = count(1)


def said_by_a_home(example: Example) -> bool:
    """What comes from a kit or a district never passes the door that a home uses."""
    return not str(example.content.get("source")).startswith(
        ("urn:anshim:kit:", "urn:anshim:district:")
    )


HOME_SAYS = [example for example in accepted_events() if said_by_a_home(example)]
HOME_ERRS = [example for example in refused_events() if said_by_a_home(example)]
ENVELOPE_BROKEN = [one for one in HOME_ERRS if faults("envelope", one.content)]
BODY_BROKEN = [one for one in HOME_ERRS if not faults("envelope", one.content)]
HEARTBEAT_BROKEN = [one for one in BODY_BROKEN if one.schema == "heartbeat"]
KEPT_FOR_THE_DISTRICT = [one for one in BODY_BROKEN if one.schema != "heartbeat"]


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Not enrolled: what is tried here ends on its disk."""
    options = {"listen_host": "127.0.0.1", "listen_port": 0, "intake_token": TOKEN}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with running("anshim_relay", options, tmp_path_factory.mktemp("relay"), headers) as program:
        yield program


def new(event: Json) -> Json:
    """Examples share ids with other content; here each is an event of its own."""
    return {**event, "id": f"{event['id']}.{next(FRESH)}"}


def post(relay: Program, event: object) -> Answer:
    media_type = BATCH if isinstance(event, list) else ONE
    return relay.ask("POST", "/v1/events", event, Content_Type=media_type)


def named_faults(answer: Answer) -> set[Fault]:
    """A refusal that is itself of the contract."""
    assert faults("problem", answer.body) == set()
    assert answer.media_type == "application/problem+json"
    assert answer.body["status"] == answer.status
    return {Fault(**error) for error in answer.body["errors"]}


@pytest.mark.parametrize("example", HOME_SAYS, ids=lambda example: example.name)
def test_what_a_home_may_say_is_kept(relay: Program, example: Example) -> None:
    event = new(example.content)
    answer = post(relay, event)
    assert answer.status == 202
    assert faults("kept", answer.body) == set()
    status = "noted" if example.schema == "heartbeat" else "kept"
    assert answer.body["kept"] == [{"id": event["id"], "status": status}]


def test_a_repeat_is_known_and_other_content_under_its_id_is_a_conflict(relay: Program) -> None:
    event = new(HOME_SAYS[0].content)
    changed = {**event, "data": {**event["data"], "moved": True}}
    assert post(relay, event).body["kept"][0]["status"] == "kept"
    assert post(relay, event).body["kept"][0]["status"] == "repeat"
    answer = post(relay, changed)
    assert answer.status == 409
    assert faults("problem", answer.body) == set()
    assert answer.body["householdversion"] >= event["householdversion"]


def test_a_batch_is_kept_in_its_order(relay: Program) -> None:
    batch = [new(example.content) for example in HOME_SAYS][:50]
    answer = post(relay, batch)
    assert faults("kept", answer.body) == set()
    assert [kept["id"] for kept in answer.body["kept"]] == [event["id"] for event in batch]


def test_one_bad_event_refuses_its_whole_batch_and_is_named_by_its_place(relay: Program) -> None:
    good, bad = new(HOME_SAYS[0].content), ENVELOPE_BROKEN[0]
    assert bad.because
    at_its_place = Fault(field=f"/1{bad.because.field}", reason=bad.because.reason)
    assert named_faults(post(relay, [good, bad.content])) == {at_its_place}
    assert post(relay, good).body["kept"][0]["status"] == "kept"


@pytest.mark.parametrize("example", ENVELOPE_BROKEN, ids=lambda example: example.name)
def test_a_broken_envelope_is_refused_at_its_field_for_its_reason(
    relay: Program, example: Example
) -> None:
    answer = post(relay, example.content)
    assert answer.status == 400
    assert named_faults(answer) == {example.because}


@pytest.mark.parametrize("example", KEPT_FOR_THE_DISTRICT, ids=lambda example: example.name)
def test_a_body_that_only_the_district_can_judge_is_kept(relay: Program, example: Example) -> None:
    assert post(relay, new(example.content)).status == 202


@pytest.mark.parametrize("example", HEARTBEAT_BROKEN, ids=lambda example: example.name)
def test_a_heartbeat_without_a_condition_is_no_heartbeat(relay: Program, example: Example) -> None:
    answer = post(relay, example.content)
    assert answer.status == 400
    assert {fault.field for fault in named_faults(answer)} == {"/data/home"}


@pytest.mark.parametrize("kind", sorted(kinds_up().keys() - {"hello"}))
@drawn
@given(data=st.data())
def test_whatever_the_contract_lets_a_home_say_is_kept(
    relay: Program, kind: str, data: st.DataObject
) -> None:
    event = data.draw(events(kind))
    household = event.get("subject", "h-drawn00000")
    event |= {"subject": household, "source": f"urn:anshim:home:{household}"}
    event |= {"id": f"{household}.{next(FRESH)}.drawn"}
    if kind == "heartbeat":
        event["data"]["home"] = event["data"]["home"] or {}
    assert post(relay, event).status == 202


def test_what_it_says_of_itself_is_the_contract(relay: Program) -> None:
    status = relay.ask("GET", "/v1/status")
    assert faults("status", status.body) == set()
    assert status.body["household"] is None
    downlink = relay.ask("GET", "/v1/downlink?after=0&wait=0")
    assert faults("downlink", downlink.body) == set()


@pytest.mark.parametrize(
    ("body", "media_type", "code"),
    [
        ({}, "text/plain", "media-type"),
        ("quiet", ONE, "schema"),
        ([], BATCH, "schema"),
        ([{}] * 51, BATCH, "too-large"),
    ],
)
def test_what_is_no_event_at_all_is_a_problem_document(
    relay: Program, body: object, media_type: str, code: str
) -> None:
    answer = relay.ask("POST", "/v1/events", body, Content_Type=media_type)
    assert is_the_problem(answer, code)


def test_a_wrong_token_and_a_wrong_question_are_problem_documents(relay: Program) -> None:
    stranger = relay.ask("GET", "/v1/status", Authorization="Bearer no")
    assert is_the_problem(stranger, "unauthorised")
    assert is_the_problem(relay.ask("GET", "/v1/downlink?after=-1"), "schema")


def is_the_problem(answer: Answer, code: str) -> bool:
    assert faults("problem", answer.body) == set()
    assert answer.body["status"] == answer.status
    return bool(answer.body["type"] == f"urn:anshim:problem:{code}")


def test_an_event_of_more_than_16_kib_is_too_large(relay: Program) -> None:
    event = new(HOME_SAYS[0].content)
    event["data"] = {**event["data"], "story": "x" * 16 * 1024}
    answer = post(relay, event)
    assert (answer.status, faults("problem", answer.body)) == (413, set())
