"""What only one of several workers may do: another goes on with it, and none does it twice."""

import asyncio
from collections.abc import Iterator
import json
from pathlib import Path
import time
from typing import Any
import uuid

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
import psycopg
import pytest

from tests.district.conftest import Make, admin_with_phone, installed, resident_with_phone
from tests.district.support.kit import Json, Kit
from tests.district.support.postgres import Postgres
from tests.district.support.process import DistrictProcess, until
from tests.district.support.sip_peers import MODULES, telephone
from tests.district.test_crashes import at_console
from tests.district.test_postgresql import at, two, workers
from tests.relay.support.mosquitto import PASSWORD, Mosquitto


def listens(district: DistrictProcess) -> bool:
    return '"what":"listening at the broker"' in district.log


def is_ended_by_the_broker(district: DistrictProcess) -> bool:
    return '"what":"the broker is lost"' in district.log


def next_try(url: str) -> float:
    """When the resident is called next, unless something comes of the call before."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT due FROM errands WHERE kind = 'ask'").fetchone()
    assert row is not None
    return float(row[0]) / 1000


class Carrier:
    """Carries a kit's requests by MQTT, and has the answers."""

    def __init__(self, broker: Mosquitto, kit: Kit) -> None:
        self._kit = kit
        self.answers: list[Json] = []
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=uuid.uuid4().hex,
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        self._client.username_pw_set("district", PASSWORD)
        self._client.on_message = self._came
        self._client.connect("127.0.0.1", broker.port)
        self._client.subscribe(f"anshim/v1/kits/{kit.id}/acks", qos=1)
        self._client.loop_start()

    def _came(self, _c: Client, _u: Any, message: MQTTMessage) -> None:
        self.answers.append(json.loads(message.payload))

    def leave(self, event: Json) -> None:
        body = json.dumps({"events": [self._kit.signed(event)]})
        topic = f"anshim/v1/kits/{self._kit.id}/events"
        self._client.publish(topic, body, qos=1).wait_for_publish(10)

    def statuses(self) -> list[str]:
        acks = [self._kit.opened(answer["ack"], "anshim-ack+jws") for answer in self.answers]
        return [result["status"] for ack in acks for result in ack["results"]]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "broker", None)
    asyncio.run(broker.open())
    yield broker
    asyncio.run(broker.close())


def test_when_the_worker_at_the_broker_dies_another_answers_there(
    make: Make, postgres: Postgres, broker: Mosquitto
) -> None:
    mqtt = {"url": f"mqtt://127.0.0.1:{broker.port}", "user": "district", "password": PASSWORD}
    first, second = workers(make, postgres.fresh(), mqtt=mqtt)
    kit = installed(first, at_console(first))
    carrier = Carrier(broker, kit)
    until(lambda: listens(first), what="the first worker at the broker")
    carrier.leave(kit.alert("quiet"))
    until(lambda: carrier.statuses() == ["durable"], what="an answer")
    assert not listens(second)
    first.kill()
    until(lambda: listens(second), within=10, what="the other worker at the broker")
    carrier.leave(kit.alert("knock"))
    # what the first had answered, and not yet put down, is asked again and known
    until(lambda: carrier.statuses().count("durable") == 2, what="the other worker's answer")
    assert set(carrier.statuses()) <= {"durable", "repeat"}
    assert not is_ended_by_the_broker(second)
    carrier.close()


def test_a_call_is_made_again_only_when_the_worker_that_made_it_has_ended(
    make: Make, postgres: Postgres, tmp_path: Path
) -> None:
    async def story() -> None:
        async with telephone(tmp_path / "peer") as peer:
            sip = {"server": peer.server, "user": "district"}
            own = {"modules": MODULES, "interface": "127.0.0.1"}
            url = postgres.fresh()
            first, second = two(make, url, sip=sip | own)
            first.start()
            home = resident_with_phone(first, admin_with_phone(first))
            home.send(home.alert("knock", rungs={"visit_in_s": 36000}))
            await peer.until("CALL_ESTABLISHED")
            until(lambda: next_try(url) > time.time() + 60, what="the call to be written down")
            before = next_try(url)
            second.start()
            assert next_try(url) == before
            first.kill()
            await peer.until("CALL_CLOSED")
            first.start()
            await peer.until("CALL_ESTABLISHED")
            await peer.press("1")
            home = at(second, home)
            home.hello()
            until(lambda: ".life.v1" in str(home.listen()), what="the answer at home")

    asyncio.run(story())
