"""A real Home Assistant on a clock of its own, with a household of busy sources or without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import tempfile
from types import MappingProxyType
from unittest.mock import patch

# Before Home Assistant's test plugin puts a store in place that keeps nothing.
import custom_components.anshim_knock  # isort: skip
from aiohttp import ThreadedResolver
from homeassistant import loader
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import aiohttp_client
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from benchmarks.state_changes.busy_home import FRONT_DOOR, SOURCES
from benchmarks.state_changes.virtual_time import VirtualTime
from custom_components.anshim_knock.coordinator import AnshimConfigEntry
from custom_components.anshim_knock.relay.link import RelayLink
from tests.integration.fake_relay import FakeRelay
from tests.integration.flows import household_entry
from tests.integration.house import HOUSEHOLD, TOKEN

_OURS = Path(custom_components.anshim_knock.__file__)
# Of the loop: as many as a sign of life needs to be decided, kept, shown and armed for.
TURNS = 6
# Files in memory, where there is such a place: a card's patience is not what is measured.
_FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- a folder of our own in it


class _Resolver(ThreadedResolver):
    """With the ending that Home Assistant gives its own."""

    real_close = ThreadedResolver.close


@asynccontextmanager
async def running(clock: VirtualTime) -> AsyncIterator[HomeAssistant]:
    """Without the link to the relay, which has a pace of its own: a request lasts hours here."""
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        Path(folder, "custom_components").symlink_to(_OURS.parents[1])  # noqa: ASYNC240 -- nothing runs yet
        async with async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            with (
                # Home Assistant's own would look for names by multicast; nobody is asked here.
                patch.object(aiohttp_client, "_async_make_resolver", return_value=_Resolver()),
                patch.object(RelayLink, "start"),
                clock.everywhere(),
            ):
                _first_states(hass)
                yield hass
                await hass.async_stop(force=True)


async def with_household(hass: HomeAssistant, **settings: float) -> AnshimConfigEntry:
    """Its sources are proved."""
    entry = household_entry(FakeRelay(HOUSEHOLD, TOKEN))
    await hass.config_entries.async_add(entry)
    if settings:
        hass.config_entries.async_update_entry(entry, data={**entry.data, **settings})
    for role, name in SOURCES:
        hass.config_entries.async_add_subentry(entry, _source(role, name))
    await settled(hass)
    return entry


def _source(role: str, name: str) -> ConfigSubentry:
    data = {
        "role": role,
        "entity": name,
        "tested": "2026-01-04T00:00:00+00:00",
        "tested_device": name,
    }
    return ConfigSubentry(
        data=MappingProxyType(data), subentry_type="source", title=name, unique_id=name
    )


def _first_states(hass: HomeAssistant) -> None:
    for _, name in SOURCES:
        is_number = name.startswith("sensor.")
        hass.states.async_set(name, "0" if is_number else "off")
    hass.states.async_set(FRONT_DOOR, "off")


async def turned() -> None:
    """What was begun on the loop; a disk that works meanwhile is not waited for."""
    for _turn in range(TURNS):
        await asyncio.sleep(0)


async def settled(hass: HomeAssistant) -> None:
    """Timers that are due, and what the disk was asked for."""
    await turned()
    # What is under way in Home Assistant is known nowhere else.
    while waiting := [*hass._tasks, *filter(_in_executor, hass._background_tasks)]:  # noqa: SLF001
        await asyncio.wait(waiting)


def _in_executor(task: asyncio.Future[object]) -> bool:
    return not isinstance(task, asyncio.Task)
