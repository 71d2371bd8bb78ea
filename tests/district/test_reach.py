"""Who is told, in which order, until somebody has it.

The district begins on a Sunday noon in Seoul.
"""

from datetime import timedelta
from typing import Final

import pytest

from tests.district.conftest import installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import USER
from tests.district.support.provider import Provider, Sent
from tests.district.support.reaching import (
    CONTROL,
    GUARDIAN,
    OFFICER,
    add_officer,
    answered,
    new_member,
    told,
    try_to_write,
    write,
)


@pytest.fixture
def home(reached_home: Kit) -> Kit:
    return reached_home


def test_a_call_for_help_is_texted_then_called_then_passed_on_until_somebody_takes_it(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CONTROL)]
    reaching.pass_time(minutes=1)
    call = provider.taken()[0]
    assert (call.what, call.to, call.content["digits"]) == ("calls", CONTROL, "1")
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", GUARDIAN)]
    # nobody: from the beginning
    reaching.pass_time(minutes=3)
    again = provider.taken()[0]
    assert (again.what, again.to) == ("texts", CONTROL)
    reaching.pass_time(minutes=1)
    assert answered(reaching, provider.taken()[0], "1") == 204
    case = admin.case_of(home.household)
    assert case
    assert case.standing == "held"
    assert "관제센터" in case.text
    reaching.pass_time(minutes=20)
    assert told(provider) == []
    # whoever sits at that telephone goes on with it at the console
    member = Person(client=reaching.client())
    member.log_in("center", new_member(reaching, admin))
    assert member.answer(case.id, "handled", "nobody_opened").status_code == 303
    receipt = next(m for m in home.listen() if m["type"].endswith(".receipt.v1"))
    assert receipt["data"]["answer"] == "hold"


CAME_OF: Final = {
    "answered": "전화는 받았으나 담당하지 않음",
    "no_answer": "담당자가 전화를 받지 않음",
    "busy": "담당자가 통화 중",
}


@pytest.mark.parametrize("result", CAME_OF)
def test_what_came_of_a_call_to_a_responder_is_a_line_on_the_case(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit, result: str
) -> None:
    home.send(home.emergency())
    reaching.pass_time(minutes=0)
    reaching.pass_time(minutes=1)
    call = provider.taken()[-1]
    assert answered(reaching, call, result=result) == 204
    shown = shown_case(admin, home)
    assert CAME_OF[result] in shown
    assert "관제센터" in shown


