"""What a question made bright and loud is as it was, also after a restart meanwhile."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.bedroom import Bedroom
from tests.integration.blueprint_desk import Desk, desk_of
from tests.integration.house import House

LAMP, SPEAKER = "light.bedroom", "media_player.bedroom"


@pytest.fixture
async def desk(home: House) -> AsyncIterator[Desk]:
    async for desk in desk_of(home):
        yield desk


@pytest.fixture
async def bedroom(desk: Desk) -> Bedroom:
    """It is asked at night already: dim lamp, soft speaker."""
    await desk.home.show(LAMP, "on", brightness=30)
    await desk.home.show(SPEAKER, "idle", volume_level=0.2)
    bedroom = Bedroom(desk.home.hass)
    devices: dict[str, Any] = {"lights": [LAMP], "speakers": [SPEAKER], "voice": "tts.local"}
    await desk.fill("ask_at_home", night_begins="00:00:00", night_ends="00:00:00", **devices)
    await desk.home.wait(hours=12)
    assert is_raised(bedroom)
    return bedroom


def is_raised(bedroom: Bedroom) -> bool:
    return (bedroom.brightness(LAMP), bedroom.volume(SPEAKER)) == (255, 0.6)


def is_as_before(bedroom: Bedroom) -> bool:
    return (bedroom.brightness(LAMP), bedroom.volume(SPEAKER)) == (30, 0.2)


async def restart(desk: Desk, *, again: bool = False) -> None:
    """The run that asked ends with Home Assistant. `again`: the automation is there afterwards."""
    automation = {"entity_id": "automation.ask_at_home"}
    services = desk.home.hass.services
    await services.async_call("automation", "turn_off", automation, blocking=True)
    await desk.home.restart()
    await desk.home.wait(minutes=1)
    if again:
        await services.async_call("automation", "turn_on", automation, blocking=True)


async def test_a_restart_while_somebody_is_asked_leaves_the_light_until_they_answer(
    desk: Desk, bedroom: Bedroom
) -> None:
    await restart(desk)
    assert is_raised(bedroom)
    await desk.home.boil_water()
    assert desk.home.stage == "calm"
    assert is_as_before(bedroom)


async def test_after_a_restart_the_next_question_remembers_how_it_was_before_the_first(
    desk: Desk, bedroom: Bedroom
) -> None:
    await restart(desk, again=True)
    await desk.home.wait(minutes=15)
    assert desk.home.stage == "knock"
    assert is_raised(bedroom)
    await desk.home.boil_water()
    assert is_as_before(bedroom)


async def test_a_lamp_that_is_away_when_it_is_over_is_put_back_when_it_is_there_again(
    desk: Desk, bedroom: Bedroom
) -> None:
    await restart(desk)
    await desk.home.show(LAMP, "unavailable")
    await desk.home.boil_water()
    assert bedroom.volume(SPEAKER) == 0.2
    await restart(desk)
    await desk.home.show(LAMP, "on", brightness=255)
    await desk.home.use_door()
    assert is_as_before(bedroom)


async def test_what_was_put_back_is_not_touched_again(desk: Desk, bedroom: Bedroom) -> None:
    await desk.home.boil_water()
    assert is_as_before(bedroom)
    await desk.home.show(LAMP, "on", brightness=120)
    await restart(desk)
    await desk.home.use_door()
    assert bedroom.brightness(LAMP) == 120


async def test_a_speaker_that_fails_keeps_no_lamp_bright(desk: Desk, bedroom: Bedroom) -> None:
    await restart(desk)
    desk.home.hass.services.async_remove("media_player", "volume_set")
    await desk.home.boil_water()
    assert (bedroom.brightness(LAMP), bedroom.volume(SPEAKER)) == (30, 0.6)
