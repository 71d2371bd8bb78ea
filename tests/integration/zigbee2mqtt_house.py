"""A home on Zigbee2MQTT: a real Mosquitto, Home Assistant's own MQTT, a bridge that only speaks."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
import json
from pathlib import Path
import threading
from typing import Any, Self

from homeassistant.components.mqtt import ReceiveMessage, async_subscribe
from homeassistant.config_entries import ConfigEntry
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from stage.broker import Broker, broker
from stage.devices import BASE, Bridge, Device, door_sensor, metering_plug
from tests.integration.flows import household_entry
from tests.integration.house import House

# The clock of this house jumps by hours; a line of the real one does not break of that.
_KEEPALIVE_S = 60_000


class Zigbee2MqttHouse:
    """`house` is the person's and the technician's view."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.hass = house.hass
        self.broker: Broker = broker(folder)
        self.door = door_sensor("fridge_door", "0x00158d0009a1b2c4")
        self.drawer = door_sensor("drawer", "0x00158d0009a1b2c5")
        self.kettle = metering_plug("kettle", "0xa4c138d0e1f2a3b4")
        # It is never announced: what it says is for the test alone.
        self._nobody = door_sensor("nobody", "0x0")
        self._asked = self._heard = 0
        self._bridge: Bridge | None = None
        made = MockConfigEntry(
            domain="mqtt",
            version=2,
            minor_version=1,
            title="Mosquitto",
            data={"broker": "127.0.0.1", "port": self.broker.port},
            options={"discovery": True, "keepalive": _KEEPALIVE_S},
        )
        made.add_to_hass(self.hass)
        self.mqtt: ConfigEntry = made

    @property
    def devices(self) -> tuple[Device, ...]:
        return (self.door, self.drawer, self.kettle)

    @property
    def bridge(self) -> Bridge:
        assert self._bridge is not None
        return self._bridge

    async def start(self) -> Self:
        # MQTT looks there for what is set up by hand.
        file = Path(self.hass.config.path("configuration.yaml"))
        await self.hass.async_add_executor_job(file.touch)
        await self.hass.async_add_executor_job(self.broker.program.start)
        await self._meanwhile(self.hass.config_entries.async_setup(self.mqtt.entry_id))
        await self.bridge_comes()
        await self.house.until(lambda: all(self.shows(device) for device in self.devices))
        await async_subscribe(self.hass, f"{BASE}/{self._nobody.name}", self._said)
        await self.in_touch()
        await self.house.wait(minutes=2)
        return self

    async def watched(self) -> None:
        """The household is set up and its sources are proved; then a while passes."""
        entry = household_entry(self.house.relay)
        await self.hass.config_entries.async_add(entry)
        self.house.entry_id = entry.entry_id
        for role, device in (("door", self.door), ("door", self.drawer), ("plug", self.kettle)):
            await self.house.follow(role, self.entity(device))
        await self.house.wait(minutes=2)

    async def bridge_comes(self) -> None:
        self._bridge = await self.hass.async_add_executor_job(self._connected)

    def _connected(self) -> Bridge:
        return Bridge(self.broker.port, self.devices, keepalive_s=_KEEPALIVE_S)

    async def bridge_goes(self) -> None:
        await self.hass.async_add_executor_job(self.bridge.close)
        await self.house.until(lambda: self.shows(self.door) == "unavailable")

    async def stop(self) -> None:
        await self.hass.async_add_executor_job(self.bridge.close)
        await self._meanwhile(self.hass.config_entries.async_unload(self.mqtt.entry_id))
        await self.hass.async_add_executor_job(self.broker.program.stop)

    def remembers(self, device: Device) -> None:
        """Zigbee2MQTT's `retain: true`: the broker keeps what the device said."""
        self.bridge.leave_with_broker(device)

    async def reload(self) -> None:
        await self._meanwhile(self.hass.config_entries.async_reload(self.mqtt.entry_id))
        await self._until(lambda: self.shows(self.door) != "unavailable")
        await self.house.settle()

    async def reports(self, device: Device, *, times: int = 1, **values: object) -> None:
        """A frame, published so many times; it has arrived at Home Assistant."""
        for _ in range(times):
            self.bridge.report(device, **values)
        await self.in_touch()

    async def in_touch(self) -> None:
        """A word without meaning arrives, and with it all that was said before it."""
        self._asked += 1

        def arrives() -> bool:
            self.bridge.report(self._nobody, number=self._asked)
            return self._heard == self._asked

        await self.house.meanwhile(arrives)
        await self.house.settle()

    def _said(self, message: ReceiveMessage) -> None:
        self._heard = json.loads(message.payload)["number"]

    def entity(self, device: Device) -> str:
        return device.entity_id("power" if device is self.kettle else "contact")

    def shows(self, device: Device) -> str | None:
        state = self.hass.states.get(self.entity(device))
        return None if state is None else state.state

    async def _until(self, condition: Callable[[], object]) -> None:
        """The line to the broker takes real time: seconds pass here hardly faster than there."""
        while not condition():
            await self._a_moment()
            self.house.freezer.tick(timedelta(seconds=1))
            async_fire_time_changed(self.hass)

    def _a_moment(self) -> asyncio.Future[None]:
        """A tenth of a second of the world outside, where no clock stands still."""
        return asyncio.get_running_loop().run_in_executor(None, threading.Event().wait, 0.1)

    async def _meanwhile(self, doing: Coroutine[Any, Any, bool]) -> None:
        task = self.hass.async_create_task(doing)
        await self._until(task.done)
        assert await task
        await self.house.settle()
