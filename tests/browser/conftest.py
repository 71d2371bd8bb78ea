"""A street in real time, and a Chromium that looks at it."""

from collections.abc import Iterator
from contextlib import ExitStack
import os
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
import pytest

from stage.clock import StageClock
from stage.devices import door_sensor, metering_plug, parasoll
from stage.ledger import Books
from stage.street import Builder, Street
from stage.waiting import until
from tests.street import (
    BUILT,
    FOLDER,
    pytest_collection_modifyitems,
    pytest_runtest_makereport,
)

__all__ = ["pytest_collection_modifyitems", "pytest_runtest_makereport"]

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def street(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Street]:
    """Real programs in real time, and a household that is set up."""
    folder = pytestconfig.stash[FOLDER] = tmp_path_factory.mktemp("street")
    clock = StageClock(folder=folder / "clock", library=None)
    with ExitStack() as ending:
        builder = Builder(
            folder=folder,
            ending=ending,
            clock=clock,
            books=Books(),
            tell=print,
            # Paired by a volunteer, and not adopted yet.
            spare=(
                door_sensor("pantry", "0x00158d0009a1b2c5"),
                parasoll("balcony", "0x000d6f0011223344"),
                metering_plug("television", "0xa4c138d0e1f2a3b6"),
            ),
        )
        street = pytestconfig.stash[BUILT] = builder.build()
        until(lambda: fridge_is_noticed(street), "the fridge to be noticed")
        yield street


def fridge_is_noticed(street: Street) -> bool:
    """Somebody opens or closes it; in its first half minute that counts for nothing."""
    fridge = street.devices.fridge
    street.bridge.report(fridge, contact=not fridge.last["contact"])
    return street.household.state("watch") == "seeing"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("ANSHIM_CHROMIUM")
    assert chromium, 'the browser tests need Chromium: eval "$(scripts/bootstrap --browser)"'
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)


def window(browser: Browser, *, locale: str) -> Iterator[Page]:
    """A window of its own, with its own cookies."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale=locale,
        timezone_id="Asia/Seoul",
        service_workers="block",
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def resident_page(browser: Browser) -> Iterator[Page]:
    """A browser window at home, in English."""
    yield from window(browser, locale="en-GB")


@pytest.fixture
def staff_page(browser: Browser) -> Iterator[Page]:
    """A browser window at the district, in Korean."""
    yield from window(browser, locale="ko-KR")


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: for `scripts/pictures` a folder that ANSHIM_SCREENSHOTS names."""
    named = os.environ.get("ANSHIM_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
