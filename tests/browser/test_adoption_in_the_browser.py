"""A technician at a browser: a sensor is found, proved by its use, and the home walked through."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
import pytest

from stage.devices import Device
from stage.street import Street
from stage.waiting import until
from tests.browser.conftest import window
from tests.browser.test_help_in_the_browser import ANSWER_MS, PATIENCE_MS, log_in_at_home

A_KETTLE_W = 1870


@dataclass(frozen=True, kw_only=True)
class Speech:
    """What a technician reads and clicks: Home Assistant's own words, and ours."""

    language: str
    locale: str
    submit: str
    reconfigure: str
    add: str
    found: str
    walk_test: str
    spare: str
    # What is said of it, and what it is called from then on.
    said: str
    label: str
    name: str
    ask: str
    # Where the walk test is when it has seen what this technician has used, and how it is recorded.
    end: str
    done: str = ""


ENGLISH = Speech(
    language="en",
    locale="en-GB",
    submit="Submit",
    reconfigure="Reconfigure",
    add="Add a source",
    found="What was found in this home",
    walk_test="Walk test: use every source once",
    spare="pantry",
    said="door contact, battery 91 %",
    label="Name",
    name="Pantry",
    ask="Open Pantry now and close it again.",
    end="End of the walk test",
    done="The walk test is recorded and reported.",
)
KOREAN = Speech(
    language="ko",
    locale="ko-KR",
    submit="확인",
    reconfigure="재구성",
    add="감지 대상 추가",
    found="이 집에서 찾은 기기에서 고르기",
    walk_test="점검: 모든 감지 대상을 한 번씩 써 보기",
    spare="balcony",
    said="빠른 여닫음을 놓침",
    label="이름",
    name="베란다",
    ask="지금 베란다 문을 열었다가 닫아 주세요.",
    end="지금 Kettle 가전제품을",
)


@pytest.fixture(params=[ENGLISH, KOREAN], ids=lambda speech: speech.language)
def speech(request: pytest.FixtureRequest, street: Street) -> Iterator[Speech]:
    """The home speaks it, too: what a flow puts together is in the home's own language."""
    chosen: Speech = request.param
    speak(street, chosen.language)
    yield chosen
    speak(street, ENGLISH.language)


def speak(street: Street, language: str) -> None:
    """The names of entities are made when the household is set up: so it is set up anew."""
    client = street.household.client
    client.commands({"type": "config/core/update", "language": language})
    entries = client.get("/api/config/config_entries/entry")
    ours = next(entry["entry_id"] for entry in entries if entry["domain"] == "anshim_knock")
    client.post(f"/api/config/config_entries/entry/{ours}/reload", {})
    until(lambda: street.household.stage == "calm", "the household to be back")


@pytest.fixture
def page(browser: Browser, street: Street, speech: Speech) -> Iterator[Page]:
    """At the integration's page, where a technician works."""
    windows = window(browser, locale=speech.locale)
    page = next(windows)
    log_in_at_home(page, street)
    yield page
    next(windows, None)


type Camera = Callable[[str], None]


def test_a_sensor_is_adopted_and_the_home_is_walked_through(
    street: Street, page: Page, speech: Speech, pictures: Path
) -> None:
    def keep(name: str) -> None:
        page.screenshot(path=pictures / f"{name}-{speech.language}.png")

    _adopt(street, page, speech, keep)
    _walk_through(street, page, speech, keep)


def _adopt(street: Street, page: Page, speech: Speech, keep: Camera) -> None:
    device = next(d for d in street.bridge.devices if d.name == speech.spare)
    _go_to_the_integration(page, street)
    page.get_by_text(speech.add).first.click()
    page.get_by_text(speech.found).click()
    candidate = page.get_by_text(speech.said).first
    candidate.wait_for(timeout=ANSWER_MS)
    keep("adopt-1-found")
    candidate.click()
    _submit(page, speech)
    name = page.get_by_role("textbox", name=speech.label, exact=True)
    name.wait_for(timeout=ANSWER_MS)
    name.fill(speech.name)
    keep("adopt-2-about")
    _submit(page, speech)
    expect(page.get_by_text(speech.ask)).to_be_visible(timeout=ANSWER_MS)
    keep("adopt-3-use-it")
    _open(street, device)
    # The page ticks itself: nobody has touched the browser.
    proved = page.get_by_text(f"● {speech.name}")
    expect(proved).to_be_visible(timeout=ANSWER_MS)
    keep("adopt-4-it-works")
    _submit(page, speech)
    expect(proved).to_be_hidden(timeout=ANSWER_MS)


def _walk_through(street: Street, page: Page, speech: Speech, keep: Camera) -> None:
    _go_to_the_integration(page, street)
    household = page.locator("ha-config-entry-row").first
    household.locator("ha-dropdown, ha-md-button-menu, ha-button-menu").first.click()
    page.get_by_text(speech.reconfigure).first.click()
    page.get_by_text(speech.walk_test).click()
    ticked = page.get_by_text("● ")
    expect(page.get_by_text("○ ").first).to_be_visible(timeout=ANSWER_MS)
    _open(street, street.devices.front_door)
    _open(street, street.devices.fridge)
    expect(ticked.first).to_be_visible(timeout=ANSWER_MS)
    keep("walk-1-ticked")
    for spare in (d for d in street.bridge.devices if d.name in {ENGLISH.spare, KOREAN.spare}):
        _open(street, spare)
    if speech.done:
        _use_appliances(street)
    expect(page.get_by_text(speech.end)).to_be_visible(timeout=ANSWER_MS)
    keep("walk-2-end")
    if speech.done:
        _submit(page, speech)
        expect(page.get_by_text(speech.done)).to_be_visible(timeout=ANSWER_MS)


def _use_appliances(street: Street) -> None:
    for plug in (street.devices.kettle, street.devices.microwave):
        street.bridge.report(plug, power=A_KETTLE_W)
        street.bridge.report(plug, power=0)


def _open(street: Street, door: Device) -> None:
    """Opened, or closed again: both are a hand's doing."""
    street.bridge.report(door, contact=not door.last["contact"])


def _go_to_the_integration(page: Page, street: Street) -> None:
    page.goto(f"{street.home.url}/config/integrations/integration/anshim_knock")
    page.locator("ha-config-entry-row").first.wait_for(timeout=PATIENCE_MS)


def _submit(page: Page, speech: Speech) -> None:
    page.get_by_role("button", name=speech.submit, exact=True).click()
