from collections.abc import Iterator

import pytest

from .contract_files import (
    EXAMPLES,
    Example,
    accepted_events,
    faults,
    kinds_up,
    read,
    refused_events,
)
from .programs import Answer, Program, running
from .signing import KEYS
from .stranger_kit import JSON, StrangerKit, believed, enrolment, golden
from .test_vectors import VECTORS

OPTIONS = {
    "district": {"id": "example-gu", "name": "Example"},
    "listen": {"host": "127.0.0.1", "port": 0},
    "admin": {"user": "admin", "password": "opens-nothing-at-all"},
}
HOUSEHOLD = "h-7f3k9d2m5q"
STORED = kinds_up().keys() - {"hello", "heartbeat"}
DURABLE = [one for one in accepted_events() if one.schema in STORED]
# only between a home and its relay: the relay speaks in its own name
TO_A_RELAY = {"trouble/home_without_version", "quiet/from_a_district"}
DOUBTFUL = [one for one in refused_events() if one.schema in STORED and one.name not in TO_A_RELAY]
TOMORROW = [
    one
    for one in accepted_events()
    if one.schema == "envelope" and one.path.stem in {"unknown_kind", "newer_major"}
]


BAD_PROOFS = ["enrolment_proof_by_another_key", "enrolment_proof_for_another_code"]
FORGED = [
    vector
    for vector in map(read, VECTORS)
    if vector["expected_typ"] == "anshim-event+jws" and vector["verdict"] == "refused"
]


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with running("anshim_district", OPTIONS, tmp_path_factory.mktemp("district")) as program:
        yield program


@pytest.fixture(scope="module")
def code(district: Program) -> str:
    return str(district.run("enrol", "--household", HOUSEHOLD)["code"])


@pytest.fixture
def kit(socket_enabled: None, district: Program, code: str) -> StrangerKit:
    """Each test enrols: the same code with the same key is the same kit."""
    return StrangerKit.enrolled(district, code)


def is_the_problem(answer: Answer, status: int, code: str) -> bool:
    assert faults("problem", answer.body) == set()
    assert answer.media_type == "application/problem+json"
    assert answer.body["status"] == answer.status
    return (answer.status, answer.body["type"]) == (status, f"urn:anshim:problem:{code}")


def test_a_code_enrols_one_key_and_a_lost_answer_is_given_again(
    district: Program, code: str, kit: StrangerKit
) -> None:
    again = district.ask("POST", "/v1/enrolments", enrolment(code, kit.key), **JSON)
    assert again.body["kit"] == kit.kit
    other = district.ask("POST", "/v1/enrolments", enrolment(code, KEYS["foreign"]), **JSON)
    assert is_the_problem(other, 410, "code-spent")
    guess = enrolment("00000-00000-00000-00000", kit.key)
    assert is_the_problem(
        district.ask("POST", "/v1/enrolments", guess, **JSON), 404, "code-unknown"
    )


def test_every_accepted_event_is_durable_once_and_a_repeat_afterwards(kit: StrangerKit) -> None:
    tokens = [kit.token(kit.own(example.content)) for example in DURABLE]
    for status in ("durable", "repeat"):
        results = kit.send(*tokens)
        told = {
            example.name: result["status"] for example, result in zip(DURABLE, results, strict=True)
        }
        assert told == dict.fromkeys(told, status)


def test_every_refused_event_is_kept_where_a_person_sees_it_or_asked_for_later(
    kit: StrangerKit,
) -> None:
    results = kit.send(*[kit.token(kit.own(example.content)) for example in DOUBTFUL])
    told = {
        example.name: (result["status"], result["reason"])
        for example, result in zip(DOUBTFUL, results, strict=True)
    }
    assert set(told.values()) <= {
        ("quarantined", "schema"),
        ("later", "slow_down"),
    }
    assert ("quarantined", "schema") in told.values()


@pytest.mark.parametrize("example", TOMORROW, ids=lambda example: example.name)
def test_a_kind_of_tomorrow_is_kept_although_nobody_knows_it(
    kit: StrangerKit, example: Example
) -> None:
    [result] = kit.send(kit.token(kit.own(example.content)))
    assert result["status"] in {"quarantined", "later"}


def test_an_event_by_a_key_nobody_knows_is_not_believed(kit: StrangerKit) -> None:
    event = kit.own(golden("emergency/ordinary"))
    [result] = kit.send(kit.token(event, KEYS["foreign"]))
    assert (result["status"], result["reason"]) == ("later", "unknown_key")
    [true] = kit.send(kit.token(event))
    assert true["status"] == "durable"


@pytest.mark.parametrize("name", ["enrolment_proof", *BAD_PROOFS])
def test_only_a_proof_by_the_key_it_shows_is_asked_for_its_code(
    district: Program, socket_enabled: None, name: str
) -> None:
    proof = read(EXAMPLES / "signing" / f"{name}.json")["compact"]
    body = {**golden("enrolment/ordinary"), "proof": proof}
    answer = district.ask("POST", "/v1/enrolments", body, **JSON)
    if name == "enrolment_proof":
        assert is_the_problem(answer, 404, "code-unknown")
    else:
        assert is_the_problem(answer, 400, "schema")


def test_every_forged_event_is_set_aside_and_answered_for(kit: StrangerKit) -> None:
    results = kit.send(*[vector["compact"] for vector in FORGED])
    for vector, result in zip(FORGED, results, strict=True):
        is_unknown = vector["because"] == "key"
        assert result["status"] == ("later" if is_unknown else "quarantined"), vector["about"]
        assert result["digest"] == vector["payload_sha256"]


def test_a_session_carries_heartbeats_and_what_comes_down(kit: StrangerKit) -> None:
    kit.send(kit.token(kit.own(golden("emergency/ordinary"))))
    session = kit.hello()
    heartbeat = kit.own(golden("heartbeat/ordinary"))
    answer = kit.with_session(session, "POST", "/v1/heartbeats", heartbeat)
    assert faults("heartbeat_answer", answer.body) == set()
    down = kit.with_session(session, "GET", "/v1/downlink?after=0&wait=0")
    assert faults("downlink_answer", down.body) == set()
    told = [
        believed(token, kit.keys[0], "anshim-down+jws", "case") for token in down.body["messages"]
    ]
    assert {event["kit"] for event in told} == {kit.kit}
    assert "emergency" in {event["data"]["kind"] for event in told}
    counters = [event["counter"] for event in told]
    assert counters == sorted(set(counters))


def test_refusals_are_problem_documents(district: Program, kit: StrangerKit) -> None:
    nobody = {"token": "c2Vzc2lvbi1vZi1ub2JvZHk"}
    unknown = kit.with_session(nobody, "POST", "/v1/heartbeats", golden("heartbeat/ordinary"))
    assert is_the_problem(unknown, 401, "session-unknown")
    foreign = {**golden("heartbeat/ordinary"), "source": "urn:anshim:kit:k-00000000zz"}
    answer = kit.with_session(kit.hello(), "POST", "/v1/heartbeats", foreign)
    assert is_the_problem(answer, 403, "foreign-subject")
    nothing = district.ask("POST", "/v1/events", {"events": []}, **JSON)
    assert is_the_problem(nothing, 400, "schema")
