"""The second factor: set up, asked for, used once, lost."""

from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path
import re

import pytest

from anshim_district.second_factor import code_at, step_of, used_step
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import PASSWORD, USER


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[MovedDistrict]:
    """As it is without any option: everybody needs one."""
    district = MovedDistrict(data=tmp_path, options={"second_factor": "required"})
    yield district
    district.close()


# RFC 6238, appendix B: the last six of its eight digits
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(b"12345678901234567890", seconds // 30) == code


def test_a_code_opens_once_and_a_clock_may_be_half_a_minute_off(moved: MovedDistrict) -> None:
    secret, now = b"12345678901234567890", moved.now
    step = step_of(now)
    for offset, opens in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        used = used_step(secret, code_at(secret, step + offset), last=0, now=now)
        assert (used is not None) == opens
    assert used_step(secret, code_at(secret, step), last=step, now=now) is None
    for typed in ("", "abcdef", "１２３４５６", " "):
        assert used_step(secret, typed, last=0, now=now) is None


def set_up(district: MovedDistrict, person: Person) -> bytes:
    page = person.client.get("/account").text
    shown = re.findall(r'name="secret" value="([A-Z2-7=]+)"', page)[0]
    secret = b32decode(shown)
    fields = {
        "csrf": person.page("/account").tokens[0],
        "secret": shown,
        "code": now_code(district, secret),
    }
    assert person.client.post("/account/second", data=fields).headers["Location"] == "/board"
    return secret


def now_code(district: MovedDistrict, secret: bytes) -> str:
    return code_at(secret, step_of(district.now))


def give(person: Person, code: str) -> int:
    token = person.page("/login/code").tokens[0]
    return person.client.post("/login/code", data={"csrf": token, "code": code}).status_code


def test_without_a_second_factor_there_is_nothing_to_see_but_its_set_up(
    strict: MovedDistrict,
) -> None:
    person = Person(client=strict.client())
    person.log_in()
    for path in ("/board", "/homes", "/audit", "/staff"):
        assert person.client.get(path).headers["Location"] == "/account"
    set_up(strict, person)
    assert person.client.get("/board").status_code == 200


def test_the_password_alone_opens_nothing_once_there_is_a_second_factor(
    strict: MovedDistrict,
) -> None:
    first = Person(client=strict.client())
    first.log_in()
    secret = set_up(strict, first)
    strict.pass_time(seconds=60)
    thief = Person(client=strict.client())
    thief.log_in()
    for path in ("/board", "/homes", "/account"):
        assert thief.client.get(path).headers["Location"] == "/login/code"
    token = thief.page("/login/code").tokens[0]
    for path, fields in (
        ("/account/second", {"secret": "A" * 32, "code": "000000"}),
        ("/account/password", {"old": PASSWORD, "new": "thief-was-here"}),
        ("/prove", {"code": PASSWORD}),
    ):
        answer = thief.client.post(path, data=fields | {"csrf": token})
        assert answer.headers["Location"] == "/login/code", path
    assert give(thief, now_code(strict, secret)) == 303
    assert thief.client.get("/board").status_code == 200
    again = Person(client=strict.client())
    again.log_in()
    assert give(again, now_code(strict, secret)) == 401


def test_five_wrong_codes_lock_the_account(strict: MovedDistrict) -> None:
    person = Person(client=strict.client())
    person.log_in()
    secret = set_up(strict, person)
    strict.pass_time(seconds=60)
    person = Person(client=strict.client())
    person.log_in()
    assert [give(person, "000000") for _ in range(5)] == [401] * 5
    assert give(person, now_code(strict, secret)) == 401
    strict.pass_time(minutes=15)
    assert give(person, now_code(strict, secret)) == 303


def test_logging_in_again_does_not_forgive_wrong_codes(strict: MovedDistrict) -> None:
    person = Person(client=strict.client())
    person.log_in()
    secret = set_up(strict, person)
    strict.pass_time(seconds=60)
    thief = Person(client=strict.client())
    for guesses in (4, 1):
        thief.client.cookies.clear()
        thief.log_in()
        assert [give(thief, "000000") for _ in range(guesses)] == [401] * guesses
    assert give(thief, now_code(strict, secret)) == 401


def test_wrong_old_passwords_are_counted_and_a_right_one_is_no_second_factor(
    strict: MovedDistrict,
) -> None:
    person = Person(client=strict.client())
    person.log_in()
    secret = set_up(strict, person)
    strict.pass_time(minutes=6)
    token = person.page("/account").tokens[0]
    fields = {"csrf": token, "old": PASSWORD, "new": "새-비밀번호-열자리"}
    assert person.client.post("/account/password", data=fields).status_code == 303
    assert person.client.get("/audit.csv").status_code == 303
    for _ in range(5):
        answer = person.client.post("/account/password", data=fields)
        assert answer.status_code == 400
    assert give(person, now_code(strict, secret)) == 401


def test_a_new_password_in_the_options_lets_in_whoever_lost_the_telephone(
    strict: MovedDistrict,
) -> None:
    person = Person(client=strict.client())
    person.log_in()
    set_up(strict, person)
    strict.close()
    admin = {"user": USER, "password": "다시-들어가기-위한"}
    options = {"second_factor": "required", "admin": admin}
    again = MovedDistrict(data=strict.data, options=options)
    try:
        person = Person(client=again.client())
        person.log_in(USER, admin["password"])
        assert person.client.get("/board").headers["Location"] == "/account"
        set_up(again, person)
        assert person.client.get("/board").status_code == 200
    finally:
        again.close()


def test_with_the_key_to_names_lost_the_password_lets_in_to_a_board_without_names(
    strict: MovedDistrict,
) -> None:
    person = Person(client=strict.client())
    person.log_in()
    set_up(strict, person)
    strict.close()
    (strict.data / "registry.key").unlink()
    again = MovedDistrict(data=strict.data, options={"second_factor": "required"})
    try:
        person = Person(client=again.client())
        person.log_in()
        assert "키 파일이 없어" in person.page("/board").text
    finally:
        again.close()
