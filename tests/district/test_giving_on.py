"""A case is given to a colleague: they are told, and have it once they take it."""

from datetime import timedelta
import re

import httpx
import pytest

from anshim_district.cases.model import Times
from anshim_district.duty.roster import URGENT, WELFARE
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.provider import Provider
from tests.district.support.reaching import (
    CONTROL,
    OFFICER,
    add_officer,
    answered,
    told,
    try_to_write,
    write,
)
from tests.district.test_access import added

CENTRE = "+821077770000"


@pytest.fixture
def centre(reaching: MovedDistrict, admin: Person) -> Person:
    """Somebody of the control centre, at the console, with a telephone of their own."""
    person = added(reaching, admin, "control")
    write(admin, "phones", user="the-control", phone="010-7777-0000")
    return person


def say(reaching: MovedDistrict, home: Kit, kind: str = "visit") -> None:
    attributes = {"time": now_text(reaching.now)}
    home.send(
        home.emergency(attributes=attributes)
        if kind == "emergency"
        else home.alert(kind, attributes=attributes)
    )
    reaching.pass_time(seconds=0)


@pytest.fixture
def case(
    reaching: MovedDistrict, admin: Person, centre: Person, reached_home: Kit, provider: Provider
) -> str:
    """A visit that the administrator has."""
    say(reaching, reached_home)
    found = admin.case_of(reached_home.household)
    assert found is not None
    admin.answer(found.id, "hold")
    provider.taken()
    return found.id


def give(person: Person, case: str, to: str = "the-control") -> httpx.Response:
    token = person.page(f"/cases/{case}").tokens[0]
    return person.client.post(f"/cases/{case}/give", data={"csrf": token, "to": to})


def page_of(person: Person, case: str) -> str:
    return person.client.get(f"/cases/{case}").text


def offered(page: str) -> list[str]:
    """Whom the list names, in its order."""
    (listed,) = re.findall(r'name="to"(.*?)</select>', page, re.DOTALL)
    return re.findall(r'<option value="([\w-]+)"', listed)


def owner_on(page: str) -> str:
    found = re.search(r"담당: ([\w-]+)", page)
    return found[1] if found else ""


def test_a_colleague_is_told_at_once_and_has_it_from_when_they_take_it(
    reaching: MovedDistrict,
    admin: Person,
    centre: Person,
    case: str,
    provider: Provider,
) -> None:
    assert give(admin, case).status_code == 303
    assert "the-control에게 넘김" in page_of(admin, case)
    assert "나에게 넘어옴" in page_of(centre, case)
    # until then it is with whoever gave it
    assert owner_on(page_of(centre, case)) == "kim"
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CENTRE)]
    reaching.pass_time(minutes=5)
    assert told(provider) == [("calls", CENTRE)]
    assert centre.answer(case, "hold").status_code == 303
    page = page_of(admin, case)
    assert owner_on(page) == "the-control"
    assert "에게 넘김 ·" not in page
    # their half hour begins when they take it
    reaching.pass_time(minutes=29)
    assert owner_on(page_of(admin, case)) == "the-control"
    reaching.pass_time(minutes=1)
    assert owner_on(page_of(admin, case)) == ""


def test_the_home_hears_of_it_when_it_is_taken(
    admin: Person, centre: Person, case: str, reached_home: Kit
) -> None:
    before = reached_home.listen()
    give(admin, case)
    assert reached_home.listen() == before
    centre.answer(case, "hold")
    (receipt,) = [one for one in reached_home.listen() if one not in before]
    assert (receipt["data"]["answer"], receipt["data"]["by"]) == ("hold", "control")


def test_the_timeline_names_giver_and_receiver(admin: Person, centre: Person, case: str) -> None:
    give(admin, case)
    entry = re.findall(r'entry-given">(.*?)</li>', page_of(admin, case), re.DOTALL)[0]
    assert "kim" in entry
    assert "받을 사람: the-control" in " ".join(entry.split())


def test_a_one_on_the_telephone_takes_what_was_given(
    reaching: MovedDistrict, admin: Person, centre: Person, case: str, provider: Provider
) -> None:
    give(admin, case)
    reaching.pass_time(seconds=0)
    reaching.pass_time(minutes=5)
    call = provider.taken()[-1]
    assert call.what == "calls"
    assert "김영순" not in call.words
    assert answered(reaching, call, "1") < 300
    assert owner_on(page_of(admin, case)) == "the-control"
    reaching.pass_time(minutes=20)
    assert provider.taken() == []


@pytest.mark.usefixtures("centre")
@pytest.mark.parametrize(
    ("kind", "wait"), [("visit", WELFARE.next_after), ("emergency", URGENT.next_after)]
)
def test_what_the_colleague_does_not_take_is_told_to_all_as_nobodys(
    reaching: MovedDistrict,
    reached_home: Kit,
    provider: Provider,
    kind: str,
    wait: timedelta,
) -> None:
    admin = Person(client=reaching.client())
    admin.log_in()
    say(reaching, reached_home, kind)
    case = admin.board()[0].id
    admin.answer(case, "hold")
    give(admin, case)
    reaching.pass_time(seconds=1)
    provider.taken()
    reaching.pass_time(seconds=wait.total_seconds() - 2)
    assert admin.board()[0].standing == "held"
    provider.taken()
    reaching.pass_time(seconds=1)
    assert admin.board()[0].standing == "free"
    assert ("texts", CONTROL) in told(provider)
    page = page_of(admin, case)
    assert "맡지 않아 모두에게 알림" in page
    assert "에게 넘김 ·" not in page


