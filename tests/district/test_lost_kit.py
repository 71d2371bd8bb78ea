"""A kit that staff reports lost: what it says is no life any more, and no Help of it is lost."""

from collections.abc import Iterator
from pathlib import Path
import shutil
import threading

import httpx
import pytest

from tests.district.conftest import installed
from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, Shown
from tests.district.test_strangers import greets


def report(person: Person, kit: Kit) -> httpx.Response:
    """As staff does, who has just proved who they are."""
    if person.client.get(f"/homes/{kit.household}/lost").status_code == 303:
        person.prove()
    page = person.page(f"/homes/{kit.household}/lost")
    fields = {"csrf": page.tokens[0], "kit": kit.id}
    return person.client.post(f"/homes/{kit.household}/lost", data=fields)


def refusal(kit: Kit) -> Json:
    """What the kit is told, once it says hello: believed by the district's signature alone."""
    answer = greets(kit)
    assert answer.status_code == 401
    return kit.opened(answer.json()["refusal"], "anshim-refusal+jws")


def at(moved: MovedDistrict) -> Json:
    return {"time": now_text(moved.now)}


def families(person: Person, kit: Kit) -> set[str]:
    return {case.family for case in person.board() if kit.household in case.text}


def help_of(person: Person, kit: Kit) -> Shown:
    (case,) = [
        case for case in person.board() if case.family == "emergency" and kit.household in case.text
    ]
    return case


def successor(moved: MovedDistrict, visitor: Person, home: Kit) -> Kit:
    """A new kit for the same home, which goes on counting."""
    new = Kit(client=moved.client(), version=home.version)
    assert new.enrol(visitor.new_code(home.household)).status_code == 201
    new.hello()
    return new


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory, opened_once: Path) -> Iterator[MovedDistrict]:
    """One for all of these: each test has a home of its own there."""
    folder = tmp_path_factory.mktemp("lost")
    shutil.copytree(opened_once, folder, dirs_exist_ok=True)
    district = MovedDistrict(data=folder)
    yield district
    district.close()


@pytest.fixture(scope="module")
def visitor(moved: MovedDistrict) -> Person:
    person = Person(client=moved.client())
    person.log_in()
    return person


@pytest.fixture
def lost(visitor: Person, home: Kit) -> Kit:
    home.beat()
    assert report(visitor, home).headers["location"] == f"/homes/{home.household}"
    return home


