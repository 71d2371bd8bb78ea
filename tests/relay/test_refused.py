import json

import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.process import BATCH, ONE, RelayProcess

KIB = 1024


@pytest.fixture
async def alone(make: Make) -> RelayProcess:
    """A relay without a district: refusals need none."""
    relay = make()
    await relay.start()
    return relay


@pytest.mark.parametrize("token", ["wrong", "a-token-for-tests-onlY", "토큰"])
async def test_a_wrong_token_opens_nothing(alone: RelayProcess, token: str) -> None:
    for method, path in (("POST", "/v1/events"), ("GET", "/v1/status"), ("GET", "/v1/downlink")):
        status, problem = await alone.ask(method, path, token=token.encode().decode("latin-1"))
        assert (status, problem["type"]) == (401, "urn:anshim:problem:unauthorised")


async def test_without_a_token_even_unknown_paths_say_nothing(alone: RelayProcess) -> None:
    status, problem = await alone.ask("GET", "/admin", headers={"Authorization": ""})
    assert (status, problem["status"]) == (401, 401)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"null x", b'{"a": NaN}', b"[" * 5000, b'"\\ud800"']
)
async def test_what_is_not_json_is_named_malformed(alone: RelayProcess, body: bytes) -> None:
    status, problem = await alone.send(body)
    assert (status, problem["type"]) == (400, "urn:anshim:problem:malformed")


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"id": "with space"}, "/id", "format"),
        ({"specversion": "2.0"}, "/specversion", "value"),
        ({"type": "org.example.thing"}, "/type", "format"),
        ({"priority": "urgent"}, "/priority", "value"),
        ({"householdversion": 0}, "/householdversion", "range"),
        ({"householdversion": True}, "/householdversion", "type"),
        ({"time": "yesterday"}, "/time", "format"),
        ({"time": "2026-02-30T00:00:00Z"}, "/time", "format"),
        ({"source": "urn:anshim:home:h-somebody1"}, "/source", "value"),
        ({"source": "urn:anshim:kit:k-forged001"}, "/source", "format"),
        ({"data": []}, "/data", "type"),
    ],
)
async def test_a_broken_envelope_names_field_and_reason(
    alone: RelayProcess, change: dict[str, object], field: str, reason: str
) -> None:
    status, problem = await alone.post(event(1) | change)

    assert (status, problem["type"]) == (400, "urn:anshim:problem:schema")
    assert problem["errors"] == [{"field": field, "reason": reason}]
    assert problem["detail"]


async def test_a_missing_field_in_a_batch_is_named_with_its_place(alone: RelayProcess) -> None:
    broken = event(2)
    del broken["subject"], broken["time"], broken["uptime"]
    status, problem = await alone.post([event(1), broken])

    assert status == 400
    assert problem["errors"] == [
        {"field": "/1/subject", "reason": "missing"},
        {"field": "/1/uptime", "reason": "missing"},
    ]


async def test_an_event_that_is_too_large_is_refused_before_it_is_kept(alone: RelayProcess) -> None:
    status, problem = await alone.post(event(1, data={"long": "x" * 16 * KIB}))
    assert (status, problem["type"]) == (413, "urn:anshim:problem:too-large")


@pytest.mark.parametrize("kind", [ONE, BATCH])
async def test_a_flood_in_one_request_is_refused(alone: RelayProcess, kind: str) -> None:
    status, problem = await alone.send(b" " * (3 * KIB * KIB), kind)
    assert (status, problem["type"]) == (413, "urn:anshim:problem:too-large")


async def test_more_than_fifty_events_must_be_split(alone: RelayProcess) -> None:
    status, _ = await alone.post([event(n) for n in range(1, 52)])
    assert status == 413
    status, _ = await alone.post([event(n) for n in range(1, 51)])
    assert status == 202


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
async def test_another_media_type_is_named(alone: RelayProcess, kind: str) -> None:
    status, problem = await alone.send(json.dumps(event(1)).encode(), kind)
    assert (status, problem["type"]) == (415, "urn:anshim:problem:media-type")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=-1", "/after"),
        ("after=9999999999", "/after"),
        ("wait=56", "/wait"),
        ("wait=x", "/wait"),
    ],
)
async def test_a_poll_that_makes_no_sense_names_its_parameter(
    alone: RelayProcess, query: str, field: str
) -> None:
    status, problem = await alone.ask("GET", f"/v1/downlink?{query}")
    assert (status, problem["errors"][0]["field"]) == (400, field)


async def test_unknown_paths_and_methods_are_problems_too(alone: RelayProcess) -> None:
    assert (await alone.ask("GET", "/v2/events"))[0] == 404
    assert (await alone.ask("DELETE", "/v1/events"))[0] == 405


async def test_nothing_refused_was_kept_and_no_token_is_logged(alone: RelayProcess) -> None:
    await alone.post(event(1) | {"id": "with space"})
    await alone.ask("GET", "/v1/status", token="a-secret-that-is-wrong")

    assert (await alone.status())["highwater"]["seq"] == 0
    assert "a-secret-that-is-wrong" not in alone.log_text()
    assert alone.token not in alone.log_text()