def test_giving_what_nobody_has_delays_nobody_who_is_being_told(
    reaching: MovedDistrict, admin: Person, centre: Person, reached_home: Kit, provider: Provider
) -> None:
    say(reaching, reached_home, "emergency")
    assert ("texts", CONTROL) in told(provider)
    give(admin, admin.board()[0].id)
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CENTRE)]
    reaching.pass_time(minutes=1)
    assert sorted(told(provider)) == sorted([("calls", CONTROL), ("calls", CENTRE)])
    assert admin.board()[0].standing == "free"


def test_a_second_call_for_help_takes_it_out_of_all_hands(
    reaching: MovedDistrict, admin: Person, centre: Person, reached_home: Kit, provider: Provider
) -> None:
    say(reaching, reached_home, "emergency")
    case = admin.board()[0].id
    admin.answer(case, "hold")
    give(admin, case)
    provider.taken()
    reaching.clock.moment += timedelta(seconds=30)
    say(reaching, reached_home, "emergency")
    assert admin.board()[0].standing == "free"
    assert "에게 넘김 ·" not in page_of(admin, case)
    assert ("texts", CONTROL) in told(provider)


def test_who_says_no_leaves_it_with_the_giver_who_can_keep_it(
    reaching: MovedDistrict, admin: Person, centre: Person, case: str
) -> None:
    give(admin, case)
    assert centre.answer(case, "refused").status_code == 303
    page = page_of(admin, case)
    assert "에게 넘김 ·" not in page
    assert admin.board()[0].standing == "held"
    give(admin, case)
    # taken back: the half hour begins anew
    admin.answer(case, "hold")
    assert "에게 넘김 ·" not in page_of(admin, case)
    reaching.pass_time(minutes=29)
    assert admin.board()[0].standing == "held"


def test_the_same_form_sent_twice_tells_once(
    reaching: MovedDistrict, admin: Person, case: str, provider: Provider
) -> None:
    for _ in range(2):
        assert give(admin, case).status_code == 303
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CENTRE)]
    assert page_of(admin, case).count("entry-given") == 1


def test_only_who_may_answer_at_this_home_is_offered_those_on_shift_first(
    reaching: MovedDistrict, admin: Person, case: str
) -> None:
    add_officer(admin)
    others = (("abe", "officer", "바깥동"), ("ann", "auditor", ""), ("tom", "technician", ""))
    for user, role, dongs in others:
        admin.prove()
        token = admin.page("/staff").tokens[0]
        fields = {"csrf": token, "user": user, "role": role, "dongs": dongs}
        assert admin.client.post("/staff", data=fields).status_code == 200
    assert offered(page_of(admin, case)) == ["lee", "the-control"]
    shift = {"team": "control", "user": "the-control", "begins": "2026-11-22T09:00"}
    write(admin, "shifts", **shift, ends="2026-11-22T18:00")
    page = page_of(admin, case)
    assert offered(page) == ["the-control", "lee"]
    assert "the-control (근무 중)" in page
    assert "lee (근무 시간 아님)" in page
    for nobody in ("abe", "ann", "tom", "kim", "no-one", ""):
        refused = give(admin, case, nobody)
        assert refused.status_code == 409, nobody
        assert "맡을 수 없는 사람" in refused.text


def test_a_hold_that_was_given_ends_with_the_receivers_shift(
    reaching: MovedDistrict, admin: Person, centre: Person, case: str
) -> None:
    shift = {"team": "control", "user": "the-control", "begins": "2026-11-22T09:00"}
    write(admin, "shifts", **shift, ends="2026-11-22T12:10")
    give(admin, case)
    centre.answer(case, "hold")
    reaching.pass_time(minutes=9)
    assert admin.board()[0].standing == "held"
    reaching.pass_time(minutes=1)
    assert admin.board()[0].standing == "free"


def test_what_somebody_else_has_or_what_is_over_is_not_given(
    admin: Person, centre: Person, case: str
) -> None:
    assert 'name="to"' not in page_of(centre, case)
    refused = give(centre, case, "kim")
    assert refused.status_code == 409
    assert "다른 사람이 담당" in refused.text
    admin.answer(case, "handled", "seen_well")
    assert 'name="to"' not in page_of(admin, case)
    assert give(admin, case).status_code == 409
    token = admin.page("/board").tokens[0]
    answer = admin.client.post("/cases/c-nowhere-1/give", data={"csrf": token, "to": "the-control"})
    assert answer.status_code == 404


def test_somebody_without_a_telephone_is_said_to_be_so_and_reads_it_at_the_console(
    reaching: MovedDistrict, admin: Person, centre: Person, case: str, provider: Provider
) -> None:
    try_to_write(admin, "phones", user="the-control", phone="")
    assert "전화번호 없음" in page_of(admin, case)
    give(admin, case)
    reaching.pass_time(minutes=1)
    assert provider.taken() == []
    assert "나에게 넘어옴" in centre.client.get("/board").text
    reaching.pass_time(minutes=14)
    assert admin.board()[0].standing == "free"
    assert OFFICER not in {sent.to for sent in provider.taken()}


def test_a_colleague_has_as_long_as_one_whose_turn_it_is() -> None:
    assert (Times().give, Times().emergency_give) == (WELFARE.next_after, URGENT.next_after)
