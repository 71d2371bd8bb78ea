"""The relay's page in a browser, behind the ingress: enrolled, tried out, cut off, by anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import re

from playwright.sync_api import Browser, Page, expect
import pytest

from tests.browser.axe import findings
from tests.browser.relay_stand import RelayStand
from tests.browser.resident_stand import PHONE
from tests.relay.support.events import event
from tests.relay.support.keys import jwk, thumbprint
from tests.relay.support.stand_in_district import CODE, KIT

PATIENCE_MS = 30_000
# The browser itself says these of answers that a test asked for.
EXPECTED = re.compile(r"status of (422|502)")
WORDS = {
    "ko-KR": {
        "enrol": "등록",
        "drill": "시험 신호 보내기",
        "back": "이 집의 알림은 구청에 닿습니다",
        "cut": "방금 연결이 끊겼습니다",
    },
    "en-GB": {
        "enrol": "Enrol",
        "drill": "Send a drill",
        "back": "this home reaches its district",
        "cut": "Cut off just now",
    },
}


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[RelayStand]:
    with RelayStand(tmp_path / "relay").running() as stand:
        yield stand


@contextmanager
def window(browser: Browser, locale: str, *, dark: bool = False) -> Iterator[Page]:
    """A phone. It fails the test when the page's code fails or its policy holds something back."""
    width, height = PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [fault for fault in faults if not EXPECTED.search(fault)] == []


def enrol(page: Page, stand: RelayStand, word: str) -> None:
    key = thumbprint(jwk(stand.district.current))
    page.locator("#code").fill(f"anshim:enrol?u={stand.district.url}&c={CODE}&k={key}")
    page.get_by_role("button", name=word, exact=True).click()
    expect(page.get_by_text(KIT)).to_be_visible(timeout=PATIENCE_MS)


def check(page: Page) -> None:
    """Nothing for axe to find, and nothing beyond the edge of the narrowest phone."""
    assert findings(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})


def photograph(page: Page, pictures: Path, name: str, locale: str) -> None:
    page.screenshot(path=pictures / f"relay-{name}-{locale[:2]}.png", full_page=True)


@pytest.mark.parametrize("locale", WORDS)
def test_a_technician_enrols_sends_a_drill_and_sees_the_line_cut(
    browser: Browser, stand: RelayStand, pictures: Path, locale: str
) -> None:
    """Nobody loads the page again in between: it keeps itself as things are."""
    words = WORDS[locale]
    with window(browser, locale) as page:
        page.goto(stand.page)
        page.locator("#code").fill("1234")
        page.get_by_role("button", name=words["enrol"], exact=True).click()
        page.locator("#wrong").wait_for()
        check(page)
        page.goto(stand.page)
        check(page)
        photograph(page, pictures, "enrol", locale)
        enrol(page, stand, words["enrol"])

        stand.do(stand.relay.post(event(1, "knock")))
        stand.do(stand.relay.nothing_waits())
        page.get_by_role("button", name=words["drill"]).click()
        expect(page.locator(".back")).to_contain_text(words["back"], timeout=PATIENCE_MS)
        expect(page.locator(".status")).to_have_class("status good", timeout=PATIENCE_MS)
        check(page)
        photograph(page, pictures, "drill", locale)

        stand.do(stand.district.close())
        stand.do(stand.relay.post([event(2, "visit"), event(3, "visit"), event(4, "emergency")]))
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            words["cut"], timeout=PATIENCE_MS
        )
        expect(page.locator(".status.grave .urgent")).to_be_visible(timeout=PATIENCE_MS)
        # Read out by a screen reader as well.
        expect(page.get_by_role("status")).to_contain_text(words["cut"], timeout=PATIENCE_MS)
        check(page)
        photograph(page, pictures, "cut", locale)
    # Everything was found below the ingress path; a wrong code was the only refusal.
    assert {status for _, status in stand.ingress.answers} == {200, 303, 422}


def test_in_a_dark_hallway_it_is_dark_and_as_legible(browser: Browser, stand: RelayStand) -> None:
    with window(browser, "ko-KR", dark=True) as page:
        page.goto(stand.page)
        check(page)
        enrol(page, stand, "등록")
        page.get_by_role("button", name="시험 신호 보내기").click()
        expect(page.locator(".back")).to_be_visible(timeout=PATIENCE_MS)
        check(page)


def test_language_report_and_a_relay_that_goes_and_comes_back(
    browser: Browser, stand: RelayStand
) -> None:
    with window(browser, "ko-KR") as page:
        page.goto(stand.page)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Not enrolled yet")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Not enrolled yet")
        assert page.locator("html").get_attribute("lang") == "en"

        with page.expect_download() as download:
            page.get_by_role("link", name="Download a report").click()
        assert download.value.suggested_filename.startswith("anshim-relay-not-enrolled-")
        report = download.value.path().read_text(encoding="utf-8")
        assert report.startswith("# Anshim Relay: report\nNot enrolled yet\n")

        lost = page.get_by_text("This page no longer reaches the relay")
        expect(lost).to_be_hidden()
        stand.do(stand.relay.end())
        expect(lost).to_be_visible(timeout=PATIENCE_MS)
        check(page)
        stand.start()
        expect(lost).to_be_hidden(timeout=PATIENCE_MS)


def test_the_keyboard_alone_is_enough(browser: Browser, stand: RelayStand) -> None:
    with window(browser, "en-GB") as page:
        page.goto(stand.page)
        names = []
        for _ in range(5):
            page.keyboard.press("Tab")
            names.append(
                page.evaluate("document.activeElement.id || document.activeElement.textContent")
            )
        assert names[:3] == ["To the content", "한국어", "code"]
        page.locator("#code").focus()
        page.keyboard.type("12")
        page.keyboard.press("Enter")
        expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("alert").filter(has_text="neither a code")).to_be_visible()
