"""A technician tries a limit on the home's past, and sees it in Home Assistant's own dialog."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
import pytest

from custom_components.anshim_knock.logic.journal import HOUSEHOLD, Block, Entry, Mark, line_of
from stage.street import Street
from tests.browser.conftest import window
from tests.browser.test_adoption_in_the_browser import ENGLISH, KOREAN, Speech, speak
from tests.browser.test_help_in_the_browser import ANSWER_MS, PATIENCE_MS, log_in_at_home

DAYS = 20
SILENT = 7
TRY = {"en": "Try a limit on the past", "ko": "지난 생활에 기준을 시험하기"}
FOUND = {"en": "the resident would have been asked", "ko": "여쭈었을 것입니다"}
AGAIN = {"en": "Try other times", "ko": "다른 시간으로 시험하기"}


@pytest.fixture(params=[ENGLISH, KOREAN], ids=lambda speech: speech.language)
def speech(request: pytest.FixtureRequest, street: Street) -> Iterator[Speech]:
    chosen: Speech = request.param
    speak(street, chosen.language)
    yield chosen
    speak(street, ENGLISH.language)


@pytest.fixture
def page(browser: Browser, street: Street, speech: Speech) -> Iterator[Page]:
    windows = window(browser, locale=speech.locale)
    page = next(windows)
    log_in_at_home(page, street)
    yield page
    next(windows, None)


@pytest.fixture
def past(street: Street) -> None:
    """Three weeks in the journal, with one day on which nobody was seen."""
    client = street.household.client
    entries = client.get("/api/config/config_entries/entry")
    entry = next(e["entry_id"] for e in entries if e["domain"] == "anshim_knock")
    (found,) = client.commands({"type": "config_entries/subentries/list", "entry_id": entry})
    source = found[0]["subentry_id"]
    folder = street.home.folder / ".storage" / f"anshim_knock.{entry}.journal"
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for ago in range(DAYS, 0, -1):
        day = today - timedelta(days=ago)
        lived = [
            Entry(at=day + timedelta(hours=hour), source=source, mark=Mark.ACTIVITY)
            for hour in range(8, 23)
            if ago != SILENT
        ]
        if ago == DAYS:
            live = Entry(at=day, source=source, mark=Mark.LIVE)
            lived = [Entry(at=day, source=HOUSEHOLD, mark=Mark.STARTED), live, *lived]
        block = Block(until=day + timedelta(days=1), entries=tuple(lived))
        (folder / f"{day:%Y-%m-%d}.log").write_text(line_of(block) + "\n", encoding="ascii")


@pytest.mark.usefixtures("past")
def test_the_past_is_shown_in_words_and_as_a_picture(
    street: Street, page: Page, speech: Speech, pictures: Path
) -> None:
    page.goto(f"{street.home.url}/config/integrations/integration/anshim_knock")
    household = page.locator("ha-config-entry-row").first
    household.wait_for(timeout=PATIENCE_MS)
    household.locator("ha-dropdown, ha-md-button-menu, ha-button-menu").first.click()
    page.get_by_text(speech.reconfigure).first.click()
    page.get_by_text(TRY[speech.language]).click()
    limit = page.get_by_role("spinbutton").first
    limit.wait_for(timeout=ANSWER_MS)
    limit.fill("14")
    page.get_by_role("button", name=speech.submit, exact=True).click()
    expect(page.get_by_text(FOUND[speech.language]).first).to_be_visible(timeout=ANSWER_MS)
    picture = page.locator("ha-markdown img").first
    picture.wait_for(timeout=ANSWER_MS)
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 600", arg=picture.element_handle()
    )
    expect(page.get_by_text(AGAIN[speech.language])).to_be_visible()
    page.screenshot(path=pictures / f"backtest-{speech.language}.png")
