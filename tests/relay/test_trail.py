"""What was delivered stays for 35 days by the district's time: a restored one is filled again."""

import asyncio
from contextlib import closing
from datetime import timedelta
import os
import sqlite3

import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict


@pytest.fixture
async def relay(make: Make, district: StandInDistrict) -> RelayProcess:
    """Everything that it kept is delivered, and it is off."""
    relay = make(district_url=district.url, enrolment_code=CODE)
    await relay.start()
    await relay.post([event(1), event(2, "emergency")])
    await relay.said("enrolled")
    await relay.nothing_waits()
    await relay.end()
    return relay


def remembered(relay: RelayProcess) -> int:
    with closing(sqlite3.connect(relay.data / "outbox.db")) as outbox:
        [count] = outbox.execute("SELECT count(*) FROM event").fetchone()
    return int(count)


async def run_at(relay: RelayProcess, days: int) -> asyncio.Task[int]:
    """So many days later by the clock of this device."""
    clock = {"FAKETIME": f"+{days}d", "DONT_FAKE_MONOTONIC": "1"}
    process = relay.launch_cold(clock | {"LD_PRELOAD": os.environ["ANSHIM_FAKETIME"]})
    await relay.connect()
    return asyncio.create_task(asyncio.to_thread(process.wait, 60))


@pytest.mark.parametrize(("days", "left"), [(34, 2), (36, 0)])
async def test_it_is_there_for_thirty_five_days_and_then_forgotten(
    relay: RelayProcess, district: StandInDistrict, days: int, left: int
) -> None:
    district.clock_ahead = timedelta(days=days)
    ended = await run_at(relay, days)
    await relay.said("time_told")
    await relay.post(event(3))
    await until(lambda: remembered(relay) == left + 1)
    relay.ask_to_end()
    assert await ended == 0
    assert remembered(relay) == left + 1


async def test_a_clock_that_is_years_ahead_forgets_nothing(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    """Neither before the district has told the time nor after."""
    await district.close()
    ended = await run_at(relay, 3650)
    await relay.said("heartbeat_missed")
    assert remembered(relay) == 2
    await district.open()
    await relay.said("time_told")
    await relay.post(event(3))
    await relay.nothing_waits()
    relay.ask_to_end()
    assert await ended == 0
    assert remembered(relay) == 3
