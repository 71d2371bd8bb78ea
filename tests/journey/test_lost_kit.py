"""A kit is reported lost, found again and enrolled anew: nothing that it kept is lost."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
import sqlite3

import pytest

from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess
from tests.relay.support.events import event, heartbeat
from tests.relay.support.page import PageReader
from tests.relay.support.process import RelayProcess, until

from .test_by_mqtt import quiet

HOUSEHOLD = "h-testhome1"
CONDITION = {
    "watch": "seeing",
    "presence": "home",
    "service": "on",
    "limit_h": 12,
    "householdversion": 1,
    "near": False,
    "clock_set": True,
    "store_ok": True,
    "sources": {"live": 5, "late": 0, "lost": 0},
}


@pytest.fixture
def district(tmp_path: Path) -> Iterator[DistrictProcess]:
    district = DistrictProcess(folder=tmp_path / "district")
    district.options["heartbeat_seconds"] = 15
    district.start()
    yield district
    district.end()


@pytest.fixture
def staff(district: DistrictProcess) -> Person:
    staff = Person(client=district.client())
    staff.log_in()
    return staff


@pytest.fixture
async def relay(
    tmp_path: Path, district: DistrictProcess, staff: Person
) -> AsyncIterator[RelayProcess]:
    code = staff.new_code(HOUSEHOLD)
    relay = RelayProcess(
        tmp_path / "relay", page_port=0, enrolment_code=code, district_url=district.url
    )
    async with relay:
        await relay.said("enrolled")
        yield relay


def report_lost(staff: Person, kit: str) -> None:
    staff.prove()
    token = staff.page(f"/homes/{HOUSEHOLD}/lost").tokens[0]
    answer = staff.client.post(f"/homes/{HOUSEHOLD}/lost", data={"csrf": token, "kit": kit})
    assert answer.status_code == 303


def taken(district: DistrictProcess) -> list[tuple[str, str]]:
    """Straight from the district's file: which event, by which kit."""
    path = district.data / "district.sqlite"
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        return connection.execute("SELECT id, kit FROM events ORDER BY n").fetchall()


async def test_a_lost_kit_keeps_what_it_has_until_it_is_enrolled_with_a_new_code(
    district: DistrictProcess, staff: Person, relay: RelayProcess
) -> None:
    lost = (await relay.status())["kit"]
    await relay.post(quiet(1))
    await relay.nothing_waits()
    report_lost(staff, lost)
    await relay.post(quiet(2))
    await relay.said("kit_reported_lost")
    await relay.post(event(3, "emergency"))
    await until(lambda: [case for case in staff.board() if case.family == "emergency"])

    await relay.restart()
    status = await relay.status()
    assert status["destinations"][0]["reason"] == "kit-revoked"
    assert status["queue"] | {"oldest_s": 0} == {
        "emergency": 0, "alert": 1, "trouble": 0, "routine": 0, "oldest_s": 0,
    }  # fmt: skip
    async with PageReader(relay) as page:
        shown = (await page.get()).text
        assert "This device was reported lost" in shown
        assert (await page.send("/enrol", code=staff.new_code("h-another1"))).status == 422
        answer = await page.send("/enrol", code=staff.new_code(HOUSEHOLD))
        assert answer.status == 303
        await relay.nothing_waits()
        assert "This device was reported lost" not in (await page.get()).text

    new = (await relay.status())["kit"]
    assert taken(district) == [(quiet(1)["id"], lost), (quiet(2)["id"], new)]
    assert {case.family for case in staff.board()} >= {"welfare", "emergency"}
    await relay.post(quiet(4))
    await relay.nothing_waits()
    await relay.restart()
    assert (await relay.status())["kit"] == new


def listened_for(district: DistrictProcess, kit: str) -> bool:
    """Straight from the district's file: whether the home was heard through this kit."""
    path = district.data / "district.sqlite"
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        query = "SELECT condition IS NOT NULL FROM pulses WHERE kit = ?"
        return any(heard for (heard,) in connection.execute(query, [kit]))


async def test_a_home_is_heard_through_its_new_kit_without_waiting_for_a_heartbeats_turn(
    tmp_path: Path,
) -> None:
    """Five minutes, in which a device that dies would be missed only a day later."""
    district = DistrictProcess(folder=tmp_path / "slow")
    district.start()
    staff = Person(client=district.client())
    staff.log_in()
    code = staff.new_code(HOUSEHOLD)
    relay = RelayProcess(
        tmp_path / "slow_relay", page_port=0, enrolment_code=code, district_url=district.url
    )
    async with relay:
        await relay.said("enrolled")
        lost = (await relay.status())["kit"]
        await relay.post(heartbeat(**CONDITION))
        await until(lambda: listened_for(district, lost))
        report_lost(staff, lost)
        await relay.post(quiet(1))
        await relay.said("kit_reported_lost")
        async with PageReader(relay) as page:
            await page.send("/enrol", code=staff.new_code(HOUSEHOLD))
        new = (await relay.status())["kit"]
        await until(lambda: listened_for(district, new))
    district.end()
