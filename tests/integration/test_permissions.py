"""An action gives nobody more than the household's own buttons and sensors would."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.house import DOMAIN, House

ACTS: dict[str, dict[str, Any]] = {
    "confirm_ok": {},
    "take_back": {},
    "record_call": {"result": "answered_ok"},
    "guardian_coming": {},
    "start_drill": {},
    "set_away": {"hours": 1440},
    "set_guests": {"hours": 3},
    "end_away": {},
    "test_contacts": {},
    "contact_answered": {"contact": "Minji", "answer": "coming"},
    "backtest": {},
    "remember_devices": {"entity_id": ["light.bedroom"]},
    "put_back_devices": {"entity_id": ["light.bedroom"]},
}

type Act = Callable[..., Awaitable[Any]]


@pytest.fixture
async def somebody(home: House) -> Callable[[list[str]], Awaitable[Act]]:
    """Logged in as a user of these groups, who is no administrator."""
    # The first user of a Home Assistant owns it.
    await home.hass.auth.async_create_user("Technician")

    async def somebody(groups: list[str]) -> Act:
        user = await home.hass.auth.async_create_user("Somebody", group_ids=groups)

        async def act(service: str, **data: object) -> Any:
            found = await home.hass.services.async_call(
                DOMAIN,
                service,
                data,
                blocking=True,
                return_response=True,
                context=Context(user_id=user.id),
            )
            await home.settle()
            return found

        return act

    return somebody


type Somebody = Callable[[list[str]], Awaitable[Act]]


@pytest.mark.parametrize(("service", "data"), ACTS.items(), ids=ACTS)
async def test_who_may_only_look_moves_nothing(
    home: House, somebody: Somebody, service: str, data: dict[str, Any]
) -> None:
    visitor = await somebody([GROUP_ID_READ_ONLY])
    await home.wait(hours=13)
    before = home.stage, home.reason, home.sensor("next_deadline"), home.state("switch", "away")
    with pytest.raises(ServiceValidationError) as refused:
        await visitor(service, **data)
    assert refused.value.translation_key == "not_allowed_control"
    await home.settle()
    after = home.stage, home.reason, home.sensor("next_deadline"), home.state("switch", "away")
    assert after == before


async def test_who_may_only_look_still_sees_how_the_home_is_and_is_heard_when_calling_for_help(
    home: House, somebody: Somebody
) -> None:
    visitor = await somebody([GROUP_ID_READ_ONLY])
    assert (await visitor("get_status"))["stage"] == "calm"
    assert (await visitor("request_help"))["stage"] == "emergency"


async def test_a_call_in_which_help_was_asked_for_is_help_whoever_records_it(
    home: House, somebody: Somebody
) -> None:
    visitor = await somebody([GROUP_ID_READ_ONLY])
    with pytest.raises(ServiceValidationError):
        await visitor("record_call", result="answered_help")
    await home.settle()
    assert home.stage == "emergency"


async def test_who_may_not_even_look_is_told_nothing_of_the_home(
    home: House, somebody: Somebody
) -> None:
    stranger = await somebody([])
    with pytest.raises(ServiceValidationError) as refused:
        await stranger("get_status")
    assert refused.value.translation_key == "not_allowed_read"
    assert (await stranger("request_help"))["stage"] == "emergency"


async def test_a_user_who_was_deleted_may_nothing(home: House, somebody: Somebody) -> None:
    gone = await somebody([GROUP_ID_USER])
    user = next(u for u in await home.hass.auth.async_get_users() if u.name == "Somebody")
    await home.hass.auth.async_remove_user(user)
    with pytest.raises(ServiceValidationError):
        await gone("set_away", hours=5)


async def test_who_may_use_the_buttons_may_act_without_being_an_administrator(
    home: House, somebody: Somebody
) -> None:
    carer = await somebody([GROUP_ID_USER])
    assert (await carer("set_guests", hours=3))["reason"] == "guests_came"
    await carer("end_away")
    assert (await carer("set_away", hours=5))["reason"] == "went_away"
    await carer("end_away")
    await home.wait(hours=13)
    assert (await carer("confirm_ok"))["stage"] == "calm"


async def test_an_automation_acts_for_nobody_and_may(home: House) -> None:
    alarm = {
        "alias": "Out with the last one",
        "triggers": [{"trigger": "event", "event_type": "left_by_the_door"}],
        "actions": [{"action": f"{DOMAIN}.set_away", "data": {"hours": 5}}],
    }
    assert await async_setup_component(home.hass, "automation", {"automation": [alarm]})
    home.hass.bus.async_fire("left_by_the_door")
    await home.settle()
    assert home.state("switch", "away").state == "on"


@pytest.mark.parametrize(("language", "word"), [("en", "administrator"), ("ko", "관리자")])
async def test_the_refusal_says_whom_to_ask(home: House, language: str, word: str) -> None:
    texts = await async_get_translations(home.hass, language, "exceptions", [DOMAIN])
    for policy in ("control", "read"):
        key = f"component.{DOMAIN}.exceptions.not_allowed_{policy}.message"
        assert word in texts[key]


async def test_the_page_that_called_is_told_in_words(
    home: House, somebody: Somebody, hass_ws_client: WebSocketGenerator
) -> None:
    await somebody([GROUP_ID_READ_ONLY])
    user = next(u for u in await home.hass.auth.async_get_users() if u.name == "Somebody")
    token = await home.hass.auth.async_create_refresh_token(user, CLIENT_ID)
    socket = await hass_ws_client(home.hass, home.hass.auth.async_create_access_token(token))
    await socket.send_json_auto_id(
        {"type": "call_service", "domain": DOMAIN, "service": "confirm_ok", "service_data": {}}
    )
    answer = await socket.receive_json()
    assert answer["error"]["translation_key"] == "not_allowed_control"
    assert "administrator" in answer["error"]["message"]
