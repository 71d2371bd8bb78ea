"""Home Assistant hears through the Supervisor where the relay is, and with which token."""

import asyncio
from collections.abc import AsyncIterator
import socket
import subprocess

import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.process import TOKEN, RelayProcess, until
from tests.relay.support.stand_in_supervisor import StandInSupervisor, stand_in_supervisor


@pytest.fixture
async def supervisor() -> AsyncIterator[StandInSupervisor]:
    async with stand_in_supervisor() as supervisor:
        yield supervisor


async def started(relay: RelayProcess, supervisor: StandInSupervisor) -> subprocess.Popen[bytes]:
    relay.options["listen_host"] = "127.0.0.1"
    process = relay.launch_cold(supervisor.environment)
    await relay.connect()
    return process


async def ended(relay: RelayProcess, process: subprocess.Popen[bytes]) -> None:
    relay.ask_to_end()
    assert await asyncio.to_thread(process.wait, 10) == 0


async def test_address_and_token_are_what_opens_the_relay(
    make: Make, supervisor: StandInSupervisor
) -> None:
    supervisor.not_ready = 1
    relay = make()
    process = await started(relay, supervisor)
    told = await until(lambda: supervisor.found.get("anshim_knock"))
    assert told == {"host": socket.gethostname(), "port": relay.port, "token": TOKEN}
    assert supervisor.asked == 2
    assert (await relay.ask("GET", "/v1/status", token=told["token"]))[0] == 200
    await ended(relay, process)
    assert TOKEN not in relay.log_text()


async def test_a_supervisor_that_says_no_is_asked_once_and_events_are_kept_all_the_same(
    make: Make, supervisor: StandInSupervisor
) -> None:
    supervisor.refuses = True
    relay = make()
    process = await started(relay, supervisor)
    refused = await relay.said("not_announced")
    assert (refused["status"], refused["code"]) == (400, "error")
    assert (await relay.post(event(1)))[0] == 202
    await ended(relay, process)
    assert supervisor.asked == 1


async def test_without_a_supervisor_nobody_is_told(
    make: Make, supervisor: StandInSupervisor
) -> None:
    relay = make()
    await relay.start()
    assert (await relay.post(event(1)))[0] == 202
    await relay.end()
    assert supervisor.asked == 0
    assert "announced" not in relay.log_text()
