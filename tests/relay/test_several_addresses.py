"""A district at several addresses: whatever is wrong with one of them, the next one is taken."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

from aiohttp import web
import pytest

from tests.contract.contract_files import faults
from tests.relay.conftest import Make
from tests.relay.support.authority import Authority
from tests.relay.support.bad_line import BadLine, Fault
from tests.relay.support.events import event
from tests.relay.support.page import PageReader
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, KIT, StandInDistrict


@pytest.fixture
async def first(district: StandInDistrict) -> AsyncIterator[BadLine]:
    async with BadLine(district.port) as line:
        yield line


@pytest.fixture
async def second(district: StandInDistrict) -> AsyncIterator[BadLine]:
    async with BadLine(district.port) as line:
        yield line


@pytest.fixture
async def relay(make: Make, first: BadLine, second: BadLine) -> RelayProcess:
    relay = make(
        district_url=first.url, other_district_urls=[second.url], enrolment_code=CODE, page_port=0
    )
    await relay.start()
    await relay.said("enrolled")
    return relay


async def ways(relay: RelayProcess) -> dict[str, bool]:
    status = await relay.status()
    assert not faults("status", status)
    [district] = status["destinations"]
    return {way["id"]: way["connected"] for way in district["carriers"]}


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SERVER_ERROR, Fault.GARBAGE, Fault.BLACK_HOLE])
async def test_what_the_first_does_not_take_arrives_by_the_second(
    relay: RelayProcess, district: StandInDistrict, first: BadLine, fault: Fault
) -> None:
    await relay.post(event(1))
    await relay.nothing_waits()
    first.breaks(fault)
    for version in range(2, 6):
        assert (await relay.post(event(version)))[0] == 202
    assert (await relay.post(event(6, "emergency")))[0] == 202
    await relay.nothing_waits()
    assert len(district.stand.durable) == 6
    assert await ways(relay) == {"https": False, "https_2": True}


async def test_each_is_shown_with_its_number(relay: RelayProcess, second: BadLine) -> None:
    second.breaks(Fault.CUT)
    await relay.post(event(1))
    await relay.nothing_waits()
    async with PageReader(relay) as page:
        assert "HTTPS 2" in (await page.get()).text


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SERVER_ERROR, Fault.GARBAGE])
async def test_what_comes_down_and_heartbeats_go_by_the_second_too(
    relay: RelayProcess, district: StandInDistrict, first: BadLine, fault: Fault
) -> None:
    first.breaks(fault)
    district.heartbeat_seconds = 1
    await relay.restart()
    beats = len(district.stand.heartbeats)
    receipt = district.send_down()
    [message] = (await relay.downlink())["messages"]
    assert message["event"]["id"] == receipt
    await until(lambda: len(district.stand.heartbeats) > beats + 1)


async def test_a_kit_is_enrolled_by_whichever_answers(
    make: Make, district: StandInDistrict, first: BadLine, second: BadLine
) -> None:
    first.breaks(Fault.CUT)
    async with make(
        district_url=first.url, other_district_urls=[second.url], enrolment_code=CODE
    ) as relay:
        await relay.said("enrolled")
        assert (await relay.status())["kit"] == KIT


@pytest.mark.parametrize("status", [302, 401, 403, 404])
async def test_a_stranger_in_between_who_says_no_does_not_close_the_second(
    make: Make, district: StandInDistrict, unused_tcp_port_factory: Callable[[], int], status: int
) -> None:
    """As the portal of a guest network does."""
    portal = web.Application()

    async def no(_: web.Request) -> web.Response:
        return web.Response(status=status)

    portal.router.add_route("*", "/{any:.*}", no)
    runner = web.AppRunner(portal, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    port = unused_tcp_port_factory()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    relay = make(
        district_url=f"http://127.0.0.1:{port}", other_district_urls=[district.url],
        enrolment_code=CODE,
    )  # fmt: skip
    async with relay:
        await relay.said("enrolled")
        await relay.post([event(1), event(2, "emergency")])
        await relay.nothing_waits()
        district.send_down()
        assert (await relay.downlink())["messages"]
    await runner.cleanup()


async def test_a_stranger_with_another_certificate_gets_nothing_and_the_district_everything(
    make: Make, tmp_path: Path
) -> None:
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    stranger, district = StandInDistrict(), StandInDistrict()
    await stranger.open(tls=theirs.server())
    await district.open(tls=ours.server())
    async with make(
        district_url=stranger.url,
        other_district_urls=[district.url],
        district_ca=str(ours.file),
        enrolment_code=CODE,
    ) as relay:
        await relay.post(event(1, "emergency"))
        await until(lambda: district.stand.durable)
    await stranger.close()
    await district.close()
    assert not stranger.enrolments
    assert not stranger.asked
