"""Several speakers that are asked together, real ones of Home Assistant's media player."""

from collections.abc import AsyncIterator
from typing import override

from homeassistant.components.media_player import MediaPlayerEntity
from homeassistant.components.media_player.const import (
    DATA_COMPONENT,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
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
    """Remembers how loud it was."""

    _attr_state = MediaPlayerState.IDLE
    _attr_volume_level = 0.2

    def __init__(self, name: str, features: MediaPlayerEntityFeature) -> None:
        self._attr_name = self._attr_unique_id = name
        self._attr_supported_features = features
        self.volumes: list[float] = []

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        self.volumes.append(volume)


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
