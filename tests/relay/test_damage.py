"""An outbox damaged by its disk: set aside, everything readable rescued, and said loudly."""

import asyncio
from contextlib import suppress
from pathlib import Path
import random
import sqlite3
from typing import Any

import aiohttp
import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import HOUSEHOLD, StandInDistrict

PAGE = 4096
EVENTS = 60


@pytest.fixture
async def full(relay: RelayProcess, district: StandInDistrict) -> RelayProcess:
    """Enrolled, ended, and owing alerts that only its disk knows."""
    await until(lambda: district.stand.heartbeats)
    await district.close()
    await relay.post([event(n, data={"x": "y" * 600}) for n in range(1, 51)])
    await relay.post([event(n) for n in range(51, EVENTS + 1)])
    await relay.end()
    return relay


def outbox(relay: RelayProcess) -> Path:
    return relay.data / "outbox.db"


def spoil(file: Path, *pages: int) -> None:
    """What a dying card does: whole pages of noise."""
    content = bytearray(file.read_bytes())
    for page in pages:
        content[page * PAGE : (page + 1) * PAGE] = random.randbytes(PAGE)
    file.write_bytes(content)


def told_trouble(district: StandInDistrict) -> dict[str, Any] | None:
    durable = district.stand.durable.values()
    return next((event for event in durable if event["priority"] == "trouble"), None)


async def test_one_bad_page_costs_only_its_own_rows_if_any(
    full: RelayProcess, district: StandInDistrict
) -> None:
    pages = outbox(full).stat().st_size // PAGE
    spoil(outbox(full), pages - 2)
    await district.open()
    await full.start()
    rescued = await full.said("outbox_rescued")
    await full.nothing_waits()

    assert rescued["level"] == "critical"
    assert len(district.stand.durable) >= EVENTS - 4
    assert (full.data / "outbox.damaged-1.db").exists()


async def test_without_a_first_page_signed_events_are_found_in_the_bytes(
    full: RelayProcess, district: StandInDistrict
) -> None:
    spoil(outbox(full), 0)
    await district.open()
    await full.start()
    rescued = await full.said("outbox_rescued")
    await full.nothing_waits()

    assert (rescued["rows"], rescued["from_bytes"]) == (0, EVENTS)
    assert {f"{HOUSEHOLD}.{n}.quiet" for n in range(1, EVENTS + 1)} <= set(district.stand.durable)


async def test_a_damaged_outbox_is_a_new_epoch_and_a_trouble_for_staff(
    full: RelayProcess, district: StandInDistrict
) -> None:
    old = district.stand.hellos[-1]["data"]["epoch"]
    outbox(full).write_bytes(b"not a database" * 1000)
    await district.open()
    await full.start()
    trouble = await until(lambda: told_trouble(district))

    assert trouble["data"] == {"code": "store", "state": "raised"}
    assert (await full.status())["highwater"]["epoch"] == trouble["epoch"] != old
    assert trouble["seq"] == 1


async def test_the_home_still_learns_the_highest_version(full: RelayProcess) -> None:
    spoil(outbox(full), 0)
    await full.start()
    assert (await full.status())["highwater"]["householdversion"] == EVENTS


async def test_a_restored_backup_is_noticed_and_begins_a_new_epoch(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await relay.end()
    backup = outbox(relay).read_bytes()
    await relay.start()
    await relay.post(event(1))
    before = (await relay.status())["highwater"]["epoch"]
    await relay.end()
    outbox(relay).write_bytes(backup)
    await relay.start()
    trouble = await until(lambda: told_trouble(district))

    assert (await relay.status())["highwater"]["epoch"] != before
    assert trouble["data"] == {"code": "restored", "state": "raised"}


async def test_numbers_given_to_the_home_never_go_back(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    district.send_down()
    first = await relay.downlink()
    await relay.end()
    outbox(relay).unlink()
    await relay.start()
    district.send_down()

    again = await relay.downlink(after=first["latest"])
    assert again["messages"]
    assert min(message["n"] for message in again["messages"]) > first["latest"]


async def test_a_lost_identity_keeps_what_was_kept_and_says_so(make: Make) -> None:
    async with make() as relay:
        await relay.post(event(1))
        await relay.end()
        (relay.data / "identity.json").write_text("{", encoding="utf-8")
        await relay.start()
        await relay.said("identity_damaged")
        assert (await relay.status())["queue"]["alert"] == 1


async def test_an_outbox_of_a_newer_relay_is_left_alone(make: Make) -> None:
    async with make() as relay:
        await relay.end()
        with sqlite3.connect(outbox(relay)) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        relay.launch()
        assert await relay.ended() == 2
        assert "newer relay" in relay.log_text()


async def test_a_disk_that_breaks_while_the_relay_runs_is_rescued_without_a_person(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await district.close()
    await relay.post([event(n) for n in range(1, 31)])
    for part in (outbox(relay), outbox(relay).with_name("outbox.db-wal")):
        with part.open("r+b") as file:
            file.write(random.randbytes(part.stat().st_size))
    await district.open()

    async with asyncio.timeout(20):
        while f"{HOUSEHOLD}.1000.emergency" not in district.stand.durable:
            with suppress(aiohttp.ClientError):
                await relay.post(event(1000, "emergency"))
            await relay.reconnect()
    assert (await relay.status())["kit"]
