"""A technician tries a limit on the home's own past before it is switched on."""

import base64
from datetime import timedelta
from http import HTTPStatus
import re
from typing import Any
from xml.etree import ElementTree as ET

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.anshim_knock.journal_files import JournalFiles, journal_path
from custom_components.anshim_knock.logic.journal import HOUSEHOLD as HOME, Block, Entry, Mark
from tests.integration.flows import TIMES, household_entry
from tests.integration.house import DOMAIN, DOOR, KETTLE, START, House

DAYS = 30
MIDNIGHT = START - timedelta(hours=9)
# Nobody was seen on this day; it was 3 November in Seoul.
SILENT = -19


@pytest.fixture
async def lived_home(house: House) -> House:
    """Thirty days of life in the journal, one of them silent."""
    await house.hass.config.async_set_time_zone("Asia/Seoul")
    await house.show(DOOR, "off", device_class="door")
    await house.show(KETTLE, "0.4", device_class="power")
    entry: Any = household_entry(house.relay, door=DOOR, plug=KETTLE)
    entry.add_to_hass(house.hass)
    house.entry_id = entry.entry_id
    sources = [house.source_of(DOOR), house.source_of(KETTLE)]
    files = JournalFiles(journal_path(house.hass, house.entry_id))
    for day in range(-DAYS, 0):
        morning = MIDNIGHT + timedelta(days=day)
        lived = [
            Entry(at=morning + timedelta(hours=hour), source=sources[hour % 2], mark=Mark.ACTIVITY)
            for hour in range(7, 23)
            if day != SILENT
        ]
        if day == -DAYS:
            live = [Entry(at=morning, source=key, mark=Mark.LIVE) for key in sources]
            lived = [Entry(at=morning, source=HOME, mark=Mark.STARTED), *live, *lived]
        files.append(Block(until=morning + timedelta(days=1), entries=tuple(lived)))
    await house.start()
    return house


async def reconfigure(house: House) -> Any:
    return await house.hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": house.entry_id}
    )


async def choose(house: House, flow: Any, step: str) -> Any:
    return await house.hass.config_entries.flow.async_configure(
        flow["flow_id"], {"next_step_id": step}
    )


async def try_times(house: House, flow: Any, **times: Any) -> Any:
    """Fill the form in and send it."""
    return await house.hass.config_entries.flow.async_configure(flow["flow_id"], {**TIMES, **times})


async def test_the_action_says_when_a_fixed_limit_would_have_called_without_need(
    lived_home: House,
) -> None:
    found = await lived_home.call("backtest", limit_mode="fixed", limit_hours=12)
    assert found["quiet"]["count"] == 1
    (alarm,) = found["quiet"]["alarms"]
    # The last sign was at 22:00 the evening before, at the fridge.
    assert alarm["at"] == "2026-11-03T01:00+00:00"
    assert (alarm["reason"], alarm["life_hours_later"]) == ("longest", 21.0)
    assert alarm["last_source"] == "Fridge door"
    assert found["call"]["count"] == 1
    assert found["days"] == pytest.approx(30, abs=0.5)
    noticed = found["quiet"]["noticed_after_hours"]
    assert 9 < noticed["median"] <= noticed["worst_in_20"] <= 12
    assert "3 November 10:00" in found["text"]
    assert "Fridge door" in found["text"]
    # It was only tried.
    assert lived_home.entry.data["limit_hours"] == 12
    assert lived_home.stage == "calm"


async def test_without_a_choice_the_households_own_setting_is_tried(lived_home: House) -> None:
    found = await lived_home.call("backtest")
    assert found["limit_mode"] == "fixed"
    assert found["limits_by_hour"]["quiet"] == [12.0] * 24


async def test_the_learned_limit_notices_sooner_by_day(lived_home: House) -> None:
    found = await lived_home.call("backtest", limit_mode="learned")
    limits = found["limits_by_hour"]["call"]
    assert min(limits[9:18]) < 8
    assert max(limits) <= 16
    assert found["life_by_weekday_and_hour"][0][12] > 0
    assert found["life_by_weekday_and_hour"][0][3] == 0


