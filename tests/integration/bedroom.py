"""Lamps and speakers that do what they are asked, and remember it."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall


class Bedroom:
    """Every light and every speaker of the house."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.lit: list[ServiceCall] = []
        self.volumes: list[ServiceCall] = []
        self.put_out: list[str] = []
        hass.services.async_register("light", "turn_on", self._turn_on)
        hass.services.async_register("light", "turn_off", self._turn_off)
        hass.services.async_register("media_player", "volume_set", self._volume_set)

    def brightness(self, lamp: str) -> Any:
        return self._attribute(lamp, "brightness")

    def volume(self, speaker: str) -> Any:
        return self._attribute(speaker, "volume_level")

    def _attribute(self, entity_id: str, name: str) -> Any:
        state = self._hass.states.get(entity_id)
        assert state is not None
        return state.attributes.get(name)

    async def _turn_on(self, call: ServiceCall) -> None:
        self.lit.append(call)
        given = call.data
        bright = given.get("brightness", round(given.get("brightness_pct", 100) * 2.55))
        for lamp in _asked(call):
            self._hass.states.async_set(lamp, "on", {"brightness": bright})

    async def _turn_off(self, call: ServiceCall) -> None:
        self.put_out += _asked(call)
        for lamp in _asked(call):
            self._hass.states.async_set(lamp, "off")

    async def _volume_set(self, call: ServiceCall) -> None:
        self.volumes.append(call)
        for speaker in _asked(call):
            volume = {"volume_level": call.data["volume_level"]}
            self._hass.states.async_set(speaker, "idle", volume)


def _asked(call: ServiceCall) -> list[str]:
    """One alone comes as a word."""
    found: list[str] | str = call.data["entity_id"]
    return [found] if isinstance(found, str) else found
