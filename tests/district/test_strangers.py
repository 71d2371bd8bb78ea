"""A district restored to before an enrolment meets the kit again: it is not turned away."""

from collections.abc import Callable
from pathlib import Path
import re
import shutil

import httpx
import pytest

from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person

type Restore = Callable[[], tuple[MovedDistrict, Person]]


@pytest.fixture
def restore(
    moved: MovedDistrict, tmp_path: Path, opened_once: Path, request: pytest.FixtureRequest
) -> Restore:
    """The same district with its keys, from a backup that is older than any kit."""

    def restored() -> tuple[MovedDistrict, Person]:
        moved.close()
        for left in tmp_path.glob("district.sqlite*"):
            left.unlink()
        shutil.copy(opened_once / "district.sqlite", tmp_path)
        again = MovedDistrict(data=tmp_path, clock=moved.clock)
        request.addfinalizer(again.close)
        person = Person(client=again.client())
        person.log_in()
        return again, person

    return restored


def greets(kit: Kit) -> httpx.Response:
    """As a relay does: with its key beside the signature."""
    hello = kit.signed(kit.hello_event(), with_jwk=True)
    return kit.client.post("/v1/hello", json={"hello": hello})


def adopts(person: Person, kit: Kit) -> httpx.Response:
    page = person.page("/quarantine")
    assert kit.household in page.text
    return person.client.post(f"/strangers/{kit.kid}/adopt", data={"csrf": page.tokens[0]})


def at(moved: MovedDistrict) -> Json:
    return {"time": now_text(moved.now)}


def test_a_kit_that_the_restored_district_forgot_is_shown_loudly_with_what_to_do(
    moved: MovedDistrict, home: Kit, restore: Restore
) -> None:
    again, person = restore()
    home.client = again.client()
    sent = home.send(home.emergency(attributes=at(moved)))[0]
    assert (sent.status, sent.reason) == ("later", "unknown_key")
    assert greets(home).status_code == 401
    assert "이 서버가 모르는 장비 1대" in person.page("/board").text
    page = person.page("/quarantine").text
    assert re.search(r"도움 요청·안부 알림 1건이", page)
    assert "먼저 그 집에 전화하세요" in page


def test_what_waited_is_taken_in_order_once_staff_knows_the_kit_again(
    moved: MovedDistrict, home: Kit, restore: Restore
) -> None:
    again, person = restore()
    home.client = again.client()
    quiet = home.alert("quiet", attributes=at(moved))
    over = home.resolved(1, **at(moved))
    visit = home.alert("visit", attributes=at(moved))
    waiting = [visit, over, quiet]
    assert {one.status for one in home.send(*waiting)} == {"later"}
    greets(home)
    assert adopts(person, home).headers["location"] == f"/homes/{home.household}"
    (case,) = [case for case in person.board() if case.family == "welfare"]
    assert "방문 필요" in case.text
    assert [one.status for one in home.send(*waiting)] == ["repeat"] * 3
    assert "모르는 장비" not in person.page("/board").text
    assert "다시 받아들임" in person.page(f"/homes/{home.household}").text


def test_a_kit_that_is_known_again_gets_its_answers_and_is_missed_again(
    moved: MovedDistrict, home: Kit, restore: Restore
) -> None:
    home.send(home.alert("visit", attributes=at(moved)))
    heard = home.listen()[-1]["counter"]
    again, person = restore()
    home.client = again.client()
    called = home.emergency(attributes=at(moved))
    home.send(called)
    greets(home)
    adopts(person, home)
    home.hello()
    assert home.send(called)[0].status == "repeat"
    (case,) = [case for case in person.board() if case.family == "emergency"]
    person.answer(case.id, "hold")
    answers = [m for m in home.listen(after=heard) if m["type"].split(".")[3] == "receipt"]
    assert answers[-1]["data"]["answers"]["id"] == called["id"]
    home.beat()
    again.pass_time(minutes=15)
    assert "silent" in {case.family for case in person.board()}


def test_nobody_becomes_known_by_claiming_a_name_that_is_taken(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    thief = Kit(client=moved.client(), id=home.id, household=home.household)
    assert greets(thief).status_code == 401
    assert adopts(visitor, thief).status_code == 409
    assert home.send(home.emergency(attributes=at(moved)))[0].status == "durable"


def test_a_hello_that_shows_another_key_than_it_was_signed_with_is_nobodys(
    moved: MovedDistrict, visitor: Person
) -> None:
    liar = Kit(client=moved.client(), id="k-11111111", household="h-11111111")
    signed = liar.signed(liar.hello_event(), with_jwk=True)
    other = Kit(client=moved.client()).signed(liar.hello_event(), with_jwk=True)
    mixed = ".".join((*other.split(".")[:2], signed.split(".")[2]))
    assert liar.client.post("/v1/hello", json={"hello": mixed}).status_code == 401
    assert "h-11111111" not in visitor.page("/quarantine").text
