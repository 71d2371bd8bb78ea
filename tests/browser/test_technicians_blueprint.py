"""A technician gives a home its voice: installs, fills in, saves and tries a blueprint."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any

from playwright.sync_api import Browser, Page, expect
import pytest

from stage.home_assistant import OWNER, PASSWORD
from stage.street import Street
from stage.waiting import until
from tests.browser.test_help_in_the_browser import ANSWER_MS, PATIENCE_MS


@dataclass(frozen=True, kw_only=True)
class Language:
    """What stands on Home Assistant's own buttons."""

    code: str
    locale: str
    reconfigure: str
    install: str
    submit: str
    installed: re.Pattern[str]
    blueprint: str
    save: str
    run: str


KOREAN = Language(
    code="ko",
    locale="ko-KR",
    reconfigure="재구성",
    install="블루프린트 설치하기",
    submit="확인",
    installed=re.compile("블루프린트 [0-9]+개를 설치했습니다"),
    blueprint="불빛과 스피커로",
    save="저장",
    run="액션 실행",
)
ENGLISH = Language(
    code="en",
    locale="en-GB",
    reconfigure="Reconfigure",
    install="Install the blueprints",
    submit="Submit",
    installed=re.compile("[0-9]+ blueprints were installed"),
    blueprint="Ask at home",
    save="Save",
    run="Run actions",
)


@pytest.fixture(params=[KOREAN, ENGLISH], ids=lambda language: language.code)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture
def page(browser: Browser, language: Language) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale=language.locale,
        timezone_id="Asia/Seoul",
        service_workers="block",
    )
    yield context.new_page()
    context.close()


def test_a_technician_installs_fills_saves_and_tries_a_blueprint(
    street: Street, page: Page, language: Language, pictures: Path
) -> None:
    _install(street, page, language, pictures)
    page.goto(f"{street.home.url}/config/blueprint/dashboard")
    blueprint = page.get_by_text(language.blueprint).first
    blueprint.wait_for(timeout=PATIENCE_MS)
    page.screenshot(path=pictures / f"blueprints-installed-{language.code}.png")

    blueprint.click()
    number = _fill_and_save(street, page, language, pictures)
    _try(page, language, pictures)
    until(lambda: ran(street, number), "the automation to be run")


def _install(street: Street, page: Page, language: Language, pictures: Path) -> None:
    page.goto(f"{street.home.url}/config/integrations/integration/anshim_knock")
    page.locator("input[name=username]").fill(OWNER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    row = page.locator("ha-config-entry-row").first
    row.wait_for(timeout=PATIENCE_MS)
    row.locator("ha-dropdown, ha-md-button-menu, ha-button-menu").first.click()
    page.get_by_text(language.reconfigure).first.click()
    page.get_by_text(language.install, exact=True).click()
    submit = page.get_by_role("button", name=language.submit, exact=True)
    # The menu has made way for the step, and nothing moves any more.
    submit.click(trial=True)
    page.screenshot(path=pictures / f"blueprints-install-{language.code}.png")
    submit.click()
    expect(page.get_by_text(language.installed)).to_be_visible(timeout=ANSWER_MS)


def _fill_and_save(street: Street, page: Page, language: Language, pictures: Path) -> str:
    household = page.locator("ha-selector-config_entry")
    household.click(timeout=ANSWER_MS)
    named = page.locator("ha-combo-box-item").filter(has_text=street.household.id)
    named.first.click()
    # What is chosen stands in the field, which is the same kind of thing as the list's lines ...
    expect(named.and_(page.locator("[compact]"))).to_be_visible()
    # ... and the list is gone.
    expect(named).to_have_count(1)
    page.screenshot(path=pictures / f"blueprint-filled-{language.code}.png")
    page.locator("ha-button").filter(has_text=language.save).first.click()
    page.wait_for_url(lambda url: "/edit/" in url and not url.endswith("/new"))
    number = page.url.rpartition("/")[2]
    until(lambda: automation(street, number) is not None, "the automation to be there")
    return number


def _try(page: Page, language: Language, pictures: Path) -> None:
    # The menu knows of it from the next look on.
    page.reload()

    editor = page.locator("ha-automation-editor")
    editor.locator("ha-dropdown").first.locator("ha-icon-button").click(timeout=ANSWER_MS)
    run = editor.locator("ha-dropdown-item").filter(has_text=language.run)
    # Open, and no longer moving.
    run.click(trial=True)
    page.screenshot(path=pictures / f"blueprint-run-{language.code}.png")
    run.click()


def automation(street: Street, number: str) -> dict[str, Any] | None:
    """What Home Assistant knows of it."""
    states = street.home.client().get("/api/states")
    return next((s["attributes"] for s in states if s["attributes"].get("id") == number), None)


def ran(street: Street, number: str) -> bool:
    found = automation(street, number)
    return found is not None and found["last_triggered"] is not None