def test_what_a_lost_kit_says_is_set_apart_and_still_owed(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    sent = lost.send(lost.alert("visit", attributes=at(moved)), lost.resolved(1, **at(moved)))
    assert {(one.status, one.reason) for one in sent} == {("later", "kit_revoked")}
    assert families(visitor, lost) == {"trouble"}
    assert "분실 신고된 장비에서 옴" in visitor.page("/quarantine").text


def test_a_lost_kit_ends_no_case_and_its_home_is_still_missed(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.send(home.alert("quiet", attributes=at(moved)))
    report(visitor, home)
    home.send(home.resolved(1, **at(moved)))
    moved.pass_time(minutes=14)
    assert home.beat().status_code == 401
    moved.pass_time(minutes=1)
    assert families(visitor, home) == {"welfare", "silent", "trouble"}


def test_its_session_ends_and_its_hello_is_refused_with_the_districts_signature(lost: Kit) -> None:
    headers = {"Authorization": f"Bearer {lost.token}"}
    assert lost.beat().status_code == 401
    assert lost.client.get("/v1/downlink", headers=headers).status_code == 401
    said = refusal(lost)
    assert (said["kit"], said["reason"]) == (lost.id, "kit_revoked")
    assert said["hello"].startswith(lost.id)


def test_a_long_poll_that_is_open_ends_and_nothing_is_taken_as_heard(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """Neither what it had not heard yet, which the next kit is told."""
    home.send(home.alert("visit", attributes=at(moved)))
    heard = home.listen()[-1]["counter"]
    ended: list[int] = []
    headers = {"Authorization": f"Bearer {home.token}"}
    asked = {"after": heard, "wait": 50}
    poll = threading.Thread(
        target=lambda: ended.append(
            moved.client().get("/v1/downlink", params=asked, headers=headers).status_code
        )
    )
    poll.start()
    report(visitor, home)
    poll.join(10)
    assert ended == [401]


def test_an_answer_that_it_never_took_is_told_to_the_next_kit(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("visit", attributes=at(moved)))
    report(visitor, home)
    headers = {"Authorization": f"Bearer {home.token}"}
    home.client.get("/v1/downlink", params={"after": 99}, headers=headers)
    new = successor(moved, visitor, home)
    assert [message["data"]["state"] for message in new.listen()] == ["opened"]


def test_help_from_a_lost_kit_makes_a_case_that_says_so(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    called = lost.emergency(attributes=at(moved))
    assert [lost.send(called)[0].status for _ in range(2)] == ["quarantined"] * 2
    case = help_of(visitor, lost)
    assert "분실 신고된 장비에서 온 도움 요청입니다" in case.text
    assert visitor.answer(case.id, "handled", "spoken_well").status_code == 303
    assert lost.send(called)[0].status == "quarantined"
    assert families(visitor, lost) == {"trouble"}


def test_help_is_never_kept_out_by_a_flood_of_the_same_kit(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    flood = [lost.alert("quiet", attributes=at(moved)) for _ in range(70)]
    assert {one.reason for one in lost.send(*flood)} == {"kit_revoked", "slow_down"}
    assert lost.send(lost.emergency(attributes=at(moved)))[0].status == "quarantined"
    assert "emergency" in families(visitor, lost)


def test_a_lost_kit_that_calls_and_calls_undoes_a_hold_once_in_five_minutes_and_all_is_on_the_case(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    lost.send(lost.emergency(attributes=at(moved)))
    case = help_of(visitor, lost)
    moved.pass_time(minutes=4)
    visitor.answer(case.id, "hold")
    for minutes, standing in ((0, "held"), (2, "held"), (3, "free"), (0, "free")):
        moved.pass_time(minutes=minutes)
        assert lost.send(lost.emergency(attributes=at(moved)))[0].status == "quarantined"
        assert help_of(visitor, lost).standing == standing
    visitor.answer(case.id, "hold")
    lost.send(lost.emergency(attributes=at(moved)))
    assert help_of(visitor, lost).standing == "held"
    assert visitor.page(f"/cases/{case.id}").text.count("보낸 곳: 분실 신고된 장비") == 6


def test_the_homes_own_help_takes_the_mark_away_and_is_answered_as_its_own(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    """Even where the lost kit has counted as far as numbers go."""
    lost.version = 2**31 - 2
    lost.send(lost.emergency(attributes=at(moved)))
    lost.version = 40
    new = successor(moved, visitor, lost)
    case = help_of(visitor, lost)
    visitor.answer(case.id, "hold")
    called = new.emergency(attributes=at(moved))
    new.send(called)
    case = help_of(visitor, lost)
    assert "분실 신고된" not in case.text
    assert case.standing == "free"
    visitor.answer(case.id, "hold")
    answers = [m["data"] for m in new.listen() if m["type"].split(".")[3] == "receipt"]
    assert answers[-1]["answers"] == {"episode": 41, "id": called["id"]}


def test_a_lost_kits_help_hides_no_call_that_only_the_homes_heartbeats_tell_of(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    lost.send(lost.emergency(attributes=at(moved)))
    new = successor(moved, visitor, lost)
    visitor.answer(help_of(visitor, lost).id, "hold")
    for _ in range(2):
        new.beat(home=new.condition(stage="emergency", householdversion=90))
        moved.pass_time(minutes=5)
    case = help_of(visitor, lost)
    assert "분실 신고된" not in case.text
    assert case.standing == "free"


def test_a_lost_kits_help_disturbs_nobody_who_has_the_homes_own_in_hand(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    new = successor(moved, visitor, lost)
    new.send(new.emergency(attributes=at(moved)))
    case = help_of(visitor, lost)
    visitor.answer(case.id, "hold")
    lost.version = 500
    lost.send(lost.emergency(attributes=at(moved)))
    case = help_of(visitor, lost)
    assert case.standing == "held"
    assert "보낸 곳: 분실 신고된 장비" in visitor.page(f"/cases/{case.id}").text


def test_the_home_takes_back_its_own_call_and_not_that_of_a_lost_kit(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    lost.send(lost.emergency(attributes=at(moved)))
    new = successor(moved, visitor, lost)
    new.send(new.resolved(2, by="taken_back", **at(moved)))
    assert "emergency" in families(visitor, lost)


def test_what_was_taken_before_it_was_lost_is_a_repeat(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    called = home.emergency(attributes=at(moved))
    home.send(called)
    report(visitor, home)
    assert home.send(called)[0].status == "repeat"


def test_what_the_next_kit_signs_again_is_not_missed_and_what_is_missing_still_is(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """Taken before, by an answer that the lost kit never heard; the most urgent comes first."""
    told = [home.alert("visit", attributes=at(moved)), home.emergency(attributes=at(moved))]
    home.send(*told)
    report(visitor, home)
    new = successor(moved, visitor, home)
    own = {"source": f"urn:anshim:kit:{new.id}", "epoch": new.epoch}
    again = [event | own | {"seq": n} for n, event in enumerate(told, start=1)]
    for event in (again[1], again[0], again[1]):
        assert new.send(event)[0].status == "repeat"
    new.seq = 2
    assert "have" not in new.beat().json()
    new.seq = 3
    assert new.beat().json()["have"] == [{"epoch": new.epoch, "seq": 2}]
    assert "이미 받은 알림이 새 번호로 다시 옴" in visitor.page("/quarantine").text


def test_the_console_says_plainly_that_the_home_has_no_kit_until_one_speaks(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    page = visitor.page(f"/homes/{lost.household}").text
    assert "이 집에는 지금 장비가 없습니다" in page
    assert "장비 없음" in visitor.page("/homes").text
    assert "장비 분실: 이 집에 장비가 없음" in visitor.page("/board").text
    new = successor(moved, visitor, lost)
    new.beat()
    assert "이 집에는 지금 장비가 없습니다" not in visitor.page(f"/homes/{lost.household}").text
    assert families(visitor, lost) == set()


def test_a_kit_that_was_replaced_speaks_again_when_the_new_one_is_lost(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """The new one was stolen on its way: the old one still stands at home."""
    home.beat()
    stolen = successor(moved, visitor, home)
    report(visitor, stolen)
    home.beat()
    assert families(visitor, home) == set()
    home.send(home.alert("visit", attributes=at(moved)))
    assert home.listen()[-1]["data"]["state"] == "opened"
    moved.pass_time(minutes=15)
    assert families(visitor, home) == {"welfare", "silent"}


def test_a_kit_that_is_found_needs_a_new_code_and_a_new_key(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    code = visitor.new_code(lost.household)
    assert lost.enrol(code).json()["type"] == "urn:anshim:problem:code-spent"
    found = Kit(client=moved.client(), instance=lost.instance)
    assert found.enrol(code).status_code == 201
    found.hello()
    assert found.beat().status_code == 200


def test_codes_that_lay_beside_the_kit_are_void(visitor: Person, home: Kit) -> None:
    code = visitor.new_code(home.household)
    report(visitor, home)
    answer = Kit(client=home.client).enrol(code)
    assert answer.json()["type"] == "urn:anshim:problem:code-expired"


def test_the_item_is_lost_as_well_and_lost_in_the_list_of_items_leads_there(
    visitor: Person, home: Kit
) -> None:
    row = visitor.client.get("/items").text.split(f'<th scope="row">{home.id}</th>')[1]
    item = row.split('action="/items/')[1].split('"')[0]
    fields = {"csrf": visitor.page("/items").tokens[0], "because": "lost"}
    asked = visitor.client.post(f"/items/{item}", data=fields)
    assert asked.headers["location"] == f"/homes/{home.household}/lost"
    report(visitor, home)
    row = visitor.client.get("/items").text.split(f'<th scope="row">{home.id}</th>')[1]
    assert "분실" in row.split("</tr>")[0]


def test_who_has_not_proved_who_they_are_reports_nothing(moved: MovedDistrict, home: Kit) -> None:
    other = Person(client=moved.client())
    other.log_in()
    asked = other.client.get(f"/homes/{home.household}/lost")
    assert asked.headers["location"].startswith("/prove?to=")


def test_a_kit_of_another_home_is_not_there(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    other = installed(moved, visitor)
    report(visitor, installed(moved, visitor))
    token = visitor.page(f"/homes/{home.household}/lost").tokens[0]
    fields = {"csrf": token, "kit": other.id}
    answer = visitor.client.post(f"/homes/{home.household}/lost", data=fields)
    assert answer.status_code == 404
    assert other.beat().status_code == 200