def test_texts_to_staff_name_nobody_and_never_a_number(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    home.send(home.emergency())
    reaching.pass_time(minutes=3)
    for sent in provider.taken():
        assert "김영순" not in sent.words
        assert "문안로" not in sent.words
        assert "5678" not in sent.words
    assert "5678" not in shown_case(admin, home)


def shown_case(admin: Person, home: Kit) -> str:
    case = admin.case_of(home.household)
    assert case
    page = admin.page(f"/cases/{case.id}").text
    return page[page.index("진행 기록") :]


def test_a_hold_that_lapses_is_told_again(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    home.send(home.emergency())
    case = admin.case_of(home.household)
    assert case
    admin.answer(case.id, "hold")
    reaching.pass_time(minutes=29)
    assert told(provider) == []
    reaching.pass_time(minutes=1)
    assert told(provider) == [("texts", CONTROL)]


def test_a_hold_dies_with_the_shift_of_whoever_has_it(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    day = {"team": "control", "begins": "2026-11-22T09:00", "ends": "2026-11-22T12:10"}
    write(admin, "phones", user=USER, phone="010-5555-0000")
    write(admin, "shifts", user=USER, **day)
    home.send(home.emergency())
    case = admin.case_of(home.household)
    assert case
    admin.answer(case.id, "hold")
    (held,) = [m for m in home.listen() if m["type"].endswith(".receipt.v1")]
    assert held["data"]["until"] == "2026-11-22T03:10:00.000Z"
    reaching.pass_time(minutes=9)
    assert told(provider) == []
    reaching.pass_time(minutes=1)
    assert told(provider) == [("texts", CONTROL)]


@pytest.mark.parametrize(
    ("next_begins", "held_until"),
    [("2026-11-22T12:10", "03:30"), ("2026-11-22T12:11", "03:10")],
    ids=["at once", "a minute later"],
)
def test_a_hold_goes_on_into_the_shift_that_follows_at_once(
    reaching: MovedDistrict, admin: Person, home: Kit, next_begins: str, held_until: str
) -> None:
    write(admin, "phones", user=USER, phone="010-5555-0000")
    for begins, ends in (
        ("2026-11-22T09:00", "2026-11-22T12:10"),
        (next_begins, "2026-11-22T18:00"),
    ):
        write(admin, "shifts", user=USER, team="control", begins=begins, ends=ends)
    home.send(home.emergency())
    case = admin.case_of(home.household)
    assert case
    admin.answer(case.id, "hold")
    (held,) = [m for m in home.listen() if m["type"].endswith(".receipt.v1")]
    assert held["data"]["until"] == f"2026-11-22T{held_until}:00.000Z"


def test_on_a_weekday_the_dongs_own_officer_is_first_and_a_stand_in_instead_of_them(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    add_officer(admin)
    add_officer(admin, "park", "010-6666-0000")
    reaching.pass_time(hours=24)

    def on_monday(user: str, **more: str) -> None:
        day = {"team": "문안동", "begins": "2026-11-23T09:00", "ends": "2026-11-23T18:00"}
        write(admin, "shifts", user=user, **day, **more)

    on_monday("lee")
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", OFFICER)]
    on_monday("park", stand_in="1")
    # who was written down only now has heard nothing yet: a text first, as for everybody
    reaching.pass_time(minutes=1)
    assert told(provider) == [("texts", "+821066660000")]
    reaching.pass_time(minutes=1)
    assert told(provider) == [("calls", "+821066660000")]
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", CONTROL)]


def test_a_proclaimed_holiday_and_a_rule_of_ones_own_change_who_is_told(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    reaching.pass_time(hours=24)
    write(admin, "phones", team="문안동", phone="02-777-0000")
    assert "평일 낮" in admin.page("/duty").text
    write(admin, "days", day="2026-11-23", kind="holiday", name="임시공휴일")
    assert "지금: 공휴일" in admin.page("/duty").text
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CONTROL)]
    write(admin, "days", day="2026-11-23", what="remove")
    write(admin, "rules", dong="문안동", weekday_day0="guardians", weekday_day1="dong")
    home.send(home.emergency())  # somebody presses again
    other = installed(reaching, admin)
    other.send(other.emergency())
    reaching.pass_time(minutes=9)
    assert told(provider) == [("texts", CONTROL), ("texts", GUARDIAN)]
    reaching.pass_time(minutes=3)
    assert ("texts", "+8227770000") in told(provider)


def test_where_nobody_has_a_number_the_board_says_so_and_whoever_comes_is_told(
    reaching: MovedDistrict, provider: Provider, admin: Person
) -> None:
    write(admin, "phones", team="control", phone="")
    kit = installed(reaching, admin)
    kit.send(kit.emergency())
    reaching.pass_time(seconds=0)
    assert told(provider) == []
    assert "나가지 않는 건이 1건" in admin.page("/board").text
    assert "알릴 사람이 없음" in shown_case(admin, kit)
    assert "한 명도 없습니다" in admin.page("/duty").text
    write(admin, "phones", user="kim", phone="010-5555-0000")
    reaching.pass_time(minutes=5)
    assert told(provider) == [("texts", OFFICER)]
    assert "나가지 않는 건" not in admin.page("/board").text


@pytest.mark.parametrize("status", [401, 503])
def test_while_the_provider_takes_nothing_the_board_says_so_and_it_is_tried_on(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit, status: int
) -> None:
    provider.status = status
    home.send(home.emergency())
    for _ in range(10):
        reaching.pass_time(seconds=30)
    assert "나가지 않는 건이 1건" in admin.page("/board").text
    provider.status = 202
    reaching.pass_time(minutes=3)
    assert provider.taken()
    assert "나가지 않는 건" not in admin.page("/board").text


def test_a_call_for_help_that_comes_while_others_are_told_is_told_before_the_step_ends(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    helps = installed(reaching, admin)

    def takes_long(_: Sent) -> None:
        provider.heard = lambda _: None
        reaching.clock.moment += timedelta(seconds=20)
        helps.send(helps.emergency(attributes={"time": now_text(reaching.now)}))

    provider.heard = takes_long
    home.send(home.alert("visit", attributes={"time": now_text(reaching.now)}))
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CONTROL)] * 2


@pytest.mark.usefixtures("admin")
def test_what_the_provider_was_long_in_refusing_is_tried_again_half_a_minute_after_that(
    reaching: MovedDistrict, provider: Provider, home: Kit
) -> None:
    def takes_long() -> None:
        reaching.clock.moment += timedelta(seconds=40)

    provider.status, provider.refused = 503, takes_long
    home.send(home.emergency(attributes={"time": now_text(reaching.now)}))
    reaching.pass_time(seconds=0)
    provider.status = 202
    reaching.pass_time(seconds=29)
    assert told(provider) == []
    reaching.pass_time(seconds=1)
    assert told(provider) == [("texts", CONTROL)]


def test_what_is_only_technical_calls_nobody(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    home.beat()
    reaching.pass_time(minutes=30)
    assert any(case.family == "silent" for case in admin.board())
    assert told(provider) == []


def test_cases_from_before_there_was_a_provider_are_told_once_there_is_one(
    moved: MovedDistrict, provider: Provider
) -> None:
    person = Person(client=moved.client())
    person.log_in()
    write(person, "phones", team="control", phone="02-333-0000")
    kit = installed(moved, person)
    kit.send(kit.emergency())
    moved.pass_time(minutes=1)
    moved.close()
    later = MovedDistrict(data=moved.data, options={"reach": provider.options}, clock=moved.clock)
    try:
        later.pass_time(seconds=0)
        assert told(provider) == [("texts", CONTROL)]
    finally:
        later.close()


@pytest.mark.parametrize("number", ["119", "112", "1588-0000", "+1 212 555 0100", "010-12"])
def test_a_number_that_no_machine_may_dial_is_refused_as_somebodys_telephone(
    admin: Person, number: str
) -> None:
    refused = try_to_write(admin, "phones", team="control", phone=number)
    assert refused.status_code == 409
    assert "119 같은 짧은 번호" in refused.text


def agrees(admin: Person, home: Kit, *ticks: str) -> None:
    token = admin.page(f"/homes/{home.household}").tokens[0]
    fields = {"csrf": token, "state": "given", "text_version": "ko-1", "signed_by": "resident"}
    more = {"at": "2026-11-20"} | dict.fromkeys(ticks, "1")
    answer = admin.client.post(f"/homes/{home.household}/consent", data=fields | more)
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize("ticks", [(), ("third_party",)])
def test_a_guardian_is_told_of_a_visit_only_where_the_resident_agreed_to_that(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit, ticks: tuple[str, ...]
) -> None:
    agrees(admin, home, *ticks)
    home.send(home.alert("visit"))
    reaching.pass_time(seconds=0)
    for _ in range(4):
        reaching.pass_time(minutes=5)
    assert (("texts", GUARDIAN) in told(provider)) is bool(ticks)


def test_a_guardian_is_told_all_the_same_when_nobody_else_can_be(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    write(admin, "phones", team="control", phone="")
    home.send(home.alert("visit"))
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", GUARDIAN)]


def test_when_nobody_takes_a_visit_everybody_is_told_whose_turn_it_is_not(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    write(admin, "phones", user=USER, phone="010-7777-0000")
    home.send(home.alert("visit"))
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CONTROL)]
    for _ in range(12):
        reaching.pass_time(minutes=5)
    assert {to for _, to in told(provider)} == {CONTROL, GUARDIAN, "+821077770000"}
