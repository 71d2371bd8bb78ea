"""What still comes from the kit of a home that was erased."""

from collections.abc import Iterator

import pytest

from tests.district.support.erasing import at, erased, rows_with
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person

both = pytest.mark.parametrize("district", ["at once", "after a restart"], indirect=True)


@pytest.fixture
def district(
    request: pytest.FixtureRequest, moved: MovedDistrict, visitor: Person, home: Kit
) -> Iterator[MovedDistrict]:
    """One that still remembers the kit's key from before, and one that reads it anew."""
    erased(moved, visitor, home)
    if getattr(request, "param", "at once") == "at once":
        yield moved
        return
    moved.close()
    again = MovedDistrict(data=moved.data, clock=moved.clock)
    home.client = visitor.client = again.client()
    visitor.log_in()
    yield again
    again.close()


@both
def test_a_late_word_is_set_apart_without_its_content_and_shows_no_life(
    district: MovedDistrict, visitor: Person, home: Kit
) -> None:
    late = home.signed(home.alert("quiet", attributes=at(district)))
    answer = home.send(
        late, home.decided("drill", {"drill": "d-1", "stage": "quiet", "state": "began"})
    )
    # of what cannot be understood nothing is kept either
    assert {(sent.status, sent.reason) for sent in answer} == {("quarantined", "erased_kit")}
    assert home.send(late)[0].status == "quarantined"
    assert visitor.board() == []
    assert "지운 가구의 장비" in visitor.page("/quarantine").text
    left = rows_with(district, home.household, late)
    assert left == {"consents": 2}


@both
def test_help_from_its_kit_is_a_case_without_a_name_and_only_one(
    district: MovedDistrict, visitor: Person, home: Kit
) -> None:
    episode = home.version + 1
    call = home.signed(home.emergency(attributes=at(district)))
    assert [sent.status for sent in home.send(call)] == ["durable"]
    home.send(call)
    (case,) = visitor.board()
    assert case.family == "emergency"
    assert home.household not in case.text
    page = visitor.page(f"/cases/{case.id}").text
    assert "기록을 지운 가구의 장비에서 온 도움 요청" in page
    assert home.id in page
    district.pass_time(minutes=1)
    home.send(home.emergency(episode=episode, said="again", attributes=at(district)))
    assert len(visitor.board()) == 1
    assert rows_with(district, home.household, call) == {"consents": 2}
    home.send(home.resolved(episode, "taken_back", **at(district)))
    assert visitor.board() == []


def test_its_hello_and_its_heartbeat_are_refused_and_it_is_no_stranger_to_be_adopted(
    district: MovedDistrict, visitor: Person, home: Kit
) -> None:
    hello = home.client.post("/v1/hello", json={"hello": home.signed(home.hello_event())})
    assert hello.status_code == 401
    assert home.beat().status_code == 401
    assert home.client.get("/v1/downlink").status_code == 401
    other = Kit(client=district.client(), household=home.household, id="k-somebody1")
    greeting = other.signed(other.hello_event(), with_jwk=True)
    assert other.client.post("/v1/hello", json={"hello": greeting}).status_code == 401
    assert "이 서버가 모르는 장비" not in visitor.page("/quarantine").text


def test_its_key_enrols_nowhere_else_and_a_wiped_kit_does(
    district: MovedDistrict, visitor: Person, home: Kit
) -> None:
    assert home.enrol(visitor.new_code()).status_code == 410
    wiped = Kit(client=district.client())
    assert wiped.enrol(visitor.new_code()).status_code == 201
    wiped.hello()
    assert wiped.beat().status_code == 200


def test_a_word_among_many_others_keeps_none_of_them_back(
    district: MovedDistrict, visitor: Person, home: Kit
) -> None:
    other = Kit(client=district.client())
    other.enrol(visitor.new_code())
    other.hello()
    lines = [
        home.signed(home.alert("quiet", attributes=at(district))),
        other.signed(other.alert("quiet", attributes=at(district))),
        home.signed(home.emergency(attributes=at(district))),
    ]
    assert [sent.status for sent in other.send(*lines)] == ["quarantined", "durable", "durable"]
    assert {case.family for case in visitor.board()} == {"welfare", "emergency"}
