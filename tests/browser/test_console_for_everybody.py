"""The district's console for every eye and hand: each page, at a desk and at somebody's door."""

from collections.abc import Iterator
from datetime import UTC, datetime

from playwright.sync_api import Browser, Page, ViewportSize
import pytest

from tests.browser.axe import findings
from tests.browser.office import (
    CHUNSIK,
    DESK,
    MALJA,
    PHONE,
    YEONGSUN,
    Office,
    office,
    window,
)
from tests.district.support.reaching import write

TUESDAY = datetime(2026, 11, 24, 5, tzinfo=UTC)
# A board that is looked at while everything that can be on it is on it.
FULL = ("emergency", "welfare", "silent", "trouble")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office"), TUESDAY) as busy:
        fill(busy)
        yield busy


def fill(busy: Office) -> None:
    admin = busy.admin
    first, second, third = (busy.home(one) for one in (YEONGSUN, MALJA, CHUNSIK))
    busy.hire("officer", "문안동")
    write(admin, "phones", team="control", phone="02-333-0000")
    write(admin, "phones", user="the-officer", phone="010-5555-0000")
    shift = {"team": "문안동", "user": "the-officer", "begins": "2026-11-24T09:00"}
    write(admin, "shifts", **shift, ends="2026-11-24T18:00")
    write(admin, "days", day="2026-12-24", kind="holiday", name="임시공휴일")
    token = admin.page("/items").tokens[0]
    admin.client.post("/items", data={"csrf": token, "kind": "door", "label": "D-17"})
    first.send(first.decided("trouble", {"code": "battery", "state": "raised"}))
    second.send(second.decided("trouble", {"code": "source_lost", "state": "raised"}))
    # what another kit's key has signed lies in quarantine
    third.post(first.signed(third.alert("quiet")))
    busy.district.pass_time(hours=1)
    first.beat()
    second.beat()
    busy.say(first, "emergency")
    busy.say(second, "visit")


UNUSED = "h-neverused0"


def paths(busy: Office) -> list[str]:
    admin = busy.admin
    household = next(kit for kit in admin.page("/homes").text.split() if kit.startswith("h-"))
    case = admin.board()[0].id
    # one with everything still in the way, and one that may be erased at once
    admin.new_code(UNUSED)
    return [
        *("/board", f"/cases/{case}", "/homes", "/homes/new", "/homes/import"),
        *(f"/homes/{household}", f"/homes/{household}/resident", f"/homes/{household}/card"),
        f"/homes/{household}/lost",
        *(f"/homes/{household}/erase", f"/homes/{UNUSED}/erase", "/keeping"),
        *("/items", "/rounds", "/quarantine", "/duty", "/council", "/audit", "/staff", "/account"),
        *("/prove?to=/audit.csv", "/no-such-page"),
    ]


# Whatever reaches beyond the window, where the page would have to be moved sideways to read it.
BEYOND = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  return ["the page", ...[...document.querySelectorAll("body *")]
    .filter((part) => part.getBoundingClientRect().right > page.clientWidth + 1)
    .map((part) => part.outerHTML.slice(0, 120))];
}"""


def beyond_the_window(page: Page) -> list[str]:
    beyond: list[str] = page.evaluate(BEYOND)
    return beyond


def test_the_office_is_as_full_as_these_tests_need_it(busy: Office) -> None:
    assert {case.family for case in busy.admin.board()} == set(FULL)
    assert "배터리 교체" in busy.admin.page("/rounds").text
    assert "다른 장비의 이름" in busy.admin.page("/quarantine").text


@pytest.mark.parametrize(
    ("size", "language", "dark"), [(PHONE, "ko", False), (DESK, "en", False), (PHONE, "ko", True)]
)
def test_axe_finds_nothing_on_any_page_and_nothing_is_beyond_the_window(
    busy: Office, browser: Browser, size: ViewportSize, language: str, *, dark: bool
) -> None:
    with window(browser, size, language, dark=dark) as page:
        page.goto(f"{busy.district.url}/login")
        assert findings(page) == []
        busy.log_in(page, "admin")
        page.goto(f"{busy.district.url}/staff")
        busy.prove(page, "admin")
        for path in paths(busy):
            page.goto(f"{busy.district.url}{path}")
            page.locator("h1").first.wait_for()
            assert findings(page) == [], path
            assert beyond_the_window(page) == [], path


def test_everything_on_the_board_is_within_reach_of_a_keyboard(
    busy: Office, browser: Browser
) -> None:
    with window(browser, DESK) as page:
        busy.log_in(page, "admin")
        page.goto(f"{busy.district.url}/board")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        reached: set[str] = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        assert {"담당하기", "조치 완료"} <= reached


def test_an_administrator_erases_a_home_that_nothing_stands_in_the_way_of(
    busy: Office, browser: Browser
) -> None:
    left = "h-movedaway0"
    busy.admin.new_code(left)
    with window(browser, PHONE) as page:
        busy.log_in(page, "admin")
        page.goto(f"{busy.district.url}/staff")
        busy.prove(page, "admin")
        page.goto(f"{busy.district.url}/homes/{left}")
        page.get_by_role("link", name="이 가구의 기록 지우기").click()
        page.get_by_label("누가 요청했나요").select_option("보호자 (사망 후)")
        page.get_by_label("가구 번호", exact=False).fill(left)
        page.get_by_role("button", name="영구히 지우기").click()
        page.get_by_role("heading", name="지웠습니다").wait_for()
        assert findings(page) == []
        assert beyond_the_window(page) == []
        page.goto(f"{busy.district.url}/homes/{left}")
        assert "찾을 수 없습니다" in page.content()
        page.goto(f"{busy.district.url}/audit")
        page.get_by_role("cell", name="보호자 (사망 후)").wait_for()
