"""A home on Zigbee2MQTT: a real Mosquitto, Home Assistant's own MQTT, a bridge that only speaks.

The line to the broker takes real time, and the clock of the house stands still meanwhile. It moves
only where a test lets time pass, and by a known number of seconds where MQTT itself waits.
"""

from collections.abc import Callable, Coroutine
import json
from pathlib import Path
import threading
import time
from typing import Any, Self

from homeassistant.components.mqtt import (
    ReceiveMessage,
    async_publish,
    async_subscribe,
    is_connected,
)
from homeassistant.config_entries import ConfigEntry
from pytest_homeassistant_custom_component.common import MockConfigEntry

from stage.broker import Broker, broker
from stage.devices import BASE, Bridge, Device, door_sensor, metering_plug
from tests.integration.flows import household_entry
from tests.integration.house import House

# The clock of this house jumps by hours; a line of the real one does not break of that.
_KEEPALIVE_S = 60_000
# A word on the line more often than that, or a ping that is not yet answered looks overdue.
_SILENT_HOURS = 10
# Of the world outside.
_PATIENCE_S = 60.0
_MOMENTS, _MOMENTS_OF_A_THREAD = 3, 20
_MOMENT_S = 0.02
# Home Assistant gathers what is to be subscribed to for half a second.
_SUBSCRIBED_S = 1
# It greets when nothing new was discovered or subscribed to for five seconds.
_GREETED_S = 6
_AT_THE_DOOR_S = 9
# Far from the half minute in which a device that came back says what was remembered for it.
_JUST_NOW_S = 10


