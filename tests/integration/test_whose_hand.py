"""An OK pressed from far away is the resident's only on the resident's own login."""

from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp.test_utils import make_mocked_request
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.http import current_request
import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.fake_phone import FakePhone
from tests.integration.house import House
from tests.integration.test_resident_page import Page

AT_HOME, FAR_AWAY = "192.168.0.23", "203.0.113.7"

type Press = Callable[[str, str, str], Awaitable[None]]


@pytest.fixture
async def silent_home(home: House) -> House:
    await home.wait(hours=12)
    assert home.stage == "quiet"
    return home


@pytest.fixture
def press(silent_home: House) -> Press:
    """A button entity, pressed by a user who comes in from an address."""

    async def pressed(key: str, user_id: str, address: str) -> None:
        request = make_mocked_request("POST", "/api/services/button/press").clone(remote=address)
        came = current_request.set(request)
        button = {"entity_id": silent_home.entity_id("button", key)}
        await silent_home.hass.services.async_call(
            "button", "press", button, blocking=True, context=Context(user_id=user_id)
        )
        current_request.reset(came)
        await silent_home.settle()

    return pressed


async def somebody(hass: HomeAssistant, name: str) -> str:
    """With a login of their own, and no contact of this household."""
    user = await hass.auth.async_create_user(name, group_ids=["system-admin"])
    return user.id


@pytest.fixture
async def phone(silent_home: House) -> AsyncIterator[FakePhone]:
    """The resident's own, which shows their life."""
    hass = silent_home.hass
    phone = await FakePhone(hass, "Phone").start()
    device = dr.async_get(hass).async_get(phone.device_id)
    assert device is not None
    assert device.config_entry_id is not None
    app = hass.config_entries.async_get_entry(device.config_entry_id)
    lock = er.async_get(hass).async_get_or_create(
        "binary_sensor", "mobile_app", "device_locked", config_entry=app, device_id=device.id
    )
    await silent_home.show(lock.entity_id, "on")
    await silent_home.follow("phone", lock.entity_id)
    yield phone
    await phone.stop()


async def test_the_tablet_on_the_wall_is_the_resident_at_home(
    silent_home: House, press: Press
) -> None:
    await press("ok", await somebody(silent_home.hass, "Tablet"), AT_HOME)
    assert (silent_home.stage, silent_home.reason) == ("calm", "said_ok")
    assert "via" not in silent_home.relay.of("resolved")[0]["data"]


async def test_somebody_far_away_who_is_no_contact_only_puts_it_off(
    silent_home: House, press: Press
) -> None:
    before = silent_home.last_sign
    await press("ok", await somebody(silent_home.hass, "Nephew"), FAR_AWAY)
    assert (silent_home.stage, silent_home.reason) == ("quiet", "ok_puts_off")
    assert silent_home.last_sign == before
    assert silent_home.relay.of("quiet")[-1]["data"]["word_by"] == "guardian"


async def test_the_resident_on_their_own_phone_far_away_is_by_phone(
    silent_home: House, press: Press, phone: FakePhone
) -> None:
    await press("ok", phone.user_id, FAR_AWAY)
    assert silent_home.stage == "calm"
    assert silent_home.relay.of("resolved")[0]["data"]["via"] == "phone"


async def test_whoever_is_known_to_be_out_is_not_at_home_whatever_the_line(
    silent_home: House, press: Press
) -> None:
    """A tunnel makes a guardian look as if they were in the house."""
    nephew = await somebody(silent_home.hass, "Nephew")
    await silent_home.show("person.nephew", "Busan", user_id=nephew)
    await press("ok", nephew, AT_HOME)
    assert (silent_home.stage, silent_home.reason) == ("quiet", "ok_puts_off")
    await silent_home.show("person.nephew", "home")
    await press("ok", nephew, AT_HOME)
    assert silent_home.stage == "calm"


async def test_help_is_help_from_wherever_it_is_called_and_only_the_resident_takes_it_back(
    silent_home: House, press: Press, phone: FakePhone
) -> None:
    nephew = await somebody(silent_home.hass, "Nephew")
    await press("help", nephew, FAR_AWAY)
    assert silent_home.stage == "emergency"
    await press("take_back", nephew, FAR_AWAY)
    assert silent_home.stage == "emergency"
    await press("take_back", phone.user_id, FAR_AWAY)
    assert silent_home.stage == "calm"


@pytest.mark.parametrize(("where", "stage"), [("home", "calm"), ("Busan", "quiet")])
async def test_the_page_asks_in_the_same_way(
    silent_home: House, hass_ws_client: WebSocketGenerator, where: str, stage: str
) -> None:
    hass = silent_home.hass
    nephew = await somebody(hass, "Nephew")
    await silent_home.show("person.nephew", where, user_id=nephew)
    user = await hass.auth.async_get_user(nephew)
    assert user is not None
    token = await hass.auth.async_create_refresh_token(user, CLIENT_ID)
    page = await Page(silent_home, hass_ws_client, token).open()
    assert (await page.press("ok"))["result"] == {"stage": stage}
