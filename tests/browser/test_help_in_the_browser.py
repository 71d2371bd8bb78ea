"""A resident and a member of staff, each at a browser: the button, the case, the receipt."""

from pathlib import Path
import re

from playwright.sync_api import Page, expect

from stage.district import STAFF
from stage.home_assistant import OWNER, PASSWORD
from stage.street import Street

# A busy machine draws Home Assistant's first page slowly.
PATIENCE_MS = 90_000
ANSWER_MS = 30_000


def log_in_at_home(page: Page, street: Street) -> None:
    page.goto(f"{street.home.url}/")
    page.locator("input[name=username]").fill(OWNER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("home-assistant-main").wait_for(timeout=PATIENCE_MS)


def log_in_at_the_district(page: Page, street: Street) -> None:
    page.goto(f"{street.district.url}/")
    page.locator("#user").fill(STAFF)
    page.locator("#password").fill(street.district.password)
    page.get_by_role("button", name="로그인").click()


def test_help_pressed_in_one_browser_is_answered_in_another(
    street: Street, resident_page: Page, staff_page: Page, pictures: Path
) -> None:
    home, office = resident_page, staff_page
    log_in_at_home(home, street)
    home.goto(f"{street.home.url}/config/devices/device/{street.household.device_id}")
    # Home Assistant's own word for pressing a button entity stands in the row of our "Help".
    help_row = home.locator("hui-button-entity-row").filter(has_text="Help")
    help_row.wait_for(timeout=PATIENCE_MS)
    home.screenshot(path=pictures / "home-calm.png")
    log_in_at_the_district(office, street)
    expect(office.locator("#board article")).to_have_count(0)

    help_row.get_by_text("Press").click()
    # The board updates itself: nobody reloads it.
    case = office.locator("#board article.case-emergency")
    expect(case.get_by_role("heading")).to_have_text("도움 요청", timeout=ANSWER_MS)
    office.screenshot(path=pictures / "district-emergency.png")
    expect(home.get_by_text("Emergency").first).to_be_visible(timeout=ANSWER_MS)
    # Home Assistant's page reckons "in an hour" anew once a second; a call for help has minutes.
    soon = home.locator("hui-sensor-entity-row").filter(has_text=re.compile("In [0-9]+ minutes"))
    expect(soon.first).to_be_visible(timeout=ANSWER_MS)
    home.screenshot(path=pictures / "home-emergency.png")

    case.get_by_role("button", name="담당하기").click()
    expect(office.get_by_text("내가 담당 중")).to_be_visible(timeout=ANSWER_MS)
    expect(home.get_by_text("Taken").first).to_be_visible(timeout=ANSWER_MS)
    office.get_by_role("heading", name="도움 요청").get_by_role("link").click()
    office.screenshot(path=pictures / "district-case.png", full_page=True)

    office.get_by_label("결과", exact=True).select_option("seen_well")
    office.get_by_role("button", name="조치 완료").click()
    expect(office.get_by_text("종결").first).to_be_visible(timeout=ANSWER_MS)
    expect(home.get_by_text("Handled").first).to_be_visible(timeout=ANSWER_MS)
    expect(home.get_by_text("Calm").first).to_be_visible(timeout=ANSWER_MS)
    home.screenshot(path=pictures / "home-handled.png")
