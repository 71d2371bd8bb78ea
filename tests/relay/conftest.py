"""A district that stands in for the real one, and relays that a test starts and that always end."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from anshim_relay.outbox.epochs import Witness
from anshim_relay.outbox.opening import open_outbox
from anshim_relay.outbox.outbox import Outbox
from tests.relay.support.process import RelayProcess, warm
from tests.relay.support.stand_in_district import CODE, StandInDistrict

type Make = Callable[..., RelayProcess]


@pytest.fixture(autouse=True)
def network(socket_enabled: None) -> None:
    """Home Assistant's test plugin forbids sockets; here they are what is tested, on loopback."""


@pytest.fixture
def enable_event_loop_debug() -> None:
    """Home Assistant's test plugin debugs every loop; a district under load has no time for it."""


@pytest.fixture(scope="session", autouse=True)
def launcher() -> Iterator[None]:
    yield
    if warm.cache_info().currsize:
        warm().close()


@pytest.fixture
async def district() -> AsyncIterator[StandInDistrict]:
    district = StandInDistrict()
    await district.open()
    yield district
    await district.close()
    # Signed once and sent as it is for ever: the district never sees two contents of one id.
    assert not district.stand.signed_twice


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Relays in folders of their own; whatever a test leaves running is ended."""
    async with AsyncExitStack() as stack:

        def made(name: str = "relay", **options: Any) -> RelayProcess:
            relay = RelayProcess(tmp_path / name, **options)
            stack.push_async_callback(relay.end)
            return relay

        yield made


@pytest.fixture
async def relay(district: StandInDistrict, make: Make) -> RelayProcess:
    """Enrolled with the district and running."""
    relay = make(district_url=district.url, enrolment_code=CODE)
    await relay.start()
    await relay.said("enrolled")
    return relay


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    outbox, _ = open_outbox(
        tmp_path,
        limit=1 << 24,
        destinations=["district"],
        witness=Witness(instance="i", starts=0),
        seal=None,
        now=None,
        on_broken=lambda: pytest.fail("the outbox broke"),
    )
    yield outbox
    outbox.close()
