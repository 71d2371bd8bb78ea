"""The resident is asked by an automatic call, and what the provider says back."""

from pathlib import Path
import re

import pytest

from tests.district.conftest import installed
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.provider import SECRET, Provider, Sent, say_back
from tests.district.support.reaching import (
    CONTROL,
    RESIDENT,
    answered,
    call_resident,
    knock,
    told,
    write,
)


@pytest.fixture
def home(reached_home: Kit) -> Kit:
    return reached_home


def test_the_resident_is_asked_first_and_a_one_ends_it(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    call = call_resident(reaching, provider, home)
    assert (call.to, call.content["digits"]) == (RESIDENT, "12")
    assert answered(reaching, call, "1") == 204
    assert not [c for c in admin.board() if c.family == "welfare"]
    lives = [m for m in home.listen() if m["type"].endswith(".life.v1")]
    assert lives[0]["data"]["evidence"] == "answered_call"
    reaching.pass_time(hours=1)
    assert told(provider) == []


def test_a_two_is_a_call_for_help(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    call = call_resident(reaching, provider, home)
    assert answered(reaching, call, "2") == 204
    reaching.pass_time(seconds=0)
    assert "emergency" in {case.family for case in admin.board()}
    assert told(provider) == [("texts", CONTROL)]


@pytest.mark.parametrize("result", ["answered", "no_answer", "busy", "failed", ""])
def test_without_a_digit_it_is_tried_again_and_then_a_person_is_told(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit, result: str
) -> None:
    call = call_resident(reaching, provider, home)
    if result:
        answered(reaching, call, result=result)
        reaching.pass_time(minutes=9)
        assert told(provider) == []
        reaching.pass_time(minutes=1)
    else:  # nothing is ever heard of it
        reaching.pass_time(minutes=5)
    (second,) = provider.taken()
    assert (second.what, second.to) == ("calls", RESIDENT)
    if result:
        answered(reaching, second, result=result)
        reaching.pass_time(seconds=0)
    else:
        reaching.pass_time(minutes=5)
    assert told(provider) == [("texts", CONTROL)]
    assert next(c for c in admin.board() if c.family == "welfare").standing == "free"


def test_a_call_that_is_over_before_the_provider_has_said_that_it_took_it_is_tried_again_in_time(
    reaching: MovedDistrict, provider: Provider, home: Kit
) -> None:
    def at_once(sent: Sent) -> None:
        if sent.what == "calls":
            answered(reaching, sent, result="busy")

    provider.heard = at_once
    call_resident(reaching, provider, home)
    reaching.pass_time(minutes=9)
    assert told(provider) == []
    reaching.pass_time(minutes=1)
    # the second try comes to nothing as well, and people are told
    assert told(provider) == [("calls", RESIDENT), ("texts", CONTROL)]


@pytest.mark.parametrize(
    ("digit", "result", "told"),
    [
        ("1", "answered", ["answered_ok"]),
        ("2", "answered", ["answered_help"]),
        # A voice that pressed nothing may be a machine's.
        ("", "answered", ["no_answer"]),
        ("", "no_answer", ["no_answer"]),
        ("", "busy", ["no_answer"]),
        ("", "dead_number", ["bad_number"]),
        # It never rang.
        ("", "failed", []),
    ],
)
def test_the_home_hears_what_came_of_the_call(
    reaching: MovedDistrict,
    provider: Provider,
    home: Kit,
    *,
    digit: str,
    result: str,
    told: list[str],
) -> None:
    call = call_resident(reaching, provider, home)
    assert answered(reaching, call, digit, result=result) == 204
    heard = [m for m in home.listen() if m["type"].endswith(".call.v1")]
    assert [m["data"]["result"] for m in heard] == told
    assert all(m["data"]["try"] == 1 and m["caseid"] for m in heard)


def test_a_dead_number_is_marked_told_at_once_and_never_called_again(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    call = call_resident(reaching, provider, home)
    answered(reaching, call, result="dead_number")
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CONTROL)]
    assert "없는 번호" in admin.page(f"/homes/{home.household}").text
    case = next(c for c in admin.board() if c.family == "welfare")
    admin.answer(case.id, "handled", "spoken_well")
    knock(reaching, home)
    assert told(provider) == [("texts", CONTROL)]


def test_after_two_answers_that_only_a_machine_heard_a_person_calls(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    for _ in range(2):
        answered(reaching, call_resident(reaching, provider, home), "1")
        assert not [c for c in admin.board() if c.family == "welfare"]
    knock(reaching, home)
    assert told(provider) == [("texts", CONTROL)]
    case = next(c for c in admin.board() if c.family == "welfare")
    admin.answer(case.id, "handled", "spoken_well")
    call_resident(reaching, provider, home)


def test_an_officers_word_on_a_broken_device_does_not_count_as_having_heard_the_resident(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    for _ in range(2):
        answered(reaching, call_resident(reaching, provider, home), "1")
    home.beat()
    reaching.pass_time(hours=1)
    silent = next(c for c in admin.board() if c.family == "silent")
    admin.answer(silent.id, "handled", "technical")
    provider.taken()
    knock(reaching, home)
    assert ("calls", RESIDENT) not in told(provider)


def test_a_home_that_stays_silent_is_asked_about_again_although_a_machine_heard_that_all_is_well(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    home.beat(home=home.condition(limit_h=8, near=True))
    reaching.pass_time(minutes=15)
    reaching.pass_time(minutes=2)
    call = next(sent for sent in provider.taken() if sent.what == "calls")
    answered(reaching, call, "1")
    assert {case.family for case in admin.board()} == {"silent"}
    reaching.pass_time(hours=8)
    assert "welfare" in {case.family for case in admin.board()}


def test_a_one_that_comes_when_a_person_has_the_case_is_only_a_note(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    call = call_resident(reaching, provider, home)
    case = next(c for c in admin.board() if c.family == "welfare")
    admin.answer(case.id, "hold")
    answered(reaching, call, "1")
    assert next(c for c in admin.board() if c.family == "welfare").standing == "held"
    assert re.search("괜찮음", admin.page(f"/cases/{case.id}").text)


def test_calls_at_once_and_in_a_day_have_a_limit_and_people_are_told_instead(
    tmp_path: Path, provider: Provider
) -> None:
    reach = provider.options | {"calls_at_once": 1, "calls_a_day": 2}
    district = MovedDistrict(data=tmp_path, options={"reach": reach})
    try:
        admin = Person(client=district.client())
        admin.log_in()
        write(admin, "phones", team="control", phone="02-333-0000")
        homes = [installed(district, admin) for _ in range(3)]
        for place, kit in enumerate(homes):
            token = admin.page(f"/homes/{kit.household}/resident").tokens[0]
            fields = {"csrf": token, "name": f"이{place}", "address": "가", "dong": "나동"}
            phone = {"phone": f"010-1234-567{place}"}
            admin.client.post(f"/homes/{kit.household}/resident", data=fields | phone)
            knock(district, kit)
        provider.taken()
        district.pass_time(minutes=2)
        first = provider.taken()
        assert [sent.what for sent in first] == ["calls"]
        answered(district, first[0], "1")
        district.pass_time(seconds=20)
        # two calls were today's: of the third home people are told at once
        second = {(sent.what, sent.to == CONTROL) for sent in provider.taken()}
        assert second == {("calls", False), ("texts", True)}
    finally:
        district.close()


def test_calls_that_never_went_out_are_not_said_to_have_been_left_unanswered(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    provider.status = 503
    knock(reaching, home)
    for _ in range(20):
        reaching.pass_time(seconds=30)
    case = next(c for c in admin.board() if c.family == "welfare")
    page = admin.page(f"/cases/{case.id}").text
    assert "자동 안부 전화를 걸지 못함" in page
    assert "자동 전화 실패" in page
    assert "자동 전화를 받지 않음" not in page


# what the provider says back


def test_a_callback_counts_once_and_only_with_a_fresh_signature_of_the_secret(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    call = call_resident(reaching, provider, home)
    body = {"reference": call.reference, "result": "answered", "digit": "2"}
    client, now = reaching.client(), reaching.now.timestamp()
    stranger = "whsec_" + "A" * 40
    assert say_back(client, now, body, secret=stranger).status_code == 401
    assert say_back(client, now - 600, body).status_code == 401
    assert client.post("/v1/reach/callbacks", json=body).status_code == 401
    assert not [c for c in admin.board() if c.family == "emergency"]
    for _ in range(2):
        assert say_back(client, now, body, id_="msg_1").status_code == 204
    (case,) = [c for c in admin.board() if c.family == "emergency"]
    assert case.text.count("알림 2회") == 0
    assert say_back(client, now, body | {"reference": "e-1.1.1.0"}).status_code == 404
    assert say_back(client, now, body | {"result": "eaten"}).status_code == 400
    assert SECRET not in admin.page(f"/cases/{case.id}").text


def test_without_a_provider_there_is_nobody_to_call_back(moved: MovedDistrict) -> None:
    answer = say_back(moved.client(), moved.now.timestamp(), {"reference": "x"})
    assert answer.status_code == 401
