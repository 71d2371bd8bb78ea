"""Lines that break as lines do: nothing is lost, nothing is new twice, and it is soon there."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.relay.conftest import Make
from tests.relay.support.bad_line import BadLine, Fault
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict

AFTER_THE_LINE_IS_BACK_S = 5.0
AFTER_HALF_OPEN_S = 15.0
# A busy machine is given this much more, once.
GRACE_S = 5.0


@pytest.fixture
async def line(district: StandInDistrict) -> AsyncIterator[BadLine]:
    async with BadLine(district.port) as line:
        yield line


@pytest.fixture
async def relay(line: BadLine, make: Make) -> RelayProcess:
    """Its connections are open and have been used."""
    relay = make(district_url=line.url, enrolment_code=CODE)
    await relay.start()
    await relay.said("enrolled")
    await relay.post([event(1, "quiet"), event(2, "emergency")])
    await relay.nothing_waits()
    return relay


def now() -> float:
    return asyncio.get_running_loop().time()


async def arrives(district: StandInDistrict, *versions: int) -> float:
    """When all of them are durable; each is new once."""
    await until(lambda: len(district.stand.durable) >= max(versions))
    assert len(district.stand.durable) == max(versions)
    return now()


@pytest.mark.parametrize("kind", ["knock", "emergency"])
async def test_a_half_open_line_is_noticed_and_a_new_one_taken(
    relay: RelayProcess, district: StandInDistrict, line: BadLine, kind: str
) -> None:
    line.breaks(Fault.HALF_OPEN)
    began = now()
    await relay.post(event(3, kind))
    assert await arrives(district, 3) - began <= AFTER_HALF_OPEN_S


async def test_one_line_that_says_nothing_is_enough_to_take_new_ones_for_all(
    relay: RelayProcess, district: StandInDistrict, line: BadLine
) -> None:
    """What the other lane has open from before is as dead; nobody waits for it to be found out."""
    line.breaks(Fault.HALF_OPEN)
    await relay.post(event(3, "emergency"))
    await arrives(district, 3)
    began = now()
    await relay.post(event(4, "knock"))
    assert await arrives(district, 4) - began <= GRACE_S


@pytest.mark.parametrize(
    "fault", [f for f in Fault if f not in {Fault.NONE, Fault.HALF_OPEN, Fault.SLOW}]
)
async def test_what_a_broken_line_swallowed_arrives_soon_after_it_is_mended(
    relay: RelayProcess, district: StandInDistrict, line: BadLine, fault: Fault
) -> None:
    line.breaks(fault)
    harmed = line.harmed
    await relay.post([event(3, "knock"), event(4, "visit")])
    await relay.post(event(5, "emergency"))
    await until(lambda: line.harmed >= harmed + 4)
    line.mends()
    mended = now()
    patience = AFTER_HALF_OPEN_S if fault is Fault.BLACK_HOLE else AFTER_THE_LINE_IS_BACK_S
    assert await arrives(district, 5) - mended <= patience + GRACE_S


async def test_a_slow_line_is_slow_and_nothing_else(
    relay: RelayProcess, district: StandInDistrict, line: BadLine
) -> None:
    line.breaks(Fault.SLOW)
    await relay.post([event(3, "knock"), event(4, "emergency")])
    await arrives(district, 4)
    line.mends()
    await relay.nothing_waits()
    assert sorted(set(district.stand.order)) == sorted(district.stand.durable)
