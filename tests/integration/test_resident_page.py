"""The resident's page as the frontend meets it: what it is told, and what becomes of a press."""

from collections.abc import Mapping
from typing import Any

from homeassistant.auth.models import RefreshToken
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from tests.integration.house import DOOR, KETTLE, House

SUBSCRIBE = "anshim_knock/homes/subscribe"
PRESS = "anshim_knock/home/press"


class Page:
    """A page that is open: what it asks, and what it was told last."""

    def __init__(self, house: House, connect: WebSocketGenerator, token: RefreshToken) -> None:
        self._house = house
        self._token = token
        self._connect = connect
        self._socket: MockHAClientWebSocket | None = None
        self._events: list[dict[str, Any]] = []

    async def look(self) -> dict[str, Any]:
        """The only home, as it is now."""
        await self._house.settle()
        await self._ask("ping")
        (home,) = self._events[-1]["homes"]
        found: dict[str, Any] = home
        return found

    @property
    def told(self) -> int:
        """How often there was news."""
        return len(self._events)

    async def press(self, says: str, press: str = "press-one", **more: object) -> dict[str, Any]:
        message = {"home": self._house.entry_id, "says": says, "press": press, "age": 0, **more}
        return await self._ask(PRESS, **message)

    async def open(self) -> Page:
        """Also again: the server gives up who is silent for a frozen hour."""
        token = self._house.hass.auth.async_create_access_token(self._token)
        self._socket = await self._connect(self._house.hass, token)
        assert (await self._ask(SUBSCRIBE))["success"]
        return self

    async def _ask(self, kind: str, **message: object) -> dict[str, Any]:
        assert self._socket is not None
        await self._socket.send_json_auto_id({"type": kind, **message})
        while (answer := await self._socket.receive_json())["type"] == "event":
            self._events.append(answer["event"])
        found: dict[str, Any] = answer
        return found


@pytest.fixture
async def page(home: House, hass_ws_client: WebSocketGenerator, hass_admin_user: MockUser) -> Page:
    """Opened by somebody who may see and do everything."""
    token = await home.hass.auth.async_create_refresh_token(hass_admin_user, CLIENT_ID)
    return await Page(home, hass_ws_client, token).open()


async def test_the_page_says_when_life_was_last_seen_and_by_what(home: House, page: Page) -> None:
    await home.use_door()
    shown = await page.look()
    assert home.last_sign is not None
    assert shown["last_sign"] == {"at": home.last_sign.isoformat(), "source": "Fridge door"}
    assert (shown["service"], shown["stage"], shown["watch"]) == ("on", "calm", "seeing")
    assert shown["told"] is None


async def test_a_press_of_ok_has_no_sensors_name(home: House, page: Page) -> None:
    await home.wait(minutes=30)
    assert (await page.press("ok"))["result"] == {"stage": "calm"}
    shown = await page.look()
    assert shown["last_sign"] == {"at": home.now.isoformat(), "source": None}


async def test_help_is_answered_when_it_is_kept_and_shows_how_far_it_has_come(
    home: House, page: Page
) -> None:
    home.relay.connected = False
    await home.wait(minutes=10)
    assert (await page.press("help"))["result"] == {"stage": "emergency"}
    assert (await page.look())["told"] == "sending"

    home.relay.connected = True
    await home.wait(minutes=10)
    assert (await page.look())["told"] == "sent"

    episode = home.state("sensor", "stage").attributes["episode"]
    await home.receive("case", {"state": "opened", "kind": "emergency", "episode": episode})
    assert (await page.look())["told"] == "received"

    await home.hold(episode)
    answer = (await page.look())["answer"]
    assert (answer["answer"], answer["by"]) == ("hold", "dong")


async def test_a_case_about_something_else_is_no_word_that_help_arrived(
    home: House, page: Page
) -> None:
    await page.press("help")
    await home.receive("case", {"state": "opened", "kind": "trouble", "episode": None})
    await home.wait(minutes=10)
    assert (await page.look())["told"] == "sent"


async def test_a_press_that_arrives_twice_is_one_call_for_help(home: House, page: Page) -> None:
    first = await page.press("help", "press-that-repeats")
    again = await page.press("help", "press-that-repeats")
    await home.settle()
    assert first["result"] == again["result"]
    assert len(home.relay.of("emergency")) == 1

    await page.press("help", "another-press")
    await home.settle()
    assert [e["data"]["said"] for e in home.relay.of("emergency")] == ["first", "again"]


async def test_an_old_ok_is_no_sign_of_life(home: House, page: Page) -> None:
    await home.wait(minutes=30)
    before = home.last_sign
    answer = await page.press("ok", age=61)
    assert answer["error"]["code"] == "too_late"
    assert home.last_sign == before


