"""What is believed, what is set apart where a person sees it, and what is answered at once."""

import json
import secrets
import socket

import httpx
import pytest

from tests.district.support.kit import JWS, Json, Kit, encoded
from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess


def is_set_apart(person: Person, household: str, reason: str) -> bool:
    text = " ".join(person.page("/quarantine").text.split())
    return household in text and reason in text


def test_a_repeat_gets_the_first_answer_and_makes_no_second_case(kit: Kit, person: Person) -> None:
    event = kit.alert()
    assert kit.send(event)[0].status == "durable"
    stamped_anew = event | {"seq": 900, "epoch": "restored"}
    assert [sent.status for sent in kit.send(event, stamped_anew)] == ["repeat", "repeat"]
    assert person.page(f"/homes/{kit.household}").text.count("움직임 없음 ·") == 1


def test_within_one_batch_a_repeat_is_one_too(kit: Kit) -> None:
    event = kit.alert()
    assert [sent.status for sent in kit.send(event, event)] == ["durable", "repeat"]


def test_another_content_under_the_same_id_is_kept_and_an_alarm_in_it_is_heard_as_new(
    kit: Kit, person: Person
) -> None:
    event = kit.emergency()
    kit.send(event)
    case = person.case_of(kit.household)
    assert case is not None
    person.answer(case.id, "handled", "seen_well")
    assert person.case_of(kit.household) is None
    other = event | {"data": event["data"] | {"cause": "phone"}}
    sent = kit.send(other)[0]
    assert (sent.status, sent.reason) == ("quarantined", "id_conflict")
    assert is_set_apart(person, kit.household, "같은 번호, 다른 내용")
    again = person.case_of(kit.household)
    assert again is not None
    assert again.id != case.id
    assert kit.send(other)[0].status == "quarantined"
    person.answer(again.id, "handled", "seen_well")
    kit.send(other)
    assert person.case_of(kit.household) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "kr.anshim.knock.sleepwalk.v1"}, "unknown_kind"),
        ({"type": "kr.anshim.knock.emergency.v2"}, "newer_version"),
        ({"data": {"cause": "button", "episode": 0, "said": "first"}}, "schema"),
        ({"priority": "routine"}, "schema"),
        ({"subject": "h-otherhome1"}, "foreign_subject"),
        ({"source": "urn:anshim:kit:k-otherkit1"}, "foreign_kit"),
        ({"time": None, "bootid": None}, "schema"),
        ({"time": "2026-02-30T10:00:00Z"}, "schema"),
        (
            {"data": {"cause": "button", "episode": 1, "said": "first", "x": "x" * 17_000}},
            "too_large",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_understood_is_set_apart_and_advances_nothing(
    kit: Kit, person: Person, changes: Json, reason: str
) -> None:
    event = kit.emergency(attributes=changes)
    sent = kit.send(event)[0]
    assert (sent.status, sent.reason, sent.id) == ("quarantined", reason, event["id"])
    assert kit.send(event)[0].status == "quarantined"
    assert person.case_of(kit.household) is None
    assert "응급" in person.page("/quarantine").text


def test_a_signature_that_is_not_the_kits_own_is_not_believed(kit: Kit, person: Person) -> None:
    event = kit.emergency()
    thief = Kit(client=kit.client, id=kit.id, household=kit.household)
    by_another_key = JWS.encode(
        json.dumps(event).encode(),
        thief.key,
        algorithm="EdDSA",
        headers={"typ": "anshim-event+jws", "kid": kit.kid},
    )
    unsigned = f"{header(alg='none', kid=kit.kid)}.{body(event)}.AAAA"
    as_hello = kit.signed(event, typ="anshim-enrol+jws")
    sent = kit.send(by_another_key, unsigned, as_hello)
    assert [one.reason for one in sent] == ["signature", "algorithm", "wrong_type"]
    assert person.case_of(kit.household) is None
    assert is_set_apart(person, kit.household, "서명이 틀림")


def header(**members: str) -> str:
    return encoded(json.dumps({"typ": "anshim-event+jws"} | members).encode())


def body(event: Json) -> str:
    return encoded(json.dumps(event).encode())


def test_a_key_nobody_knows_is_kept_for_a_person_and_stays_owed_by_its_sender(
    kit: Kit, person: Person
) -> None:
    stranger = Kit(client=kit.client, household="h-stranger01", district_key=kit.district_key)
    signed = stranger.signed(stranger.emergency())
    ack = kit.opened(kit.post(signed).json()["ack"], "anshim-ack+jws")
    assert ack["kit"] is None
    answered = ack["results"][0]
    assert (answered["status"], answered["reason"]) == ("later", "unknown_key")
    assert is_set_apart(person, "h-stranger01", "등록되지 않은 키")
    assert person.case_of("h-stranger01") is None


def test_the_lane_of_a_kit_that_talks_nonsense_fills_up_and_its_alerts_still_get_through(
    kit: Kit, person: Person
) -> None:
    nonsense = [
        kit.event(
            "nonsense", {}, id=f"{kit.household}.{n}.{secrets.token_hex(4)}", householdversion=1
        )
        for n in range(90)
    ]
    statuses = [sent.status for sent in kit.send(*nonsense)]
    assert statuses.count("quarantined") == 60
    assert statuses[60:] == ["later"] * 30
    assert kit.send(kit.emergency())[0].status == "durable"
    assert person.case_of(kit.household) is not None


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b'{"events": ' + b"[" * 100_000, 400, "schema"),
        (b"{}", 400, "schema"),
        (b'{"events": []}', 400, "schema"),
        (b'{"events": "x"}', 400, "schema"),
        (json.dumps({"events": ["a.b.c"] * 101}).encode(), 400, "schema"),
        (b'{"events": ["' + b"x" * 40_000 + b'"]}', 400, "schema"),
        (b'{"events": ["' + b"x" * 1_100_000 + b'"]}', 413, "too-large"),
    ],
    ids=range(9),
)
def test_a_body_that_is_wrong_is_answered_with_what_to_mend(
    district: DistrictProcess, content: bytes, status: int, code: str
) -> None:
    answer = district.client().post(
        "/v1/events", content=content, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:anshim:problem:{code}")
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["detail"]


def test_only_json_is_taken(district: DistrictProcess) -> None:
    answer = district.client().post(
        "/v1/events", content=b"{}", headers={"Content-Type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:anshim:problem:media-type")


def test_what_is_no_signed_event_at_all_is_kept_as_unreadable(kit: Kit) -> None:
    answer = kit.post("not a jws", "a.b.c", "..")
    ack = kit.opened(answer.json()["ack"], "anshim-ack+jws")
    assert [(r["id"], r["status"], r["reason"]) for r in ack["results"]] == [
        (None, "quarantined", "unreadable")
    ] * 3


def test_there_is_an_answer_for_paths_and_methods_that_are_not_there(
    district: DistrictProcess,
) -> None:
    client = district.client()
    for answer, status in ((client.get("/v1/nothing"), 404), (client.delete("/v1/events"), 405)):
        assert answer.status_code == status
        assert answer.json()["status"] == status


def test_it_says_that_it_is_well(district: DistrictProcess) -> None:
    answer = district.client().get("/v1/health")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True


@pytest.mark.parametrize("path", ["/v1/heartbeats", "/v1/downlink"])
def test_without_a_session_nobody_is_heard_or_told(district: DistrictProcess, path: str) -> None:
    client = district.client()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        answer = (
            client.post(path, json={}, headers=headers)
            if "beats" in path
            else client.get(path, headers=headers)
        )
        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:anshim:problem:session-unknown"


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "wait=56", "after=99999999999999", "wait=²"]
)
def test_a_downlink_query_out_of_range_names_its_field(kit: Kit, query: str) -> None:
    answer = kit.client.get(
        f"/v1/downlink?{query}", headers={"Authorization": f"Bearer {kit.token}"}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == f"/{query.partition('=')[0]}"


def test_a_session_of_one_kit_beats_for_no_other(kit: Kit) -> None:
    event = kit.heartbeat_event() | {"source": "urn:anshim:kit:k-otherkit1"}
    answer = beat_with(kit, event)
    assert (answer.status_code, answer.json()["type"]) == (
        403,
        "urn:anshim:problem:foreign-subject",
    )
    foreign = kit.heartbeat_event() | {"subject": "h-otherhome1"}
    assert beat_with(kit, foreign).status_code == 403


def beat_with(kit: Kit, event: Json) -> httpx.Response:
    return kit.client.post(
        "/v1/heartbeats", json=event, headers={"Authorization": f"Bearer {kit.token}"}
    )


def test_whoever_asks_first_whether_to_go_on_is_heard_as_well(kit: Kit) -> None:
    """As curl does before a long body: it sends nothing more until it is told to."""
    body = json.dumps({"events": [kit.signed(kit.alert("quiet"))]}).encode()
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    where = ("127.0.0.1", kit.client.base_url.port or 0)
    with socket.create_connection(where, timeout=10) as line:
        line.sendall(head.encode())
        assert line.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(body)
        assert line.recv(1024).startswith(b"HTTP/1.1 200 ")


def test_a_recorded_hello_opens_no_second_session(kit: Kit) -> None:
    thief = Kit(client=kit.client, id=kit.id, household=kit.household)
    signed = thief.signed(thief.hello_event())
    answer = kit.client.post("/v1/hello", json={"hello": signed})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:anshim:problem:unauthorised")
    event = kit.event("drill", {"drill": "d", "stage": "quiet", "state": "running"})
    not_a_hello = kit.client.post("/v1/hello", json={"hello": kit.signed(event)})
    assert not_a_hello.status_code == 400
