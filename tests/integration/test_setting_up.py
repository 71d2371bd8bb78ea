from typing import Any

from aiohttp import web
from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_RECONFIGURE
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
import pytest

from tests.integration.fake_relay import FakeRelay, problem
from tests.integration.flows import CONSENT, TIMES, begin, go_on, set_up_household
from tests.integration.house import DOMAIN, HOUSEHOLD, TOKEN, House


async def test_consent_is_asked_before_the_relay_is_even_named(house: House) -> None:
    result = await begin(house.hass)
    assert result["step_id"] == "user"
    assert result["description_placeholders"] == {"version": "2026-11-3"}
    assert house.relay.requests == 0


async def test_without_consent_to_life_signs_nothing_goes_on(house: House) -> None:
    result = await begin(house.hass)
    result = await go_on(house.hass, result, {**CONSENT, "life_signs": False})
    assert (result["step_id"], result["errors"]) == ("user", {"life_signs": "consent_needed"})
    result = await go_on(house.hass, result, CONSENT)
    assert result["step_id"] == "relay"


async def test_an_entry_holds_consent_relay_and_times_under_the_households_own_id(
    house: House,
) -> None:
    house.entry_id = await set_up_household(house.hass, house.relay, limit_hours=8)
    await house.settle()
    entry = house.entry
    assert (entry.unique_id, entry.title) == (HOUSEHOLD, HOUSEHOLD)
    assert entry.data["limit_hours"] == 8
    assert entry.data["url"] == house.relay.url
    consent = entry.data["consent"]
    assert consent["items"] == ["life_signs", "sensitive", "third_party"]
    assert consent["recorded_by"] == "technician"
    told = house.relay.of("consent")[0]
    assert (told["priority"], told["data"]["state"]) == ("alert", "given")
    assert told["data"]["items"] == consent["items"]


def _no_json(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>a router's login page</html>")


def _no_status(_: web.Request) -> web.StreamResponse:
    return web.json_response({"hello": "world"})


def _not_found(_: web.Request) -> web.StreamResponse:
    return web.Response(status=404)


def _busy(_: web.Request) -> web.StreamResponse:
    return problem(503, "unavailable")


@pytest.mark.parametrize(
    ("misbehaviour", "error"),
    [
        (_no_json, "not_a_relay"),
        (_no_status, "not_a_relay"),
        (_not_found, "not_a_relay"),
        (_busy, "cannot_connect"),
    ],
)
async def test_what_is_no_working_relay_is_not_trusted(
    house: House, misbehaviour: Any, error: str
) -> None:
    result = await go_on(house.hass, await begin(house.hass), CONSENT)
    house.relay.misbehaves = misbehaviour
    relay = {"url": house.relay.url, "token": TOKEN}
    result = await go_on(house.hass, result, relay)
    assert (result["step_id"], result["errors"]) == ("relay", {"base": error})
    house.relay.misbehaves = None
    result = await go_on(house.hass, result, relay)
    assert result["step_id"] == "household"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "127.0.0.1", "http://127.0.0.1:port", "ftp://x"]
)
async def test_an_address_that_leads_nowhere_is_said_to(house: House, url: str) -> None:
    result = await go_on(house.hass, await begin(house.hass), CONSENT)
    result = await go_on(house.hass, result, {"url": url, "token": TOKEN})
    assert result["errors"] == {"base": "cannot_connect"}


async def test_a_wrong_token_is_said_to_be_wrong(house: House) -> None:
    result = await go_on(house.hass, await begin(house.hass), CONSENT)
    result = await go_on(house.hass, result, {"url": house.relay.url, "token": "guessed"})
    assert result["errors"] == {"base": "invalid_auth"}


async def test_a_relay_of_another_generation_is_not_trusted(house: House) -> None:
    house.relay.contract = "2.0"
    result = await go_on(house.hass, await begin(house.hass), CONSENT)
    result = await go_on(house.hass, result, {"url": house.relay.url, "token": TOKEN})
    assert result["errors"] == {"base": "wrong_contract"}


async def test_a_newer_minor_version_is_welcome(house: House) -> None:
    house.relay.contract = "1.7"
    result = await go_on(house.hass, await begin(house.hass), CONSENT)
    result = await go_on(house.hass, result, {"url": house.relay.url, "token": TOKEN})
    assert result["step_id"] == "household"


async def _at_household(house: House) -> Any:
    result = await go_on(house.hass, await begin(house.hass), CONSENT)
    return await go_on(house.hass, result, {"url": house.relay.url, "token": TOKEN})


