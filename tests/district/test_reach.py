"""Who is told, asked and called, in which order: a real provider's interface, time moved by hand.

The district begins on a Sunday noon in Seoul.
"""

from collections.abc import Iterator
from pathlib import Path
import re

import httpx
import pytest

from tests.district.conftest import installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, read
from tests.district.support.provider import SECRET, Provider, Sent, say_back

RESIDENT, GUARDIAN = "+821012345678", "+821098765432"
CONTROL, OFFICER = "+8223330000", "+821055550000"


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def reaching(tmp_path: Path, provider: Provider) -> Iterator[MovedDistrict]:
    district = MovedDistrict(data=tmp_path, options={"reach": provider.options})
    yield district
    district.close()


@pytest.fixture
def admin(reaching: MovedDistrict) -> Person:
    person = Person(client=reaching.client())
    person.log_in()
    write(person, "phones", team="control", phone="02-333-0000")
    return person


@pytest.fixture
def home(reaching: MovedDistrict, admin: Person) -> Kit:
    kit = installed(reaching, admin)
    token = admin.page(f"/homes/{kit.household}/resident").tokens[0]
    fields = {
        "csrf": token,
        "name": "김영순",
        "address": "문안로 1",
        "dong": "문안동",
        "phone": "010-1234-5678",
        "guardian1": "김철수",
        "guardian1_phone": "01098765432",
    }
    answer = admin.client.post(f"/homes/{kit.household}/resident", data=fields)
    assert answer.status_code == 303
    return kit


def write(person: Person, page: str, /, **fields: str) -> httpx.Response:
    answer = try_to_write(person, page, **fields)
    assert answer.status_code == 303, answer.text
    return answer


def try_to_write(person: Person, page: str, /, **fields: str) -> httpx.Response:
    token = person.page("/duty").tokens[0]
    return person.client.post(f"/duty/{page}", data={"csrf": token} | fields)


def add_officer(admin: Person, user: str = "lee", phone: str = "010-5555-0000") -> None:
    admin.prove()
    token = admin.page("/staff").tokens[0]
    fields = {"csrf": token, "user": user, "role": "officer", "dongs": "문안동"}
    assert admin.client.post("/staff", data=fields).status_code == 200
    write(admin, "phones", user=user, phone=phone)


def new_member(reaching: MovedDistrict, admin: Person) -> str:
    """Somebody of the control centre; their password."""
    admin.prove()
    token = admin.page("/staff").tokens[0]
    fields = {"csrf": token, "user": "center", "role": "control", "dongs": ""}
    first = read(admin.client.post("/staff", data=fields)).code
    person = Person(client=reaching.client())
    person.log_in("center", first)
    token = person.page("/account").tokens[0]
    changed = {"csrf": token, "old": first, "new": "새-비밀번호-열자리"}
    assert person.client.post("/account/password", data=changed).status_code == 303
    return changed["new"]


def told(provider: Provider) -> list[tuple[str, str]]:
    return [(sent.what, sent.to) for sent in provider.taken()]


def answered(reaching: MovedDistrict, sent: Sent, digit: str = "", result: str = "answered") -> int:
    body = {"reference": sent.reference, "result": result}
    if digit:
        body["digit"] = digit
    moment = reaching.now.timestamp()
    return say_back(reaching.client(), moment, body).status_code


def knock(reaching: MovedDistrict, home: Kit) -> None:
    attributes = {"time": now_text(reaching.now)}
    home.send(home.alert("knock", rungs={"visit_in_s": 36000}, attributes=attributes))
    reaching.pass_time(seconds=0)


def call_resident(reaching: MovedDistrict, provider: Provider, home: Kit) -> Sent:
    """To the first call that is out."""
    knock(reaching, home)
    reaching.pass_time(minutes=2)
    text, call = provider.taken()
    assert (text.what, call.what) == ("texts", "calls")
    return call


def shown(admin: Person, home: Kit) -> str:
    case = next(c for c in admin.board() if home.household in c.text and c.family == "welfare")
    return admin.page(f"/cases/{case.id}").text


# who is told


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


# the automatic call


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
