"""The home's own question sets lamps and televisions going: none of that may answer it."""

from collections.abc import AsyncIterator

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.bedroom import Bedroom
from tests.integration.blueprint_desk import Desk, desk_of
from tests.integration.devices import lamp_of
from tests.integration.house import DOOR, KETTLE, House

# A kettle's plug, on which the television stands here.
TV_PLUG = KETTLE
GROUP, TV = "light.bedroom_group", "media_player.tv"


@pytest.fixture
async def desk(home: House) -> AsyncIterator[Desk]:
    async for desk in desk_of(home):
        yield desk


@pytest.fixture
async def lamp(home: House) -> str:
    """Of a group whose members nobody lists."""
    hub = MockConfigEntry(domain="zha", title="Zigbee")
    hub.add_to_hass(home.hass)
    return await lamp_of(home, hub, "bedside")


@pytest.fixture
async def asked_home(desk: Desk, lamp: str) -> House:
    """It has been silent for half a day: light and voice have just asked, by day."""
    home = desk.home
    await home.show(GROUP, "off")
    await home.show(TV, "off", volume_level=0.2)
    Bedroom(home.hass)
    await desk.fill(
        "ask_at_home",
        lights=[GROUP],
        speakers=[TV],
        voice="tts.local",
        night_begins="00:00:00",
        night_ends="00:00:00",
    )
    await home.wait(hours=12)
    assert (home.stage, len(desk.words)) == ("quiet", 1)
    return home


async def test_a_lamp_of_the_group_that_asks_answers_nothing(asked_home: House, lamp: str) -> None:
    await asked_home.wait(seconds=1)
    await asked_home.show(lamp, "on")
    await asked_home.wait(seconds=6)
    assert asked_home.stage == "quiet"


@pytest.mark.parametrize("question", [1, 2])
async def test_a_television_that_wakes_to_ask_answers_nothing(
    asked_home: House, question: int
) -> None:
    await asked_home.wait(minutes=3 * (question - 1), seconds=4)
    await asked_home.show(TV_PLUG, "95.0")
    assert asked_home.stage == "quiet"
    assert asked_home.relay.of("resolved") == []


@pytest.mark.parametrize("restarts", [False, True])
async def test_the_lamp_that_is_put_back_as_the_alert_ends_is_no_newer_sign(
    asked_home: House, lamp: str, *, restarts: bool
) -> None:
    await asked_home.wait(seconds=2)
    await asked_home.show(lamp, "on")
    await asked_home.wait(seconds=90)
    if restarts:
        automation = {"entity_id": "automation.ask_at_home"}
        services = asked_home.hass.services
        await services.async_call("automation", "turn_off", automation, blocking=True)
        await asked_home.restart()
        await asked_home.wait(seconds=90)
    await asked_home.show(DOOR, "on")
    opened = asked_home.now
    assert asked_home.stage == "calm"
    await asked_home.wait(seconds=15)
    await asked_home.show(lamp, "off")
    await asked_home.wait(seconds=6)
    assert asked_home.last_sign == opened


async def test_a_kettle_answers_at_once_because_no_question_heats_water(
    asked_home: House,
) -> None:
    await asked_home.wait(seconds=20)
    await asked_home.show(KETTLE, "1850.0")
    assert asked_home.stage == "calm"


async def test_a_television_that_is_switched_on_ninety_seconds_later_answers(
    asked_home: House,
) -> None:
    await asked_home.wait(seconds=90)
    await asked_home.show(TV_PLUG, "95.0")
    assert asked_home.stage == "calm"


@pytest.mark.parametrize("seconds", [90, 190])
async def test_a_lamp_at_the_bed_answers_once_the_light_of_the_question_is_on(
    asked_home: House, lamp: str, seconds: int
) -> None:
    """At 180 s the voice asks again, and a voice switches no lamp."""
    await asked_home.wait(seconds=seconds)
    await asked_home.show(lamp, "on")
    await asked_home.wait(seconds=6)
    assert asked_home.stage == "calm"


async def test_a_door_answers_at_once(asked_home: House) -> None:
    await asked_home.wait(seconds=2)
    await asked_home.show(DOOR, "on")
    assert asked_home.stage == "calm"
