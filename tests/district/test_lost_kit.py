"""A kit that staff reports lost: what it says is no life any more, and no Help of it is lost."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import threading

import httpx
import pytest

from anshim_district.intake.lost_file import FILE
from anshim_district.service import DATABASE
from anshim_district.storage.backups import back_up
from tests.district.conftest import Make, installed
from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.test_strangers import adopts, greets


def report(person: Person, kit: Kit) -> httpx.Response:
    """As staff does, who has just proved who they are."""
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


def successor(moved: MovedDistrict, visitor: Person, home: Kit) -> Kit:
    """A new kit for the same home, which goes on counting."""
    new = Kit(client=moved.client(), version=home.version)
    assert new.enrol(visitor.new_code(home.household)).status_code == 201
    new.hello()
    return new


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
    assert {case.family for case in visitor.board()} == {"trouble"}
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
    assert {case.family for case in visitor.board()} == {"welfare", "silent", "trouble"}


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
    (case,) = [one for one in visitor.board() if one.family == "emergency"]
    assert "분실 신고된 장비에서 온 도움 요청입니다" in case.text
    assert visitor.answer(case.id, "handled", "spoken_well").status_code == 303
    assert lost.send(called)[0].status == "quarantined"
    assert "emergency" not in {one.family for one in visitor.board()}


def test_help_is_never_kept_out_by_a_flood_of_the_same_kit(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    flood = [lost.alert("quiet", attributes=at(moved)) for _ in range(70)]
    assert {one.reason for one in lost.send(*flood)} == {"kit_revoked", "slow_down"}
    assert lost.send(lost.emergency(attributes=at(moved)))[0].status == "quarantined"
    assert "emergency" in {one.family for one in visitor.board()}


def test_the_homes_own_help_takes_the_mark_away_and_is_answered_as_its_own(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    """Even where the lost kit has counted as far as numbers go."""
    lost.version = 2**31 - 2
    lost.send(lost.emergency(attributes=at(moved)))
    lost.version = 40
    new = successor(moved, visitor, lost)
    (case,) = [one for one in visitor.board() if one.family == "emergency"]
    visitor.answer(case.id, "hold")
    called = new.emergency(attributes=at(moved))
    new.send(called)
    (case,) = [one for one in visitor.board() if one.family == "emergency"]
    assert "분실 신고된" not in case.text
    assert case.standing == "free"
    visitor.answer(case.id, "hold")
    answers = [m["data"] for m in new.listen() if m["type"].split(".")[3] == "receipt"]
    assert answers[-1]["answers"] == {"episode": 41, "id": called["id"]}


def test_a_lost_kits_help_disturbs_nobody_who_has_the_homes_own_in_hand(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    new = successor(moved, visitor, lost)
    new.send(new.emergency(attributes=at(moved)))
    (case,) = [one for one in visitor.board() if one.family == "emergency"]
    visitor.answer(case.id, "hold")
    lost.version = 500
    lost.send(lost.emergency(attributes=at(moved)))
    (case,) = [one for one in visitor.board() if one.family == "emergency"]
    assert case.standing == "held"
    assert "보낸 곳: 분실 신고된 장비" in visitor.page(f"/cases/{case.id}").text


def test_the_home_takes_back_its_own_call_and_not_that_of_a_lost_kit(
    moved: MovedDistrict, visitor: Person, lost: Kit
) -> None:
    lost.send(lost.emergency(attributes=at(moved)))
    new = successor(moved, visitor, lost)
    new.send(new.resolved(2, by="taken_back", **at(moved)))
    assert "emergency" in {one.family for one in visitor.board()}


def test_what_was_taken_before_it_was_lost_is_a_repeat(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    called = home.emergency(attributes=at(moved))
    home.send(called)
    report(visitor, home)
    assert home.send(called)[0].status == "repeat"


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
    assert visitor.board() == []


def test_a_kit_that_was_replaced_speaks_again_when_the_new_one_is_lost(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """The new one was stolen on its way: the old one still stands at home."""
    home.beat()
    stolen = successor(moved, visitor, home)
    stolen.beat()
    report(visitor, stolen)
    home.beat()
    assert visitor.board() == []
    home.send(home.alert("visit", attributes=at(moved)))
    assert home.listen()[-1]["data"]["state"] == "opened"
    moved.pass_time(minutes=15)
    assert {case.family for case in visitor.board()} == {"welfare", "silent"}


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
    page = visitor.client.get("/items")
    item = page.text.split('action="/items/')[1].split('"')[0]
    fields = {"csrf": visitor.page("/items").tokens[0], "because": "lost"}
    asked = visitor.client.post(f"/items/{item}", data=fields)
    assert asked.headers["location"] == f"/homes/{home.household}/lost"
    report(visitor, home)
    assert "중계기 분실 1" in visitor.page("/items").text.replace("\n", " ")


def test_who_has_not_proved_who_they_are_reports_nothing(visitor: Person, home: Kit) -> None:
    asked = visitor.client.get(f"/homes/{home.household}/lost")
    assert asked.headers["location"].startswith("/prove?to=")


def test_a_kit_of_another_home_is_not_there(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    other = installed(moved, visitor)
    visitor.prove()
    token = visitor.page(f"/homes/{home.household}/lost").tokens[0]
    fields = {"csrf": token, "kit": other.id}
    answer = visitor.client.post(f"/homes/{home.household}/lost", data=fields)
    assert answer.status_code == 404
    assert other.beat().status_code == 200


# restored districts

type Restore = Callable[..., MovedDistrict]


@pytest.fixture
def restore(moved: MovedDistrict, tmp_path: Path, request: pytest.FixtureRequest) -> Restore:
    """The district from a copy that was made before the kit was lost."""

    def restored(backup: Path, *, with_file: bool) -> MovedDistrict:
        moved.close()
        for left in tmp_path.glob("district.sqlite*"):
            left.unlink()
        shutil.copy(backup, tmp_path / "district.sqlite")
        if not with_file:
            (tmp_path / FILE).unlink()
        again = MovedDistrict(data=tmp_path, clock=moved.clock)
        request.addfinalizer(again.close)
        return again

    return restored


def backed_up(moved: MovedDistrict, tmp_path: Path) -> Path:
    backup = tmp_path / "older.copy"
    back_up(moved.data / DATABASE, backup)
    return backup


def test_an_older_database_does_not_make_a_lost_kit_known_again(
    moved: MovedDistrict, visitor: Person, home: Kit, tmp_path: Path, restore: Restore
) -> None:
    home.beat()
    backup = backed_up(moved, tmp_path)
    report(visitor, home)
    again = restore(backup, with_file=True)
    home.client = again.client()
    assert home.beat().status_code == 401
    assert refusal(home)["reason"] == "kit_revoked"
    person = Person(client=again.client())
    person.log_in()
    assert "이 집에는 지금 장비가 없습니다" in person.page(f"/homes/{home.household}").text


def test_a_lost_kit_that_heard_of_it_tells_a_district_that_has_forgotten(
    moved: MovedDistrict, visitor: Person, home: Kit, tmp_path: Path, restore: Restore
) -> None:
    """Where the whole folder is an old one, the kit's own word is all there is."""
    backup = backed_up(moved, tmp_path)
    report(visitor, home)
    shown = greets(home).json()["refusal"]
    again = restore(backup, with_file=False)
    home.client = again.client()
    event = home.hello_event(refusal=shown)
    assert home.client.post("/v1/hello", json={"hello": home.signed(event)}).status_code == 401
    assert home.send(home.alert("quiet", attributes=at(again)))[0].reason == "kit_revoked"
    assert home.id in (tmp_path / FILE).read_text(encoding="utf-8")


