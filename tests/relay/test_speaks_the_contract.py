"""Every word the relay says, to the home and to the district, is held against the schemas."""

import pytest

from tests.contract.contract_files import faults
from tests.relay.conftest import Make
from tests.relay.support.events import event, heartbeat
from tests.relay.support.keys import payload_of
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict

HOME = {
    "stage": "calm",
    "watch": "seeing",
    "presence": "home",
    "service": "on",
    "limit_h": 24,
    "householdversion": 1,
    "near": False,
    "clock_set": True,
    "store_ok": True,
    "sources": {"live": 3, "late": 0, "lost": 0},
}


async def test_what_goes_up_is_as_the_schemas_say(make: Make, district: StandInDistrict) -> None:
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await until(lambda: district.stand.heartbeats)
        await relay.post([event(1), heartbeat(**HOME)])
        await relay.restart()
        await until(lambda: len(district.stand.hellos) > 1)
        await relay.nothing_waits()

    assert not faults("enrolment", district.enrolments[0])
    assert not faults("proof", payload_of(district.enrolments[0]["proof"]))
    for hello in district.stand.hellos:
        assert not faults("hello", hello)
    for beat in district.stand.heartbeats:
        assert not faults("heartbeat", beat)
    for kept in district.stand.durable.values():
        assert not faults("envelope", kept)


async def test_the_relays_own_trouble_is_as_the_schemas_say(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await relay.end()
    (relay.data / "outbox.db").unlink()
    await relay.start()
    trouble = await until(lambda: next(iter(district.stand.durable.values()), None))
    assert not faults("trouble", trouble)


async def test_what_the_home_hears_is_as_the_schemas_say(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    district.send_down()
    await until(lambda: district.stand.heartbeats)
    first = event(3)
    assert not faults("kept", (await relay.post([first, heartbeat(**HOME)]))[1])
    assert not faults("downlink", await relay.downlink())
    assert not faults("status", await relay.status())
    for refused in ({"id": 5}, first | {"data": {}}):
        assert not faults("problem", (await relay.post(refused))[1])


@pytest.mark.parametrize("path", ["/v1/nowhere", "/v1/downlink?wait=99", "/v1/status"])
async def test_every_refusal_is_a_problem_of_the_contract(make: Make, path: str) -> None:
    async with make() as relay:
        assert not faults("problem", (await relay.ask("GET", path, token="wrong-token"))[1])
        if path != "/v1/status":
            assert not faults("problem", (await relay.ask("GET", path))[1])
        else:
            assert not faults("status", await relay.status())
