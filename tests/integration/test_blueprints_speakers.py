"""Several speakers that are asked together, real ones of Home Assistant's media player."""

from collections.abc import AsyncIterator
from typing import Any, override

from homeassistant.components.media_player import MediaPlayerEntity
from homeassistant.components.media_player.const import (
    DATA_COMPONENT,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest

from tests.integration.blueprint_desk import Desk, desk_of
from tests.integration.house import House

WITHOUT_VOLUME = MediaPlayerEntityFeature.PLAY_MEDIA
WHOLE = WITHOUT_VOLUME | MediaPlayerEntityFeature.VOLUME_SET


@pytest.fixture
async def desk(home: House) -> AsyncIterator[Desk]:
    async for desk in desk_of(home):
        yield desk


class Speaker(MediaPlayerEntity):
    """Remembers how loud it was and how often it played."""

    _attr_state = MediaPlayerState.IDLE
    _attr_volume_level = 0.2

    def __init__(self, name: str, features: MediaPlayerEntityFeature) -> None:
        self._attr_name = self._attr_unique_id = name
        self._attr_supported_features = features
        self.volumes: list[float] = []
        self.played = 0

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        self.volumes.append(volume)

    @override
    async def async_play_media(self, media_type: str, media_id: str, **kwargs: Any) -> None:
        self.played += 1


class Gone(Speaker):
    """Without power or network."""

    _attr_available = False


class Faulty(Speaker):
    """Still answers, and plays nothing."""

    @override
    async def async_play_media(self, media_type: str, media_id: str, **kwargs: Any) -> None:
        msg = "no sound card"
        raise HomeAssistantError(msg)


async def group_with_strange_ones(desk: Desk) -> tuple[Speaker, dict[str, Any]]:
    """One whole speaker among others, and what a technician would fill in for all of them."""
    hass = desk.home.hass
    assert await async_setup_component(hass, "media_player", {})
    whole = Speaker("bedroom", WHOLE)
    others = [
        Gone("cellar", WHOLE),
        Faulty("kitchen", WHOLE),
        Speaker("lamp", MediaPlayerEntityFeature.TURN_ON),
    ]
    await hass.data[DATA_COMPONENT].async_add_entities([*others, whole])

    async def speak(call: ServiceCall) -> None:
        """Plays on all of them with one call, as Home Assistant's own does."""
        where = {"entity_id": call.data["media_player_entity_id"]}
        what = {"media_content_id": call.data["message"], "media_content_type": "music"}
        await hass.services.async_call("media_player", "play_media", where | what, blocking=True)

    hass.services.async_register("tts", "speak", speak)
    speakers = [f"media_player.{name}" for name in ("cellar", "kitchen", "lamp", "bedroom")]
    return whole, {"speakers": speakers, "voice": "tts.local", "language": "en"}


async def test_a_speaker_without_volume_or_voice_silences_no_other(desk: Desk) -> None:
    hass = desk.home.hass
    assert await async_setup_component(hass, "media_player", {})
    bedroom = Speaker("bedroom", WHOLE)
    others = [Speaker("bell", WITHOUT_VOLUME), Speaker("lamp", MediaPlayerEntityFeature.TURN_ON)]
    await hass.data[DATA_COMPONENT].async_add_entities([bedroom, *others])
    speakers = ["media_player.bell", "media_player.lamp", "media_player.bedroom"]
    await desk.fill("ask_at_home", speakers=speakers, voice="tts.local")
    await desk.home.wait(hours=12)
    assert bedroom.volumes[0] == 0.6
    heard = desk.spoken[0].data["media_player_entity_id"]
    assert heard == ["media_player.bell", "media_player.bedroom"]
    await desk.home.boil_water()
    assert bedroom.volumes == [0.6, 0.2]


async def test_called_help_is_heard_from_the_one_speaker_that_can(desk: Desk) -> None:
    bedroom, filled = await group_with_strange_ones(desk)
    press = {"trigger": "event", "event_type": "zha_event"}
    await desk.fill("help_button", press=[press], **filled)
    desk.home.hass.bus.async_fire("zha_event", {})
    await desk.home.settle()
    assert desk.home.stage == "emergency"
    assert bedroom.played == 1
    await desk.run_by_hand("help_button")
    assert bedroom.played == 2


async def test_a_power_cut_is_heard_from_the_one_speaker_that_can(desk: Desk) -> None:
    await desk.home.hass.config.async_update(time_zone="Asia/Seoul")
    await desk.home.show("binary_sensor.mains", "on")
    bedroom, filled = await group_with_strange_ones(desk)
    line = desk.home.entity_id("binary_sensor", "connection")
    await desk.fill("power_or_line_cut", connection=line, mains=["binary_sensor.mains"], **filled)
    await desk.home.show("binary_sensor.mains", "off")
    await desk.home.wait(minutes=11)
    assert bedroom.played == 1
