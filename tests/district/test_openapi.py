"""The OpenAPI document says what the front door does; nothing sent there breaks anything."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft202012Validator
import pytest
from referencing import Registry, Resource

from anshim_district.api import OPENAPI
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.process import DistrictProcess

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = json.loads(OPENAPI)
SCHEMAS = DOCUMENT["components"]["schemas"]
NAMED = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema))
    for schema in SCHEMAS.values()
    if "$id" in schema
)
POSTS = [path for path, verbs in DOCUMENT["paths"].items() if "post" in verbs]
# a body that is nearly right gets further than one that is not
SOME = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def test_the_document_is_made_from_the_contract_of_today() -> None:
    command = [sys.executable, str(ROOT / "scripts/lib/openapi.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_route_for_kits_is_in_the_document_and_the_other_way_round(
    moved: MovedDistrict,
) -> None:
    served = {
        (route.resource.canonical, route.method.lower())
        for route in moved.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/v1/")
        if route.method != "HEAD"
    }
    said = {(path, verb) for path, verbs in DOCUMENT["paths"].items() for verb in verbs}
    assert served == said


def test_the_document_is_served(district: DistrictProcess) -> None:
    answer = district.client().get("/v1/openapi.json")
    assert answer.json() == DOCUMENT


def check(path: str, verb: str, status: int, body: bytes) -> None:
    answers = DOCUMENT["paths"][path][verb]["responses"]
    assert str(status) in answers, (path, status, body[:300])
    for content in answers[str(status)].get("content", {}).values():
        name = content["schema"]["$ref"].rpartition("/")[2]
        Draft202012Validator(SCHEMAS[name], registry=NAMED).validate(json.loads(body))


def near_to(path: str) -> st.SearchStrategy[Any]:
    """With the members that it should have; what is in them is anything."""
    asked = DOCUMENT["paths"][path]["post"].get("requestBody")
    if asked is None:
        return ANY_JSON
    name = asked["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    members = SCHEMAS[name].get("properties", {})
    some = {member: ANY_JSON | st.lists(st.text(), max_size=3) for member in members}
    return st.fixed_dictionaries({}, optional=some) | ANY_JSON


@pytest.mark.parametrize("path", POSTS)
def test_whatever_is_sent_is_answered_as_the_document_says(
    district: DistrictProcess, kit: Kit, path: str
) -> None:
    client = district.client()
    headers = {"Authorization": f"Bearer {kit.token}", "Content-Type": "application/json"}

    @SOME
    @given(body=near_to(path).map(lambda made: json.dumps(made).encode()) | st.binary())
    def send(body: bytes) -> None:
        answer = client.post(path, content=body, headers=headers)
        assert answer.status_code < 500
        check(path, "post", answer.status_code, answer.content)

    send()


def test_whatever_is_asked_of_the_downlink_is_answered_as_the_document_says(
    district: DistrictProcess, kit: Kit
) -> None:
    client = district.client()

    @SOME
    @given(
        after=st.integers() | st.text(),
        token=st.just(kit.token) | st.text("abc", min_size=1, max_size=9),
    )
    def ask(after: int | str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get("/v1/downlink", params={"after": after}, headers=headers)
        assert answer.status_code < 500
        check("/v1/downlink", "get", answer.status_code, answer.content)

    ask()


def test_a_kit_that_does_all_as_it_should_is_answered_as_the_document_says(kit: Kit) -> None:
    hello = kit.client.post("/v1/hello", json={"hello": kit.signed(kit.hello_event())})
    check("/v1/hello", "post", hello.status_code, hello.content)
    sent = kit.post(kit.signed(kit.alert("quiet")))
    check("/v1/events", "post", sent.status_code, sent.content)
    beat = kit.beat()
    check("/v1/heartbeats", "post", beat.status_code, beat.content)
    assert [hello.status_code, sent.status_code, beat.status_code] == [200, 200, 200]