async def test_a_risk_score_is_tried_by_its_items_and_they_are_not_kept(lived_home: House) -> None:
    found = await lived_home.call(
        "backtest", limit_mode="risk", risk_items=["ill", "frail", "isolated"]
    )
    assert found["limits_by_hour"]["quiet"] == [48.0] * 24
    assert "frail" not in str(lived_home.entry.data)


async def test_in_korean_it_is_told_in_korean(lived_home: House) -> None:
    lived_home.hass.config.language = "ko"
    found = await lived_home.call("backtest", limit_mode="fixed", limit_hours=12)
    assert "11월 3일 10:00" in found["text"]
    assert "쓰러지셨다면" in found["text"]
    assert "집에서 여쭘" in found["picture"]


async def test_the_picture_is_an_image_of_the_household(
    lived_home: House, hass_client: ClientSessionGenerator
) -> None:
    assert lived_home.state("image", "backtest").state == "unknown"
    found = await lived_home.call("backtest")
    image = lived_home.state("image", "backtest")
    assert image.state != "unknown"
    client = await hass_client()
    shown = await client.get(image.attributes["entity_picture"])
    assert shown.status == HTTPStatus.OK
    assert shown.content_type == "image/svg+xml"
    assert await shown.text() == found["picture"]


async def test_no_new_key_is_made_for_a_picture_that_is_not_there(lived_home: House) -> None:
    def key() -> str:
        return str(lived_home.state("image", "backtest").attributes["access_token"])

    before = key()
    await lived_home.wait(minutes=11)
    assert key() == before
    await lived_home.call("backtest")
    await lived_home.wait(minutes=11)
    assert key() != before


async def test_the_technician_sees_what_would_have_happened_and_switches_it_on(
    lived_home: House,
) -> None:
    flow = await choose(lived_home, await reconfigure(lived_home), "backtest")
    flow = await try_times(lived_home, flow, limit_hours=14)
    assert flow["type"] is FlowResultType.MENU
    page = flow["description_placeholders"]
    assert "would have been asked once without need: 3 November 12:00" in page["text"]
    encoded = re.fullmatch(r"!\[\]\(data:image/svg\+xml;base64,(\S+)\)", page["picture"])
    assert encoded is not None
    ET.fromstring(base64.b64decode(encoded[1]))  # noqa: S314 -- our own text
    assert lived_home.entry.data["limit_hours"] == 12
    flow = await choose(lived_home, flow, "backtest_switch_on")
    assert flow["reason"] == "reconfigure_successful"
    await lived_home.settle()
    assert lived_home.entry.data["limit_hours"] == 14


async def test_other_times_can_be_tried_before_any_is_switched_on(lived_home: House) -> None:
    flow = await choose(lived_home, await reconfigure(lived_home), "backtest")
    flow = await try_times(lived_home, flow, limit_hours=14)
    flow = await choose(lived_home, flow, "backtest")
    flow = await try_times(lived_home, flow, limit_mode="risk")
    assert "nobody would have been asked" in flow["description_placeholders"]["text"]
    assert lived_home.entry.data["limit_mode"] == "fixed"


async def test_a_home_without_a_past_says_so(home: House) -> None:
    flow = await choose(home, await reconfigure(home), "backtest")
    flow = await try_times(home, flow)
    assert (flow["step_id"], flow["errors"]) == ("backtest", {"base": "no_past"})
    with pytest.raises(ServiceValidationError) as refused:
        await home.call("backtest")
    assert refused.value.translation_key == "no_past"


async def test_without_consent_nothing_of_the_past_is_read(lived_home: House) -> None:
    entry = lived_home.entry
    withdrawn = {**entry.data["consent"], "items": []}
    lived_home.hass.config_entries.async_update_entry(
        entry, data={**entry.data, "consent": withdrawn}
    )
    await lived_home.settle()
    with pytest.raises(ServiceValidationError) as refused:
        await lived_home.call("backtest")
    assert refused.value.translation_key == "refused_no_consent"
