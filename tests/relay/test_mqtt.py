"""The second way to the district, through a real Mosquitto. A broker's word proves nothing."""

from collections.abc import AsyncIterator
import json
from pathlib import Path

from aiohttp import web
import pytest

from tests.relay.conftest import Make
from tests.relay.support.authority import Authority
from tests.relay.support.events import event
from tests.relay.support.mosquitto import Listener, Mosquitto
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict, problem


@pytest.fixture(params=["plain", "tls"])
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Mosquitto]:
    authority = Authority(tmp_path / "authority") if request.param == "tls" else None
    broker = Mosquitto(tmp_path / "broker", authority)
    await broker.open()
    yield broker
    await broker.close()


@pytest.fixture
async def intake() -> AsyncIterator[StandInDistrict]:
    """Where the listener hands requests to; the relay never sees its address."""
    inside = StandInDistrict()
    await inside.open()
    yield inside
    await inside.close()


@pytest.fixture
async def listener(broker: Mosquitto, intake: StandInDistrict) -> AsyncIterator[Listener]:
    async with Listener(broker, f"{intake.url}/v1/events") as listener:
        yield listener


@pytest.fixture
async def relay(
    make: Make, broker: Mosquitto, listener: Listener, district: StandInDistrict,
    intake: StandInDistrict,
) -> RelayProcess:  # fmt: skip
    """Enrolled over HTTPS, which from then on takes no events any more."""
    relay = make(district_url=district.url, enrolment_code=CODE, **broker.options)
    if broker.authority is not None:
        relay.options["district_ca"] = str(broker.authority.file)
    await relay.start()
    await relay.said("enrolled")
    intake.kit_key, intake.current = district.kit_key, district.current
    district.lie = no_events
    await until(lambda: b'{"state":"up"}' in listener.lines)
    return relay


def no_events(tokens: list[str]) -> web.StreamResponse:
    return problem(503, "unavailable")


async def test_an_alert_arrives_by_mqtt_when_https_does_not_work(
    relay: RelayProcess, intake: StandInDistrict
) -> None:
    for version in range(1, 6):
        assert (await relay.post(event(version)))[0] == 202
    assert (await relay.post(event(6, "emergency")))[0] == 202
    await relay.nothing_waits()

    assert len(intake.stand.durable) == 6
    ways = {way["id"]: way for way in (await relay.status())["destinations"][0]["carriers"]}
    assert (ways["mqtt"]["connected"], ways["mqtt"]["reason"]) == (True, None)
    assert (ways["https"]["connected"], ways["https"]["reason"]) == (False, "http-503")


async def test_what_only_the_broker_has_is_still_owed(
    relay: RelayProcess, listener: Listener, intake: StandInDistrict
) -> None:
    listener.deaf = True
    await relay.post(event(1, "emergency"))
    await until(lambda: listener.requests)
    assert (await relay.status())["destinations"][0]["waiting"] == 1

    listener.deaf = False
    await relay.nothing_waits()
    assert list(intake.stand.durable) == [event(1, "emergency")["id"]]


async def test_a_broker_that_dies_under_way_loses_nothing(
    relay: RelayProcess, broker: Mosquitto, listener: Listener, intake: StandInDistrict
) -> None:
    intake.slow.clear()
    await relay.post([event(version) for version in range(1, 20)])
    await until(lambda: intake.asked)
    listener.connected.clear()
    await broker.close(kill=True)
    intake.slow.set()
    await relay.post(event(20, "emergency"))
    await broker.open()
    await relay.nothing_waits()

    assert len(intake.stand.durable) == 20
    assert not intake.stand.signed_twice


@pytest.mark.parametrize("kill", [True, False], ids=["kill_nine", "sigterm"])
async def test_the_broker_tells_the_district_at_once_that_the_relay_has_gone(
    relay: RelayProcess, listener: Listener, kill: bool
) -> None:
    await (relay.kill() if kill else relay.end())
    await until(lambda: json.loads(listener.lines[-1]) == {"state": "down"})


async def test_an_ack_that_anybody_could_have_made_ends_no_debt(
    relay: RelayProcess, intake: StandInDistrict
) -> None:
    lies = 0

    def forged(tokens: list[str]) -> web.StreamResponse | None:
        nonlocal lies
        lies += 1
        return web.json_response({"ack": tokens[0]}) if lies == 1 else None

    intake.lie = forged
    await relay.post(event(1, "emergency"))
    await relay.nothing_waits()
    assert lies > 1
    assert intake.stand.order == [event(1, "emergency")["id"]]


async def test_https_is_taken_again_once_it_works(
    relay: RelayProcess, district: StandInDistrict, intake: StandInDistrict
) -> None:
    await relay.post(event(1))
    await relay.nothing_waits()
    district.lie = None
    await relay.restart()
    await relay.post(event(2))
    await relay.nothing_waits()
    assert (list(intake.stand.durable), list(district.stand.durable)) == (
        [event(1)["id"]],
        [event(2)["id"]],
    )
