"""A household as its people and its technician meet it: states go in, states and calls come out."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
import time
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.anshim_knock.sources.facts import identity_of
from tests.integration.fake_relay import FakeRelay

DOMAIN = "anshim_knock"
HOUSEHOLD = "h-7f3k9d2m5q"
TOKEN = "token-of-the-relay"
DOOR = "binary_sensor.fridge_door"
OUTER_DOOR = "binary_sensor.front_door"
KETTLE = "sensor.kettle_power"
START = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
_STEP = timedelta(hours=1)
_PATIENCE_S = 20.0
# A disk that hangs on purpose holds up nobody for longer.
_DISK_PATIENCE_S = 2.0


def proof(hass: HomeAssistant, entity: str) -> dict[str, str | list[str]]:
    """What a walk test writes down of the device behind an entity."""
    return {
        "tested": "2026-11-22T00:00:00+00:00",
        "tested_device": identity_of(hass, entity),
    }


class House:
    """The test's hands and eyes. It touches nothing but Home Assistant's own doors."""

    def __init__(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, relay: FakeRelay
    ) -> None:
        self.hass = hass
        self.freezer = freezer
        self.relay = relay
        self.entry_id = ""
        # Devices that go on reporting what they show, as mains-powered ones do.
        self.reporting: set[str] = set()
        # Automations may wait for minutes of this frozen time: nothing ever settles then.
        self.scripts_wait = False

    @property
    def entry(self) -> ConfigEntry:
        entry = self.hass.config_entries.async_get_entry(self.entry_id)
        assert entry is not None
        return entry

    # What happens at home

    async def show(self, entity_id: str, state: str, **attributes: object) -> None:
        """A device reports."""
        known = self.hass.states.get(entity_id)
        kept = dict(known.attributes) if known else {}
        self.hass.states.async_set(entity_id, state, {**kept, **attributes})
        await self.settle()

    async def use_door(self, entity_id: str = DOOR) -> None:
        """Somebody opens a door and closes it again."""
        await self.show(entity_id, "on")
        await self.wait(seconds=5)
        await self.show(entity_id, "off")

    async def boil_water(self) -> None:
        await self.show(KETTLE, "1850.0")
        await self.wait(minutes=4)
        await self.show(KETTLE, "0.4")

    async def call(self, service: str, **data: object) -> Any:
        """One of the household's actions."""
        found = await self.hass.services.async_call(
            DOMAIN, service, data, blocking=True, return_response=True
        )
        await self.settle()
        return found

    async def press(self, key: str) -> None:
        await self.hass.services.async_call(
            "button", "press", {"entity_id": self.entity_id("button", key)}, blocking=True
        )
        await self.settle()

    async def turn(self, key: str, *, on: bool) -> None:
        """A switch of the household."""
        await self.hass.services.async_call(
            "switch",
            "turn_on" if on else "turn_off",
            {"entity_id": self.entity_id("switch", key)},
            blocking=True,
        )
        await self.settle()

    async def follow(self, role: str, entity_id: str, **more: str) -> None:
        """Another source, as the flow leaves it behind after a walk test."""
        found = er.async_get(self.hass).async_get(entity_id)
        title = more.pop("name", entity_id.partition(".")[2].replace("_", " ").capitalize())
        entity = entity_id if found is None else found.id
        data = {"role": role, "entity": entity, **proof(self.hass, entity), **more}
        subentry = ConfigSubentry(
            data=MappingProxyType(data), subentry_type="source", title=title, unique_id=entity
        )
        self.hass.config_entries.async_add_subentry(self.entry, subentry)
        await self.settle()

    # What passes

    async def wait(self, **duration: float) -> None:
        """Time goes by, an hour at a time: timers fire no later than that."""
        left = timedelta(**duration)
        while left > timedelta(0):
            step = min(left, _STEP)
            left -= step
            await self._nothing_is_being_written()
            self.freezer.tick(step)
            for entity_id in self.reporting:
                state = self.hass.states.get(entity_id)
                assert state is not None
                self.hass.states.async_set(entity_id, state.state, state.attributes)
            async_fire_time_changed(self.hass)
            await self.settle()

    async def settle(self) -> None:
        """Until nothing more happens by itself: neither here nor on the line to the relay."""
        calm = 0
        while calm < 3:
            before = self.relay.requests
            await self._whatever_can_go_on()
            await self._disk_is_done()
            for _ in range(25):
                await asyncio.sleep(0)
            calm = calm + 1 if self.relay.requests == before else 0

    async def _nothing_is_being_written(self) -> None:
        """Or a disk that answers at once would seem to have taken the whole step."""
        deadline = time.clock_gettime(time.CLOCK_MONOTONIC) + _DISK_PATIENCE_S
        for _ in iter(self._is_at_work, False):
            await asyncio.sleep(0)
            if time.clock_gettime(time.CLOCK_MONOTONIC) > deadline:
                return

    def _is_at_work(self) -> bool:
        """Holding its lock, an input's decision is on its way to the disk."""
        entry = self.hass.config_entries.async_get_entry(self.entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return False
        is_at_work: bool = entry.runtime_data._lock.locked()
        return is_at_work

    async def _whatever_can_go_on(self) -> None:
        if not self.scripts_wait:
            await self.hass.async_block_till_done()
            return
        for _ in range(100):
            await asyncio.sleep(0)
        jobs = [f for f in self.hass._tasks if not isinstance(f, asyncio.Task)]
        if jobs:
            await asyncio.wait(jobs)

    async def _disk_is_done(self) -> None:
        """What background tasks do in the executor takes real time, which stands still here."""
        jobs = [f for f in self.hass._background_tasks if not isinstance(f, asyncio.Task)]
        if jobs:
            await asyncio.wait(jobs)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something that somebody else does, and let seconds pass meanwhile."""
        deadline = time.clock_gettime(time.CLOCK_MONOTONIC) + _PATIENCE_S
        await self.settle()
        while not condition():
            assert time.clock_gettime(time.CLOCK_MONOTONIC) < deadline, "it did not happen in time"
            await self._nothing_is_being_written()
            self.freezer.tick(timedelta(seconds=1))
            async_fire_time_changed(self.hass)
            await self.settle()

    async def meanwhile(self, condition: Callable[[], object]) -> None:
        """Like `until`, while something in the house hangs and nothing can settle."""
        deadline = time.clock_gettime(time.CLOCK_MONOTONIC) + _PATIENCE_S
        while not condition():
            assert time.clock_gettime(time.CLOCK_MONOTONIC) < deadline, "it did not happen in time"
            for _ in range(200):
                await asyncio.sleep(0)
            self.freezer.tick(timedelta(seconds=1))
            async_fire_time_changed(self.hass)

    async def stop(self) -> None:
        """Home Assistant stops watching; the state is on the disk."""
        assert await self.hass.config_entries.async_unload(self.entry_id)
        await self.settle()

    async def start(self) -> None:
        assert await self.hass.config_entries.async_setup(self.entry_id)
        await self.settle()
        assert self.entry.state is ConfigEntryState.LOADED

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    # What is to be seen

    @property
    def now(self) -> datetime:
        return dt_util.utcnow()

    def entity_id(self, platform: str, key: str) -> str:
        found = er.async_get(self.hass).async_get_entity_id(platform, DOMAIN, f"{HOUSEHOLD}_{key}")
        assert found is not None, f"no {platform} {key}"
        return found

    def state(self, platform: str, key: str) -> State:
        found = self.hass.states.get(self.entity_id(platform, key))
        assert found is not None, f"no state of {platform} {key}"
        return found

    def sensor(self, key: str) -> str:
        return self.state("sensor", key).state

    def moment(self, key: str) -> datetime:
        found = dt_util.parse_datetime(self.sensor(key))
        assert found is not None, f"{key} is no moment"
        return found

    @property
    def stage(self) -> str:
        return self.sensor("stage")

    @property
    def reason(self) -> str | None:
        reason: str | None = self.state("sensor", "stage").attributes["reason"]
        return reason

    @property
    def inactivity(self) -> str:
        return self.state("binary_sensor", "inactivity").state

    @property
    def last_sign(self) -> datetime | None:
        return dt_util.parse_datetime(self.sensor("last_activity"))

    def source_of(self, entity_id: str) -> str:
        """The subentry that follows an entity."""
        entry = er.async_get(self.hass).async_get(entity_id)
        names = {entity_id} if entry is None else {entity_id, entry.id}
        return next(k for k, s in self.entry.subentries.items() if s.data["entity"] in names)

    def source(self, entity_id: str, key: str, platform: str = "sensor") -> str:
        """What the mirror of a source shows."""
        return self.state(platform, f"{self.source_of(entity_id)}_{key}").state

    # What the district says

    async def receive(self, kind: str, data: Mapping[str, object]) -> None:
        self.relay.send_down(kind, dict(data))
        number = len(self.relay._down)
        await self.until(lambda: self.relay.acknowledged >= number)

    async def hold(self, episode: int | None, minutes: float = 30) -> None:
        until = (dt_util.utcnow() + timedelta(minutes=minutes)).isoformat()
        await self.receive(
            "receipt",
            {"answers": {"episode": episode}, "answer": "hold", "until": until, "by": "dong"},
        )

    async def handled(self, episode: int | None, outcome: str = "seen_well", **more: str) -> None:
        await self.receive(
            "receipt",
            {
                "answers": {"episode": episode},
                "answer": "handled",
                "outcome": outcome,
                "by": "dong",
                **more,
            },
        )
