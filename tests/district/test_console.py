"""The pages: who gets in, in which language, and what they may do there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
import re
from statistics import median
import threading
import time

import httpx
import pytest

from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, read
from tests.district.support.process import PASSWORD, USER, DistrictProcess, until

PAGES = ["/board", "/board/fragment", "/homes", "/homes/new", "/quarantine", "/cases/c-x-1"]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_logging_in(district: DistrictProcess, path: str) -> None:
    answer = district.client().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


@pytest.mark.parametrize(
    "path", ["/cases/c-x-1/answer", "/homes/new", "/quarantine/1/seen", "/logout"]
)
def test_no_form_is_taken_without_its_token(
    district: DistrictProcess, person: Person, path: str
) -> None:
    assert district.client().post(path, data={"csrf": "x"}).status_code == 303
    for fields in ({}, {"csrf": "wrong"}, {"csrf": "틀림"}):
        assert person.client.post(path, data=fields).status_code == 403


def test_logging_in_needs_the_forms_own_token(district: DistrictProcess) -> None:
    answer = district.client().post("/login", data={"user": USER, "password": "x", "csrf": "x"})
    assert answer.status_code == 403


def test_the_cookies_are_for_this_site_alone(district: DistrictProcess) -> None:
    answer = Person(client=district.client()).log_in()
    cookie = next(c for c in answer.headers.get_list("Set-Cookie") if "anshim_login" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_five_wrong_passwords_lock_the_account_also_for_the_right_one(
    moved: MovedDistrict,
) -> None:
    person = Person(client=moved.client())
    answers = [person.log_in(password="틀림") for _ in range(5)]
    assert {a.status_code for a in answers} == {401}
    locked = person.log_in()
    assert locked.status_code == 401
    assert "잠긴 계정" in locked.text
    moved.clock.moment += timedelta(minutes=15)
    assert person.log_in().status_code == 303
    unknown = Person(client=moved.client()).log_in(user="nobody", password="틀림")
    # nothing tells an account that is there from one that is not
    assert (unknown.status_code, read(unknown).text) == (401, read(locked).text)


@pytest.fixture
def dear(tmp_path: Path) -> Iterator[MovedDistrict]:
    """Where a password costs what it costs in the field."""
    district = MovedDistrict(data=tmp_path, options={"admin": {"user": USER, "password": PASSWORD}})
    yield district
    district.close()


def test_an_account_that_is_not_there_takes_as_long_as_one_that_is(dear: MovedDistrict) -> None:
    person = Person(client=dear.client())
    took: dict[str, list[float]] = {USER: [], "nobody": []}
    for user in (USER, "nobody") * 5:
        fields = {"csrf": person.page("/login").tokens[0], "user": user, "password": "틀림"}
        began = time.perf_counter()
        assert person.client.post("/login", data=fields).status_code == 401
        took[user].append(time.perf_counter() - began)
    # the first of nobody's makes what it is compared with
    ratio = median(took["nobody"][1:]) / median(took[USER][1:])
    assert 0.5 < ratio < 2, took


def test_logging_out_ends_the_session_at_the_server(district: DistrictProcess) -> None:
    person = Person(client=district.client())
    person.log_in()
    stolen = dict(person.client.cookies)
    token = person.page("/board").tokens[0]
    assert person.client.post("/logout", data={"csrf": token}).status_code == 303
    thief = district.client()
    thief.cookies.update(stolen)
    assert thief.get("/board").headers["Location"] == "/login"


def test_the_pages_are_korean_unless_english_is_asked_for(
    district: DistrictProcess, kit: Kit
) -> None:
    kit.send(kit.emergency())
    person = Person(client=district.client())
    person.log_in()
    korean = person.page("/board")
    assert korean.language == "ko"
    assert "담당하기" in korean.text
    asked = person.client.get("/board", headers={"Accept-Language": "en-GB,ko;q=0.5"})
    assert read(asked).language == "en"
    assert "Take it" in asked.text
    other = person.client.get("/board", headers={"Accept-Language": "fr,de;q=0.9"})
    assert read(other).language == "ko"
    person.client.post("/language", data={"language": "en", "back": "/homes"})
    assert person.page("/homes").language == "en"
    away = person.client.post("/language", data={"language": "ko", "back": "//evil.example/"})
    assert away.headers["Location"] == "/board"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_shows_in_both_languages(
    district: DistrictProcess, kit: Kit, person: Person, language: str
) -> None:
    kit.send(kit.emergency(), kit.alert("quiet"))
    kit.beat()
    case = person.board()[0].id
    paths = ["/board", f"/cases/{case}", "/homes", f"/homes/{kit.household}", "/quarantine"]
    for path in [*paths, "/homes/new"]:
        answer = person.client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert read(answer).language == language


def test_what_a_kit_says_is_shown_as_text_and_never_as_markup(kit: Kit, person: Person) -> None:
    event = kit.alert("quiet") | {"id": "<script>alert(1)</script>", "subject": "<img src=x>"}
    kit.send(event)
    answer = person.client.get("/quarantine")
    assert "<img src=x>" not in answer.text
    assert "&lt;img src=x&gt;" in answer.text


def test_nothing_foreign_runs_in_the_pages(person: Person) -> None:
    answer = person.client.get("/board")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"""(src|href)=["']?https?:""", answer.text)
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", answer.text)
    for path in ("/static/console.js", "/static/console.css", "/static/icon.svg"):
        assert person.client.get(path).status_code == 200


def test_a_page_that_is_not_there_says_so_in_words(person: Person) -> None:
    for path in ("/nothing", "/cases/c-none-1", "/homes/h-nobody00"):
        answer = person.client.get(path)
        assert answer.status_code == 404
        assert "찾을 수 없습니다" in answer.text


def test_an_open_board_hears_of_a_new_case_at_once(
    district: DistrictProcess, person: Person, kit: Kit
) -> None:
    heard: list[str] = []

    def listen() -> None:
        with person.client.stream("GET", "/live", timeout=20) as stream:
            for line in stream.iter_lines():
                heard.append(line)
                if line == "event: board":
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    until(lambda: "event: open" in heard, what="the stream")
    kit.send(kit.emergency())
    listener.join(10)
    assert "event: board" in heard
    assert kit.household not in "".join(heard)


def test_the_stream_is_for_those_who_are_logged_in(district: DistrictProcess) -> None:
    assert district.client().get("/live").status_code == 403


def test_a_quarantined_message_is_marked_as_seen_by_whom(kit: Kit, person: Person) -> None:
    kit.send(kit.alert("quiet", attributes={"type": "kr.anshim.knock.dream.v1"}))
    assert "확인하지 않은 수신" in person.page("/board").text
    page = person.client.get("/quarantine").text
    numbers = re.findall(r"/quarantine/(\d+)/seen", page)
    token = person.page("/quarantine").tokens[0]
    for number in numbers:
        person.client.post(f"/quarantine/{number}/seen", data={"csrf": token})
    assert f"{USER} 확인" in person.page("/quarantine").text
    assert "확인하지 않은 수신" not in person.page("/board").text


def test_nobody_is_named_in_the_log(district: DistrictProcess, kit: Kit, person: Person) -> None:
    kit.send(kit.emergency())
    assert kit.household not in district.log
    assert USER not in district.log


def test_the_first_error_of_a_browser_is_a_page_too(person: Person) -> None:
    answer: httpx.Response = person.client.post("/homes/new", data={"csrf": "x" * 1_100_000})
    assert answer.status_code == 413
    assert "너무 큽니다" in answer.text