async def test_the_relay_suggests_the_household_it_serves(house: House) -> None:
    result = await _at_household(house)
    suggested = {
        str(key): (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
    }
    assert suggested["household"] == HOUSEHOLD


@pytest.mark.parametrize(
    ("household", "error"),
    [
        ("Mrs Kim", "invalid_household"),
        ("h-short", "invalid_household"),
        ("h-7F3K9D2M5Q", "invalid_household"),
        ("h-anotherone1", "foreign_household"),
    ],
)
async def test_only_the_pseudonym_of_the_relays_household_is_taken(
    house: House, household: str, error: str
) -> None:
    result = await _at_household(house)
    result = await go_on(house.hass, result, {"household": household, **TIMES})
    assert result["errors"] == {"household": error}
    result = await go_on(house.hass, result, {"household": HOUSEHOLD, **TIMES})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await house.settle()


async def test_a_relay_without_a_household_leaves_the_pseudonym_to_the_technician(
    house: House,
) -> None:
    house.relay.household = None
    result = await _at_household(house)
    result = await go_on(house.hass, result, {"household": "h-bytechnician", **TIMES})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await house.settle()


async def test_a_household_is_set_up_once(home: House) -> None:
    result = await _at_household(home)
    result = await go_on(home.hass, result, {"household": HOUSEHOLD, **TIMES})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_new_token_is_asked_for_and_proved(home: House) -> None:
    home.relay.token = "new-token"
    await home.call("set_away", hours=1)
    await home.until(home.hass.config_entries.flow.async_progress)
    flow = home.hass.config_entries.flow.async_progress()[0]
    assert (flow["context"]["source"], flow["step_id"]) == ("reauth", "reauth_confirm")
    configure = home.hass.config_entries.flow.async_configure
    result = await configure(flow["flow_id"], {"token": "guessed"})
    assert result["errors"] == {"base": "invalid_auth"}
    result = await configure(flow["flow_id"], {"token": "new-token"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await home.until(lambda: home.relay.of("absence"))
    assert home.entry.data["token"] == "new-token"


async def _reconfigure(home: House, what: str) -> Any:
    flow = home.hass.config_entries.flow
    result = await flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": home.entry_id}
    )
    assert result["type"] is FlowResultType.MENU
    return await flow.async_configure(result["flow_id"], {"next_step_id": what})


async def test_the_relay_can_move(home: House) -> None:
    moved = await FakeRelay(HOUSEHOLD, "other-token").start()
    result = await _reconfigure(home, "reconfigure_relay")
    relay = {"url": moved.url, "token": "other-token"}
    result = await go_on(home.hass, result, relay)
    assert result["reason"] == "reconfigure_successful"
    home.relay, old = moved, home.relay
    await home.settle()
    await home.press("help")
    await home.until(lambda: moved.of("emergency"))
    assert old.of("emergency") == []
    assert home.sensor("watch") == "seeing"
    await home.stop()
    await moved.stop()


async def test_a_relay_of_another_household_is_not_moved_to(home: House) -> None:
    home.relay.household = "h-anotherone1"
    result = await _reconfigure(home, "reconfigure_relay")
    result = await go_on(home.hass, result, {"url": home.relay.url, "token": TOKEN})
    assert result["errors"] == {"base": "foreign_household"}


async def test_other_times_hold_at_once(home: House) -> None:
    await home.wait(hours=5)
    result = await _reconfigure(home, "reconfigure_times")
    result = await go_on(home.hass, result, {**TIMES, "limit_hours": 4})
    assert result["reason"] == "reconfigure_successful"
    await home.settle()
    assert home.stage == "quiet"


def _announcement(relay: FakeRelay, port: int | None = None) -> HassioServiceInfo:
    host, _, own_port = relay.url.removeprefix("http://").partition(":")
    return HassioServiceInfo(
        config={"host": host, "port": port or int(own_port), "token": relay.token},
        name="Anshim Relay",
        slug="anshim_relay",
        uuid="0123456789abcdef",
    )


async def _discover(house: House, announcement: HassioServiceInfo) -> Any:
    return await house.hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_HASSIO}, data=announcement
    )


async def test_the_relay_app_is_found_and_only_consent_and_household_are_asked(
    house: House,
) -> None:
    result = await _discover(house, _announcement(house.relay))
    assert result["step_id"] == "user"
    result = await go_on(house.hass, result, CONSENT)
    assert result["step_id"] == "household"
    result = await go_on(house.hass, result, {"household": HOUSEHOLD, **TIMES})
    # Not the app's own id: with it, removing the app would remove the household.
    assert result["result"].unique_id == HOUSEHOLD
    await house.settle()


async def test_a_relay_app_that_moved_only_changes_the_address(home: House) -> None:
    moved = await FakeRelay(HOUSEHOLD, "other-token").start()
    result = await _discover(home, _announcement(moved))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    home.relay = moved
    await home.settle()
    assert home.entry.data["url"] == moved.url
    assert len(home.hass.config_entries.async_entries(DOMAIN)) == 1
    await home.stop()
    await moved.stop()


async def test_an_app_that_does_not_answer_changes_nothing(home: House) -> None:
    result = await _discover(home, _announcement(home.relay, port=9))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "cannot_connect")
    assert home.entry.data["url"] == home.relay.url