async def test_an_old_help_is_heard(home: House, page: Page) -> None:
    await page.press("help", age=7200)
    assert (await page.look())["stage"] == "emergency"


async def test_ok_ends_a_visit_that_nobody_has_taken_but_no_emergency(
    home: House, page: Page
) -> None:
    await home.wait(hours=14)
    assert home.stage == "visit"
    await page.open()
    assert (await page.press("ok", "ok-in-visit"))["result"] == {"stage": "calm"}
    await page.press("help", "help-after")
    assert (await page.press("ok", "ok-in-emergency"))["result"] == {"stage": "emergency"}


async def test_a_hold_that_ran_out_is_no_answer_any_more(home: House, page: Page) -> None:
    await page.press("help")
    await home.hold(home.state("sensor", "stage").attributes["episode"], minutes=10)
    assert (await page.look())["answer"]["answer"] == "hold"
    await home.wait(minutes=45)
    await page.open()
    assert (await page.look())["answer"] is None


async def test_who_saw_the_resident_stays_on_the_page_until_something_new(
    home: House, page: Page
) -> None:
    await page.press("help")
    await home.handled(home.state("sensor", "stage").attributes["episode"])
    shown = await page.look()
    assert shown["stage"] == "calm"
    assert shown["answer"]["outcome"] == "seen_well"


async def test_an_absence_has_its_end(home: House, page: Page) -> None:
    await home.call("set_away", hours=5)
    shown = await page.look()
    assert (shown["presence"], shown["until"] is not None) == ("away", True)


async def test_the_page_lives_through_a_reload_of_the_household(home: House, page: Page) -> None:
    await home.stop()
    assert (await page.look())["service"] == "not_ready"
    assert (await page.press("help"))["error"]["code"] == "not_ready"
    await home.start()
    assert (await page.look())["service"] == "on"
    assert "result" in await page.press("help")
    assert (await page.look())["stage"] == "emergency"


async def test_a_watt_more_is_no_news_for_the_page(home: House, page: Page) -> None:
    await page.look()
    before = page.told
    await home.show(KETTLE, "0.6")
    await home.show(DOOR, "off", battery=77)
    await page.look()
    assert page.told == before


async def test_without_consent_the_page_says_so_and_refuses(home: House, page: Page) -> None:
    data: Mapping[str, Any] = home.entry.data
    withdrawn = {**data, "consent": {**data["consent"], "items": []}}
    home.hass.config_entries.async_update_entry(home.entry, data=withdrawn)
    await home.settle()
    assert (await page.look())["service"] == "no_consent"
    assert (await page.press("help"))["error"]["code"] == "not_allowed"


async def test_a_home_that_is_not_there_is_named_as_such(page: Page) -> None:
    assert (await page.press("help", home="no-such-home"))["error"]["code"] == "not_found"


@pytest.fixture
def visitor(hass_admin_user: MockUser) -> MockUser:
    """May look at everything and do nothing."""
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"all": {POLICY_READ: True}}})
    return hass_admin_user


async def test_who_may_only_look_cannot_press(home: House, visitor: MockUser, page: Page) -> None:
    assert (await page.look())["stage"] == "calm"
    assert (await page.press("help"))["error"]["code"] == "unauthorized"
    assert home.stage == "calm"


@pytest.fixture
async def shown(house: House) -> HomeAssistant:
    """With Home Assistant's frontend."""
    assert await async_setup_component(house.hass, "frontend", {})
    return house.hass


async def test_a_panel_and_a_card_come_with_the_household_and_the_panel_goes_with_it(
    shown: HomeAssistant, home: House, hass_client: ClientSessionGenerator
) -> None:
    panel = shown.data[frontend.DATA_PANELS]["anshim-knock"].to_response()
    assert not panel["require_admin"]
    assert panel["config"] is not None
    module = panel["config"]["_panel_custom"]["module_url"]
    assert module in shown.data[frontend.DATA_EXTRA_MODULE_URL].urls
    browser = await hass_client()
    for name in (module, module.replace("anshim-knock.js", "texts/ko.js")):
        answer = await browser.get(name)
        assert answer.status == 200
        assert answer.content_type == "text/javascript"
        assert "max-age" in answer.headers["Cache-Control"]

    await home.restart()
    assert frontend.async_panel_exists(shown, "anshim-knock")
    await shown.config_entries.async_remove(home.entry_id)
    assert not frontend.async_panel_exists(shown, "anshim-knock")


async def test_a_home_without_a_frontend_is_watched_all_the_same(home: House) -> None:
    assert "frontend" not in home.hass.config.components
    assert home.stage == "calm"
