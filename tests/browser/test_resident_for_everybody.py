"""The resident's page for old eyes, unsteady hands, keyboards and screen readers."""

from collections.abc import Iterator
from pathlib import Path
import re

from playwright.sync_api import Browser, FloatRect, Locator, Page, expect
import pytest

from tests.browser.axe import findings
from tests.browser.resident_stand import PHONE, TABLET, Stand, scenes, stand

SIZES = {"phone": PHONE, "tablet": TABLET}
LANGUAGES = ("ko", "en")
# For the pictures of the documentation.
PHOTOGRAPHED = {"calm", "knock", "help_just_called", "help_taken"}


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def window(browser: Browser, size: str) -> Iterator[Stand]:
    """A window of the size of a phone, and one of a tablet's."""
    yield from stand(browser, SIZES[size])


@pytest.fixture
def phone(browser: Browser) -> Iterator[Stand]:
    yield from stand(browser, PHONE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_any_state_of_a_home(window: Stand, language: str) -> None:
    for name in scenes():
        window.open_scene(name, language=language)
        window.page.locator("h1").wait_for()
        assert findings(window.page) == [], name


def test_axe_finds_nothing_at_night(phone: Stand) -> None:
    for name in scenes():
        phone.open_scene(name, dark=True)
        phone.page.locator("h1").wait_for()
        assert findings(phone.page) == [], name


def test_axe_would_find_pale_letters(phone: Stand) -> None:
    phone.open_scene("calm")
    phone.page.locator("h1").evaluate("(belief) => { belief.style.color = '#999'; }")
    assert any(finding.startswith("color-contrast") for finding in findings(phone.page))


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_while_a_press_is_on_its_way(window: Stand, language: str) -> None:
    window.open_scene("calm", language=language)
    window.line(up=False)
    help_button(window).click()
    window.page.locator(".notice.urgent").wait_for()
    assert findings(window.page) == []


def test_axe_finds_nothing_in_a_choice_of_homes_and_on_a_card(window: Stand) -> None:
    one = scenes()["calm"]["home"]
    window.open(one, {**one, "id": "another", "name": "h-another00"})
    window.page.get_by_role("button", name="h-another00").wait_for()
    assert findings(window.page) == []
    window.open(one, card={})
    window.page.get_by_role("heading", level=2).wait_for()
    assert [f for f in findings(window.page) if not f.startswith(OUTSIDE_A_CARD)] == []


# On a dashboard these are Home Assistant's own, around the card.
OUTSIDE_A_CARD = ("landmark-one-main", "page-has-heading-one", "region")


def test_pictures_of_the_page_are_taken(window: Stand, size: str, pictures: Path) -> None:
    for name in PHOTOGRAPHED:
        scene = scenes()[name]
        home = {**scene["home"], "last_sign": {**scene["home"]["last_sign"], "source": "주전자"}}
        window.open(home, now=scene["now"])
        help_button(window).wait_for()
        window.page.screenshot(path=pictures / f"resident-{size}-{name.replace('_', '-')}.png")


def help_button(window: Stand) -> Locator:
    return window.page.get_by_role("button", name=re.compile("도와주세요|Help me"))


def box(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["calm", "quiet", "knock", "visit_taken", "help_taken"])
def test_both_buttons_are_the_size_of_a_hand_and_need_no_scrolling(
    window: Stand, size: str, name: str
) -> None:
    window.open_scene(name)
    page = window.page
    width, height = SIZES[size]
    for button in page.locator(".buttons button").all():
        shape = box(button)
        # A phone's screen is as wide as a hand; a tablet has room for two beside each other.
        assert shape["width"] >= (0.85 * width if size == "phone" else 0.42 * width)
        assert shape["height"] >= (176 if size == "phone" else 256)
        assert shape["y"] >= 0
        assert shape["y"] + shape["height"] <= height


def test_nothing_is_cut_off_or_scrolls_sideways_at_four_times_the_size(browser: Browser) -> None:
    for window in stand(browser, (320, 256)):
        for name in scenes():
            for language in LANGUAGES:
                window.open_scene(name, language=language)
                window.page.locator("h1").wait_for()
                wide = window.page.evaluate("document.scrollingElement.scrollWidth")
                assert wide <= 320, (name, language)


def test_the_keyboard_reaches_both_buttons_in_order_and_presses_them(phone: Stand) -> None:
    phone.open_scene("calm")
    page = phone.page
    expect(page.get_by_role("button", name="괜찮아요")).to_be_visible()
    names = []
    for _ in range(3):
        page.keyboard.press("Tab")
        names.append(focused(page))
    assert names == ["메뉴 열기", "괜찮아요", "도와주세요"]
    outline = page.locator(".help").evaluate("(b) => getComputedStyle(b).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_have_text(re.compile("도와 달라는 말씀을 받았어요"))
    assert [press["says"] for press in phone.pressed] == ["help"]


def focused(page: Page) -> str:
    """The name of what has the focus, through all shadows."""
    name: str = page.evaluate(
        """() => {
            let found = document.activeElement;
            while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
            return found.ariaLabel ?? found.textContent;
        }"""
    )
    return name


def test_a_screen_reader_is_told_when_the_house_asks(phone: Stand) -> None:
    phone.open_scene("calm")
    status = phone.page.get_by_role("status").filter(has_text="별일 없으신")
    expect(status).to_have_count(1)
    region = status.element_handle()
    assert region is not None
    phone.show(scenes()["knock"]["home"])
    # The same region, or nothing would be read out.
    phone.page.wait_for_function(
        "(region) => region.textContent.includes('괜찮으세요?')", arg=region
    )


def test_what_the_house_believes_is_said_in_plain_words(phone: Stand) -> None:
    phone.open_scene("calm")
    lines = phone.page.locator(".lines li")
    expect(lines).to_have_text(["마지막 움직임: 오늘 오전 9:25, Kettle power"])
    phone.open_scene("calm", language="en-GB")
    expect(lines).to_have_text(["Last sign: today 9:25\N{NARROW NO-BREAK SPACE}AM, Kettle power"])
    phone.open_scene("help_taken")
    expect(lines.nth(0)).to_have_text("담당 기관이 받았어요.")
    expect(lines.nth(1)).to_have_text("동 주민센터에서 맡았어요. (오늘 오전 9:35)")


def test_a_responder_that_is_new_to_the_page_is_told_in_general_words(phone: Stand) -> None:
    scene = scenes()["seen"]
    answer = {**scene["home"]["answer"], "by": "night_patrol", "outcome": "left_a_note"}
    phone.open({**scene["home"], "answer": answer}, now=scene["now"])
    expect(phone.page.locator(".lines li").last).to_have_text(
        re.compile(r"^담당 기관에서 확인했어요\. \(")
    )


def test_yesterdays_answer_is_no_news_any_more(phone: Stand) -> None:
    scene = scenes()["seen"]
    phone.open(scene["home"], now="2026-11-23T00:40:00+00:00")
    expect(phone.page.locator(".lines li")).to_have_text(["마지막 소식: 어제 오전 9:35"])


def test_a_source_may_be_called_anything(phone: Stand) -> None:
    home = scenes()["calm"]["home"]
    name = "<img src=x onerror='spoken.push(1)'>{time}"
    phone.open({**home, "last_sign": {**home["last_sign"], "source": name}})
    expect(phone.page.locator(".lines li").first).to_contain_text(name)
    assert phone.spoken == []


def test_who_wants_no_motion_gets_none(browser: Browser) -> None:
    for window in stand(browser, PHONE, reduced_motion="reduce"):
        window.open_scene("calm")
        motion = help_button(window).evaluate("(b) => getComputedStyle(b).transitionDuration")
        assert motion == "0s"


def test_without_consent_no_button_pretends_to_reach_somebody(phone: Stand) -> None:
    phone.open_scene("no_consent")
    expect(phone.page.get_by_role("link", name="119에 전화하기")).to_have_attribute(
        "href", "tel:119"
    )
    expect(help_button(phone)).to_have_count(0)


def test_with_several_homes_one_is_chosen_by_its_address(phone: Stand) -> None:
    one = scenes()["calm"]["home"]
    other = {**scenes()["help_taken"]["home"], "id": "another", "name": "h-another00"}
    phone.open(one, other)
    expect(help_button(phone)).to_have_count(0)
    phone.page.get_by_role("button", name="h-another00").click()
    assert phone.page.url.endswith("/anshim-knock/another")
    phone.open(one, other, path="/another")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("도와 달라고 하셨어요.")
    help_button(phone).click()
    expect(phone.page.locator(".notice")).to_be_visible()
    assert [press["home"] for press in phone.pressed] == ["another"]


def test_a_card_shows_the_home_it_is_set_to_and_never_guesses(phone: Stand) -> None:
    one = scenes()["calm"]["home"]
    other = {**one, "id": "another"}
    phone.open(one, other, card={})
    expect(phone.page.get_by_text("어느 집인가요?")).to_be_visible()
    expect(help_button(phone)).to_have_count(0)
    phone.open(one, other, card={"household": "another"})
    help_button(phone).click()
    expect(phone.page.locator(".notice")).to_be_visible()
    assert [press["home"] for press in phone.pressed] == ["another"]
