"""The resident's page in a real Home Assistant, with a member of staff at the other end."""

from collections.abc import Iterator
from pathlib import Path
import re

from playwright.sync_api import Browser, Page, expect
import pytest

from stage.street import Street
from tests.browser.axe import findings
from tests.browser.residents_tablet import HELP, PATIENCE_MS, Tablet, tablet
from tests.browser.test_help_in_the_browser import ANSWER_MS, log_in_at_the_district

# Through the shadows of Home Assistant's own page.
INSIDE = ("home-assistant", "home-assistant-main", "anshim-knock-panel")
# Whichever office it was.
TAKEN, SEEN_TO = re.compile("에서 맡았어요"), re.compile("에서 확인했어요")


@pytest.fixture
def resident(browser: Browser, street: Street) -> Iterator[Tablet]:
    """Has the panel open on a tablet, in Korean."""
    opened = tablet(browser, street)
    yield opened
    opened.context.close()


def close_the_case(office: Page, street: Street) -> None:
    """Somebody has seen the resident, and all is well."""
    office.goto(f"{street.district.url}/board")
    office.locator("#board article").get_by_role("heading").get_by_role("link").first.click()
    office.get_by_label("결과", exact=True).select_option("seen_well")
    office.get_by_role("button", name="조치 완료").click()
    expect(office.get_by_text("종결").first).to_be_visible(timeout=ANSWER_MS)


def test_help_from_the_residents_page_is_taken_and_the_page_says_by_whom(
    street: Street, resident: Tablet, staff_page: Page, pictures: Path
) -> None:
    office = staff_page
    log_in_at_the_district(office, street)
    expect(resident.panel.get_by_role("heading", level=1)).to_contain_text("별일 없으신")
    resident.button("괜찮아요").click()
    expect(resident.panel).to_contain_text("마지막 소식", timeout=ANSWER_MS)
    resident.page.screenshot(path=pictures / "resident-at-home-calm.png")
    assert findings(resident.page, inside=INSIDE) == []

    resident.button(HELP).click()
    case = office.locator("#board article.case-emergency")
    expect(case).to_be_visible(timeout=ANSWER_MS)
    expect(resident.panel).to_contain_text("담당 기관이 받았어요.", timeout=ANSWER_MS)
    case.get_by_role("button", name="담당하기").click()
    expect(resident.panel).to_contain_text(TAKEN, timeout=ANSWER_MS)
    resident.page.screenshot(path=pictures / "resident-at-home-taken.png")
    assert findings(resident.page, inside=INSIDE) == []

    close_the_case(office, street)
    expect(resident.panel).to_contain_text(SEEN_TO, timeout=ANSWER_MS)
    expect(resident.panel.get_by_role("heading", level=1)).to_contain_text("별일 없으신")


def test_help_pressed_on_a_dead_line_arrives_once_when_the_line_is_back(
    street: Street, resident: Tablet, staff_page: Page
) -> None:
    log_in_at_the_district(staff_page, street)
    resident.line.dead = True
    resident.button(HELP).click()
    expect(resident.panel).to_contain_text("아직 도움을 청하지 못했어요.", timeout=ANSWER_MS)
    resident.line.dead = False
    expect(resident.panel).to_contain_text("담당 기관이 받았어요.", timeout=PATIENCE_MS)
    expect(staff_page.locator("#board article.case-emergency")).to_have_count(1)
    close_the_case(staff_page, street)
    expect(resident.panel).to_contain_text(SEEN_TO, timeout=ANSWER_MS)


def test_the_card_stands_on_a_dashboard(street: Street, resident: Tablet) -> None:
    client = street.home.client()
    dashboard = {"url_path": "for-the-resident", "title": "Resident", "mode": "storage"}
    view = {"title": "Resident", "cards": [{"type": "custom:anshim-knock-card"}]}
    client.commands(
        {"type": "lovelace/dashboards/create", **dashboard},
        {
            "type": "lovelace/config/save",
            "url_path": dashboard["url_path"],
            "config": {"views": [view]},
        },
    )
    resident.page.goto(f"{street.home.url}/for-the-resident/0")
    card = resident.page.locator("anshim-knock-card")
    expect(card.get_by_role("button", name=HELP)).to_be_visible(timeout=PATIENCE_MS)
    expect(card.get_by_role("heading", level=2)).to_contain_text("별일 없으신")
