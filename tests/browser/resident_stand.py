"""The resident's page on a stand: its real files in a real browser, moved by strings.

The homes that it shows are the pictures that tests/integration takes of a real household.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

CHECKOUT = Path(__file__).parents[2]
PICTURES = CHECKOUT / "tests/integration/__snapshots__/test_resident_pictures"
_FILES = CHECKOUT / "custom_components/anshim_knock/frontend"
_STAND = Path(__file__).with_suffix(".js")
_ADDRESS = "http://home.test"
_SHELL = """<!doctype html><html><head><title>Home</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body { margin: 0; font-family: NanumGothic, sans-serif; }</style>
<script src="/stand.js"></script></head><body></body></html>"""

PHONE = (390, 844)
TABLET = (1280, 800)


def scenes() -> dict[str, dict[str, Any]]:
    """Every state of a home by its name: `now` and `home`."""
    found = {
        path.stem.partition("[")[2].rstrip("]"): json.loads(path.read_text(encoding="utf-8"))
        for path in PICTURES.glob("*.json")
    }
    assert found, "take the pictures first: tests/integration/test_resident_pictures.py"
    return found


@dataclass(kw_only=True)
class Stand:
    """A browser window, and the strings behind it."""

    page: Page

    def open(
        self,
        *homes: dict[str, Any],
        language: str = "ko",
        now: str | None = None,
        dark: bool = False,
        path: str = "",
        card: dict[str, Any] | None = None,
    ) -> None:
        """A fresh page that shows these homes."""
        if now is not None:
            self.page.clock.set_fixed_time(now)
        self.page.goto(f"{_ADDRESS}/anshim-knock")
        shown = {
            "homes": list(homes),
            "language": language,
            "dark": dark,
            "path": path,
            "card": card,
        }
        self.page.evaluate("(shown) => open_page(shown)", shown)

    def open_scene(self, name: str, **more: Any) -> None:
        scene = scenes()[name]
        self.open(scene["home"], now=scene["now"], **more)

    def show(self, *homes: dict[str, Any]) -> None:
        """The homes have changed."""
        self.page.evaluate("(homes) => connection.show(homes)", list(homes))

    def line(self, *, up: bool) -> None:
        self.page.evaluate("(up) => connection.line(up)", up)

    def mood(self, word: str) -> None:
        """How Home Assistant takes presses: `answers`, `silent`, or the code of a refusal."""
        self.page.evaluate("(word) => { connection.mood = word; }", word)

    @property
    def pressed(self) -> list[dict[str, Any]]:
        """What has arrived."""
        found: list[dict[str, Any]] = self.page.evaluate("connection.pressed")
        return found

    @property
    def spoken(self) -> list[list[str]]:
        """What was said aloud: language and sentence."""
        found: list[list[str]] = self.page.evaluate("spoken")
        return found


def stand(browser: Browser, size: tuple[int, int], **more: Any) -> Iterator[Stand]:
    """A window of this size; it fails the test when the page's code fails."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, timezone_id="Asia/Seoul", **more
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.route(f"{_ADDRESS}/**", _serve)
    yield Stand(page=page)
    context.close()
    assert faults == []


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(_ADDRESS)
    if path.startswith("/page/"):
        route.fulfill(path=_FILES / path.removeprefix("/page/"), content_type="text/javascript")
    elif path == "/stand.js":
        route.fulfill(path=_STAND, content_type="text/javascript")
    else:
        route.fulfill(body=_SHELL, content_type="text/html")
