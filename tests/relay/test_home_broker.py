"""The broker of the home, found through the Supervisor, which hands on to the district's."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import subprocess

from aiohttp import web
import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.mosquitto import Listener, Mosquitto
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict, problem
from tests.relay.support.stand_in_supervisor import StandInSupervisor, stand_in_supervisor


@pytest.fixture
async def supervisor() -> AsyncIterator[StandInSupervisor]:
    async with stand_in_supervisor() as supervisor:
        yield supervisor


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "far", None)
    await broker.open()
    yield broker
    await broker.close()


@pytest.fixture
async def near(tmp_path: Path, far: Mosquitto) -> AsyncIterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "near", None, hands_on_to=far)
    await broker.open()
    yield broker
    await broker.close()


async def started(
    make: Make, district: StandInDistrict, supervisor: StandInSupervisor
) -> tuple[RelayProcess, subprocess.Popen[bytes]]:
    """As an app; its district takes no events by HTTPS."""
    district.lie = no_events
    relay = make(
        district_url=district.url, enrolment_code=CODE, mqtt_of_home=True,
        listen_host="127.0.0.1", page_port=0,
    )  # fmt: skip
    process = relay.launch_cold(supervisor.environment)
    await relay.connect()
    await relay.said("enrolled")
    return relay, process


async def ended(relay: RelayProcess, process: subprocess.Popen[bytes]) -> None:
    relay.ask_to_end()
    assert await asyncio.to_thread(process.wait, 10) == 0


def no_events(tokens: list[str]) -> web.StreamResponse:
    return problem(503, "unavailable")


async def test_what_https_does_not_take_goes_through_both_brokers_and_its_receipt_comes_back(
    make: Make, district: StandInDistrict, supervisor: StandInSupervisor, near: Mosquitto,
    far: Mosquitto,
) -> None:  # fmt: skip
    inside = StandInDistrict()
    await inside.open()
    supervisor.mqtt = near.service
    async with Listener(far, f"{inside.url}/v1/events") as listener:
        relay, process = await started(make, district, supervisor)
        inside.kit_key, inside.current = district.kit_key, district.current
        for version in range(1, 6):
            assert (await relay.post(event(version)))[0] == 202
        assert (await relay.post(event(6, "emergency")))[0] == 202
        await relay.nothing_waits()
        assert len(inside.stand.durable) == 6
        assert b'{"state":"up"}' in listener.lines
        await ended(relay, process)
    await inside.close()
    assert near.service["password"] not in relay.log_text()


async def test_what_only_the_homes_broker_has_is_still_owed(
    make: Make, district: StandInDistrict, supervisor: StandInSupervisor, near: Mosquitto,
    far: Mosquitto,
) -> None:  # fmt: skip
    supervisor.mqtt = near.service
    async with Listener(far, f"{district.url}/nowhere") as listener:
        listener.deaf = True
        relay, process = await started(make, district, supervisor)
        await relay.post(event(1, "emergency"))
        await until(lambda: listener.requests)
        assert (await relay.status())["destinations"][0]["waiting"] == 1
        await ended(relay, process)


@pytest.mark.parametrize("told", [None, {"host": "far.example", "port": 1883, "ssl": False}])
async def test_where_there_is_none_the_relay_says_so_and_goes_on_by_https(
    make: Make, district: StandInDistrict, supervisor: StandInSupervisor,
    told: dict[str, object] | None,
) -> None:  # fmt: skip
    """A password does not leave the house in the open, whoever says where to."""
    supervisor.mqtt = told
    relay, process = await started(make, district, supervisor)
    district.lie = None
    await until(lambda: supervisor.asked_for_mqtt > 1)
    await relay.post(event(1))
    await relay.nothing_waits()
    ways = {way["id"]: way for way in (await relay.status())["destinations"][0]["carriers"]}
    assert ways["mqtt"]["reason"] == (
        "mqtt-no-home-broker" if told is None else "mqtt-home-broker-in-the-open"
    )
    await ended(relay, process)


async def test_a_broker_that_comes_later_is_found(
    make: Make, district: StandInDistrict, supervisor: StandInSupervisor, near: Mosquitto
) -> None:
    relay, process = await started(make, district, supervisor)
    await until(lambda: supervisor.asked_for_mqtt)
    supervisor.mqtt = near.service
    await until(
        lambda: any(
            line["what"] == "connected" and line["destination"] == "mqtt" for line in relay.log()
        )
    )
    await ended(relay, process)