def test_a_refusal_of_another_kit_or_by_anybody_else_is_not_believed(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    other = installed(moved, visitor)
    report(visitor, other)
    foreign = greets(other).json()["refusal"]
    own = json.dumps(
        {
            "kit": home.id,
            "hello": "x",
            "reason": "kit_revoked",
            **{name: now_text(moved.now) for name in ("since", "now")},
        }
    )
    forged = home.signed(json.loads(own), typ="anshim-refusal+jws")
    for refused in (foreign, forged, "nonsense", "a.b.c"):
        home.hello(home.hello_event(refusal=refused))
    assert home.beat().status_code == 200


def test_a_kit_from_after_the_backup_that_was_lost_is_never_accepted_again(
    moved: MovedDistrict, visitor: Person, tmp_path: Path, restore: Restore
) -> None:
    backup = backed_up(moved, tmp_path)
    kit = installed(moved, visitor)
    report(visitor, kit)
    again = restore(backup, with_file=True)
    kit.client = again.client()
    assert greets(kit).status_code == 401
    person = Person(client=again.client())
    person.log_in()
    assert adopts(person, kit).status_code == 409
    assert "분실 신고된 장비입니다" in adopts(person, kit).text


def test_a_file_of_lost_kits_that_cannot_be_read_is_named_in_one_sentence(make: Make) -> None:
    district = make()
    district.data.mkdir(parents=True)
    (district.data / FILE).write_text("{", encoding="utf-8")
    done = district.run()
    assert done.returncode == 2
    assert FILE in done.stderr
