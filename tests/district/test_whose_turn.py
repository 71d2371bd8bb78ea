"""Whose turn it is while people are being told: a shift ends, the office closes, a provider goes.

The district begins on a Sunday noon in Seoul.
"""

from pathlib import Path
import re

import pytest

from tests.district.conftest import admin_with_phone, resident_with_phone
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import USER
from tests.district.support.provider import Provider
from tests.district.support.reaching import (
    CONTROL,
    GUARDIAN,
    OFFICER,
    add_officer,
    answered,
    told,
    write,
)


@pytest.fixture
def home(reached_home: Kit) -> Kit:
    return reached_home


def test_when_the_office_closes_whoever_has_the_night_is_told_before_anybody_after_them(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    add_officer(admin)
    day = {"team": "문안동", "begins": "2026-11-27T09:00", "ends": "2026-11-27T18:00"}
    write(admin, "shifts", user="lee", **day)
    reaching.pass_time(days=5, hours=5, minutes=58)  # Friday, 17:58 in Seoul
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    reaching.pass_time(minutes=1)
    assert told(provider) == [("texts", OFFICER), ("calls", OFFICER)]
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", CONTROL)]
    reaching.pass_time(minutes=1)
    assert told(provider) == [("calls", CONTROL)]
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", GUARDIAN)]


def test_whoever_comes_on_duty_in_the_middle_of_telling_is_told_too(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    add_officer(admin)
    add_officer(admin, "park", "010-6666-0000")
    sunday = "2026-11-22T"
    for user, begins, ends in (("lee", "09:00", "12:02"), ("park", "12:02", "20:00")):
        shift = {"team": "control", "begins": sunday + begins, "ends": sunday + ends}
        write(admin, "shifts", user=user, **shift)
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    reaching.pass_time(minutes=1)
    assert told(provider) == [("texts", OFFICER), ("calls", OFFICER)]
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", "+821066660000")]


def test_at_the_end_of_the_office_day_a_guardian_without_the_residents_tick_is_told_no_earlier(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    write(admin, "phones", team="문안동", phone="02-777-0000")
    reaching.pass_time(days=5, hours=5, minutes=50)  # Friday, 17:50 in Seoul
    home.send(home.alert("visit", attributes={"time": now_text(reaching.now)}))
    reaching.pass_time(seconds=0)
    while not told_to_control(provider):
        reaching.pass_time(minutes=5)
    reaching.pass_time(minutes=20)
    assert ("texts", GUARDIAN) not in told(provider)


def told_to_control(provider: Provider) -> bool:
    return ("texts", CONTROL) in told(provider)


def test_a_case_that_came_back_while_there_was_no_provider_is_told_once_there_is_one_again(
    tmp_path: Path, provider: Provider
) -> None:
    with_one = {"reach": provider.options}
    district = MovedDistrict(data=tmp_path, options=with_one)
    try:
        admin = admin_with_phone(district)
        home = resident_with_phone(district, admin)
        home.send(home.emergency())
        case = admin.case_of(home.household)
        assert case
        admin.answer(case.id, "hold")
        for options in ({}, with_one):
            district.close()
            district = MovedDistrict(data=tmp_path, options=options, clock=district.clock)
            district.pass_time(minutes=31)
        assert told(provider) == [("texts", CONTROL)]
    finally:
        district.close()


@pytest.mark.parametrize("has_it", [True, False], ids=["who had it in hand", "who was told"])
def test_who_gives_a_case_on_is_passed_over_and_the_next_is_told_at_once(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit, *, has_it: bool
) -> None:
    write(admin, "phones", user=USER, phone="010-5555-0000")
    day = {"team": "문안동", "begins": "2026-11-23T09:00", "ends": "2026-11-23T18:00"}
    write(admin, "shifts", user=USER, **day)
    reaching.pass_time(hours=24)
    home.send(home.alert("visit", attributes={"time": now_text(reaching.now)}))
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", OFFICER)]
    (case,) = (one for one in admin.board() if one.family == "welfare")
    if has_it:
        admin.answer(case.id, "hold")
    reaching.pass_time(minutes=2)
    admin.answer(case.id, "refused")
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CONTROL)]
    reaching.pass_time(minutes=5)
    assert told(provider) == [("calls", CONTROL)]
    # half an hour later, and still nobody: then it is everybody's turn again
    for _ in range(8):
        reaching.pass_time(minutes=5)
    assert OFFICER in {to for _, to in told(provider)}


def test_where_only_who_gave_it_on_is_there_the_others_are_told_and_nobody_is_told_in_circles(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    write(admin, "phones", team="control", phone="")
    write(admin, "phones", user=USER, phone="010-5555-0000")
    day = {"team": "control", "begins": "2026-11-22T09:00", "ends": "2026-11-22T18:00"}
    write(admin, "shifts", user=USER, **day)
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", OFFICER)]
    case = admin.case_of(home.household)
    assert case
    reaching.pass_time(seconds=20)
    admin.answer(case.id, "refused")
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", GUARDIAN)]
    reaching.pass_time(minutes=3)
    # the administrators come last, and this one is an administrator
    assert told(provider) == [("texts", OFFICER)]


def shift_of(admin: Person) -> str:
    """The number of the only shift."""
    n: str
    (n,) = re.findall(r'name="n" value="(\d+)"', admin.client.get("/duty").text)
    return n


def test_who_is_written_into_the_table_while_people_are_being_told_is_told_and_nobody_is_skipped(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    add_officer(admin)
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    assert told(provider) == [("texts", CONTROL)]
    # instead of the room's own telephone
    shift = {"team": "control", "begins": "2026-11-22T09:00", "ends": "2026-11-22T20:00"}
    write(admin, "shifts", user="lee", **shift)
    reaching.pass_time(minutes=1)
    assert told(provider) == [("texts", OFFICER)]
    reaching.pass_time(minutes=1)
    assert told(provider) == [("calls", OFFICER)]
    # and the shift that was a mistake is taken back: the room is told again
    write(admin, "shifts", what="remove", n=shift_of(admin))
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", CONTROL)]


def test_another_order_written_while_people_are_being_told_begins_with_whoever_is_first_now(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    write(admin, "phones", team="문안동", phone="02-777-0000")
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    reaching.pass_time(minutes=1)
    assert told(provider) == [("texts", CONTROL), ("calls", CONTROL)]
    # without an order of its own it would now be the guardian's turn, and the dong's after that
    order = {f"weekend{n}": who for n, who in enumerate(("dong", "control", "guardians"))}
    write(admin, "rules", dong="문안동", **order)
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", "+8227770000")]
    reaching.pass_time(minutes=1)
    assert told(provider) == [("calls", "+8227770000")]
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", CONTROL)]


def test_where_a_guardians_number_is_found_dead_nobody_after_them_is_passed_over(
    reaching: MovedDistrict, provider: Provider, admin: Person, home: Kit
) -> None:
    write(admin, "phones", team="문안동", phone="02-777-0000")
    order = {f"weekend{n}": who for n, who in enumerate(("guardians", "control", "dong"))}
    write(admin, "rules", dong="문안동", **order)
    home.send(home.emergency())
    reaching.pass_time(seconds=0)
    (to_guardian,) = provider.taken()
    assert (to_guardian.what, to_guardian.to) == ("texts", GUARDIAN)
    assert answered(reaching, to_guardian, result="dead_number") == 204
    reaching.pass_time(minutes=3)
    assert told(provider) == [("texts", CONTROL)]
    reaching.pass_time(minutes=1)
    assert told(provider) == [("calls", CONTROL)]
    reaching.pass_time(minutes=2)
    assert told(provider) == [("texts", "+8227770000")]
    reaching.pass_time(minutes=1)
    assert told(provider) == [("calls", "+8227770000")]
    # from the beginning, without the dead number, as late as ever
    reaching.pass_time(minutes=2)
    assert told(provider) == []
    reaching.pass_time(minutes=1)
    assert told(provider) == [("texts", CONTROL)]
