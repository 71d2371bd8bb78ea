"""A home on ZHA: the real integration, library and quirks on a radio that exists only here."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from zha.application.const import RadioType

from tests.integration.house import House
from tests.integration.zigbee_radio import (
    BOOL,
    ENUM16,
    INT16,
    UINT8,
    UINT16,
    UINT32,
    Gadget,
    Radio,
    Speaker,
)

ON_OFF, POLL_CONTROL, ZONE, POWER = 0x0006, 0x0020, 0x0500, 0x0B04


def aqara_door() -> Speaker:
    """A contact that is an on/off switch, with the maker's own hourly report."""
    return Speaker(
        Gadget(
            ieee="00:15:8d:00:01:aa:bb:01",
            nwk=0x1001,
            manufacturer="LUMI",
            model="lumi.sensor_magnet.aq2",
            device_type=0x5F01,
            inputs=(0x0000, 0x0003, 0xFFFF, ON_OFF),
            outputs=(0x0000, 0x0004, 0xFFFF),
        )
    )


def zone_door() -> Speaker:
    """An IAS contact that promises to check in every 50 minutes."""
    return Speaker(
        Gadget(
            ieee="00:0d:6f:00:0a:90:69:02",
            nwk=0x1002,
            manufacturer="Woori",
            model="DWS-1",
            device_type=0x0402,
            inputs=(0x0000, 0x0001, 0x0003, POLL_CONTROL, ZONE),
            outputs=(0x0019,),
            attributes={
                (0x0001, 0x0021): (UINT8, 180),
                (POLL_CONTROL, 0x0000): (UINT32, 50 * 60 * 4),
                (ZONE, 0x0000): (UINT8, 1),
                (ZONE, 0x0001): (ENUM16, 0x0015),
                (ZONE, 0x0002): (UINT16, 0),
            },
        )
    )


def twin_door() -> Speaker:
    """A Tuya contact, which shows an on/off opening beside the zone that it uses."""
    return Speaker(
        Gadget(
            ieee="a4:c1:38:00:00:00:00:03",
            nwk=0x1003,
            manufacturer="_TZ3000_26fmupbb",
            model="TS0203",
            device_type=0x0402,
            inputs=(0x0000, 0x0001, 0x0003, ZONE),
            outputs=(0x0003, 0x0004, 0x0005, ON_OFF, 0x0008, 0x1000),
            attributes={
                (0x0001, 0x0021): (UINT8, 150),
                (ZONE, 0x0000): (UINT8, 1),
                (ZONE, 0x0001): (ENUM16, 0x0015),
                (ZONE, 0x0002): (UINT16, 0),
            },
        )
    )


def metering_plug() -> Speaker:
    """A plug that measures, and reports what it measures."""
    return Speaker(
        Gadget(
            ieee="70:b3:d5:00:00:00:00:04",
            nwk=0x1004,
            manufacturer="Woori",
            model="PLUG-1",
            device_type=0x0051,
            inputs=(0x0000, 0x0003, 0x0004, 0x0005, ON_OFF, POWER),
            outputs=(0x0019,),
            mains=True,
            attributes={
                (ON_OFF, 0x0000): (BOOL, 1),
                (POWER, 0x0000): (UINT32, 1),
                (POWER, 0x050B): (INT16, 4),
                (POWER, 0x0604): (UINT16, 1),
                (POWER, 0x0605): (UINT16, 10),
            },
        )
    )


class ZigbeeHouse:
    """The household with its stick. `house` is the person's and the technician's view."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house = house
        self.hass = house.hass
        Radio.air, Radio.lost, Radio.running = {}, False, None
        # The drivers that are there are listed in an enumeration; ours takes the place of one.
        monkeypatch.setattr(RadioType, "controller", property(lambda _: Radio))
        made = MockConfigEntry(
            domain="zha",
            version=5,
            minor_version=2,
            title="Zigbee stick",
            data={
                "device": {"path": "/dev/ttyNONE", "baudrate": 115200, "flow_control": None},
                "radio_type": "ezsp",
            },
        )
        made.add_to_hass(self.hass)
        self.zha: ConfigEntry = made

    async def start(self) -> None:
        await self._meanwhile(self.hass.config_entries.async_setup(self.zha.entry_id))

    async def reload(self) -> None:
        await self._meanwhile(self.hass.config_entries.async_reload(self.zha.entry_id))

    async def pull_out(self) -> None:
        """The stick is gone: zigpy notices, ZHA tries again and again."""
        assert Radio.running is not None
        Radio.running.connection_lost(OSError("unplugged"))
        await self.house.meanwhile(lambda: self.zha.state is ConfigEntryState.SETUP_RETRY)
        await self.air_is_quiet()

    async def pair(self, speaker: Speaker) -> None:
        speaker.join()
        await self.house.meanwhile(lambda: self.entities(speaker))
        await self.air_is_quiet()

    async def air_is_quiet(self) -> None:
        """What was on its way has arrived: frames pass from turn to turn of the loop."""
        for _ in range(2):
            await self.house.settle()

    async def _meanwhile(self, doing: Coroutine[Any, Any, bool]) -> None:
        """It waits a second here and there, and time stands still for whoever waits."""
        task = self.hass.async_create_task(doing)
        await self.house.meanwhile(task.done)
        assert await task
        await self.air_is_quiet()

    def device(self, speaker: Speaker) -> dr.DeviceEntry | None:
        connection = (dr.CONNECTION_ZIGBEE, speaker.gadget.ieee)
        devices = dr.async_entries_for_config_entry(dr.async_get(self.hass), self.zha.entry_id)
        return next((device for device in devices if connection in device.connections), None)

    def entities(self, speaker: Speaker) -> list[er.RegistryEntry]:
        device = self.device(speaker)
        if device is None:
            return []
        return er.async_entries_for_device(er.async_get(self.hass), device.id)

    def entity(self, speaker: Speaker, ending: str) -> str:
        """By what its unique id ends in: endpoint, cluster, and what it shows of it."""
        found = [e for e in self.entities(speaker) if e.unique_id.endswith(ending)]
        assert len(found) == 1, [e.unique_id for e in self.entities(speaker)]
        return found[0].entity_id

    @property
    def database(self) -> Path:
        return Path(self.hass.config.path("zigbee.db"))
