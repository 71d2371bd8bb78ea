"""The resident's own tablet at a real Home Assistant, and a line to it that can go dead."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute

from stage.street import Street

# Opens a Home Assistant on loopback that lives as long as the tests.
RESIDENT, PASSWORD = "resident", "anshim-knock"
# A busy machine draws Home Assistant's first page slowly.
PATIENCE_MS = 90_000
PANEL = "anshim-knock-panel"
HELP = "도와주세요"


def let_the_resident_in(street: Street) -> None:
    """A user who is no administrator, as a technician adds one for the tablet."""
    client = street.home.client()
    (users,) = client.commands({"type": "config/auth/list"})
    if any(user["name"] == RESIDENT for user in users):
        return
    create = {"type": "config/auth/create", "name": RESIDENT, "group_ids": ["system-users"]}
    (created,) = client.commands(create)
    login = {"user_id": created["user"]["id"], "username": RESIDENT, "password": PASSWORD}
    client.commands({"type": "config/auth_provider/homeassistant/create", **login})


@dataclass(kw_only=True)
class Line:
    """Between the tablet and Home Assistant. Dead: it looks open, and nothing comes through."""

    dead: bool = False

    def carry(self, tablet: WebSocketRoute) -> None:
        server = tablet.connect_to_server()
        tablet.on_message(lambda message: None if self.dead else server.send(message))
        server.on_message(lambda message: None if self.dead else tablet.send(message))


@dataclass(kw_only=True)
class Tablet:
    """Logged in, with the panel open."""

    context: BrowserContext
    page: Page
    line: Line

    @property
    def panel(self) -> Locator:
        return self.page.locator(PANEL)

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name)


def tablet(browser: Browser, street: Street, **more: Any) -> Tablet:
    """In Korean, 10 inches across."""
    let_the_resident_in(street)
    more = {"viewport": {"width": 1280, "height": 800}, "locale": "ko-KR", **more}
    context = browser.new_context(timezone_id="Asia/Seoul", service_workers="block", **more)
    line = Line()
    context.route_web_socket("**/api/websocket", line.carry)
    page = context.new_page()
    page.goto(f"{street.home.url}/anshim-knock")
    page.locator("input[name=username]").fill(RESIDENT)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    opened = Tablet(context=context, page=page, line=line)
    opened.button(HELP).wait_for(timeout=PATIENCE_MS)
    return opened
