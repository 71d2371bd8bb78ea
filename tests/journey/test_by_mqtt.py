"""A real relay, a real district, and a real Mosquitto with TLS between them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
import sqlite3
from typing import Any

import pytest

from stage.processes import free_port
from stage.wire import Wire
from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess
from tests.relay.support.authority import Authority
from tests.relay.support.events import event
from tests.relay.support.mosquitto import PASSWORD, Mosquitto
from tests.relay.support.process import RelayProcess, until, warm

HOUSEHOLD = "h-testhome1"


def quiet(version: int) -> dict[str, Any]:
    data = {
        "cause": "silence",
        "episode": version,
        "said": "first",
        "watch": "seeing",
        "presence": "home",
        "last_sign_hour": None,
        "limit_h": 12,
        "watched_h": 12,
        "rungs": {"knock_in_s": 900, "visit_in_s": 2700},
    }
    return event(version, data=data)


@dataclass(kw_only=True)
class Street:
    broker: Mosquitto
    district: DistrictProcess
    relay: RelayProcess

    def kept(self) -> list[str]:
        path = self.district.data / "district.sqlite"
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            return [id_ for (id_,) in connection.execute("SELECT id FROM events ORDER BY n")]

    async def listens(self, times: int = 1) -> None:
        await until(lambda: self.district.log.count("listening at the broker") >= times)


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "broker", Authority(tmp_path / "authority"))
    await broker.open()
    yield broker
    await broker.close()


@pytest.fixture
def district(tmp_path: Path, broker: Mosquitto) -> Iterator[DistrictProcess]:
    assert broker.authority is not None
    mqtt = {
        "url": f"mqtts://127.0.0.1:{broker.port}",
        "user": "district",
        "password": PASSWORD,
        "ca": str(broker.authority.file),
    }
    listen = {"host": "127.0.0.1", "port": free_port()}
    district = DistrictProcess(
        folder=tmp_path / "district", options={"mqtt": mqtt, "listen": listen}
    )
    district.start()
    yield district
    district.end()


@pytest.fixture
def line(district: DistrictProcess) -> Iterator[Wire]:
    line = Wire(district.options["listen"]["port"], lambda _: None)
    yield line
    line.close()


@pytest.fixture
async def street(
    tmp_path: Path, broker: Mosquitto, district: DistrictProcess, line: Wire
) -> AsyncIterator[Street]:
    """Enrolled over HTTPS, which from then on takes no events."""
    staff = Person(client=district.client())
    staff.log_in()
    code = staff.new_code(HOUSEHOLD)
    relay = RelayProcess(tmp_path / "relay", enrolment_code=code, district_url=line.url)
    await relay.start()
    kit = (await relay.said("enrolled"))["kit"]
    broker.admit(kit)
    assert broker.authority is not None
    relay.options |= broker.options | {
        "mqtt_user": kit,
        "district_ca": str(broker.authority.file),
    }
    line.block("/v1/events")
    await relay.restart()
    street = Street(broker=broker, district=district, relay=relay)
    await street.listens()
    yield street
    await relay.end()
    if warm.cache_info().currsize:
        warm().close()
        warm.cache_clear()


async def test_alerts_reach_staff_by_mqtt_alone_and_are_proven_durable(street: Street) -> None:
    await street.relay.post(quiet(1))
    await street.relay.post(event(2, "emergency"))
    await street.relay.nothing_waits()
    assert set(street.kept()) == {quiet(1)["id"], event(2, "emergency")["id"]}
    ways = {way["id"]: way for way in (await street.relay.status())["destinations"][0]["carriers"]}
    assert (ways["mqtt"]["connected"], ways["https"]["connected"]) == (True, False)


async def test_a_broker_that_dies_in_mid_flight_loses_and_doubles_nothing(street: Street) -> None:
    await street.relay.post([quiet(version) for version in range(1, 20)])
    await street.broker.close(kill=True)
    await street.relay.post(event(20, "emergency"))
    await street.broker.open()
    await street.relay.nothing_waits()
    kept = street.kept()
    assert len(kept) == len(set(kept)) == 20


async def test_what_is_asked_while_the_district_restarts_is_answered_after(
    street: Street,
) -> None:
    street.district.kill()
    await street.relay.post(event(1, "emergency"))
    await until(lambda: any(line["what"] == "kept" for line in street.relay.log()))
    street.district.start()
    await street.listens(2)
    await street.relay.nothing_waits()
    assert street.kept() == [event(1, "emergency")["id"]]
