"""A full disk: alerts are told to wait, calls for help get in, and nothing kept is lost."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
import os
from pathlib import Path
import subprocess
from typing import Any

import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess
from tests.relay.support.stand_in_district import CODE, StandInDistrict

HEAVY = {"x": "y" * 14_000}
KEPT = 202
FULL = 507


async def fill(relay: RelayProcess) -> list[int]:
    """Alerts until the relay will have no more; says which were kept."""
    kept: list[int] = []
    for version in range(1, 5000):
        status, problem = await relay.post(event(version, data=HEAVY))
        if status == FULL:
            assert problem["type"] == "urn:anshim:problem:storage-full"
            return kept
        assert status == KEPT
        kept.append(version)
    raise AssertionError("the disk never became full")


@pytest.fixture(params=["page_limit", "whole_disk"])
def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A relay with little room: by its own limit, and on a full disk where we may mount one."""
    if request.param == "page_limit" or not mounted(tmp_path):
        yield {"storage_mb": 1}
        return
    yield {"storage_mb": 64}
    subprocess.run(["umount", "--lazy", str(tmp_path / "relay")], check=True)


def mounted(tmp_path: Path) -> bool:
    """An ordinary user may not mount: the page limit then stands for the disk in both cases."""
    place = tmp_path / "relay"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    with suppress(OSError, subprocess.SubprocessError):
        return os.geteuid() == 0 and not subprocess.call(command)
    return False


async def test_calls_for_help_get_in_when_alerts_do_not(make: Make, narrow: dict[str, Any]) -> None:
    async with make(**narrow) as relay:
        kept = await fill(relay)
        for version in range(5000, 5100):
            status, answer = await relay.post(event(version, "emergency", data=HEAVY))
            assert status == KEPT, answer
        assert (await relay.post(event(6000, data=HEAVY)))[0] == FULL

        queue = (await relay.status())["queue"]
        assert (queue["alert"], queue["emergency"]) == (len(kept), 100)


async def test_what_was_kept_on_a_full_disk_survives_kill_nine_and_is_delivered(
    make: Make, narrow: dict[str, Any], district: StandInDistrict
) -> None:
    relay = make(**narrow)
    await relay.start()
    kept = await fill(relay)
    assert (await relay.post(event(5000, "emergency")))[0] == KEPT
    await relay.kill()

    relay.options |= {"district_url": district.url, "enrolment_code": CODE}
    await relay.start()
    await relay.nothing_waits()
    assert len(district.stand.durable) == len(kept) + 1


async def test_there_is_room_again_once_the_district_has_what_filled_it(
    relay: RelayProcess, district: StandInDistrict, make: Make
) -> None:
    await relay.end()
    relay.options["storage_mb"] = 1
    await relay.start()
    await district.close()
    kept = await fill(relay)
    await district.open()
    await relay.nothing_waits()

    for version in range(7000, 7000 + len(kept) // 2):
        assert (await relay.post(event(version, data=HEAVY)))[0] == KEPT
    await relay.nothing_waits()


async def test_a_refused_alert_may_be_said_again_and_takes_no_number(make: Make) -> None:
    async with make(storage_mb=1) as relay:
        kept = await fill(relay)
        assert (await relay.status())["highwater"]["seq"] == len(kept)


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Makes a relay's folder read-only under it: open files stay writable, names are fixed."""
    folder = tmp_path / "relay" / "data"

    def freeze() -> None:
        if os.geteuid() != 0 or subprocess.call(["mount", "--bind", str(folder), str(folder)]):
            pytest.skip("only root may make a folder read-only under a program")
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)

    yield freeze
    subprocess.call(["umount", "--lazy", str(folder)], stderr=subprocess.DEVNULL)


async def test_a_call_for_help_is_answered_when_the_reserve_is_gone_and_the_disk_read_only(
    make: Make, frozen: Callable[[], None]
) -> None:
    async with make() as relay:
        (relay.data / "reserve").unlink()
        frozen()
        async with asyncio.timeout(20):
            assert (await relay.post(event(1)))[0] == FULL
            assert (await relay.post(event(2, "emergency")))[0] == KEPT