class Zigbee2MqttHouse:
    """`house` is the person's and the technician's view."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.hass = house.hass
        self.broker: Broker = broker(folder)
        self.door = door_sensor("fridge_door", "0x00158d0009a1b2c4")
        self.drawer = door_sensor("drawer", "0x00158d0009a1b2c5")
        self.kettle = metering_plug("kettle", "0xa4c138d0e1f2a3b4")
        self._entities = {
            device.ieee: device.entity_id("power" if device is self.kettle else "contact")
            for device in self.devices
        }
        # It is never announced: what it says is for the test alone.
        self._nobody = door_sensor("nobody", "0x0")
        self._asked = self._heard = self._topics = self._bridge_words = 0
        self._bridge: Bridge | None = None
        made = MockConfigEntry(
            domain="mqtt",
            version=2,
            minor_version=1,
            title="Mosquitto",
            data={
                "broker": "127.0.0.1",
                "port": self.broker.port,
                # Or Home Assistant tries for five real seconds whether a newer one would do.
                "protocol": self.broker.protocol,
            },
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
        await self.bridge_comes()
        await self._meanwhile(self.hass.config_entries.async_setup(self.mqtt.entry_id))
        await async_subscribe(self.hass, f"{BASE}/bridge/state", self._bridge_said)
        await self._greeted()
        assert [self.shows(device) for device in self.devices] == ["off", "off", "0"]
        await self.house.wait(minutes=2)
        return self

    async def watched(self, *, but: tuple[Device, ...] = ()) -> None:
        """The household is set up and its sources are proved; then a while passes."""
        entry = household_entry(self.house.relay)
        await self.hass.config_entries.async_add(entry)
        self.house.entry_id = entry.entry_id
        for role, device in (("door", self.door), ("door", self.drawer), ("plug", self.kettle)):
            if device not in but:
                await self.house.follow(role, self.entity(device))
        await self._subscribed()
        await self.house.wait(minutes=2)

    async def bridge_comes(self, *, holds_back: bool = False) -> None:
        """It has said all that it knows, unless it holds that back."""
        self._bridge = await self.hass.async_add_executor_job(self._connected, holds_back)
        await self._until(lambda: holds_back or self.bridge.announced)

    def _connected(self, holds_back: bool) -> Bridge:
        # Its thread sees now the house's clock, now the real one: it is to time nothing.
        return Bridge(self.broker.port, self.devices, keepalive_s=0, holds_back=holds_back)

    async def bridge_goes(self, *, in_order: bool = True) -> None:
        going = self.bridge.close if in_order else self.bridge.die
        await self.hass.async_add_executor_job(going)
        await self._until(lambda: self.shows(self.door) == "unavailable")
        await self.house.settle()

    async def broker_is_killed(self) -> None:
        """As by a power cut, without a word."""
        await self.hass.async_add_executor_job(self.broker.program.kill)
        await self._until(lambda: self.shows(self.door) == "unavailable")
        await self.house.settle()

    async def broker_returns(self) -> None:
        """With what it keeps on its disk. The bridge and Home Assistant come back by themselves."""
        before, heard = self.bridge.announced, self._bridge_words
        await self.hass.async_add_executor_job(self.broker.program.start)
        await self._as_seconds_pass(
            lambda: self.bridge.announced > before and self._bridge_words > heard,
            moments=_MOMENTS_OF_A_THREAD,
        )
        # What it said as it came back, Home Assistant may have been too late to hear.
        await self.bridge_answers()

    async def broker_returns_alone(self) -> None:
        """What it keeps says that the bridge is there, which has gone with it."""
        await self.hass.async_add_executor_job(self.bridge.die)
        await self.hass.async_add_executor_job(self.broker.program.start)
        heard = self._bridge_words
        await self._as_seconds_pass(lambda: self._bridge_words > heard)
        await self.house.settle()

    async def broker_returns_and_bridge_is_slow(self) -> None:
        """All are there and have greeted; what the bridge knows is still to come."""
        self.bridge.holds_back = True
        before = self.bridge.greeted
        await self.hass.async_add_executor_job(self.broker.program.start)
        await self._until(lambda: self.bridge.is_connected)
        await self._as_seconds_pass(lambda: self.bridge.greeted > before)
        await self.in_touch()

    async def bridge_answers(self) -> None:
        """It says all that it knows, and that has arrived."""
        await self.hass.async_add_executor_job(self.bridge.announce)
        await self.in_touch()

    async def stop(self) -> None:
        await self.hass.async_add_executor_job(self.bridge.close)
        await self._meanwhile(self.hass.config_entries.async_unload(self.mqtt.entry_id))
        await self.hass.async_add_executor_job(self.broker.program.stop)

    async def remembers(self, device: Device) -> None:
        """Zigbee2MQTT's `retain: true`: the broker keeps what the device said."""
        self.bridge.leave_with_broker(device)
        await self.in_touch()

    async def is_renamed(self, device: Device, name: str, *, is_silent: bool = False) -> None:
        """In Zigbee2MQTT, which announces it anew and says again what it knows of it.

        One that is paired again may have said nothing yet.
        """
        device.name = name
        await self.bridge_answers()
        # Home Assistant gathers what it subscribes to, and only then hears of it.
        await self._subscribed()
        if not is_silent:
            await self.reports(device)

    async def home_assistant_starts_alone(self) -> None:
        """It and the household start while there is no broker."""
        await self._meanwhile(self.hass.config_entries.async_reload(self.mqtt.entry_id))
        await self.house.restart()

    async def reload(self) -> None:
        await self._meanwhile(self.hass.config_entries.async_reload(self.mqtt.entry_id))
        await self._greeted()

    async def wait(self, *, hours: int) -> None:
        """Time goes by, and the line holds."""
        while hours > 0:
            await self.house.wait(hours=min(hours, _SILENT_HOURS))
            await self.in_touch()
            hours -= _SILENT_HOURS

    async def reports(self, device: Device, *, times: int = 1, **values: object) -> None:
        """A frame, published so many times; it has arrived at Home Assistant."""
        for _ in range(times):
            self.bridge.report(device, **values)
        await self.in_touch()

    async def publishes(self, topic: str, payload: str) -> None:
        """Somebody else does, and the broker keeps it."""
        await async_publish(self.hass, topic, payload, qos=1, retain=True)

    async def until_shown(self, entity_id: str, state: str) -> None:
        def shows() -> bool:
            found = self.hass.states.get(entity_id)
            return found is not None and found.state == state

        await self._as_seconds_pass(shows)
        await self.house.settle()

    async def uses_door(self) -> None:
        """However it stands, somebody moves it there and back."""
        stood = self.door.last["contact"]
        await self.reports(self.door, contact=not stood)
        await self.house.wait(seconds=_AT_THE_DOOR_S)
        await self.reports(self.door, contact=stood)

    async def in_touch(self) -> None:
        """A word without meaning arrives, and with it all that was said before it."""
        self._asked += 1

        def arrives() -> bool:
            self.bridge.report(self._nobody, number=self._asked)
            return self._heard == self._asked

        await self._until(arrives)
        await self.house.settle()

    async def _greeted(self) -> None:
        """Home Assistant is there: the bridge has told it everything, and it has arrived."""
        # Its entry is set up before the broker has answered.
        await self._until(lambda: is_connected(self.hass))
        before = self.bridge.announced
        # First it hears of the devices, then it asks for what they say.
        for _ in range(2):
            await self._subscribed()
        for _ in range(_GREETED_S):
            await self.house.wait(seconds=1)
        await self._until(lambda: self.bridge.announced > before)
        await self.in_touch()

    async def _subscribed(self) -> None:
        """What waits to be subscribed to is, and what the broker keeps of it has arrived.

        A topic of its own goes with it to the broker: who hears it has heard the rest.
        """
        self._topics += 1
        self._nobody = door_sensor(f"nobody_{self._topics}", "0x0")
        await async_subscribe(self.hass, self._nobody.topic, self._said)
        await self.house.wait(seconds=_SUBSCRIBED_S)
        await self.in_touch()

    def _said(self, message: ReceiveMessage) -> None:
        self._heard = json.loads(message.payload)["number"]

    def _bridge_said(self, _message: ReceiveMessage) -> None:
        self._bridge_words += 1

    def entity(self, device: Device) -> str:
        """As it is called since it was announced first, whatever it is renamed to."""
        return self._entities[device.ieee]

    def shows(self, device: Device) -> str | None:
        state = self.hass.states.get(self.entity(device))
        return None if state is None else state.state

    def came_just_now(self, device: Device) -> bool:
        """The state that it shows is the one of its return, which is seconds ago."""
        state = self.hass.states.get(self.entity(device))
        assert state is not None
        return (self.house.now - state.last_changed).total_seconds() < _JUST_NOW_S

    async def _until(self, condition: Callable[[], object]) -> None:
        """Somebody outside does it, in real time; no second passes in the house."""
        deadline = time.clock_gettime(time.CLOCK_MONOTONIC) + _PATIENCE_S
        while not condition():
            assert time.clock_gettime(time.CLOCK_MONOTONIC) < deadline, "it did not happen in time"
            await self._a_moment()

    async def _as_seconds_pass(
        self, condition: Callable[[], object], *, moments: int = _MOMENTS
    ) -> None:
        """Home Assistant looks for the broker every few seconds of the house's clock.

        A bridge does so in a thread of its own, and is not to seem late because these fly.
        """
        deadline = time.clock_gettime(time.CLOCK_MONOTONIC) + _PATIENCE_S
        while not condition():
            assert time.clock_gettime(time.CLOCK_MONOTONIC) < deadline, "nobody came back"
            await self.house.wait(seconds=1)
            for _ in range(moments if is_connected(self.hass) else 1):
                await self._a_moment()

    async def _a_moment(self) -> None:
        """Of the world outside, where no clock stands still."""
        waiting = threading.Event()
        await self.hass.async_add_executor_job(lambda: waiting.wait(_MOMENT_S))

    async def _meanwhile(self, doing: Coroutine[Any, Any, bool]) -> None:
        task = self.hass.async_create_task(doing)
        await self._until(task.done)
        assert await task
        await self.house.settle()
